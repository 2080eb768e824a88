"""Calls to endpoints: one that is slow holds up nobody, and none is made twice at a time."""

from __future__ import annotations

import asyncio

import pytest

from corridor.domain.errors import UnavailableError
from corridor.flows.make_calls import Calls, make_calls


async def taken() -> bool:
    return True


async def test_a_slow_call_goes_on_while_others_are_made() -> None:
    calls, answered = Calls(), asyncio.Event()

    async def slow() -> bool:
        return await answered.wait()

    assert await make_calls({"slow": slow(), "quick": taken()}, calls=calls) == 1
    assert [*calls.under_way] == ["slow"]
    assert await make_calls({"quick": taken()}, calls=calls) == 1
    answered.set()
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert await make_calls({}, calls=calls) == 1
    assert not calls.under_way


async def test_what_a_call_raised_is_raised_once_and_forgotten() -> None:
    calls = Calls()

    async def broken() -> bool:
        raise UnavailableError("The database does not answer.")

    with pytest.raises(UnavailableError):
        await make_calls({"broken": broken(), "quick": taken()}, calls=calls)
    assert await make_calls({}, calls=calls) == 0


async def test_what_is_under_way_is_broken_off_at_the_end() -> None:
    calls, left = Calls(), asyncio.Event()

    async def endless() -> bool:
        try:
            return await asyncio.Event().wait()
        finally:
            left.set()

    await make_calls({"endless": endless()}, calls=calls)
    await calls.close()
    assert left.is_set()
    assert not calls.under_way
