"""The vertical scales of the measured values: viral loads by powers of ten, CD4 counts in equal steps."""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import Decimal

LOWEST_POWER = 1
"""Ten copies/mL: below every assay's limit of detection in programme use."""

_LEAST_HIGHEST_POWER = 5
_LARGEST_POWER = 9


@dataclass(frozen=True, slots=True)
class LogScale:
    """Copies per millilitre from `10 ** LOWEST_POWER` at `bottom` to `10 ** power` at `top`, in pixels downwards."""

    power: int
    top: float
    bottom: float

    def y(self, copies_per_ml: Decimal) -> float:
        """Where a count lies; counts outside lie on the nearer edge."""
        exponent = math.log10(max(float(copies_per_ml), 10.0**LOWEST_POWER))
        share = (min(exponent, self.power) - LOWEST_POWER) / (self.power - LOWEST_POWER)
        return round(self.bottom - share * (self.bottom - self.top), 1)

    def lines(self) -> tuple[int, ...]:
        """The powers of ten that get a line."""
        return tuple(range(LOWEST_POWER, self.power + 1))


def log_scale(largest: Decimal, *, top: float, bottom: float) -> LogScale:
    """A scale that shows counts up to `largest`, and never less than 100 000."""
    needed = math.ceil(math.log10(max(float(largest), 1.0)))
    return LogScale(min(max(needed, _LEAST_HIGHEST_POWER), _LARGEST_POWER), top, bottom)


@dataclass(frozen=True, slots=True)
class LinearScale:
    """Cells per microlitre from 0 at `bottom` to `highest` at `top`, in pixels downwards."""

    highest: int
    top: float
    bottom: float

    def y(self, cells_per_ul: Decimal) -> float:
        """Where a count lies; counts outside lie on the nearer edge."""
        share = min(max(float(cells_per_ul) / self.highest, 0.0), 1.0)
        return round(self.bottom - share * (self.bottom - self.top), 1)

    def lines(self) -> tuple[int, ...]:
        """Bottom, middle and top."""
        return (0, self.highest // 2, self.highest)


def linear_scale(largest: Decimal, *, top: float, bottom: float) -> LinearScale:
    """A scale in steps of 400 that shows counts up to `largest`."""
    return LinearScale(min(max(math.ceil(float(largest) / 400) * 400, 800), 4000), top, bottom)
