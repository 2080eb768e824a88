"""Whoever was paused for trying names may ask again when somebody looked at it."""

from __future__ import annotations

from dataclasses import dataclass

from corridor.domain.asking import Asking
from corridor.domain.emergency import NOTE_MAX
from corridor.domain.errors import ConflictError, CorridorError, ForbiddenError, InvalidError, NotFoundError
from corridor.domain.pausing import check_pause_access
from corridor.flows.ports.clock import Clock
from corridor.flows.ports.unit import Unit
from corridor.flows.ports.units import Units
from corridor.flows.record_pause_look import record_pause_look


@dataclass(frozen=True, slots=True)
class PauseDesk:
    """What looking at pauses needs."""

    units: Units
    clock: Clock


async def lift_pause(asking: Asking, id: str, note: str, *, desk: PauseDesk) -> None:
    """Let somebody ask again; who did so, and why, is durable when this returns.

    Args:
        asking: an auditor or operator, never who was paused.
        id: of the pause.
        note: what they found, up to 500 characters.
        desk: the ports.

    Raises:
        ForbiddenError: the role does not allow it, or it is one's own pause; audited first.
        NotFoundError: there is no such pause; audited first.
        ConflictError: somebody lifted it already; audited first.
        InvalidError: nothing is said of what was found, or too much.

    Source: TRUST threat table, row 4.
    """
    said = " ".join(note.split())
    if not 0 < len(said) <= NOTE_MAX:
        raise InvalidError(f"What was found is told in up to {NOTE_MAX} characters.", ("note",))
    async with desk.units.begin() as unit:
        reason, refusal = await _lift(asking, id, said, unit=unit, desk=desk)
        await record_pause_look(asking, f"pause={id[:_LONGEST_ID]}", reason=reason, unit=unit, at=desk.clock.now())
    if refusal:
        raise refusal


_LONGEST_ID = 64


async def _lift(asking: Asking, id: str, note: str, *, unit: Unit, desk: PauseDesk) -> tuple[str, CorridorError | None]:
    found, who = await unit.pauses.find(id), asking.principal.pseudonym
    try:
        check_pause_access(asking.principal, found)
    except ForbiddenError as error:
        return "forbidden", error
    if found is None:
        return "unknown-pause", NotFoundError("There is no such pause.")
    if not await unit.pauses.lift(id, by=who, note=note, at=desk.clock.now()):
        return "lifted-already", ConflictError("Somebody lifted it already.")
    return "", None
