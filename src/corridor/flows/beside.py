"""Work on many group elements, done beside the event loop, so that it holds up nobody else."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypeVar

LONG_BATCH = 100
"""Elements from which on work takes so long, some ten milliseconds, that it is moved aside."""

Result = TypeVar("Result")


async def beside(elements: int, work: Callable[[], Result]) -> Result:
    """What some work gives, done at once where it is short, and in a thread where it is long.

    Args:
        elements: how many there are to work on.
        work: plain, without a share in anything that changes.

    Source: Python, asyncio.to_thread.
    """
    return await asyncio.to_thread(work) if elements >= LONG_BATCH else work()
