"""A node tells the hub of its persons, as blind tokens, after the ingest that promised it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from corridor.domain.audit.fact import AuditFact, AuditKind, AuditOutcome
from corridor.domain.directory import TokenKey
from corridor.domain.errors import CorridorError, UnavailableError
from corridor.domain.identity.demographics import Demographics
from corridor.domain.identity.features import features
from corridor.domain.identity.flags import flags
from corridor.domain.matching_request import PersonEntry
from corridor.domain.trace import new_trace
from corridor.flows.make_tokens import make_tokens
from corridor.flows.ports.audit import Audit
from corridor.flows.ports.clock import Clock
from corridor.flows.ports.directory import Directory
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
    directory: Directory


async def register_person(*, desk: RegisterDesk) -> int:
    """Register what waits, one batch; a failure is tried again later and nothing is lost.

    Where a batch is refused, each of its persons is registered alone, so that one holds up nobody else.

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
    except UnavailableError:
        await _later(messages, now, desk.outbox)
    except CorridorError:
        for message in messages:
            await _register_alone(message, now, desk)
    else:
        await desk.outbox.done(messages)
    return len(messages)


async def _register_alone(message: Message, now: datetime, desk: RegisterDesk) -> None:
    try:
        await _register((message,), desk)
    except CorridorError:
        await _later((message,), now, desk.outbox)
    else:
        await desk.outbox.done((message,))


async def _later(messages: Sequence[Message], now: datetime, outbox: Outbox) -> None:
    for message in messages:
        await outbox.retry(message, at=now + timedelta(seconds=min(300, 2**message.attempt)))


async def _register(messages: Sequence[Message], desk: RegisterDesk) -> None:
    persons = [(each.key, await desk.people.demographics(each.key)) for each in messages]
    await tell_hub(persons, keys=desk.directory.federation().keys, desk=desk)


async def tell_hub(
    persons: Sequence[tuple[str, Demographics | None]], *, keys: Sequence[TokenKey], desk: RegisterDesk
) -> None:
    """Register persons, or have those forgotten of whom there is no description; on record when this returns.

    Args:
        persons: patient id and description.
        keys: whose tokens are made: two while a key is changed.
        desk: what registering needs.

    Raises:
        UnavailableError: too few holders, or the hub, did not answer; trying again does no harm.
    """
    handles = await desk.people.handles([patient_id for patient_id, _ in persons])
    living = [(handles[patient_id], described) for patient_id, described in persons if described is not None]
    for key in keys if living else ():
        await desk.register.register(key.epoch, await _entries(living, key=key, desk=desk))
    gone = [handles[patient_id] for patient_id, described in persons if described is None]
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
            patient_ids=tuple(patient_id for patient_id, _ in persons),
        )
    )


async def _entries(
    living: Sequence[tuple[bytes, Demographics]], *, key: TokenKey, desk: RegisterDesk
) -> list[PersonEntry]:
    traits = [features(described) for _, described in living]
    persons = await make_tokens(traits, holders=desk.holders, key=key, timeout_seconds=30)
    return [
        PersonEntry(handle, tuple((token.kind, token.value) for token in tokens), flags(described).integers())
        for (handle, described), tokens in zip(living, persons, strict=True)
    ]
