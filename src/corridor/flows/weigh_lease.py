"""What may go to somebody who comes back inside a lease: consent is decided anew each time."""

from __future__ import annotations

from dataclasses import dataclass

from corridor.domain.consent import Deny
from corridor.domain.country import Country
from corridor.domain.purpose import Purpose
from corridor.flows.ports.unit import Projected, Unit
from corridor.flows.select_rows import select_rows
from corridor.flows.serve_history import ServeDesk
from corridor.flows.weigh_consent import Shown, weigh_consent


@dataclass(frozen=True, slots=True)
class Leased:
    """What a lease comes to now.

    Attributes:
        patient_id: whom it is about; empty where there is none.
        rows: that may go, of every type.
        reason: why none may; empty where some may.
    """

    patient_id: str
    purpose: Purpose
    rows: tuple[Projected, ...]
    reason: str


async def weigh_lease(asker: Country, name: str, *, unit: Unit, desk: ServeDesk) -> Leased:
    """What the lease of a pseudonym permits, by its statement and by everything stored since.

    Source: ADR 7; ADR 37.
    """
    now = desk.clock.now()
    granted = await unit.granted(asker, name, at=now)
    if granted is None:
        return Leased("", Purpose.TREAT, (), "no-lease")
    patient_id, kept = granted
    shown = Shown(asker, *_written(kept))
    decision = await weigh_consent(shown, patient_id, home=desk.home, now=now, unit=unit, statements=desk.statements)
    if isinstance(decision, Deny):
        return Leased(patient_id, shown.purpose, (), decision.reason.value)
    rows = select_rows(await unit.projection(patient_id), decision)
    return Leased(patient_id, shown.purpose, rows, "" if rows else "nothing-permitted")


def _written(kept: bytes) -> tuple[Purpose, str, bytes]:
    """Purpose, handle and statement of a lease; one that was given before it said why was given for treatment."""
    first, _, statement = kept.partition(b"\n")
    code, _, handle = first.decode("latin-1").rpartition(" ")
    if code in set(Purpose):
        return Purpose(code), handle, statement
    return Purpose.TREAT, first.decode("latin-1"), statement
