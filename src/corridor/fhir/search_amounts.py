"""Numbers and quantities of a search, as the intervals that storage compares.

Source: https://hl7.org/fhir/R4/search.html#number and #quantity
"""

from __future__ import annotations

import re
from decimal import Decimal

from corridor.domain.errors import InvalidError
from corridor.domain.query import Amount, Prefix
from corridor.fhir.fact_amounts import in_base_units
from corridor.fhir.search_text import split, unescaped
from corridor.fhir.units import UCUM

_NUMBER = re.compile(r"(eq|ne|gt|lt|ge|le|sa|eb|ap)?[+ ]?(-?[0-9]{1,40}(?:\.[0-9]{1,40})?(?:[eE][+-]?[0-9]{1,3})?)")
_FURTHEST = 300
"""Power of ten beyond which a double holds nothing."""
_AS_WRITTEN = frozenset({Prefix.EQ, Prefix.NE, Prefix.AP})
"""Prefixes for which it counts how exactly the number is written."""
_TENTH = Decimal("0.1")

_WRITTEN = "A number is written as in 5.40, -3 or 1e2, with eq, ne, gt, lt, ge, le, sa, eb or ap before it."
_PARTS = "A quantity is written number, number|system|code or number||code."


def number(text: str) -> tuple[Prefix, float, float]:
    """Prefix and interval of a number as written; see `NumberCriterion` for what the interval is.

    100 is [99.5, 100.5), 100.00 is [99.995, 100.005) and 1e2 is [95, 105), as R4 writes.

    Raises:
        InvalidError: no number, or one that is out of all measure.
    """
    found = _NUMBER.fullmatch(text)
    if not found:
        raise InvalidError(_WRITTEN)
    prefix, value = Prefix(found[1] or Prefix.EQ), Decimal(found[2])
    exponent = int(value.as_tuple().exponent)
    if abs(value.adjusted()) > _FURTHEST or abs(exponent) > _FURTHEST:
        raise InvalidError(_WRITTEN)
    width = Decimal(5).scaleb(exponent - (2 if "e" in found[2].lower() else 1)) if prefix in _AS_WRITTEN else Decimal(0)
    if prefix is Prefix.AP:
        width += abs(value) * _TENTH
    return prefix, float(value - width), float(value + width)


def amount(text: str) -> Amount:
    """A quantity as written.

    Raises:
        InvalidError: not written as a quantity is.
    """
    parts = [unescaped(each) for each in split(text, "|")]
    if len(parts) not in {1, 3}:
        raise InvalidError(_PARTS)
    prefix, low, high = number(parts[0])
    system, code = parts[1:] or ("", "")
    canonical = in_base_units((low, high), code) if system == UCUM and code else None
    return Amount(prefix, low, high, system or None, code, canonical)
