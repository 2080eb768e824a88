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
class Row:
    """One fact as the table shows it; `flags` are sentences, `source` is `Type/id`, `told` its kind in a word."""

    when: str
    kind: str
    value: str
    flags: tuple[str, ...]
    country: str
    source: str
    told: str
    raw: str
    withheld: bool
    void: bool


def rows(care: Timeline, t: Words) -> tuple[Row, ...]:
    """All facts, newest first, undated last; nothing is left out."""
    events = [*care.regimen_events, *care.viral_loads, *care.cd4s, *care.others]
    parts = {id(event) for span in care.spans for event in span.events if set(event.components) != {*span.components}}
    dated = sorted((event for event in events if event.start), key=lambda event: event.start or date.min, reverse=True)
    undated = [event for event in events if not event.start]
    return tuple(_row(event, t, part=id(event) in parts) for event in (*dated, *undated))


def _row(event: Event, t: Words, *, part: bool) -> Row:
    """One row; what follows from the drugs of a part of a regimen would be wrong of the regimen, and is left out."""
    flags = [flag for flag in event.flags if not (part and flag in _OF_THE_WHOLE)]
    value, raw = value_text(event, t), as_written(event.raw, t)
    return Row(
        when=when_text(event, t),
        kind=t.name("kind", event.kind),
        value=_cut(value),
        flags=cautions(flags, t),
        country=t.name("country", event.country),
        source=event.source[:120],
        told=_told(event, t),
        raw="" if says_the_same(raw, value) else _cut(raw),
        withheld=event.withheld,
        void=not event.counts,
    )


def _told(event: Event, t: Words) -> str:
    key = f"source.{event.source.partition('/')[0]}"
    return t(key) if t.knows(key) else t("table.source")


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST_TEXT else f"{text[:LONGEST_TEXT]}…"
