"""The Stanford HIVdb algorithm, read from its published ASI file: rules by drug and levels."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from types import MappingProxyType

from corridor.domain.care.resistance.genotype import Gene
from corridor.domain.care.resistance.interpretation import Algorithm
from corridor.domain.care.resistance.known import packaged
from corridor.domain.care.resistance.rules import Score, score_rule
from corridor.domain.errors import MalformedError

_FILE = "HIVDB_10.2.xml"
_RANGE = re.compile(r"(-INF|-?\d+(?:\.\d+)?)\s+TO\s+(?:INF|-?\d+(?:\.\d+)?)\s*=>\s*(\d+)")


@dataclass(frozen=True, slots=True)
class DrugRule:
    """How one drug is scored.

    Attributes:
        levels: lowest score of a level, and the level; highest first.
    """

    drug: str
    drug_class: str
    gene: Gene
    score: Score
    levels: tuple[tuple[float, int], ...]


@dataclass(frozen=True, slots=True)
class Rules:
    """An ASI file, ready to be asked.

    Attributes:
        algorithm: name, version and day.
        words: a level in the algorithm's own words.
        drugs: by class and in the order of the file.
    """

    algorithm: Algorithm
    words: Mapping[int, str]
    drugs: tuple[DrugRule, ...]


@cache
def hivdb() -> Rules:
    """The packaged version of HIVdb, read once and when it is first needed.

    Source: Stanford HIV Drug Resistance Database, HIVDB 10.2 (2026-04-26), public domain.
    """
    return read_rules(packaged(_FILE))


def read_rules(text: str) -> Rules:
    """The rules of an ASI 2 file that comes from a trusted place: entities and what it refers to are not looked up.

    Raises:
        MalformedError: not an ASI file.
    """
    try:
        root = ET.fromstring(text)  # noqa: S314 -- nothing but the file that is shipped with the product is read
        return _rules(root)
    except (ET.ParseError, KeyError, ValueError) as error:
        raise MalformedError("The file of resistance rules cannot be read.") from error


def _rules(root: ET.Element) -> Rules:
    genes = _genes(root)
    classes = {name: _text(row, "NAME") for row in root.iter("DRUGCLASS") for name in _names(_text(row, "DRUGLIST"))}
    return Rules(
        algorithm=Algorithm(
            _text(root, "ALGNAME"), _text(root, "ALGVERSION"), date.fromisoformat(_text(root, "ALGDATE"))
        ),
        words=MappingProxyType(
            {int(_text(row, "ORDER")): _text(row, "ORIGINAL") for row in root.iter("LEVEL_DEFINITION")}
        ),
        drugs=tuple(sorted(_drugs(root, classes, genes), key=lambda rule: [*classes].index(rule.drug))),
    )


def _genes(root: ET.Element) -> Mapping[str, Gene]:
    """Genes by drug class."""
    return {
        name: Gene(_text(row, "NAME"))
        for row in root.iter("GENE_DEFINITION")
        for name in _names(_text(row, "DRUGCLASSLIST"))
    }


def _drugs(root: ET.Element, classes: Mapping[str, str], genes: Mapping[str, Gene]) -> Iterator[DrugRule]:
    shared = _levels(_text(root, "DEFINITIONS/GLOBALRANGE"))
    for row in root.iter("DRUG"):
        name = _text(row, "NAME")
        own = row.find("RULE/ACTIONS/SCORERANGE")
        levels = shared if own is None or own.find("USE_GLOBALRANGE") is not None else _levels(own.text or "")
        score = score_rule(_text(row, "RULE/CONDITION"))
        yield DrugRule(name, classes[name], genes[classes[name]], score, levels)


def _levels(text: str) -> tuple[tuple[float, int], ...]:
    found = [(float(low.replace("INF", "inf")), int(level)) for low, level in _RANGE.findall(text)]
    if not found:
        raise MalformedError("The file of resistance rules names no levels.")
    return tuple(sorted(found, reverse=True))


def _text(row: ET.Element, path: str) -> str:
    found = row.find(path)
    return "" if found is None or found.text is None else found.text.strip()


def _names(text: str) -> list[str]:
    return [name.strip() for name in text.split(",")]
