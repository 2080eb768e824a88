"""A whole national register is told to the hub as blind tokens, from where the last run stopped."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from corridor.domain.directory import TokenKey
from corridor.domain.errors import UnavailableError
from corridor.flows.ports.people import Entry
from corridor.flows.ports.token_index import Progress, TokenIndex
from corridor.flows.tell_hub import TellDesk, tell_hub

SLICE = 40
"""Patients in one request to the holders; with all their features they fit into it."""

ATTEMPTS = 4
_PAUSE_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class IndexDesk:
    """What indexing needs.

    Attributes:
        jobs: slices that are worked on at the same time.
    """

    telling: TellDesk
    index: TokenIndex
    jobs: int = 1


@dataclass(frozen=True, slots=True)
class _Slice:
    entries: tuple[Entry, ...]
    work: asyncio.Task[None]


async def index_people(key: TokenKey, *, desk: IndexDesk, advance: Callable[[int], None]) -> int:
    """Register everybody under one token key; whatever stops it, the next run goes on from there.

    Patients who change meanwhile come again at the end; telling the hub twice does no harm.

    Args:
        key: in use, or the one that follows.
        desk: what indexing needs.
        advance: is told how many more patients are durable at the hub.

    Returns:
        How many were done in this run.

    Raises:
        UnavailableError: holders or hub did not answer, or the budget is spent; nothing that was done is lost.

    Source: IDENTITY section 2, register and life.
    """
    progress = await desk.index.progress(key.epoch)
    read, begun, done = progress.place, deque[_Slice](), 0
    try:
        while True:
            while len(begun) < desk.jobs and (found := await desk.telling.people.after(read, limit=SLICE)):
                begun.append(_Slice(found, asyncio.create_task(_tell(found, key, desk))))
                read = found[-1].place
            if not begun:
                return done
            first = begun[0]
            await first.work
            progress = Progress(first.entries[-1].place, progress.done + len(first.entries))
            await desk.index.move(key.epoch, progress)
            begun.popleft()
            done += len(first.entries)
            advance(len(first.entries))
    finally:
        for each in begun:
            each.work.cancel()
        await asyncio.gather(*(each.work for each in begun), return_exceptions=True)


async def _tell(entries: tuple[Entry, ...], key: TokenKey, desk: IndexDesk) -> None:
    """A slice, tried again a few times where somebody does not answer."""
    for attempt in range(1, ATTEMPTS):
        with suppress(UnavailableError):
            await tell_hub(entries, keys=(key,), desk=desk.telling)
            return
        await asyncio.sleep(_PAUSE_SECONDS * attempt)
    await tell_hub(entries, keys=(key,), desk=desk.telling)
