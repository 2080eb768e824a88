"""How numbers and amounts become searchable facts.

Source: https://hl7.org/fhir/R4/search.html#quantity
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any

from corridor.domain.record import QuantityFact
from corridor.fhir.fact_sink import Reading, Routes, Sink
from corridor.fhir.units import UCUM, scale

_NO_POINT = frozenset({"E", "L", "U"})
"""Of a sampled series: an error, below and above what can be measured."""

_CURRENCY = "urn:iso:std:iso:4217"


def _number(value: Any, routes: Routes, sink: Sink) -> None:
    _add(routes, _ends(value, value), {}, sink=sink)


def _quantity(value: Any, routes: Routes, sink: Sink) -> None:
    if "value" not in value:
        return
    number, comparator = value["value"], value.get("comparator", "")
    low = -math.inf if comparator.startswith("<") else number
    high = math.inf if comparator.startswith(">") else number
    _add(routes, _ends(low, high), value, sink=sink)


def _money(value: Any, routes: Routes, sink: Sink) -> None:
    if "value" in value:
        unit = {"system": _CURRENCY, "code": value.get("currency", "")}
        _add(routes, _ends(value["value"], value["value"]), unit, sink=sink)


def _range(value: Any, routes: Routes, sink: Sink) -> None:
    low, high = value.get("low", {}), value.get("high", {})
    if "value" in low or "value" in high:
        _add(routes, _ends(low.get("value", -math.inf), high.get("value", math.inf)), low or high, sink=sink)


def _sampled(value: Any, routes: Routes, sink: Sink) -> None:
    """From the least to the greatest point of the series."""
    origin, factor = value.get("origin", {}), float(value.get("factor", 1))
    try:
        points = [float(each) * factor for each in value.get("data", "").split() if each not in _NO_POINT]
    except ValueError:  # the series is text that no schema checks; what is no number is not found by one
        return
    if points and "value" in origin:
        start = float(origin["value"])
        _add(routes, _ends(start + min(points), start + max(points)), origin, sink=sink)


def _ends(low: float, high: float) -> tuple[float, float] | None:
    """Both ends as floats, or None where they are no interval that can be compared with."""
    try:
        ends = float(low), float(high)
    except OverflowError:  # a whole number of hundreds of digits
        return None
    return ends if ends[0] <= ends[1] and ends[0] < math.inf and ends[1] > -math.inf else None


def _add(routes: Routes, ends: tuple[float, float] | None, unit: Any, *, sink: Sink) -> None:
    if ends is None:
        return
    system, written = unit.get("system", ""), unit.get("unit", "")
    code = unit.get("code") or written
    canonical = in_base_units(ends, code) if system == UCUM and code else None
    told = "" if written == code else written
    for route in routes:
        sink.found.append(QuantityFact(route.parameter, *ends, system, code, canonical, sink.element, told))


@lru_cache(maxsize=256)
def in_base_units(ends: tuple[float, float], code: str) -> tuple[float, float, str] | None:
    """An interval in UCUM base units with their name; None where the code is none of UCUM."""
    found = scale(code)
    if found is None:
        return None
    low = found.of(ends[0])
    return low, low if ends[0] == ends[1] else found.of(ends[1]), found.name


BY_KIND: dict[tuple[str, str], Reading] = {
    ("number", "decimal"): _number,
    ("number", "integer"): _number,
    ("number", "positiveInt"): _number,
    ("number", "unsignedInt"): _number,
    ("quantity", "Quantity"): _quantity,
    ("quantity", "Age"): _quantity,
    ("quantity", "Duration"): _quantity,
    ("quantity", "Money"): _money,
    ("quantity", "Range"): _range,
    ("quantity", "SampledData"): _sampled,
}
"""Readings by kind of parameter and FHIR type."""
