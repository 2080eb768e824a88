"""What does not fit or could not be read, in sentences, each with the records that say it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from corridor.domain.care.doubts import Doubt, DoubtKind, ToldPerson
from corridor.web.clinician.facts import Source, source_of
from corridor.web.language import Words

_MOST_SOURCES = 12


@dataclass(frozen=True, slots=True)
class Unsure:
    """One sentence; `sources` are the first records that it is about, `more` counts the others."""

    text: str
    sources: tuple[Source, ...] = ()
    more: int = 0


def unsure(doubts: Sequence[Doubt], t: Words) -> tuple[Unsure, ...]:
    """All doubts in the reader's language."""
    return tuple(_unsure(doubt, t) for doubt in doubts)


def _unsure(doubt: Doubt, t: Words) -> Unsure:
    if doubt.people:
        said = ", ".join(_said(one, doubt.kind, t) for one in doubt.people)
        return Unsure(t(f"doubt.{doubt.kind}", said=said))
    sources = tuple(source_of(event, t) for event in doubt.events[:_MOST_SOURCES])
    text = t.count(f"doubt.{doubt.kind}", len(doubt.events))
    return Unsure(text, sources, max(len(doubt.events) - _MOST_SOURCES, 0))


def _said(one: ToldPerson, kind: DoubtKind, t: Words) -> str:
    who = t.name("country", one.country) if one.country else t("doubt.here")
    return f"{who}: {t.name('sex', one.sex) if kind is DoubtKind.SEXES else one.birth[:4]}"
