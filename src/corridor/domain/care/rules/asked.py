"""What rules ask by name: tests, other medicines, conditions; how records say them, and how long they hold."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from corridor.domain.care.wording import Wording


@dataclass(frozen=True, slots=True)
class AskedTest:
    """A test that rules ask for.

    Attributes:
        name: in three languages.
        groups: groups of LOINC codes that are this test.
        words: pattern over the folded label, for records without a code; None where words are not enough.
        fresh_days: how long a reassuring result is relied on; None for ever.
        lasts_days: how long a worrying result speaks of today; None for ever.
        once: it never changes, so that every result counts and not only the latest.
    """

    name: Wording
    groups: frozenset[str]
    words: re.Pattern[str] | None
    fresh_days: int | None
    lasts_days: int | None
    once: bool


@dataclass(frozen=True, slots=True)
class AskedDrug:
    """A medicine, or a group of them, that rules ask for beside the regimen.

    Attributes:
        components: abbreviations of the lexicon that are it.
        words: pattern over the folded label or code.
        lingers_days: how long it still acts after the last day; 0 where that does not matter.
    """

    name: Wording
    components: frozenset[str]
    words: re.Pattern[str] | None
    lingers_days: int


@dataclass(frozen=True, slots=True)
class AskedCondition:
    """A condition that rules ask for.

    Attributes:
        words: pattern over the folded label or code.
        unless: pattern that takes it back, such as `latent`; None where nothing does.
        lasts_days: a record without an end counts for so long; None for ever.
    """

    name: Wording
    words: re.Pattern[str]
    unless: re.Pattern[str] | None
    lasts_days: int | None


@dataclass(frozen=True, slots=True)
class Asked:
    """Everything that rules may ask by name; `missing` says what to do about a fact that nobody told."""

    tests: Mapping[str, AskedTest]
    drugs: Mapping[str, AskedDrug]
    conditions: Mapping[str, AskedCondition]
    missing: Mapping[str, Wording]


@cache
def asked() -> Asked:
    """The packaged table, read once."""
    content = json.loads(files("corridor.domain.care.rules").joinpath("asked.json").read_text("utf-8"))
    return Asked(
        tests=MappingProxyType({name: _test(row) for name, row in content["tests"].items()}),
        drugs=MappingProxyType({name: _drug(row) for name, row in content["drugs"].items()}),
        conditions=MappingProxyType({name: _condition(row) for name, row in content["conditions"].items()}),
        missing=MappingProxyType({name: Wording(**row) for name, row in content["missing"].items()}),
    )


def _test(row: Mapping[str, Any]) -> AskedTest:
    return AskedTest(
        name=Wording(**row["name"]),
        groups=frozenset(row["groups"]),
        words=_pattern(row, "words"),
        fresh_days=row.get("fresh_days"),
        lasts_days=row.get("lasts_days"),
        once=row.get("once", False),
    )


def _drug(row: Mapping[str, Any]) -> AskedDrug:
    components = frozenset(row.get("components", ()))
    return AskedDrug(Wording(**row["name"]), components, _pattern(row, "words"), row.get("lingers_days", 0))


def _condition(row: Mapping[str, Any]) -> AskedCondition:
    name = Wording(**row["name"])
    return AskedCondition(name, re.compile(row["words"]), _pattern(row, "unless"), row.get("lasts_days"))


def _pattern(row: Mapping[str, Any], key: str) -> re.Pattern[str] | None:
    return re.compile(row[key]) if key in row else None
