"""The hub counts how many people share each token and holds that against how common names are: it learns nobody."""

from collections import Counter
from collections.abc import Callable, Sequence

import pytest

from bench.andean_people import World, dice, person
from bench.identity.groups import first_name, guessed, published
from bench.identity.worlds import single_named, with_details
from corridor.domain.identity.demographics import Demographics, DetailKind
from corridor.domain.identity.features import features
from corridor.domain.identity.kinds import Kind

REGISTERED = 6_000
GROUP_MAX = 25


def _people(seed: int) -> tuple[Demographics, ...]:
    rng = dice(seed)
    return tuple(person(rng) for _ in range(REGISTERED))


def _housed(people: Sequence[Demographics]) -> tuple[Demographics, ...]:
    return with_details(World(tuple(people), (), ()), 5, error=0.2, kinds=tuple(DetailKind)).registered


REGISTERS: dict[str, Callable[[], tuple[Demographics, ...]]] = {
    "two names": lambda: _people(1),
    "one name each": lambda: tuple(map(single_named, _people(2))),
    "one name each, with addresses": lambda: _housed(tuple(map(single_named, _people(3)))),
}


@pytest.mark.parametrize("register", REGISTERS.values(), ids=REGISTERS)
def test_no_token_is_shared_by_many(register: Callable[[], tuple[Demographics, ...]]) -> None:
    counts = Counter(feature for who in register() for feature in features(who))
    assert max(counts.values()) <= GROUP_MAX


@pytest.mark.parametrize(
    "kind", [Kind.NAME_DATE, Kind.START_DATE, Kind.PAIR_TURN, Kind.GIVEN_SURNAMES_YEAR, Kind.PAIR_MONTH]
)
def test_ranks_of_counts_name_nobody_better_than_chance(kind: Kind) -> None:
    right, chance = guessed(_people(1), kind, published=published(_people(99)))
    assert right <= chance
    assert right / REGISTERED < 0.02


def test_the_attack_would_work_on_a_name_alone() -> None:
    people = _people(1)
    counts = Counter(map(first_name, people))
    ranked = [name for name, _ in counts.most_common()]
    right = sum(counts[name] for name, guess in zip(ranked, published(_people(99)), strict=False) if name == guess)
    assert right / REGISTERED > 0.1
