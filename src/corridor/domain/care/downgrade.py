"""What a new regimen loses against the one before it."""

from __future__ import annotations

from collections.abc import Iterator

from corridor.domain.care.lexicon import lexicon

_BACKBONE = frozenset({"NRTI", "booster", "tuberculosis"})
_BOOSTERS = frozenset({"RTV", "COBI"})
_NEEDS_BOOSTER = frozenset({"DRV", "LPV", "ATV", "SQV", "TPV", "FPV", "EVG"})
_ROBUST = frozenset({"DTG", "BIC"})
"""Integrase inhibitors of the second generation; WHO keeps dolutegravir first. Source: WHO 2025, 978-92-4-011946-8."""


def losses(before: frozenset[str], after: frozenset[str]) -> Iterator[tuple[str, dict[str, str]]]:
    """What is lost, as a key and what fills its sentence: `anchor`, `barrier` or `booster`.

    Args:
        before: drugs taken before.
        after: drugs of the plan.
    """
    had, has = _anchors(before), _anchors(after)
    if len(has) < len(had):
        yield "anchor", {"drugs": ", ".join(sorted(had - has))}
    if had and has and _robust(before) and not _robust(after):
        yield "barrier", {"before": ", ".join(sorted(had)), "after": ", ".join(sorted(has))}
    bare = after & _NEEDS_BOOSTER
    if bare and not after & _BOOSTERS:
        yield "booster", {"drugs": ", ".join(sorted(bare))}


def _anchors(drugs: frozenset[str]) -> frozenset[str]:
    known = lexicon().drugs
    return frozenset(name for name in drugs - {"RTV"} if name in known and known[name].drug_class not in _BACKBONE)


def _robust(drugs: frozenset[str]) -> bool:
    boosted = bool(drugs & _BOOSTERS) and bool(drugs & (_NEEDS_BOOSTER - {"EVG"}))
    return boosted or bool(drugs & _ROBUST)
