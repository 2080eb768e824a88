"""What is known of each gene: the consensus that mutations are counted against, and which changes matter."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from corridor.domain.care.resistance.genotype import DELETION, INSERTION, Gene, Mutation

_SIGNS = {"-": DELETION, "_": INSERTION}


def packaged(name: str) -> str:
    """The text of a file of HIVdb that is shipped with the product, as published."""
    return files("corridor.domain.care.resistance").joinpath("hivdb", name).read_text("utf-8")


@cache
def consensus() -> Mapping[Gene, str]:
    """Amino acids of the HIV-1 subtype B consensus, position 1 first.

    Source: hivdb/hivfacts, genes_hiv1, public domain.
    """
    return MappingProxyType({Gene(name): letters for name, letters in _references()["genes"].items()})


@cache
def polymerase() -> str:
    """Amino acids of the whole `pol` reading frame of that consensus: what lies before protease, PR, RT and IN."""
    return str(_references()["pol"])


def expected(gene: Gene, position: int) -> str:
    """The amino acid of the consensus at a position; empty where the gene has no such position."""
    letters = consensus()[gene]
    return letters[position - 1] if 1 <= position <= len(letters) else ""


@cache
def resistance_mutations() -> Mapping[tuple[Gene, int, str], tuple[str, ...]]:
    """Drug classes for which HIVdb lists a change as a resistance mutation, by gene, position and amino acid."""
    found: dict[tuple[Gene, int, str], tuple[str, ...]] = {}
    for drug_class, place in _rows("drms_hiv1.csv"):
        found[place] = (*found.get(place, ()), drug_class)
    return MappingProxyType(found)


@cache
def apobec_mutations() -> frozenset[tuple[Gene, int, str]]:
    """Resistance mutations that APOBEC enzymes can write into dead virus.

    Source: hivdb/hivfacts, apobec_drms.
    """
    return frozenset(place for _, place in _rows("apobec_drms.csv"))


def drug_classes(mutation: Mutation) -> tuple[str, ...]:
    """The drug classes that a mutation matters for, sorted; empty for a change that is not on HIVdb's list."""
    known = resistance_mutations()
    places = ((mutation.gene, mutation.position, letter) for letter in mutation.amino_acids)
    return tuple(sorted({name for place in places for name in known.get(place, ())}))


def by_apobec(mutation: Mutation) -> bool:
    """Whether one of its amino acids is on HIVdb's list of resistance mutations that APOBEC writes."""
    return any((mutation.gene, mutation.position, letter) in apobec_mutations() for letter in mutation.amino_acids)


@cache
def _references() -> dict[str, Any]:
    content: dict[str, Any] = json.loads(packaged("consensus.json"))
    return content


def _rows(name: str) -> Iterator[tuple[str, tuple[Gene, int, str]]]:
    for row in csv.DictReader(packaged(name).splitlines()):
        letter = _SIGNS.get(row["aa"], row["aa"])
        yield row.get("drug_class", ""), (Gene(row["gene"]), int(row["position"]), letter)
