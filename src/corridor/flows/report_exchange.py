"""A node tells the coordinator how its exchanges ended, in hours and pairs of countries, and that its log only grew."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from corridor.domain.disclosure import Disclosure, disclosure_of
from corridor.domain.errors import CorridorError
from corridor.flows.ports.audit import Audit
from corridor.flows.ports.clock import Clock
from corridor.flows.ports.outbox import Message, Outbox
from corridor.flows.ports.register import Register

BATCH = 200


@dataclass(frozen=True, slots=True)
class ReportDesk:
    """What reporting needs."""

    outbox: Outbox
    audit: Audit
    register: Register
    clock: Clock


async def report_exchange(*, desk: ReportDesk, idle: bool = False) -> int:
    """Push what waits, with the state of the log; a failure is tried again later and counts once.

    Args:
        desk: the ports.
        idle: True pushes the state of the log even where nothing waits.

    Returns:
        How many lines were taken up.

    Source: TRUST section 1.4; RFC 6962 consistency proofs.
    """
    now = desk.clock.now()
    messages = await desk.outbox.due("report", at=now, limit=BATCH)
    if not messages and not idle:
        return 0
    try:
        await _push([disclosure_of(message.payload) for message in messages], desk)
    except CorridorError:
        await _later(messages, now, desk.outbox)
    else:
        await desk.outbox.done(messages)
    return len(messages)


async def _push(disclosures: Sequence[Disclosure], desk: ReportDesk) -> None:
    state = await desk.audit.state(await desk.register.log_size())
    await desk.register.report(disclosures, state)


async def _later(messages: Sequence[Message], now: datetime, outbox: Outbox) -> None:
    for message in messages:
        await outbox.retry(message, at=now + timedelta(seconds=min(300, 2**message.attempt)))
