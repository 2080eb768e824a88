"""Which drug may stand for which when a regimen is continued in another country."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import product
from types import MappingProxyType

from corridor.domain.care.wording import Wording


@dataclass(frozen=True, slots=True)
class Equivalence:
    """Two drugs of which either serves.

    Attributes:
        drugs: the two abbreviations.
        beside: one of these must be in the regimen; empty where that does not matter.
        cautions: keys of what to check before the change.
        source: where it comes from.
    """

    drugs: tuple[str, str]
    beside: frozenset[str]
    cautions: tuple[str, ...]
    source: str
    verification: str


@dataclass(frozen=True, slots=True)
class Equivalences:
    """The packaged table; `cautions` says in three languages what to check."""

    pairs: tuple[Equivalence, ...]
    cautions: Mapping[str, Wording]


@dataclass(frozen=True, slots=True)
class Variant:
    """A regimen that may stand for another.

    Attributes:
        changes: pairs (taken before, given instead), in the order of the table.
        cautions: keys of what to check, each once.
        sources: of the equivalences that were used.
    """

    components: frozenset[str]
    changes: tuple[tuple[str, str], ...]
    cautions: tuple[str, ...]
    sources: tuple[str, ...]


@cache
def equivalences() -> Equivalences:
    """The packaged table, read once."""
    content = json.loads(files("corridor.domain.care").joinpath("equivalences.json").read_text("utf-8"))
    pairs = tuple(
        Equivalence(
            drugs=(row["drugs"][0], row["drugs"][1]),
            beside=frozenset(row["beside"]),
            cautions=tuple(row["cautions"]),
            source=row["source"],
            verification=row["verification"],
        )
        for row in content["equivalences"]
    )
    return Equivalences(pairs, MappingProxyType({key: Wording(**row) for key, row in content["cautions"].items()}))


def variants(prior: frozenset[str]) -> tuple[Variant, ...]:
    """The regimen itself and every one that may stand for it, fewest changes first."""
    usable = [pair for pair in equivalences().pairs if _fits(pair, prior)]
    found = (_variant(prior, chosen) for chosen in product(*((None, pair) for pair in usable)))
    return tuple(sorted(found, key=lambda variant: (len(variant.changes), variant.changes)))


def _fits(pair: Equivalence, prior: frozenset[str]) -> bool:
    """Exactly one of the two is taken: where both are, nobody knows what the record means."""
    return len(prior & set(pair.drugs)) == 1 and (not pair.beside or bool(prior & pair.beside))


def _variant(prior: frozenset[str], chosen: tuple[Equivalence | None, ...]) -> Variant:
    used = [pair for pair in chosen if pair is not None]
    changes = tuple(_change(pair, prior) for pair in used)
    left, given = {before for before, _ in changes}, {after for _, after in changes}
    cautions = tuple(dict.fromkeys(key for pair in used for key in pair.cautions))
    return Variant((prior - left) | given, changes, cautions, tuple(pair.source for pair in used))


def _change(pair: Equivalence, prior: frozenset[str]) -> tuple[str, str]:
    one, other = pair.drugs
    return (one, other) if one in prior else (other, one)


def alternatives(drug: str, prior: frozenset[str]) -> Iterator[str]:
    """What may stand for one drug of a regimen."""
    for pair in equivalences().pairs:
        if drug in pair.drugs and _fits(pair, prior):
            yield _change(pair, prior)[1]
