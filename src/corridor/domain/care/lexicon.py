"""The clinical lexicon: drugs, combinations, programme codes and words that are known here."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

ATC_SYSTEM = "http://www.whocc.no/atc"
RXNORM_SYSTEM = "http://www.nlm.nih.gov/research/umls/rxnorm"
SNOMED_SYSTEM = "http://snomed.info/sct"
LOINC_SYSTEM = "http://loinc.org"

_PLAINER = str.maketrans({0xB5: "u", 0x3BC: "u", 0x2013: "-", 0x2014: "-"})
"""The two micro signs and the two long dashes."""
_WORD = re.compile(r"[a-z0-9]+")


@dataclass(frozen=True, slots=True)
class Drug:
    """One substance.

    Attributes:
        abbreviation: how it is written in a regimen, such as `DTG`.
        family: `hiv`, `tuberculosis`, `hepatitis-b`, `covid` or `other`.
        drug_class: `NRTI`, `NNRTI`, `PI`, `INSTI`, `booster` …; the family's name outside HIV.
    """

    abbreviation: str
    family: str
    drug_class: str


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Everything that lexicon.json knows, indexed.

    Attributes:
        drugs: by abbreviation.
        names: folded words of a name, brand or abbreviation, to the substances that it means.
        codes: (system, code) to the substances that it means.
        regimen_codes: programme code alone, folded, to substances; only codes that mean one thing everywhere.
        groups: LOINC code to what it measures, such as `hiv-viral-load`.
        words: single folded words that may stand in a clinical text.
        units: the part of `words` that makes the number before it a measurement.
        fillers: the part of `words` that says nothing alone, such as `de` and `la`, of which surnames are made too.
        markers: words that say what is done with the drugs beside them, and other words that are known and may not
            cross a border by themselves.
        numbers: strengths, counts and hours that may stand in a clinical text.
    """

    drugs: Mapping[str, Drug]
    names: Mapping[tuple[str, ...], tuple[str, ...]]
    codes: Mapping[tuple[str, str], tuple[str, ...]]
    regimen_codes: Mapping[str, tuple[str, ...]]
    groups: Mapping[str, str]
    words: frozenset[str]
    units: frozenset[str]
    fillers: frozenset[str]
    numbers: frozenset[str]
    markers: Mapping[str, frozenset[str]]


def fold(text: str) -> str:
    """The text in lower case and without accents, so that `Lamivudina` and `LAMIVUDINÁ` are one word."""
    if text.isascii():
        return text.lower()
    split = unicodedata.normalize("NFKD", text.translate(_PLAINER))
    return "".join(letter for letter in split if not unicodedata.combining(letter)).lower()


def words_of(text: str) -> tuple[str, ...]:
    """The folded runs of letters and digits of a text, in order."""
    return tuple(_WORD.findall(fold(text)))


@cache
def lexicon() -> Lexicon:
    """The packaged lexicon, read once."""
    content = json.loads(files("corridor.domain.care").joinpath("lexicon.json").read_text("utf-8"))
    names = dict(_names(content))
    words = {word for group in content["words"].values() for line in group for word in words_of(line)}
    words.update(word for name in names for word in name)
    words.update(word for codes in content["regimen_codes"].values() for code in codes for word in words_of(code))
    return Lexicon(
        drugs=MappingProxyType(
            {
                row["abbreviation"]: Drug(row["abbreviation"], row["family"], row["drug_class"])
                for row in content["drugs"]
            }
        ),
        names=MappingProxyType(names),
        codes=MappingProxyType(dict(_codes(content))),
        regimen_codes=MappingProxyType(_unambiguous(content["regimen_codes"])),
        groups=MappingProxyType({code: group for group, codes in content["loinc"].items() for code in codes}),
        words=frozenset(words),
        units=frozenset(words_of(" ".join(content["words"]["units"]))),
        fillers=frozenset(words_of(" ".join(content["words"]["function"]))),
        numbers=frozenset(content["numbers"]),
        markers=MappingProxyType({group: frozenset(each) for group, each in content["markers"].items()}),
    )


def families(components: tuple[str, ...]) -> frozenset[str]:
    """The families that a set of substances comes from."""
    known = lexicon().drugs
    return frozenset(known[name].family for name in components if name in known)


def _names(content: dict[str, Any]) -> Iterator[tuple[tuple[str, ...], tuple[str, ...]]]:
    for row in content["drugs"]:
        meant = (row["abbreviation"],)
        own = () if row["family"] in {"other", "hepatitis-b"} else meant
        for name in (*own, *row["abbreviations"], *row["names"], *row["brands"]):
            yield words_of(name), meant
        if row["drug_class"] == "PI" or row["abbreviation"] == "EVG":
            yield from _boosted(row)
    for row in content["combinations"]:
        for name in (*row["abbreviations"], *row["brands"]):
            yield words_of(name), tuple(row["components"])


def _boosted(row: dict[str, Any]) -> Iterator[tuple[tuple[str, ...], tuple[str, ...]]]:
    """`LPV/r`, `LPVr`, `DRV/c`: a protease inhibitor and the letter of its booster."""
    short = row["abbreviation"]
    for letter, booster in (("r", "RTV"), ("c", "COBI")):
        if short == "RTV":
            continue
        yield from (((each, letter), (short, booster)) for each in (fold(short), f"p{fold(short)}"))
        yield from (((*words_of(name), letter), (short, booster)) for name in (*row["abbreviations"], *row["names"]))
        yield (fold(short) + letter,), (short, booster)


def _codes(content: dict[str, Any]) -> Iterator[tuple[tuple[str, str], tuple[str, ...]]]:
    for row in (*content["drugs"], *content["combinations"]):
        components = tuple(row["components"]) if "components" in row else (row["abbreviation"],)
        yield from (((ATC_SYSTEM, code), components) for code in row["atc"])
        yield from (((RXNORM_SYSTEM, code), components) for code in row["rxnorm"])
        yield from (((SNOMED_SYSTEM, code), components) for code in row.get("snomed", ()))
    for system, codes in content["regimen_codes"].items():
        yield from (((system, code), tuple(components.split("+"))) for code, components in codes.items())


def _unambiguous(systems: dict[str, dict[str, str]]) -> dict[str, tuple[str, ...]]:
    """Codes of four signs such as `AF2E` say enough alone; `1j` or `HIV.D.DE91` need their system."""
    return {
        fold(code): tuple(components.split("+"))
        for codes in systems.values()
        for code, components in codes.items()
        if re.fullmatch(r"[AC]F\d[A-Z]", code)
    }
