"""The table of what may cross a border, read from definitions/exchange_rules.json, and the checks that it names."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from functools import cache, lru_cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from corridor.domain.care.lexicon import fold, lexicon
from corridor.domain.care.words import permits_unit

Paths = Mapping[str, str]

_EVEN = 2
_TWO_DIGITS = 9
_LOINC = re.compile(r"[0-9]{1,5}-[0-9]|[0-9]{6}-[0-9]")
_LOINC_PART = re.compile(r"L[AP][0-9]{1,7}-[0-9]")
_SNOMED = re.compile(r"[1-9][0-9]{5,17}")
_DIHEDRAL = (
    "0123456789",
    "1234067895",
    "2340178956",
    "3401289567",
    "4012395678",
    "5987604321",
    "6598710432",
    "7659821043",
    "8765932104",
    "9876543210",
)
_PERMUTED = (
    "0123456789",
    "1576283094",
    "5803796142",
    "8916043527",
    "9453126870",
    "4286573901",
    "2793806415",
    "7046913258",
)


@cache
def _table() -> dict[str, Any]:
    """The packaged table."""
    return _read("exchange_rules.json")


@cache
def resource_paths() -> Mapping[str, Paths]:
    """Rules by resource type and element path below it."""
    return MappingProxyType(_table()["resources"])


@cache
def datatype_paths() -> Mapping[str, Paths]:
    """Rules by data type and element path below it."""
    return MappingProxyType(_table()["datatypes"])


@cache
def binding(name: str) -> frozenset[str]:
    """Codes of a required binding, such as `observation-status`."""
    return frozenset(code for codes in _read("bindings.json")[name].values() for code in codes)


@cache
def never() -> frozenset[tuple[str, str]]:
    """(system, code) of observations and conditions that say who somebody is or where they are from."""
    rows = _table()["never"]
    return frozenset((system, code) for system, codes in rows.items() if isinstance(codes, list) for code in codes)


@lru_cache(maxsize=4096)
def says_who(text: str) -> bool:
    """Whether a text speaks of origin, migration or justice, as in `Refugee (person)`."""
    return re.search(_table()["never"]["words"], fold(text)) is not None


@lru_cache(maxsize=8192)
def published(system: str, code: str) -> bool:
    """Whether a code is well formed in a public code system, so that it can be no name and no document number."""
    check = _checks().get(system)
    return check is not None and check(system, code)


@cache
def _checks() -> Mapping[str, Callable[[str, str], bool]]:
    return {system: _check(rule) for system, rule in _table()["systems"].items()}


def _check(rule: str) -> Callable[[str, str], bool]:
    kind, _, rest = rule.partition(":")
    if kind == "pattern":
        pattern = re.compile(rest)
        return lambda _, code: pattern.fullmatch(code) is not None
    if kind == "codes":
        codes = frozenset(rest.split())
        return lambda _, code: code in codes
    return _NAMED[rest]


def _is_loinc(_: str, code: str) -> bool:
    """A LOINC code, with the Luhn check digit that it ends in, or the code of a part or an answer."""
    if _LOINC_PART.fullmatch(code):
        return True
    if not _LOINC.fullmatch(code):
        return False
    total = 0
    for place, sign in enumerate(reversed(code.replace("-", ""))):
        digit = int(sign) * (1 + place % _EVEN)
        total += digit - _TWO_DIGITS if digit > _TWO_DIGITS else digit
    return total % 10 == 0


def _is_snomed(_: str, code: str) -> bool:
    """A SNOMED CT identifier, with the Verhoeff check digit that it ends in.

    Source: SNOMED CT release file specification, check digit computation.
    """
    if not _SNOMED.fullmatch(code):
        return False
    check = 0
    for place, sign in enumerate(reversed(code)):
        check = int(_DIHEDRAL[check][int(_PERMUTED[place % len(_PERMUTED)][int(sign)])])
    return check == 0


_NAMED: Mapping[str, Callable[[str, str], bool]] = {
    "loinc": _is_loinc,
    "snomed": _is_snomed,
    "unit": lambda _, code: permits_unit(code),
    "lexicon": lambda system, code: (system, code) in lexicon().codes,
}


def _read(name: str) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(files("corridor.fhir.definitions").joinpath(name).read_text("utf-8"))
    return content
