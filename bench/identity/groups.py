"""How many people share a token, and what somebody learns who has the hub's whole database and plenty of lists.

Three hundred thousand people are counted by their features, which are equal where tokens are.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from bench.andean_people import dice, person
from bench.figures import Figure, Goal
from bench.identity.graph import recognised
from bench.size import Size
from corridor.domain.identity.demographics import Demographics
from corridor.domain.identity.features import features
from corridor.domain.identity.kinds import Kind
from corridor.domain.identity.normalise import given_words, skeleton

BENCH = "groups"
COUNTED = 300_000
POPULATION, SHARE = 100_000, 0.1
"""Of the attack on the graph: everybody in a country, and how many of them are registered."""

GROUP, RECOGNISED = Goal(25), Goal(0.001)
LARGE = 5
"""People who share a token from whom on a group is large."""

_KINDS = (Kind.NAME_DATE, Kind.START_DATE, Kind.PAIR_TURN, Kind.GIVEN_SURNAMES_YEAR, Kind.PAIR_MONTH)
_SEED, _ELSEWHERE = 300, 399


def bench_groups(size: Size) -> list[Figure]:
    """Groups of equal tokens, and how many people two attacks recognise by them."""
    counted, population = min(COUNTED, size.people), min(POPULATION, size.people)
    counts = Counter(hash(feature) for who in _people(_SEED, counted) for feature in features(who))
    instances, shared = sum(counts.values()), sum(many for many in counts.values() if many >= LARGE)
    found = [
        Figure(BENCH, f"largest group of one token among {counted}", max(counts.values()), "people", GROUP),
        Figure(BENCH, f"tokens that {LARGE} or more people share", shared / instances, "of 1"),
    ]
    counts.clear()
    right, _, registered = recognised(_SEED, people=population, share=SHARE)
    name = f"recognised by whom they share tokens with, {registered} of {population} people"
    return [*found, *_by_counting(counted // 10), Figure(BENCH, name, right / max(1, registered), "of 1", RECOGNISED)]


def _people(seed: int, count: int) -> Iterator[Demographics]:
    rng = dice(seed)
    return (person(rng) for _ in range(count))


def _by_counting(count: int) -> Iterator[Figure]:
    people, names = [*_people(_SEED, count)], published([*_people(_ELSEWHERE, count)])
    for kind in _KINDS:
        right, chance = guessed(people, kind, published=names)
        goal = Goal(chance / count)
        yield Figure(BENCH, f"named by how many share a token of kind {kind.value}", right / count, "of 1", goal)


def first_name(who: Demographics) -> str:
    """What of a given name an attacker could hope to learn."""
    return skeleton(given_words(who.given)[0])


def published(people: Sequence[Demographics]) -> list[str]:
    """Given names, the commonest first, as a country publishes them."""
    return [name for name, _ in Counter(map(first_name, people)).most_common()]


def guessed(people: Sequence[Demographics], kind: Kind, *, published: Sequence[str]) -> tuple[int, int]:
    """How many people's given name is found by matching ranks of token counts with ranks of names, and by chance.

    Tokens of the kind are set in order of how many people share them, names in order of how common they are in
    another country's published list; the n-th token is taken to be of the n-th name. Chance is to name everyone after
    the most common name.
    """
    holders: dict[str, list[Demographics]] = defaultdict(list)
    for who in people:
        for feature in features(who):
            if feature.kind == kind:
                holders[feature.text].append(who)
    ranked = sorted(holders.values(), key=len, reverse=True)
    right = sum(first_name(who) == name for group, name in zip(ranked, published, strict=False) for who in group)
    return right, sum(first_name(who) == published[0] for who in people)
