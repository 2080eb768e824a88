"""What has nothing to give leaves at whole multiples of one time, so that its time tells nothing."""

from __future__ import annotations

from asyncio import get_running_loop, sleep
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from functools import wraps
from typing import ParamSpec, TypeVar

from corridor.domain.errors import NotFoundError

Given = TypeVar("Given")
Asked = ParamSpec("Asked")


def arrival() -> float:
    """When a question came, for `wait_for_floor`."""
    return get_running_loop().time()


async def wait_for_floor(arrived: float, milliseconds: int) -> None:
    """Until a whole multiple of the floor has passed: what was done meanwhile cannot be told from the time it took.

    Source: ADR 8.
    """
    step = milliseconds / 1000
    if step > 0:
        await sleep(step - (arrival() - arrived) % step)


@dataclass(slots=True)
class Moment:
    """When a question came, and when the part of the work began that hangs on whom it is about."""

    arrived: float = field(default_factory=arrival)
    began: float = 0.0

    def begin(self) -> None:
        """From now on the work may take longer for somebody than for nobody."""
        self.began = arrival()

    async def wait(self, milliseconds: int) -> None:
        """Until the first whole multiple of the floor that leaves that part half a step or more.

        However late a crowded machine or hub is before that part, which step an answer takes does not tell of it.

        Source: ADR 8.
        """
        step = milliseconds / 1000
        if step > 0:
            before = max(self.began - self.arrived, 0.0) + step / 2
            left = -(-before // step) * step - (arrival() - self.arrived)
            await sleep(left if left >= 0 else left % step)


def in_step(act: Callable[Asked, Awaitable[Given]], milliseconds: int) -> Callable[Asked, Awaitable[Given]]:
    """The act, whose every reason to say that nothing is there leaves in the same step.

    Source: ADR 8.
    """

    @wraps(act)
    async def stepped(*asked: Asked.args, **more: Asked.kwargs) -> Given:
        arrived = arrival()
        try:
            return await act(*asked, **more)
        except NotFoundError:
            await wait_for_floor(arrived, milliseconds)
            raise

    return stepped
