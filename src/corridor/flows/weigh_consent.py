"""A home node decides for itself whether a person's consent covers what another country asks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from corridor.domain.category import Category
from corridor.domain.consent import Ask, Deny, Permit, Reason, decide, permits
from corridor.domain.country import Country
from corridor.domain.emergency import decide_override
from corridor.domain.errors import CorridorError
from corridor.domain.principal import Role
from corridor.domain.purpose import EXCHANGE, Purpose
from corridor.flows.ports.statements import Statements
from corridor.flows.ports.unit import Unit

EVERYTHING = frozenset(Category)
"""Whoever asks asks for all; the consent says what of it may go."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What an asking country shows: why it asks, and the person's consent that it signed for one handle."""

    asker: Country
    purpose: Purpose
    handle: str
    statement: bytes


async def weigh_consent(
    shown: Shown, patient_id: str, *, home: Country, now: datetime, unit: Unit, statements: Statements
) -> Permit | Deny:
    """What may go to the asker: nothing without a statement that permits by itself, and nothing that is denied here.

    What is stored here forbids, or adds to what the statement permits; it never stands in for a statement that has
    expired, was withdrawn or was signed for another handle.

    Source: ADR 7; IHE PCF ITI-108, deny overrides.
    """
    if shown.purpose is Purpose.BTG:
        return await _weigh_emergency(shown, patient_id, home=home, now=now, unit=unit, statements=statements)
    try:
        travelling = statements.read(shown.statement, handle=shown.handle, asker=shown.asker)
    except CorridorError:
        return Deny(Reason.NO_CONSENT)
    purpose = shown.purpose if shown.purpose in EXCHANGE else ""
    ask = Ask(shown.asker, home, purpose, EVERYTHING, role=Role.CLINICIAN)
    withdrawals = await unit.withdrawals(patient_id)
    if not permits((travelling,), ask, now, withdrawals=withdrawals):
        return decide((travelling,), ask, now, withdrawals=withdrawals)
    return decide((travelling, *await unit.consents(patient_id)), ask, now, withdrawals=withdrawals)


async def _weigh_emergency(
    shown: Shown, patient_id: str, *, home: Country, now: datetime, unit: Unit, statements: Statements
) -> Permit | Deny:
    """In an emergency the asker's word stands in for a consent that is not there, and for nothing that was refused."""
    try:
        stated = statements.read_override(shown.statement, handle=shown.handle, asker=shown.asker)
    except CorridorError:
        return Deny(Reason.NO_CONSENT)
    ask = Ask(shown.asker, home, Purpose.BTG, EVERYTHING, role=Role.CLINICIAN)
    withdrawals = await unit.withdrawals(patient_id)
    return decide_override(stated, await unit.consents(patient_id), ask, now=now, withdrawals=withdrawals)
