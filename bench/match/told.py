"""The figures of `match`, and the goals that they are held against."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

from bench.figures import Figure, Goal, percentile
from bench.match.turns import Turn
from demo.parties import HUB

BENCH = "match"
WHOLE, FEW, SLOWEST, PART = Goal(180), Goal(120), Goal(400), Goal(15)
"""Milliseconds of a search: the usual one, one with 20 tokens, one in a hundred, and the hub's part."""

GROWTH = Goal(1.3)
TOKEN_BYTES = Goal(100)
MEMORY = Goal(1000)
"""Megabytes of the hub's process."""

_HALF, _NEARLY_ALL = 0.5, 0.99


@dataclass(frozen=True, slots=True)
class Searched:
    """Searches of one kind.

    Attributes:
        cpu: milliseconds of processor time a search, by party.
    """

    turns: Sequence[Turn]
    cpu: Mapping[str, float]


def search_figures(name: str, searched: Searched, *, few: bool) -> Iterator[Figure]:
    """What searches of one kind took."""
    turns = searched.turns
    wholes, hubs = [each.whole for each in turns], [each.hub for each in turns]
    yield Figure(BENCH, f"{name}, p50", percentile(wholes, _HALF), "ms", FEW if few else WHOLE)
    yield Figure(BENCH, f"{name}, p99", percentile(wholes, _NEARLY_ALL), "ms", SLOWEST)
    yield Figure(BENCH, f"{name}, until holders had answered, p50", _middle([each.tokens for each in turns]), "ms")
    yield Figure(BENCH, f"{name}, hub, p50", percentile(hubs, _HALF), "ms", PART)
    yield Figure(BENCH, f"{name}, hub, p99", percentile(hubs, _NEARLY_ALL), "ms")
    yield Figure(BENCH, f"{name}, hub", searched.cpu[HUB], "ms CPU a search")
    yield Figure(BENCH, f"{name}, all nodes and the hub", sum(searched.cpu.values()), "ms CPU a search")
    yield Figure(BENCH, f"{name}, told of somebody", sum(each.found for each in turns) / len(turns), "of 1")


def growth_figures(name: str, small: Sequence[Turn], large: Sequence[Turn]) -> Iterator[Figure]:
    """How many times as long searches of one kind take among more people."""
    whole = _middle([each.whole for each in large]) / _middle([each.whole for each in small])
    hub = _middle([each.hub for each in large]) / _middle([each.hub for each in small])
    for part, times in (("", whole), (", hub", hub)):
        yield Figure(BENCH, f"{name}{part}, from the smaller register to the larger", times, "times", GROWTH)


def _middle(values: Sequence[float]) -> float:
    return percentile(values, _HALF)


@contextmanager
def progress(text: str, total: int) -> Iterator[Callable[[int], None]]:
    """How far something is, on the terminal even while log lines are kept from it."""
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(file=sys.__stderr__), transient=True) as shown:
        task = shown.add_task(text, total=total)
        yield lambda added: shown.advance(task, added)
