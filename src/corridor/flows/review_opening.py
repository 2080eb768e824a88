"""A second person looks at each time that the glass was broken, and the person concerned is told."""

from __future__ import annotations

from dataclasses import dataclass

from corridor.domain.access import Interaction, check_access
from corridor.domain.asking import Asking
from corridor.domain.emergency import NOTE_MAX, Opening, Verdict
from corridor.domain.errors import ConflictError, CorridorError, ForbiddenError, InvalidError, NotFoundError
from corridor.flows.ports.clock import Clock
from corridor.flows.ports.unit import Unit
from corridor.flows.ports.units import Units
from corridor.flows.record_look import record_look


@dataclass(frozen=True, slots=True)
class ReviewDesk:
    """What the second look needs."""

    units: Units
    clock: Clock


@dataclass(frozen=True, slots=True)
class Look:
    """What somebody found.

    Attributes:
        note: in their own words, up to 500 characters; required where it was not justified.
    """

    verdict: Verdict
    note: str


async def review_opening(asking: Asking, id: str, look: Look, *, desk: ReviewDesk) -> None:
    """Keep the second look at one opening; durable with its audit when this returns.

    Raises:
        ForbiddenError: only an auditor takes the second look, and never at what they did themselves; audited first.
        NotFoundError: there is no such opening; audited first.
        ConflictError: somebody looked at it already; audited first.
        InvalidError: nothing is said of why it was not justified, or too much.

    Source: TRUST threat table, row 8: reason and second person within 24 h.
    """
    note = look.note.strip()
    if len(note) > NOTE_MAX or (look.verdict is Verdict.NOT_JUSTIFIED and not note):
        raise InvalidError(f"Why it was not justified is told in up to {NOTE_MAX} characters.", ("note",))
    async with desk.units.begin() as unit:
        found = await unit.openings.find(id)
        reason, refusal = await _review(asking, found, Look(look.verdict, note), unit=unit, desk=desk)
        seen = (found,) if found else ()
        said, failed = reason or look.verdict.value, bool(refusal)
        await record_look(asking, seen, reason=said, failed=failed, unit=unit, at=desk.clock.now())
    if refusal:
        raise refusal


async def _review(
    asking: Asking, found: Opening | None, look: Look, *, unit: Unit, desk: ReviewDesk
) -> tuple[str, CorridorError | None]:
    refused = _refused(asking)
    if refused or (found and found.agent == asking.principal.pseudonym):
        return "forbidden", refused or ForbiddenError("Nobody looks at what they did themselves.")
    if found is None:
        return "unknown-opening", NotFoundError("There is no such opening.")
    who, now = asking.principal.pseudonym, desk.clock.now()
    if not await unit.openings.review(found.id, reviewer=who, verdict=look.verdict, note=look.note, at=now):
        return "reviewed-already", ConflictError("Somebody looked at it already.")
    return "", None


def _refused(asking: Asking) -> ForbiddenError | None:
    try:
        check_access(asking.principal, Interaction.REVIEW, "AuditEvent")
    except ForbiddenError as error:
        return error
    return None
