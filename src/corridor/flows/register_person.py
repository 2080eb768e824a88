"""A node tells the hub of its persons, as blind tokens, after the ingest that promised it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from corridor.domain.errors import CorridorError, UnavailableError
from corridor.flows.ports.outbox import Message, Outbox
from corridor.flows.ports.people import START, Entry
from corridor.flows.tell_hub import TellDesk, tell_hub

BATCH = 10
"""Persons per evaluation: one proof for all of them, and still a short request."""


@dataclass(frozen=True, slots=True)
class RegisterDesk:
    """What registering needs."""

    outbox: Outbox
    telling: TellDesk


async def register_person(*, desk: RegisterDesk) -> int:
    """Register what waits, one batch; a failure is tried again later and nothing is lost.

    Where a batch is refused, each of its persons is registered alone, so that one holds up nobody else.

    Returns:
        How many promises were taken up; 0 when none was due.

    Source: IDENTITY section 2, register.
    """
    now = desk.telling.clock.now()
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
    people, directory = desk.telling.people, desk.telling.directory
    persons = [Entry(each.key, await people.demographics(each.key), START) for each in messages]
    await tell_hub(persons, keys=directory.federation().keys, desk=desk.telling)
