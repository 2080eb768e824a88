"""Some countries are told of one withdrawal, all at once, and who kept it goes on record."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from corridor.domain.audit.fact import AuditFact, AuditKind, AuditOutcome
from corridor.domain.consent import Withdrawal
from corridor.domain.country import Country
from corridor.domain.errors import CorridorError
from corridor.domain.purpose import Purpose
from corridor.domain.trace import Trace, new_trace
from corridor.flows.ask_country import Locate
from corridor.flows.ports.budgets import Budgets
from corridor.flows.ports.clock import Clock
from corridor.flows.ports.outbox import Outbox
from corridor.flows.ports.peers import HistoryRequest, Peers
from corridor.flows.ports.statements import Statements
from corridor.flows.ports.unit import Unit
from corridor.flows.ports.units import Units

FIND_SECONDS = 4.0
"""For finding the person: a key holder that hangs is gone round after a quarter of it."""

LATE = "withdraw-late"
"""Outbox kind, by `CC/person`: that country was told and did not answer; the payload is the instant."""

_SILENT = "not-acknowledged"


@dataclass(frozen=True, slots=True)
class SpreadDesk:
    """What spreading needs."""

    home: Country
    units: Units
    outbox: Outbox
    locate: Locate
    peers: Peers
    statements: Statements
    clock: Clock
    budgets: Budgets


@dataclass(frozen=True, slots=True)
class WithdrawalNotice:
    """One withdrawal to be told.

    Attributes:
        countries: that are told.
        patience_seconds: how long each may take; who needs longer is told again.
        again: each of them was told before, and a promise to tell it stands.
    """

    patient_id: str
    at: datetime
    countries: Collection[Country]
    patience_seconds: float
    again: bool = False


async def tell_withdrawal(notice: WithdrawalNotice, *, desk: SpreadDesk) -> frozenset[Country]:
    """The countries that acknowledged; what each came to is durable here, with a promise for each that was silent.

    Raises:
        NotFoundError: nobody of that id is here any more.
        UnavailableError: the person cannot be looked for, or the log cannot be written.

    Source: TRUST section 6, revocation; ADR 14.
    """
    trace = new_trace()
    found = await desk.locate(notice.patient_id, purpose=Purpose.PATRQT, trace=trace, timeout_seconds=FIND_SECONDS)
    withdrawal, countries = Withdrawal(notice.at), sorted(notice.countries)
    kept = await asyncio.gather(
        *(_tell(notice, withdrawal, (each, found.get(each, "")), trace=trace, desk=desk) for each in countries)
    )
    told = frozenset(country for country, one in zip(countries, kept, strict=True) if one)
    async with desk.units.begin() as unit:
        for country in countries:
            await _note(notice, country, trace=trace, unit=unit, desk=desk, told=country in told)
    return told


async def _note(
    notice: WithdrawalNotice, country: Country, *, trace: Trace, unit: Unit, desk: SpreadDesk, told: bool
) -> None:
    if not told and not notice.again:  # a promise that stands already keeps its pauses
        await unit.queue(LATE, f"{country}/{notice.patient_id}", notice.at.isoformat().encode())
    await unit.audit(
        AuditFact(
            kind=AuditKind.WITHDRAW,
            outcome=AuditOutcome.SUCCESS if told else AuditOutcome.FAILURE,
            at=desk.clock.now(),
            trace=trace,
            request_id="",
            agent="node",
            role="node",
            asker=desk.home,
            holder=country,
            purpose=Purpose.PATRQT.value,
            patient_ids=(notice.patient_id,),
            reason="" if told else _SILENT,
        )
    )


async def _tell(
    notice: WithdrawalNotice, withdrawal: Withdrawal, whom: tuple[Country, str], *, trace: Trace, desk: SpreadDesk
) -> bool:
    country, handle = whom
    if not handle:
        return False
    request = HistoryRequest(
        handle=handle,
        purpose=Purpose.PATRQT,
        statement=desk.statements.write_withdrawal(withdrawal, handle=handle),
        clinician="node",
        trace=trace.child(),
        until=desk.clock.now() + timedelta(seconds=notice.patience_seconds),
    )
    try:
        await desk.peers.withdraw(country, request)
    except CorridorError:
        return False
    return True
