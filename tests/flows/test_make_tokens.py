from __future__ import annotations

import pytest

from corridor.domain.errors import UnavailableError
from corridor.domain.identity.features import features
from corridor.flows.make_tokens import make_tokens
from tests.fakes.holders import FakeHolders, dealt_key
from tests.flows.shown import HER

PERSONS = [features(HER), (), features(HER)[:4]]


async def values(holders: FakeHolders) -> list[list[tuple[int, bytes]]]:
    persons = await make_tokens(PERSONS, holders=holders, key=dealt_key(1), timeout_seconds=5)
    return [[(token.kind, token.value) for token in tokens] for tokens in persons]


async def test_each_person_has_their_own_tokens_in_order() -> None:
    first, nobody, third = await values(FakeHolders())
    assert len(first) == len(PERSONS[0])
    assert nobody == []
    assert third == first[:4]


@pytest.mark.parametrize("away", [{1, 2}, {2, 4}, {4, 5}])
async def test_whichever_three_holders_answer_the_tokens_are_the_same(away: set[int]) -> None:
    holders = FakeHolders()
    whole = await values(holders)
    holders.away = away
    assert await values(holders) == whole


async def test_all_persons_are_one_question() -> None:
    holders = FakeHolders()
    await values(holders)
    assert holders.asked == [len(PERSONS[0]) + 4]


async def test_nobody_is_asked_nothing() -> None:
    holders = FakeHolders()
    assert await make_tokens([(), ()], holders=holders, key=dealt_key(1), timeout_seconds=5) == ((), ())
    assert holders.asked == []


async def test_too_few_holders_make_no_tokens() -> None:
    holders = FakeHolders()
    holders.away = {1, 2, 3}
    with pytest.raises(UnavailableError):
        await values(holders)
