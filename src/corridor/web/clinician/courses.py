"""The regimens as a table: newest first, each with what it was, how long, why it ended and who told it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from corridor.domain.care.standing_values import Standing
from corridor.domain.care.timeline import Span, Timeline
from corridor.web.clinician.facts import Source, source_of
from corridor.web.clinician.wording import began_text, cautions, duration, ended_text
from corridor.web.language import Words

MOST_COURSES = 30
_MOST_SOURCES = 4


@dataclass(frozen=True, slots=True)
class Course:
    """One regimen.

    Attributes:
        label: the drugs; empty where none could be read.
        raw: the words where none could be read, as far as they crossed the border.
        lasted: how long, empty where a day is missing.
        why: why it began, changed or ended, as written.
        failed: treatment failed while it was taken.
        sources: the first records that tell it; `more` counts the others.
    """

    label: str
    raw: str
    country: str
    began: str
    ended: str
    lasted: str
    why: str
    flags: tuple[str, ...]
    failed: bool
    void: bool
    withheld: bool
    sources: tuple[Source, ...]
    more: int


def courses(care: Timeline, stand: Standing, t: Words) -> tuple[Course, ...]:
    """Every regimen, newest first, those without a day last; at most 30, all of them stand among the facts."""
    failed = [failure.regimen for failure in stand.failures if failure.regimen is not None]
    ordered = sorted(care.spans, key=lambda span: span.start or span.end or date.min, reverse=True)
    return tuple(_course(span, t, failed=span in failed) for span in ordered[:MOST_COURSES])


def _course(span: Span, t: Words, *, failed: bool) -> Course:
    end = span.end or span.until
    reasons = dict.fromkeys(event.reason for event in span.events if event.reason)
    return Course(
        label=span.label[:160] if span.components else "",
        raw="" if span.components else span.label[:160],
        country=t.name("country", span.country),
        began=began_text(span, t),
        ended=ended_text(span, t),
        lasted=duration((end - span.start).days, t) if span.start and end and end > span.start else "",
        why="; ".join(reasons)[:240],
        flags=cautions(span.flags, t),
        failed=failed,
        void=not span.counts,
        withheld=any(event.withheld for event in span.events),
        sources=tuple(source_of(event, t) for event in span.events[:_MOST_SOURCES]),
        more=max(len(span.events) - _MOST_SOURCES, 0),
    )
