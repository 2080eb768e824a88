"""A node tells every other country of a withdrawal, until each has kept it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from corridor.domain.audit.fact import AuditFact, AuditKind, AuditOutcome
from corridor.domain.consent import Withdrawal
from corridor.domain.country import Country
from corridor.domain.errors import CorridorError, NotFoundError
from corridor.domain.purpose import Purpose
from corridor.domain.trace import Trace, new_trace
from corridor.flows.ask_country import Locate
from corridor.flows.ports.audit import Audit
from corridor.flows.ports.clock import Clock
from corridor.flows.ports.outbox import Message, Outbox
from corridor.flows.ports.peers import HistoryRequest, Peers
from corridor.flows.ports.statements import Statements

PATIENCE_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class SpreadDesk:
    """What spreading needs."""

    home: Country
    outbox: Outbox
    audit: Audit
    locate: Locate
    peers: Peers
    statements: Statements
    clock: Clock


async def spread_withdrawal(*, desk: SpreadDesk) -> int:
    """Tell all countries of what waits; one that did not keep it is told again, with growing pauses.

    Returns:
        How many withdrawals were taken up.

    Source: TRUST section 6, revocation.
    """
    messages = await desk.outbox.due("withdraw", at=desk.clock.now(), limit=10)
    for message in messages:
        try:
            silent = await _spread(message, desk)
        except CorridorError:
            silent = True
        if silent:
            wait = timedelta(seconds=min(300, 2**message.attempt))
            await desk.outbox.retry(message, at=desk.clock.now() + wait)
        else:
            await desk.outbox.done((message,))
    return len(messages)


async def _spread(message: Message, desk: SpreadDesk) -> bool:
    """Whether any country still has to be told; raises where none could be."""
    trace = new_trace()
    withdrawal = Withdrawal(datetime.fromisoformat(message.payload.decode()))
    try:
        handles = await desk.locate(message.key, purpose=Purpose.PATRQT, trace=trace, timeout_seconds=PATIENCE_SECONDS)
    except NotFoundError:
        return False
    silent = await _tell_all(withdrawal, handles, trace=trace, desk=desk)
    await desk.audit.append(
        AuditFact(
            kind=AuditKind.WITHDRAW,
            outcome=AuditOutcome.FAILURE if silent else AuditOutcome.SUCCESS,
            at=desk.clock.now(),
            trace=trace,
            request_id="",
            agent="node",
            role="node",
            asker=desk.home,
            purpose=Purpose.PATRQT.value,
            patient_ids=(message.key,),
            reason=" ".join(silent),
        )
    )
    return bool(silent)


async def _tell_all(
    withdrawal: Withdrawal, handles: Mapping[Country, str], *, trace: Trace, desk: SpreadDesk
) -> Sequence[Country]:
    countries = desk.peers.countries()
    kept = await asyncio.gather(
        *(_tell(withdrawal, (country, handles.get(country, "")), trace=trace, desk=desk) for country in countries)
    )
    return [country for country, one in zip(countries, kept, strict=True) if not one]


async def _tell(withdrawal: Withdrawal, whom: tuple[Country, str], *, trace: Trace, desk: SpreadDesk) -> bool:
    country, handle = whom
    if not handle:
        return False
    request = HistoryRequest(
        handle=handle,
        purpose=Purpose.PATRQT,
        statement=desk.statements.write_withdrawal(withdrawal, handle=handle),
        clinician="node",
        trace=trace.child(),
        until=desk.clock.now() + timedelta(seconds=PATIENCE_SECONDS),
    )
    try:
        await desk.peers.withdraw(country, request)
    except CorridorError:
        return False
    return True
