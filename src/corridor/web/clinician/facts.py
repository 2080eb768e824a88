"""Every fact of a history as a row of the table: when, what, the value, who said it, and the words they used."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from corridor.domain.care.event import Event
from corridor.domain.care.timeline import Timeline
from corridor.web.clinician.wording import as_written, cautions, says_the_same, value_text, when_text
from corridor.web.language import Words

ROWS_PER_PAGE = 150
_OF_THE_WHOLE = frozenset({"incomplete_regimen", "third_line_like", "prep_possible", "booster_without_pi"})
"""Cautions that follow from which drugs are together."""

LONGEST_TEXT = 600
"""Longer raw texts are cut in the table, with a mark; no laboratory writes so much, an attacker does."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where a fact comes from, as whoever asks for it reads it.

    Attributes:
        when: date or period, no more exact than it was written.
        told: kind of the record in a word, such as `handed over`.
        record: `Type/id`, pseudonymised.
        raw: the words as they crossed the border; empty where none did.
        withheld: part of the words stayed in that country.
    """

    country: str
    when: str
    told: str
    record: str
    raw: str
    withheld: bool


def source_of(event: Event, t: Words) -> Source:
    """The source of one fact."""
    return Source(
        country=t.name("country", event.country),
        when=when_text(event, t),
        told=_told(event, t),
        record=event.source[:120],
        raw=_cut(event.raw),
        withheld=event.withheld,
    )


@dataclass(frozen=True, slots=True)
class Row:
    """One fact as the table shows it; `flags` are sentences, `number` counts from 0 over all pages."""

    number: int
    kind: str
    value: str
    flags: tuple[str, ...]
    source: Source
    repeats: bool
    void: bool


def facts(care: Timeline) -> tuple[Event, ...]:
    """Every fact, newest first, undated last; nothing is left out."""
    events = [*care.regimen_events, *care.viral_loads, *care.cd4s, *care.others]
    dated = sorted((event for event in events if event.start), key=lambda event: event.start or date.min, reverse=True)
    return (*dated, *(event for event in events if not event.start))


def rows(care: Timeline, t: Words, *, page: int | None = None) -> tuple[Row, ...]:
    """The facts as rows; `page` counts from 0, and without it all of them are given."""
    parts = {id(event) for span in care.spans for event in span.events if set(event.components) != {*span.components}}
    numbered = list(enumerate(facts(care)))
    shown = numbered if page is None else numbered[page * ROWS_PER_PAGE : (page + 1) * ROWS_PER_PAGE]
    return tuple(_row(event, t, number=number, part=id(event) in parts) for number, event in shown)


def _row(event: Event, t: Words, *, number: int, part: bool) -> Row:
    """One row; what follows from the drugs of a part of a regimen would be wrong of the regimen, and is left out."""
    flags = [flag for flag in event.flags if not (part and flag in _OF_THE_WHOLE)]
    value = value_text(event, t)
    return Row(
        number=number,
        kind=t.name("kind", event.kind),
        value=_cut(value),
        flags=cautions(flags, t),
        source=source_of(event, t),
        repeats=says_the_same(as_written(event.raw, t), value),
        void=not event.counts,
    )


def _told(event: Event, t: Words) -> str:
    key = f"source.{event.source.partition('/')[0]}"
    return t(key) if t.knows(key) else t("table.source")


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST_TEXT else f"{text[:LONGEST_TEXT]}…"
