"""A viral load as an interval of copies per millilitre."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache

from corridor.domain.care.interval import Interval, compared
from corridor.domain.care.lexicon import fold

_EVERY_ASSAY_SEES = Decimal(1000)
"""No assay in programme use has a limit above this, dried blood spots (839) included; so a result without a
number that says "not seen" still says "below 1000", and no more. Source: CLINICAL section 3, WHO threshold."""


_ANYTHING = Interval()


class ResultKind(StrEnum):
    """What sort of answer the laboratory gave."""

    NOT_DETECTED = "not_detected"
    NOT_DETECTED_OR_BELOW = "not_detected_or_below"
    BELOW_LOQ = "below_loq"
    ABOVE_LOQ = "above_loq"
    QUANTITY = "quantity"
    QUANTITY_NO_UNIT = "quantity_no_unit"
    QUANTITY_IU = "quantity_iu"
    SUPPRESSED = "qualitative_suppressed"
    NO_RESULT = "no_result"
    AMBIGUOUS = "ambiguous"
    UNREAD = "unread"


UNSEEN = frozenset(
    {ResultKind.NOT_DETECTED, ResultKind.NOT_DETECTED_OR_BELOW, ResultKind.BELOW_LOQ, ResultKind.SUPPRESSED}
)
_POWER = re.compile(r"10\*(-?\d)\.")
_LARGEST_LOG = 12
_COPIES_UNIT = re.compile(r"cop|\bcp|1/ml|/ml")


@dataclass(frozen=True, slots=True)
class ViralLoad:
    """One viral load result.

    Attributes:
        kind: what sort of answer it is.
        copies_per_ml: every count that the result may stand for; open ends where the laboratory gave no number.
        value_copies_per_ml: the number as written, converted to copies/mL, where there was one.
        comparator: `<`, `<=`, `>=` or `>` as the laboratory gave it, or empty.
    """

    kind: ResultKind
    copies_per_ml: Interval = _ANYTHING
    value_copies_per_ml: Decimal | None = None
    comparator: str = ""

    def suppressed(self, threshold_copies_per_ml: int) -> bool | None:
        """Whether the person was suppressed at a threshold; None where the result cannot tell.

        `<839` is suppressed at 1000 and unknown at 200; a number without a unit may be a logarithm, and tells nothing.
        """
        if self.kind is ResultKind.QUANTITY_NO_UNIT:
            return None
        threshold = Decimal(threshold_copies_per_ml)
        known = self.copies_per_ml.below(threshold)
        if known is None and self.kind in UNSEEN and self.copies_per_ml.upper is None:
            return True if threshold >= _EVERY_ASSAY_SEES else None
        return known


def counted(value: Decimal, unit: str, *, comparator: str = "") -> ViralLoad:
    """What a number means whose decimal point is beyond doubt, as in a FHIR Quantity.

    Args:
        value: the number in its unit.
        unit: UCUM or as written; a logarithm and a cobas power are converted, IU/mL never.
        comparator: `<`, `<=`, `>=`, `>` or empty.

    Raises:
        InvalidError: the comparator is none of these.
    """
    unit = fold(unit)
    if "iu" in unit or "ui" in unit:
        return ViralLoad(ResultKind.QUANTITY_IU)
    if "log" in unit and abs(value) > _LARGEST_LOG:
        return ViralLoad(ResultKind.UNREAD)
    return _as_result(value, unit, comparator)


def _as_result(value: Decimal, unit: str, comparator: str) -> ViralLoad:
    if value < 0 and "log" not in unit:
        return ViralLoad(ResultKind.NOT_DETECTED, Interval(Decimal(0), None))  # Abbott m2000 exports -1.00
    if comparator == "<" and value == 0 and "log" not in unit:
        return ViralLoad(ResultKind.UNREAD)  # nothing is below nothing
    interval, copies = _in_copies(compared(value, comparator), value, unit)
    if comparator.startswith("<"):
        return ViralLoad(ResultKind.BELOW_LOQ, Interval(Decimal(0), interval.upper), None, comparator)
    if comparator.startswith(">"):
        return ViralLoad(ResultKind.ABOVE_LOQ, interval, None, comparator)
    kind = ResultKind.QUANTITY if unit and _COPIES_UNIT.search(unit) else ResultKind.QUANTITY_NO_UNIT
    return ViralLoad(kind, interval, copies)


def _in_copies(interval: Interval, value: Decimal, unit: str) -> tuple[Interval, Decimal]:
    """Convert from log10 copies, or from a cobas unit such as `10*-1.{copies}/mL`."""
    if "log" in unit:
        return Interval(_power(interval.lower), _power(interval.upper)), Decimal(10) ** value
    match = _POWER.match(unit)
    factor = Decimal(10) ** int(match[1]) if match else Decimal(1)
    return Interval(_times(interval.lower, factor), _times(interval.upper, factor)), value * factor


@lru_cache(maxsize=4096)
def _power(value: Decimal | None) -> Decimal | None:
    return None if value is None else Decimal(10) ** value


def _times(value: Decimal | None, factor: Decimal) -> Decimal | None:
    return None if value is None else value * factor
