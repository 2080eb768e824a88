"""What codes and words tell of, by the value sets of definitions/sensitivity.json."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

from corridor.domain.care.lexicon import LOINC_SYSTEM, families, fold, lexicon
from corridor.domain.care.mentions import mentions
from corridor.domain.care.plain_text import LONGEST
from corridor.domain.care.regimen import read_code, read_text
from corridor.domain.category import Category
from corridor.fhir.concepts import remembered

_SILENT = frozenset(
    {"id", "reference", "system", "url", "resourceType", "version", "data", "hash", "contentType", "profile"}
)
"""Elements whose text is an address or a name of something else, and says nothing."""
_SHARED_CHARACTERS = 200
"""What two pieces of a long text have in common, so that no name is cut apart."""
_STEP = LONGEST - _SHARED_CHARACTERS
_WORDLESS = re.compile(
    r"-?[0-9]*(?:\.[0-9]+)?|[0-9]{4}-[0-9]{2}(?:-[0-9]{2}(?:T[0-9:]{5,8}(?:\.[0-9]+)?(?:Z|[+-][0-9]{2}:[0-9]{2}))?)?"
)
"""A number or a date: reading it as a text would tell of nothing, and cost more than everything else here."""
_NOTHING: frozenset[Category] = frozenset()
_Told = set[Category | None]
_DRUGS = {"hiv": Category.REGIMEN, "tuberculosis": Category.TUBERCULOSIS}


@dataclass(frozen=True, slots=True)
class Sensitivity:
    """The packaged value sets; attributes as the file explains them."""

    groups: Mapping[str, Category]
    codes: Mapping[tuple[str, str], Category]
    patterns: tuple[tuple[str, re.Pattern[str], Category], ...]
    words: tuple[tuple[Category, re.Pattern[str]], ...]
    mentioned: tuple[tuple[Category, re.Pattern[str], re.Pattern[str]], ...]
    spoken: frozenset[Category]
    implied: Mapping[Category, frozenset[Category]]
    also_words: frozenset[str]


@cache
def sensitivity() -> Sensitivity:
    """The packaged value sets, read once."""
    content = json.loads(files("corridor.fhir.definitions").joinpath("sensitivity.json").read_text("utf-8"))
    return Sensitivity(
        groups={group: Category(each) for group, each in content["groups"].items()},
        codes={
            (system, code): Category(each) for system, rows in content["codes"].items() for code, each in rows.items()
        },
        patterns=tuple(
            (part, re.compile(pattern), Category(each))
            for part, rows in content["patterns"].items()
            for pattern, each in rows.items()
        ),
        words=tuple((Category(each), re.compile(said)) for each, said in content["words"]),
        mentioned=tuple(
            (Category(each), re.compile(said), re.compile(but)) for each, said, but in content["mentioned"]
        ),
        spoken=frozenset(map(Category, content["spoken"])),
        implied={Category(each): frozenset(map(Category, several)) for each, several in content["implied"].items()},
        also_words=frozenset(content["also_words"]),
    )


@lru_cache(maxsize=8192)
def of_code(system: str, code: str) -> Category | None:
    """What a published code tells of: a drug of any system that is known here, a measurement, an illness."""
    known = sensitivity()
    if system == LOINC_SYSTEM and (group := lexicon().groups.get(code)) is not None:
        return known.groups.get(group, Category.LABORATORY)
    if (reading := read_code(system, code)) is not None:
        return _of_families(families(reading.components))
    listed = known.codes.get((system, code))
    return listed or next(
        (each for part, pattern, each in known.patterns if part in system and pattern.fullmatch(code)), None
    )


@lru_cache(maxsize=4096)
def of_text(text: str) -> Category | None:
    """What a short text says that a resource is: the first of the words that it has."""
    folded = fold(text)
    return next((found for found, said in sensitivity().words if said.search(folded)), None)


def spoken(node: Any) -> frozenset[Category]:
    """Every category of `spoken` that any code or text in some JSON tells of.

    Source: INTEROP section 7: drug names, CD4, clinics and interactions reveal as much as a diagnosis.
    """
    return sensitivity().spoken.intersection(_told(node, _told_by))


def _told(node: Any, of_concept: Callable[[dict[str, Any]], _Told] | None = None) -> _Told:
    """What any code or text tells of; of objects with codings, what `of_concept` says."""
    told: _Told = set()
    waiting = [node]
    while waiting:
        each = waiting.pop()
        if type(each) is dict:
            if of_concept and "coding" in each:
                told |= of_concept(each)
            else:
                _hear(each, told, waiting)
        elif type(each) is list:
            waiting += each
        elif type(each) is str:
            told |= mentioned_in(each)
    return told


_told_by = remembered(_told)


def _hear(node: dict[str, Any], told: _Told, waiting: list[Any]) -> None:
    """What the codes and texts of one object tell of; what lies below it waits."""
    system, code = node.get("system"), node.get("code")
    if type(system) is str and type(code) is str:
        told.add(of_code(system, code))
    for name, value in node.items():
        if type(value) is str:
            if name not in _SILENT and (mentioned := mentioned_in(value)):
                told |= mentioned
        elif type(value) is dict or type(value) is list:
            waiting.append(_objects(value) if name in _SILENT else value)


def _objects(value: dict[str, Any] | list[Any]) -> Any:
    """What is below an element without its own texts."""
    return value if type(value) is dict else [each for each in value if type(each) is dict]


def mentioned_in(text: str) -> frozenset[Category]:
    """Every category that a text mentions, however long it is."""
    if len(text) <= _STEP:
        return _NOTHING if text[:1] <= "9" and _WORDLESS.fullmatch(text) else _mentioned(text)
    return frozenset(each for start in range(0, len(text), _STEP) for each in _mentioned(text[start : start + LONGEST]))


@lru_cache(maxsize=8192)
def _mentioned(text: str) -> frozenset[Category]:
    folded = fold(text)
    found = {each for each, said, but in sensitivity().mentioned if any(map(said.search, but.split(folded)))}
    return frozenset(found | _drugs(text))


def _drugs(text: str) -> set[Category]:
    """Of the drugs that a text names, also those that it says were replaced or not tolerated."""
    reading = read_text(text)
    named = [each for each in mentions(text) if each.components]
    if named and {each.text for each in named} <= sensitivity().also_words:
        return set()
    told = {_of_families(families(each.components)) for each in named}
    if reading.kind == "regimen":
        told.add(Category.REGIMEN)
    return {each for each in told if each is not None}


def _of_families(known: frozenset[str]) -> Category | None:
    return next((each for family, each in _DRUGS.items() if family in known), None)
