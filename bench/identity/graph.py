"""Whether the hub could learn who is registered from who shares tokens with whom, if it had a list of everybody.

The attacker sees for every entry its flags, and with whom it shares tokens of which kinds; and has a list with names,
birth date and sex of everybody who lives in the country, registered or not, without an error. Of the list they draw the
same picture: who would share what with whom. An entry is taken to be the one person of the list who has at least its
neighbours, of the same kinds, with the same flags. From those, neighbours are followed until nothing new is found.

Source: the attacks of Narayanan and Shmatikov (2009, propagation from seeds) and of Vidanage et al. (2020, graphs of
similarity), with the similarities that blind tokens show.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from bench.andean_people import REGISTRY, Rates, dice, noisy, person, sibling, written_down
from corridor.domain.identity.demographics import Demographics
from corridor.domain.identity.features import Feature, features
from corridor.domain.identity.flags import flags

GROUP_MOST = 60
"""People who share a token beyond whom nobody follows it: none is shared by as many."""

KIN_SHARE = 0.1
"""Of the population: brothers and sisters of somebody else in it; one in fourteen of them a twin."""

Traits = tuple[int, int, int, int]
Edge = tuple[tuple[int, ...], Traits]
"""Kinds of tokens that are shared with a neighbour, and what the flags say of it."""


@dataclass(frozen=True, slots=True)
class Picture:
    """Who shares tokens with whom.

    Attributes:
        traits: of each person, as far as flags tell them.
        neighbours: of each person, by place, with what is seen of the edge.
    """

    traits: tuple[Traits, ...]
    neighbours: tuple[Mapping[int, Edge], ...]

    def edges(self, place: int) -> Counter[Edge]:
        """What is seen around a person."""
        return Counter(self.neighbours[place].values())


def picture(people: Sequence[Demographics]) -> Picture:
    """What tokens show of a list of people; papers are left out, for nobody has a list of all of them."""
    holders: dict[Feature, list[int]] = defaultdict(list)
    for place, who in enumerate(people):
        for feature in features(replace(who, documents=())):
            holders[feature].append(place)
    shared: dict[tuple[int, int], list[int]] = defaultdict(list)
    for feature, places in holders.items():
        for pair in combinations(places[:GROUP_MOST], 2):
            shared[pair].append(feature.kind)
    traits = tuple(_traits(who) for who in people)
    neighbours: list[dict[int, Edge]] = [{} for _ in people]
    for (one, other), kinds in shared.items():
        seen = tuple(sorted(kinds))
        neighbours[one][other] = (seen, traits[other])
        neighbours[other][one] = (seen, traits[one])
    return Picture(traits, tuple(neighbours))


def _traits(who: Demographics) -> Traits:
    seen = flags(who)
    return (seen.given_names, seen.surnames, seen.birth_parts, seen.sex)


def guesses(seen: Picture, known: Picture) -> dict[int, int]:
    """Whom of the list the attacker takes each entry for, where anybody at all."""
    found = dict(_seeds(seen, known))
    waiting = list(found)
    while waiting:
        entry = waiting.pop()
        for neighbour, taken in _followed(entry, found[entry], seen=seen, known=known):
            if neighbour not in found:
                found[neighbour] = taken
                waiting.append(neighbour)
    return found


def _seeds(seen: Picture, known: Picture) -> Iterator[tuple[int, int]]:
    around = [known.edges(place) for place in range(len(known.traits))]
    having: dict[Edge, list[int]] = defaultdict(list)
    for place, edges in enumerate(around):
        for edge in edges:
            having[edge].append(place)
    for entry, traits in enumerate(seen.traits):
        edges = seen.edges(entry)
        if not edges:
            continue
        rarest = min((having.get(edge, []) for edge in edges), key=len)
        fitting = [place for place in rarest if known.traits[place] == traits and edges <= around[place]]
        if len(fitting) == 1:
            yield entry, fitting[0]


def _followed(entry: int, person: int, *, seen: Picture, known: Picture) -> Iterator[tuple[int, int]]:
    """Neighbours of an entry for whom one neighbour alone of the person it is taken for will do."""
    there: dict[Edge, list[int]] = defaultdict(list)
    for neighbour, edge in known.neighbours[person].items():
        there[edge].append(neighbour)
    for neighbour, edge in seen.neighbours[entry].items():
        fitting = there.get(edge, [])
        if len(fitting) == 1:
            yield neighbour, fitting[0]


def population(seed: int, people: int) -> list[Demographics]:
    """Everybody who lives in an invented country, kin among them."""
    rng = dice(seed)
    found: list[Demographics] = []
    for _ in range(people):
        if found and rng.random() < KIN_SHARE:
            found.append(sibling(rng, rng.choice(found), twin=rng.random() < 1 / 14))
        else:
            found.append(person(rng))
    return found


def recognised(seed: int, *, people: int, share: float, rates: Rates | None = REGISTRY) -> tuple[int, int, int]:
    """How many entries of a register were recognised, how many the attacker thought to have, and how many there are.

    Args:
        seed: of all chance.
        people: in the population.
        share: of them that is registered.
        rates: of the registry's errors; None for a registry that makes none.
    """
    everybody, rng = population(seed, people), dice(seed + 1)
    registered = [place for place in range(people) if rng.random() < share]
    rng.shuffle(registered)
    faults = rates or noisy(REGISTRY, 0)
    entries = [written_down(rng, everybody[place], faults) for place in registered]
    found = guesses(picture(entries), picture(everybody))
    right = sum(registered[entry] == person for entry, person in found.items())
    return right, len(found), len(entries)
