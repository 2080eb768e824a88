"""Every consent given so far is void here from this unit on, and every other country is promised to be told."""

from __future__ import annotations

from datetime import datetime

from corridor.domain.consent import Withdrawal
from corridor.flows.ports.unit import Unit

SPREAD = "withdraw"
"""Outbox kind, by person: no other country was told yet; the payload is the instant."""


async def take_back_consents(patient_id: str, at: datetime, *, unit: Unit) -> None:
    """Keep a withdrawal and the promise to tell of it; the latest that is known is what the others hear.

    Source: ADR 14.
    """
    await unit.withdraw(patient_id, Withdrawal(at))
    latest = max(each.at for each in await unit.withdrawals(patient_id))
    await unit.queue(SPREAD, patient_id, latest.isoformat().encode())
