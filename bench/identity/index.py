"""A register as the hub's index sees it: who shares which feature; tokens are equal where features are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from bench.andean_people import World
from bench.identity.worlds import Repeated
from corridor.domain.identity.demographics import Demographics
from corridor.domain.identity.features import Feature, features
from corridor.domain.identity.flags import flags
from corridor.domain.identity.scoring import Agreement

Features = Callable[[Demographics], Sequence[Feature]]


@dataclass(frozen=True, slots=True)
class Found:
    """One person sought, and everyone in the register who shares a feature.

    Attributes:
        kinds: of the features sought.
        places: of those found, in the register.
        truth: places in the register where the person sought is.
    """

    asked: Demographics
    kinds: tuple[int, ...]
    places: tuple[int, ...]
    agreements: tuple[Agreement, ...]
    truth: frozenset[int]


class Register:
    """People, by their features.

    Args:
        people: everybody in it.
        of: the features of a person; those of the product where nothing else is tried.
    """

    def __init__(self, people: Sequence[Demographics], of: Features = features) -> None:
        self.people = tuple(people)
        self._of = of
        self._flags = [flags(who) for who in people]
        self.index: dict[Feature, list[int]] = defaultdict(list)
        self.tokens = 0
        for place, who in enumerate(people):
            for feature in of(who):
                self.index[feature].append(place)
                self.tokens += 1

    def find(self, who: Demographics, truth: frozenset[int], *, besides: int = -1) -> Found:
        """Everyone who shares a feature, but for the entry `besides`."""
        sought = self._of(who)
        shared: dict[int, list[int]] = defaultdict(list)
        for place, feature in enumerate(sought):
            for number in self.index.get(feature, ()):
                shared[number].append(place)
        shared.pop(besides, None)
        agreements = tuple(Agreement(tuple(agreeing), self._flags[number]) for number, agreeing in shared.items())
        return Found(who, tuple(feature.kind for feature in sought), tuple(shared), agreements, truth)


def searches(of: World, by: Features = features) -> Iterator[Found]:
    """What the index finds for everyone who arrives in a world."""
    register = Register(of.registered, by)
    for who, truth in zip(of.asked, of.truth, strict=True):
        yield register.find(who, frozenset(() if truth is None else (truth,)))


def searches_within(of: Repeated) -> Iterator[Found]:
    """What the index finds for every entry of one register in all the others."""
    register = Register(of.registered)
    entries: dict[int, set[int]] = defaultdict(set)
    for place, person in enumerate(of.person):
        entries[person].add(place)
    for place, who in enumerate(of.registered):
        yield register.find(who, frozenset(entries[of.person[place]] - {place}), besides=place)
