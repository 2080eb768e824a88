"""How much is measured: enough for steady figures, or just enough to see that it runs."""

from __future__ import annotations

import os
from dataclasses import dataclass

RESOURCES = "CORRIDOR_BENCH_RESOURCES"
"""Environment variable with the number of resources in the largest base that `scale` loads."""

PEOPLE = "CORRIDOR_BENCH_PEOPLE"
"""Environment variable with the number of people in the hub's register that `match` makes."""


@dataclass(frozen=True, slots=True)
class Size:
    """How much of everything.

    Attributes:
        rounds: counted runs of each case.
        bundles: transactions of 50 resources that are sent in.
        reads: reads in one run.
        pulls: federated pulls.
        turns: runs of one small operation in one round.
        resources: in the largest base of `scale`.
        requests: that `scale` sends in one round.
        people: in the hub's register of `match`.
        questions: of each kind that `timing` asks.
    """

    rounds: int
    bundles: int
    reads: int
    pulls: int
    turns: int
    resources: int
    requests: int
    people: int
    questions: int


def _asked(name: str, usual: int) -> int:
    """As many as the environment says, or a country's worth."""
    text = os.environ.get(name, "")
    return int(text) if text.isascii() and text.isdecimal() and int(text) else usual


WHOLE = Size(
    rounds=7,
    bundles=40,
    reads=1000,
    pulls=300,
    turns=200,
    resources=_asked(RESOURCES, 2_500_000),
    requests=2000,
    people=_asked(PEOPLE, 1_000_000),
    questions=400,
)
TINY = Size(rounds=1, bundles=2, reads=5, pulls=2, turns=2, resources=600, requests=20, people=300, questions=3)
