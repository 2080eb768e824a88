"""Code systems that this node knows, whole or in part, and which codes stand below which."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files
from types import MappingProxyType
from typing import Any

import orjson

from corridor.domain.care.lexicon import ATC_SYSTEM, lexicon
from corridor.fhir.published import definition, ids

_ATC_LENGTHS = (1, 3, 4, 5, 7)
"""Signs of a code on each of the five levels of ATC (https://www.whocc.no/atc/structure_and_principles/)."""


@dataclass(frozen=True, slots=True)
class Concept:
    """One code of one system."""

    system: str
    code: str
    display: str = ""


@dataclass(frozen=True)
class CodeSystem:
    """A code system as far as it is known here.

    Attributes:
        url: canonical URL of the system.
        name: for people.
        version: empty where none is stated.
        complete: every code is known; else only those that value sets here name.
        displays: display by code, in the order of publication.
        parents: codes directly above, by code; codes without any are left out.
    """

    url: str
    name: str
    version: str
    complete: bool
    displays: Mapping[str, str]
    parents: Mapping[str, frozenset[str]]

    @cached_property
    def children(self) -> Mapping[str, frozenset[str]]:
        """Codes directly below, by code."""
        found: dict[str, set[str]] = {}
        for code, above in self.parents.items():
            for each in above:
                found.setdefault(each, set()).add(code)
        return {code: frozenset(below) for code, below in found.items()}

    def ancestors(self, code: str) -> frozenset[str]:
        """Every code above, without itself; ATC codes are their own hierarchy, known or not."""
        if self.url == ATC_SYSTEM:
            return frozenset(code[:length] for length in _ATC_LENGTHS if length < len(code))
        return _closure(code, self.parents)

    def descendants(self, code: str) -> frozenset[str]:
        """Every known code below, without itself."""
        if self.url == ATC_SYSTEM:
            return frozenset(each for each in self.displays if each.startswith(code) and each != code)
        return _closure(code, self.children)


def _closure(code: str, step: Mapping[str, frozenset[str]]) -> frozenset[str]:
    found: set[str] = set()
    waiting = [code]
    while waiting:
        new = step.get(waiting.pop(), frozenset()) - found
        found |= new
        waiting += new
    return frozenset(found - {code})


@cache
def table() -> Mapping[str, Any]:
    """The value sets and code systems of R4 that held types are bound to."""
    loaded: dict[str, Any] = orjson.loads(files("corridor.fhir.definitions").joinpath("terminology.json").read_bytes())
    return MappingProxyType(loaded)


@cache
def code_systems() -> Mapping[str, CodeSystem]:
    """Every system that is known, whole or in part, by URL."""
    systems = {each.url: each for each in (*_core(), *_own())}
    for url, displays in _named().items():
        if url not in systems:
            systems[url] = CodeSystem(url, _NAMES.get(url, url), "", complete=False, displays=displays, parents={})
    return MappingProxyType(systems)


_NAMES = {
    "http://loinc.org": "LOINC",
    "http://snomed.info/sct": "SNOMED CT",
    "http://www.whocc.no/atc": "ATC",
    "http://unitsofmeasure.org": "UCUM",
    "http://hl7.org/fhir/sid/icd-10": "ICD-10",
    "http://smart.who.int/hiv/CodeSystem/HIVConcepts": "WHO SMART HIV",
    "http://dicom.nema.org/resources/ontology/DCM": "DICOM",
}


def _core() -> Iterator[CodeSystem]:
    for url, row in table()["systems"].items():
        displays = {code: shown for code, shown, _ in row["concepts"]}
        parents = {code: frozenset(above) for code, _, above in row["concepts"] if above}
        yield CodeSystem(url, row["name"], row.get("version", ""), complete=True, displays=displays, parents=parents)


def _own() -> Iterator[CodeSystem]:
    for each in ids("CodeSystem"):
        read = definition("CodeSystem", each)
        rows = [*_rows(read["concept"], "")]
        yield CodeSystem(
            read["url"],
            read["title"],
            read["version"],
            complete=True,
            displays={code: shown for code, shown, _ in rows},
            parents={code: frozenset({above}) for code, _, above in rows if above},
        )


def _rows(concepts: Iterable[dict[str, Any]], above: str) -> Iterator[tuple[str, str, str]]:
    for each in concepts:
        yield each["code"], each.get("display", each["code"]), above
        yield from _rows(each.get("concept", ()), each["code"])


def _named() -> Mapping[str, Mapping[str, str]]:
    """Codes that value sets name one by one, by system, and the ATC codes of other treatments."""
    own = (definition("ValueSet", each)["compose"] for each in ids("ValueSet"))
    core = (row["compose"] for row in table()["sets"].values())
    found: dict[str, dict[str, str]] = {ATC_SYSTEM: {}}
    for compose in (*own, *core):
        for include in compose["include"]:
            if "concept" in include:
                displays = found.setdefault(include["system"], {})
                displays |= {each["code"]: each.get("display", each["code"]) for each in include["concept"]}
    for (system, code), substances in lexicon().codes.items():
        if system == ATC_SYSTEM:
            found[ATC_SYSTEM].setdefault(code, " + ".join(substances))
    return found
