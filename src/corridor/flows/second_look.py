"""A second person looks at what a clinician did on their own word."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from corridor.domain.access import Interaction, check_access
from corridor.domain.asking import Asking
from corridor.domain.audit.look import Matter, look_fact
from corridor.domain.emergency import NOTE_MAX, Opening, Verdict
from corridor.domain.errors import ConflictError, CorridorError, ForbiddenError, InvalidError, NotFoundError
from corridor.domain.presence import Proof
from corridor.flows.ports.clock import Clock
from corridor.flows.ports.unit import Unit
from corridor.flows.ports.units import Units


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


class Reviews(Protocol):
    """The part of a unit that keeps second looks."""

    async def review(self, id: str, *, reviewer: str, verdict: Verdict, note: str, at: datetime) -> bool:
        """Keep the second look; False where it was looked at already."""


@dataclass(frozen=True, slots=True)
class Subject:
    """Which one is looked at.

    Attributes:
        find: it, or None.
        kept: where the look is kept.
    """

    matter: Matter
    find: Callable[[Unit], Awaitable[Opening | Proof | None]]
    kept: Callable[[Unit], Reviews]


async def second_look(asking: Asking, subject: Subject, look: Look, *, desk: ReviewDesk) -> None:
    """Keep the second look at one; durable with its audit when this returns.

    Raises:
        ForbiddenError: only an auditor takes the second look, and never at what they did themselves; audited first.
        NotFoundError: there is no such one; audited first.
        ConflictError: somebody looked at it already; audited first.
        InvalidError: nothing is said of why it was not justified, or too much.

    Source: TRUST threat table, rows 4 and 8: reason and second person within 24 h.
    """
    look = Look(look.verdict, look.note.strip())
    if len(look.note) > NOTE_MAX or (look.verdict is Verdict.NOT_JUSTIFIED and not look.note):
        raise InvalidError(f"Why it was not justified is told in up to {NOTE_MAX} characters.", ("note",))
    async with desk.units.begin() as unit:
        found, now = await subject.find(unit), desk.clock.now()
        reason, refusal = await _kept(asking, found, look, subject=subject, unit=unit, at=now)
        said, failed = reason or look.verdict.value, bool(refusal)
        seen = (found,) if found else ()
        await unit.audit(look_fact(asking, seen, subject.matter, reason=said, failed=failed, at=now))
    if refusal:
        raise refusal


async def _kept(
    asking: Asking, found: Opening | Proof | None, look: Look, *, subject: Subject, unit: Unit, at: datetime
) -> tuple[str, CorridorError | None]:
    who, word = asking.principal.pseudonym, subject.matter.word
    try:
        check_access(asking.principal, Interaction.REVIEW, "AuditEvent")
    except ForbiddenError as error:
        return "forbidden", error
    if found is None:
        return f"unknown-{word}", NotFoundError(f"There is no such {word}.")
    if found.agent == who:
        return "forbidden", ForbiddenError("Nobody looks at what they did themselves.")
    if not await subject.kept(unit).review(found.id, reviewer=who, verdict=look.verdict, note=look.note, at=at):
        return "reviewed-already", ConflictError("Somebody looked at it already.")
    return "", None
