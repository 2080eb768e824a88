"""A node tells the hub of its persons, as blind tokens, after the ingest that promised it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from corridor.domain.audit.fact import AuditFact, AuditKind, AuditOutcome
from corridor.domain.errors import CorridorError
from corridor.domain.identity.demographics import Demographics
from corridor.domain.identity.features import features
from corridor.domain.identity.flags import flags
from corridor.domain.identity.tokens import begin_batch, finish_batch
from corridor.domain.matching_request import PersonEntry
from corridor.domain.trace import new_trace
from corridor.flows.ports.audit import Audit
from corridor.flows.ports.clock import Clock
from corridor.flows.ports.holders import Holders
from corridor.flows.ports.outbox import Message, Outbox
from corridor.flows.ports.people import People
from corridor.flows.ports.register import Register

BATCH = 10
"""Persons per evaluation: one proof for all of them, and still a short request."""


@dataclass(frozen=True, slots=True)
class RegisterDesk:
    """What registering needs."""

    outbox: Outbox
    people: People
    holders: Holders
    register: Register
    audit: Audit
    clock: Clock
    epoch: int
    threshold: int


async def register_person(*, desk: RegisterDesk) -> int:
    """Register what waits, one batch; a failure is tried again later and nothing is lost.

    Returns:
        How many promises were taken up; 0 when none was due.

    Source: IDENTITY section 2, register.
    """
    now = desk.clock.now()
    messages = await desk.outbox.due("register", at=now, limit=BATCH)
    if not messages:
        return 0
    try:
        await _register(messages, desk)
    except CorridorError:
        for message in messages:
            wait = timedelta(seconds=min(300, 2**message.attempt))
            await desk.outbox.retry(message, at=now + wait)
    else:
        await desk.outbox.done(messages)
    return len(messages)


async def _register(messages: Sequence[Message], desk: RegisterDesk) -> None:
    living: list[tuple[bytes, Demographics]] = []
    gone: list[bytes] = []
    for message in messages:
        handle = await desk.people.handle(message.key)
        described = await desk.people.demographics(message.key)
        if described is None:
            gone.append(handle)
        else:
            living.append((handle, described))
    if living:
        await desk.register.register(desk.epoch, await _entries(living, desk))
    if gone:
        await desk.register.remove(gone)
    await desk.audit.append(
        AuditFact(
            kind=AuditKind.REGISTER,
            outcome=AuditOutcome.SUCCESS,
            at=desk.clock.now(),
            trace=new_trace(),
            request_id="",
            agent="node",
            role="node",
            patient_ids=tuple(message.key for message in messages),
        )
    )


async def _entries(living: Sequence[tuple[bytes, Demographics]], desk: RegisterDesk) -> list[PersonEntry]:
    elements, state = begin_batch([features(described) for _, described in living])
    partials = await desk.holders.evaluate(elements, timeout_seconds=30)
    persons = finish_batch(state, partials, threshold=desk.threshold)
    return [
        PersonEntry(handle, tuple((token.kind, token.value) for token in tokens), flags(described).integers())
        for (handle, described), tokens in zip(living, persons, strict=True)
    ]
