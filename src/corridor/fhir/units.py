"""Units of measurement in UCUM, brought to base units so that 72.5 kg and 72 500 g are one weight.

The common units stand in a table that ships with the node. The library that can read every unit takes seconds to
load; it is asked only for a unit that the table does not have, and once for each.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import import_module
from importlib.resources import files
from typing import Any

import orjson

UCUM = "http://unitsofmeasure.org"

_LONGEST = 50
_LARGE_EXPONENT = re.compile(r"[0-9]{3,}")
_ANNOTATION = re.compile(r"\{[^{}]*\}")
_LOGARITHM = re.compile(r"\{[^{}]*log[^{}]*\}", re.IGNORECASE)
_ARBITRARY = re.compile(r'<unit Code="([^"]+)"[^>]*isArbitrary="yes"')
_ONE = "1"
_PROBES = (0.0, 1.0, 10.0)
_SYMBOLS = {"kilogram": "kg", "meter": "m", "second": "s", "kelvin": "K", "mole": "mol", "ampere": "A", "candela": "cd"}


@dataclass(frozen=True, slots=True)
class Scale:
    """How a unit is brought to base units: `value * factor + offset`.

    Attributes:
        name: product of base units; arbitrary units and logarithms are named in it, because nothing else compares
            with them.
    """

    factor: float
    offset: float
    name: str

    def of(self, value: float) -> float:
        """A value in base units, to 12 digits: the same amount in two units gives the same number."""
        return float(f"{value * self.factor + self.offset:.12g}")


def scale(code: str) -> Scale | None:
    """The scale of a UCUM code; None for what is no UCUM code or measures on no straight line (pH, bel).

    Annotations mean nothing (`{copies}/mL` is `/mL`), except where they say that the number is a logarithm.

    Source: https://ucum.org/ucum, sections 6, 24 and 45.
    """
    return _listed().get(code) or _read(code)


def is_unit(code: str) -> bool:
    """Whether it is a code of UCUM at all, measured on a straight line or not."""
    if scale(code) is not None:
        return True
    try:
        _library().from_ucum(code)
    except Exception:  # noqa: BLE001 -- as below: the library raises errors of many kinds
        return False
    return True


@cache
def _listed() -> dict[str, Scale]:
    table = orjson.loads(files("corridor.fhir.definitions").joinpath("units.json").read_bytes())
    return {code: Scale(*row) for code, row in table.items() if code != "meta"}


@lru_cache(maxsize=4096)
def _read(code: str) -> Scale | None:
    if not code or len(code) > _LONGEST or _LARGE_EXPONENT.search(code):
        return None
    bare, logarithms = _ANNOTATION.sub("", code), _LOGARITHM.findall(code)
    if bare != code and not logarithms and (bare or _ONE) in _listed():
        return _listed()[bare or _ONE]
    return compute(code)


def compute(code: str) -> Scale | None:
    """The scale as the library works it out, without the table."""
    bare = _ANNOTATION.sub("", code) or _ONE
    try:
        in_base = [_in_base_units(bare, value) for value in _PROBES]
    except Exception:  # noqa: BLE001 -- the library's parsers raise errors of many kinds for what is no unit
        return None
    offset, first, tenth = (quantity.magnitude for quantity in in_base)
    straight = math.isclose(tenth - offset, 10 * (first - offset), rel_tol=1e-9)
    if not straight or not math.isfinite(first) or first == offset:
        return None
    incomparable = [each.upper() for each in _arbitrary_units() if each in bare] + _LOGARITHM.findall(code.lower())
    name = ".".join([*_base_name(in_base[0].units), *sorted(set(incomparable))])
    return Scale(_rounded(first - offset), _rounded(offset), name or _ONE)


def _rounded(value: float) -> float:
    """Without the last digits, which are the noise of the library's multiplications."""
    return float(f"{value:.15g}")


def _in_base_units(code: str, value: float) -> Any:
    unit = _library().from_ucum(code)
    return _library().Quantity(value * getattr(unit, "magnitude", 1), unit.units).to_base_units()


def _base_name(units: Any) -> list[str]:
    powers = sorted((_SYMBOLS.get(name, name), power) for name, power in units._units.items())  # noqa: SLF001 -- the only way to the powers
    return [symbol if power == 1 else f"{symbol}{power:g}" for symbol, power in powers]


@cache
def _library() -> Any:
    return import_module("ucumvert").PintUcumRegistry()  # 40 MB and seconds, which few nodes ever need


@cache
def _arbitrary_units() -> tuple[str, ...]:
    """Units that compare with no other, such as `[IU]`."""
    source = files("ucumvert").joinpath("vendor", "ucum-essence.xml").read_text(encoding="utf-8")
    return tuple(_ARBITRARY.findall(source))
