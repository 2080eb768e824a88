"""Measured values as intervals: a result never says more than its digits do."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from corridor.domain.errors import InvalidError

_ZERO = Decimal(0)
_LARGEST_POWER = 30
_COMPARATORS = frozenset({"", "<", "<=", ">", ">="})


@dataclass(frozen=True, slots=True)
class Interval:
    """All values from `lower` up to, and not including, `upper`; None is an open end.

    The unit is that of whoever holds the interval.
    """

    lower: Decimal | None = None
    upper: Decimal | None = None

    def below(self, threshold: Decimal) -> bool | None:
        """Whether every value lies below the threshold; None where the interval cannot tell.

        Source: CLINICAL section 3: true if upper <= T, false if lower >= T, else unknown.
        """
        if self.upper is not None and self.upper <= threshold:
            return True
        if self.lower is not None and self.lower >= threshold:
            return False
        return None


def number(text: str) -> Decimal:
    """The number of a text with a decimal point.

    Raises:
        InvalidError: not a finite number of everyday size.
    """
    try:
        value = Decimal(text)
    except (InvalidOperation, ValueError):
        raise InvalidError("A measured value must be a number.") from None
    if not value.is_finite() or abs(value.adjusted()) > _LARGEST_POWER:
        raise InvalidError("A measured value must be a finite number of everyday size.")
    return value


def around(value: Decimal) -> Interval:
    """The values that a written number may stand for: 72.5 is [72.5, 72.6), 4.35E+4 is [43500, 43600)."""
    exponent = value.as_tuple().exponent
    step = Decimal(1).scaleb(exponent if isinstance(exponent, int) else 0)
    return Interval(value, value + step)


def compared(value: Decimal, comparator: str = "") -> Interval:
    """The interval of a value with its FHIR comparator.

    Raises:
        InvalidError: not a comparator of FHIR R4.

    Source: http://hl7.org/fhir/R4/valueset-quantity-comparator.html
    """
    if comparator not in _COMPARATORS:
        raise InvalidError("A comparator is one of <, <=, >= and >.")
    exact = around(value)
    if comparator == "<":
        return Interval(_ZERO, value)
    if comparator == "<=":
        return Interval(_ZERO, exact.upper)
    return exact if comparator == "" else Interval(value, None)
