"""A node calls the endpoints of others, of which a slow one holds up nobody else."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Mapping
from contextlib import suppress
from typing import Any

MOMENT_SECONDS = 0.5
"""How long a call is waited for before others are looked at; then it goes on beside them."""


class Calls:
    """Calls under way, one at a time for each name."""

    def __init__(self) -> None:
        self.under_way: dict[str, asyncio.Task[bool]] = {}

    async def close(self) -> None:
        """Break off whatever is under way."""
        broken_off = [*self.under_way.values()]
        self.under_way.clear()
        for each in broken_off:
            each.cancel()
        for each in broken_off:
            with suppress(asyncio.CancelledError, Exception):
                await each


async def make_calls(wanted: Mapping[str, Coroutine[Any, Any, bool]], *, calls: Calls) -> int:
    """Begin calls and wait a moment for them.

    Args:
        wanted: by name; of none that is under way.
        calls: those under way, from one look to the next.

    Returns:
        How many came to something since the last time.

    Raises: what a call raised.

    Source: https://hl7.org/fhir/R4/subscription.html, rest-hook.
    """
    begun = {name: asyncio.create_task(each) for name, each in wanted.items()}
    calls.under_way |= begun
    if begun:
        await asyncio.wait(begun.values(), timeout=MOMENT_SECONDS)
    ended = [name for name, each in calls.under_way.items() if each.done()]
    return sum([each.result() for each in [calls.under_way.pop(name) for name in ended]])
