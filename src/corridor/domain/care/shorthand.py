"""A regimen as clinicians write it: backbone first, a booster beside what it boosts, `TDF + 3TC + DTG`."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from corridor.domain.care.lexicon import lexicon

_CLASSES = ("NRTI", "PI", "INSTI", "NNRTI")
_FIRST = ("TDF", "TAF", "ABC", "AZT", "d4T", "ddI", "ddC", "ISL", "3TC", "FTC", "RIF", "INH", "PZA", "EMB")
_LETTERS = {"RTV": "r", "COBI": "c"}


def shorthand(components: Iterable[str]) -> str:
    """The drugs in the usual order, such as `DRV/r + DTG + ETR`; names that are not known here come last.

    Args:
        components: abbreviations, in any order; a booster is one of them.
    """
    return _written(frozenset(components))


@lru_cache(maxsize=1024)
def _written(components: frozenset[str]) -> str:
    boosts = {booster: _boosted(booster, components) for booster in _LETTERS if booster in components}
    letters = {name: _LETTERS[booster] for booster, names in boosts.items() for name in names}
    alone = components - {booster for booster, names in boosts.items() if names}
    ordered = sorted(alone, key=_place)
    return " + ".join(f"{name}/{letters[name]}" if name in letters else name for name in ordered)


def _boosted(booster: str, components: frozenset[str]) -> list[str]:
    """Protease inhibitors and elvitegravir; cobicistat beside ritonavir boosts elvitegravir only."""
    inhibitors = [name for name in components if _class(name) == "PI" and name not in _LETTERS]
    if booster == "RTV":
        return inhibitors
    elvitegravir = [name for name in components if name == "EVG"]
    return elvitegravir if "RTV" in components else [*elvitegravir, *inhibitors]


def _class(name: str) -> str:
    drug = lexicon().drugs.get(name)
    return drug.drug_class if drug else ""


def _place(name: str) -> tuple[int, int, str]:
    drug_class = _class(name)
    group = _CLASSES.index(drug_class) if drug_class in _CLASSES else len(_CLASSES) + (drug_class == "tuberculosis")
    return (group if drug_class else len(_CLASSES) + 2, _FIRST.index(name) if name in _FIRST else len(_FIRST), name)
