"""A second person looks at a clinician's word that somebody was there."""

from __future__ import annotations

from corridor.domain.access import Interaction, check_access
from corridor.domain.asking import Asking
from corridor.domain.emergency import NOTE_MAX, Verdict
from corridor.domain.errors import ConflictError, CorridorError, ForbiddenError, InvalidError, NotFoundError
from corridor.domain.presence import Proof
from corridor.flows.ports.unit import Unit
from corridor.flows.record_attested_look import record_attested_look
from corridor.flows.review_opening import Look, ReviewDesk


async def review_attestation(asking: Asking, id: str, look: Look, *, desk: ReviewDesk) -> None:
    """Keep the second look at one statement; durable with its audit when this returns.

    Raises:
        ForbiddenError: only an auditor takes the second look, and never at their own statement; audited first.
        NotFoundError: there is no such statement; audited first.
        ConflictError: somebody looked at it already; audited first.
        InvalidError: nothing is said of why it was not justified, or too much.

    Source: TRUST threat table, rows 4 and 8.
    """
    note = look.note.strip()
    if len(note) > NOTE_MAX or (look.verdict is Verdict.NOT_JUSTIFIED and not note):
        raise InvalidError(f"Why it was not justified is told in up to {NOTE_MAX} characters.", ("note",))
    async with desk.units.begin() as unit:
        found = await unit.presences.find(id)
        reason, refusal = await _review(asking, found, Look(look.verdict, note), unit=unit, desk=desk)
        seen, said = (found,) if found else (), reason or look.verdict.value
        await record_attested_look(asking, seen, reason=said, failed=bool(refusal), unit=unit, at=desk.clock.now())
    if refusal:
        raise refusal


async def _review(
    asking: Asking, found: Proof | None, look: Look, *, unit: Unit, desk: ReviewDesk
) -> tuple[str, CorridorError | None]:
    who = asking.principal.pseudonym
    try:
        check_access(asking.principal, Interaction.REVIEW, "AuditEvent")
    except ForbiddenError as error:
        return "forbidden", error
    if found is None or found.attested is None:
        return "unknown-statement", NotFoundError("There is no such statement.")
    if found.agent == who:
        return "forbidden", ForbiddenError("Nobody looks at what they did themselves.")
    if not await unit.presences.review(
        found.id, reviewer=who, verdict=look.verdict, note=look.note, at=desk.clock.now()
    ):
        return "reviewed-already", ConflictError("Somebody looked at it already.")
    return "", None
