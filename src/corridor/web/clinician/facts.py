"""Every fact of a history as a row of the table: when, what, the value, who said it, and the words they used."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from corridor.domain.care.timeline import Event, Timeline
from corridor.web.clinician.lanes import VOID
from corridor.web.clinician.wording import cautions, value_text, when_text
from corridor.web.language import Words

ROWS_PER_PAGE = 150
LONGEST_TEXT = 600
"""Longer raw texts are cut in the table, with a mark; no laboratory writes so much, an attacker does."""


@dataclass(frozen=True, slots=True)
class Row:
    """One fact as the table shows it; `flags` are sentences, `source` is `Type/id`."""

    when: str
    kind: str
    value: str
    flags: tuple[str, ...]
    country: str
    source: str
    raw: str
    withheld: bool
    void: bool


def rows(care: Timeline, t: Words) -> tuple[Row, ...]:
    """All facts, newest first, undated last; nothing is left out."""
    events = [event for span in care.spans for event in span.events]
    events += [*care.viral_loads, *care.cd4s, *care.others]
    dated = sorted((event for event in events if event.start), key=lambda event: event.start or date.min, reverse=True)
    return tuple(_row(event, t) for event in (*dated, *(event for event in events if not event.start)))


def _row(event: Event, t: Words) -> Row:
    return Row(
        when=when_text(event, t),
        kind=t.name("kind", event.kind),
        value=_cut(value_text(event, t)),
        flags=cautions(event.flags, t),
        country=t.name("country", event.country),
        source=event.source[:120],
        raw=_cut(event.raw),
        withheld=event.withheld,
        void=event.status in VOID,
    )


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST_TEXT else f"{text[:LONGEST_TEXT]}…"
