"""Work that goes on beside the requests of a process."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress

from corridor.apps.log import emit
from corridor.domain.log import FAILED

Work = Callable[[], Awaitable[int]]


async def repeat(work: Work, pause_seconds: float) -> None:
    """Work as long as there is something to do, then pause; a failure is logged and never ends the worker."""
    while True:
        try:
            busy = await work()
        except Exception as error:  # noqa: BLE001  # a worker that dies silently would break promises
            emit(FAILED, request_id="", route="worker", error=type(error).__name__)
            busy = 0
        if not busy:
            await asyncio.sleep(pause_seconds)


async def end(workers: Sequence[asyncio.Task[None]]) -> None:
    """Stop what goes on beside requests, and wait until it has."""
    for worker in workers:
        worker.cancel()
    for worker in workers:
        with suppress(asyncio.CancelledError):
            await worker
