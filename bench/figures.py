"""What a measurement gives: a number with its unit, and the goal it is held against."""

from __future__ import annotations

import statistics
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

Round = Callable[[], Awaitable[float]]
"""One run of a case; gives its figure."""


@dataclass(frozen=True, slots=True)
class Goal:
    """What issue and design ask of a figure.

    Attributes:
        least: True where the figure must reach the bound, False where it must not pass it.
    """

    bound: float
    least: bool = False

    def met_by(self, value: float) -> bool:
        """Whether a figure keeps to it."""
        return value >= self.bound if self.least else value <= self.bound

    def told(self, unit: str) -> str:
        """The goal as people read it."""
        return f"{'≥' if self.least else '≤'} {written(self.bound, unit)}"


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured number.

    Attributes:
        bench: the measurement it belongs to, such as `read`.
        name: what was measured, in a few words.
    """

    bench: str
    name: str
    value: float
    unit: str
    goal: Goal | None = None

    @property
    def met(self) -> bool | None:
        """Whether the goal is met; None where there is none."""
        return self.goal.met_by(self.value) if self.goal else None

    def to_json(self) -> dict[str, Any]:
        """The figure as a JSON object."""
        return asdict(self) | {"met": self.met}


async def interleaved(cases: Mapping[str, Round], rounds: int) -> dict[str, float]:
    """Each case's median over rounds in which every case runs once, so that a noisy moment hits them all.

    One more round before them warms caches and is not counted.
    """
    found: dict[str, list[float]] = {name: [] for name in cases}
    for turn in range(rounds + 1):
        for name, case in cases.items():
            value = await case()
            if turn:
                found[name].append(value)
    return {name: statistics.median(values) for name, values in found.items()}


def percentile(values: Sequence[float], share: float) -> float:
    """The value that this share of all values does not pass: the nearest rank."""
    ordered = sorted(values)
    rank = max(1, -(-len(ordered) * share // 1))
    return ordered[int(rank) - 1]


SHARE = "of 1"
"""Unit of shares, which are told apart by their last digits."""


def written(value: float, unit: str = "") -> str:
    """A figure as people read it: three digits that mean something, thousands apart; a share with four."""
    if unit == SHARE:
        return f"{value:.4f}"
    if abs(value) >= 100:
        return f"{value:,.0f}".replace(",", " ")
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"
