"""Reading a viral load: what laboratories write, as an interval of copies per millilitre."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from corridor.domain.care.interval import Interval, around, compared, number
from corridor.domain.care.lexicon import fold
from corridor.domain.errors import InvalidError

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


_UNSEEN = frozenset(
    {ResultKind.NOT_DETECTED, ResultKind.NOT_DETECTED_OR_BELOW, ResultKind.BELOW_LOQ, ResultKind.SUPPRESSED}
)
_WORDS = (
    (ResultKind.NO_RESULT, re.compile(r"fail|fallid|rechaz|reject|hemoli|insufic|insuff|inval|error|coagul|clotted")),
    (ResultKind.NOT_DETECTED_OR_BELOW, re.compile(r"no detectab|nao detectab|indetectab|undetectab|indetectav")),
    (ResultKind.NOT_DETECTED, re.compile(r"not detected|no detectad|nao detectad|negativ|\btnd\b|^260415000$")),
    (ResultKind.BELOW_LOQ, re.compile(r"titer min|\bldl\b|\bbdl\b|\bbt\b|below (detect|threshold)|^260988000$")),
    (ResultKind.ABOVE_LOQ, re.compile(r"titer max|above (detect|threshold)")),
    (ResultKind.SUPPRESSED, re.compile(r"^(virally )?suppressed$|^suprimid[ao]$")),
)
_BELOW = re.compile(r"(<=?|≤|menor (?:a|que|de)|less than|inferior a|below)\s*(\d.*)")
_ABOVE = re.compile(r"(>=?|≥|mayor (?:a|que|de)|more than|superior a|above)\s*(\d.*)")
_COUNT = re.compile(r"(-?\d[\d., ]*(?:e[+-]?\d+)?)\s*(.*)")
_SPANISH_POINT = re.compile(r"\d{1,3}\.\d{3}")
_THOUSANDS = re.compile(r"\d{1,3}(?:[, ]\d{3})+|\d{1,3}(?:\.\d{3}){2,}")
_POWER = re.compile(r"10\*(-?\d)\.")
_LARGEST_LOG = 12
_COPIES_UNIT = re.compile(r"cop|\bcp|1/ml|/ml")
_SIGNS = {"≤": "<=", "≥": ">=", "<=": "<=", ">=": ">="}


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

        `<839` is suppressed at 1000 and unknown at 200.
        """
        threshold = Decimal(threshold_copies_per_ml)
        known = self.copies_per_ml.below(threshold)
        if known is None and self.kind in _UNSEEN and self.copies_per_ml.upper is None:
            return True if threshold >= _EVERY_ASSAY_SEES else None
        return known


def viral_load(text: str, unit: str = "") -> ViralLoad:
    """What a laboratory's text means; what cannot be read is `unread`, never a number.

    Args:
        text: the result as written, in Spanish, Portuguese or English, or one of two SNOMED answer codes.
        unit: unit beside it, UCUM or as written; empty where there was none.
    """
    folded = " ".join(fold(text).split())
    for sign, pattern in (("<", _BELOW), (">", _ABOVE)):
        if match := pattern.search(folded):
            return quantity(match[2], unit, comparator=_SIGNS.get(match[1], sign))
    for kind, pattern in _WORDS:
        if pattern.search(folded):
            return ViralLoad(kind, Interval(Decimal(0), None) if kind in _UNSEEN else Interval())
    return quantity(folded, unit)


def quantity(text: str, unit: str = "", *, comparator: str = "") -> ViralLoad:
    """What a number with a unit means.

    Args:
        text: the number, perhaps with its unit behind it.
        unit: unit beside it, UCUM or as written.
        comparator: `<`, `<=`, `>=`, `>` or empty, as in a FHIR Quantity.
    """
    match = _COUNT.fullmatch(fold(text).strip())
    if not match:
        return ViralLoad(ResultKind.UNREAD)
    written, behind = match[1].strip().rstrip(".,"), match[2]
    if _SPANISH_POINT.fullmatch(written):
        return _ambiguous(written)
    if _THOUSANDS.fullmatch(written):
        written = re.sub(r"[., ]", "", written)
    try:
        return counted(number(written.replace(",", ".")), unit or behind, comparator=comparator)
    except InvalidError:
        return ViralLoad(ResultKind.UNREAD)


def _ambiguous(written: str) -> ViralLoad:
    """`1.250` is 1250 in Caracas and 1.25 in Boston."""
    large = around(number(written.replace(".", "")))
    return ViralLoad(ResultKind.AMBIGUOUS, Interval(number(written), large.upper))


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


def _power(value: Decimal | None) -> Decimal | None:
    return None if value is None else Decimal(10) ** value


def _times(value: Decimal | None, factor: Decimal) -> Decimal | None:
    return None if value is None else value * factor
