"""How much is measured: enough for steady figures, or just enough to see that it runs."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Size:
    """How much of everything.

    Attributes:
        rounds: counted runs of each case.
        bundles: transactions of 50 resources that are sent in.
        reads: reads in one run.
        pulls: federated pulls.
        turns: runs of one small operation in one round.
    """

    rounds: int
    bundles: int
    reads: int
    pulls: int
    turns: int


WHOLE = Size(rounds=7, bundles=40, reads=1000, pulls=300, turns=200)
TINY = Size(rounds=1, bundles=2, reads=5, pulls=2, turns=2)
