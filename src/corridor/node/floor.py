"""What has nothing to give leaves at whole multiples of one time, so that its time tells nothing."""

from __future__ import annotations

import asyncio


def arrival() -> float:
    """When a question came, for `wait_for_floor`."""
    return asyncio.get_running_loop().time()


async def wait_for_floor(arrived: float, milliseconds: int) -> None:
    """Until a whole multiple of the floor has passed: what was done meanwhile cannot be told from the time it took.

    Source: ADR 8.
    """
    step = milliseconds / 1000
    if step > 0:
        await asyncio.sleep(step - (arrival() - arrived) % step)
