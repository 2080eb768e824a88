"""Identity papers of countries that joined after this version was made: what the manifest says of them.

A process belongs to one federation. What it knows of papers is one value, replaced whole by each newer manifest.
Records are read in too many places for it to travel along, and none may read a paper otherwise than another.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from corridor.domain.country import Country
from corridor.domain.country_facts import PaperRule
from corridor.domain.directory import Member


@dataclass(frozen=True, slots=True)
class KnownPaper:
    """A kind of paper and the country that issues it."""

    country: Country
    rule: PaperRule


@dataclass(slots=True)
class _Known:
    papers: tuple[KnownPaper, ...] = ()


_KNOWN = _Known()


def learn_papers(members: Iterable[Member]) -> None:
    """Read papers as these members write them from now on; what other members wrote is forgotten."""
    _KNOWN.papers = tuple(KnownPaper(member.country, rule) for member in members for rule in member.facts.papers)


def known_papers() -> tuple[KnownPaper, ...]:
    """Papers that members declared."""
    return _KNOWN.papers


def label_of(kind: str, country: str) -> str:
    """What people call a kind of paper where it was issued, or nothing where no member said so."""
    named = (each.rule.label for each in _KNOWN.papers if (each.country, each.rule.kind) == (country, kind))
    return next(named, "")
