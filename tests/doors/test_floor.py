"""The common moment, on a clock that a test turns: which step an answer takes hangs on nothing that it hides."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corridor.node import floor
from corridor.node.floor import Moment, wait_for_floor

STEP = 60
milliseconds = st.integers(0, 400)


class Clock:
    """Time that passes only where somebody sleeps or works."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.now = 0.0
        patch.setattr(floor, "arrival", lambda: self.now)
        patch.setattr(floor, "sleep", self.sleep)

    async def sleep(self, seconds: float) -> None:
        """Let time pass."""
        assert seconds >= 0
        self.now += seconds


def left_at(before: int, hidden: int) -> float:
    """When an empty answer leaves after so many milliseconds of common and of telling work."""
    with pytest.MonkeyPatch.context() as patch:
        clock = Clock(patch)
        moment = Moment(clock.now)
        clock.now += before / 1000
        moment.begin()
        clock.now += hidden / 1000
        asyncio.run(moment.wait(STEP))
        return clock.now * 1000


@given(milliseconds, st.integers(0, STEP // 2), st.integers(0, STEP // 2))
def test_up_to_half_a_step_of_telling_work_tells_nothing(before: int, one: int, other: int) -> None:
    assert left_at(before, one) == pytest.approx(left_at(before, other))


@given(milliseconds, milliseconds)
def test_an_answer_leaves_at_a_whole_multiple_and_not_before_its_work_is_done(before: int, hidden: int) -> None:
    at = left_at(before, hidden)
    assert at >= before + hidden - 1e-6
    assert at / STEP == pytest.approx(round(at / STEP))


@given(milliseconds)
def test_without_a_telling_part_every_answer_waits_for_the_next_multiple(work: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        clock = Clock(patch)
        clock.now = work / 1000
        asyncio.run(wait_for_floor(0.0, STEP))
        assert clock.now * 1000 / STEP == pytest.approx(round(clock.now * 1000 / STEP))
