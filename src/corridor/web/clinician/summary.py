"""The first screen: what a doctor with four minutes needs, with what is not known and from whom."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from corridor.domain.care.event import Event
from corridor.domain.care.interval import Interval
from corridor.domain.care.timeline import Span, Timeline
from corridor.domain.care.viral_load import ViralLoad
from corridor.domain.country import Country
from corridor.domain.grade import Grade
from corridor.domain.history import History
from corridor.web.clinician.panels import ADVANCED_CELLS_PER_UL, FAILURE_COPIES_PER_ML


@dataclass(frozen=True, slots=True)
class Voice:
    """What is known of one country after the pull.

    Attributes:
        tone: `certain`, `probable`, `nothing` or `silent`; chooses the sign beside the name.
        key: names the sentence that says it.
    """

    country: Country
    tone: str
    key: str
    facts: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Summary:
    """What the first screen shows.

    Attributes:
        regimen: the regimen that began last, or None where no country that answered told of one.
        regimen_ended: its last recorded day, or None where no end was told.
        days_since: days from that day to the pull.
        undated_regimens: whether further regimens were told of without any date.
        suppressed: whether the last viral load lies below the threshold of failure; None where it cannot tell.
        advanced: whether the last CD4 count lies below the threshold of advanced disease; None where it cannot tell.
        silent: countries that were not heard, in order.
    """

    voices: tuple[Voice, ...]
    silent: tuple[Country, ...]
    regimen: Span | None
    regimen_ended: date | None
    days_since: int | None
    undated_regimens: bool
    viral_load: Event | None
    suppressed: bool | None
    cd4: Event | None
    advanced: bool | None

    @property
    def heard(self) -> int:
        """How many countries answered."""
        return len(self.voices) - len(self.silent)

    def unsure(self, country: Country) -> bool:
        """Whether what this country told must be confirmed with the person first."""
        return any(voice.country == country and voice.tone == "probable" for voice in self.voices)


def summary(history: History, care: Timeline, *, unreadable: Sequence[Country] = ()) -> Summary:
    """The first screen of a history.

    Args:
        history: as pulled.
        care: its timeline.
        unreadable: countries whose answer arrived and could not be read; they count as not heard.
    """
    voices = tuple(sorted(_voices(history, frozenset(unreadable)), key=lambda voice: voice.country))
    regimen = _last_span(care.spans)
    ended = regimen.end if regimen else None
    last_viral_load, last_cd4 = _last(care.viral_loads), _last(event for event in care.cd4s if "%" not in event.unit)
    return Summary(
        voices=voices,
        silent=tuple(voice.country for voice in voices if voice.tone == "silent"),
        regimen=regimen,
        regimen_ended=ended,
        days_since=(history.at.date() - ended).days if ended else None,
        undated_regimens=any(span.start is None and span is not regimen for span in _real(care.spans)),
        viral_load=last_viral_load,
        suppressed=_suppressed(last_viral_load),
        cd4=last_cd4 or _last(care.cd4s),
        advanced=_advanced(last_cd4),
    )


def _voices(history: History, unreadable: frozenset[Country]) -> Iterable[Voice]:
    for answer in history.answers:
        if answer.country in unreadable:
            yield Voice(answer.country, "silent", "silence.garbled", 0, answer.received_at)
            continue
        tone = _tone(answer.grade) if answer.entries else "nothing"
        yield Voice(answer.country, tone, f"voice.{tone}", len(answer.entries), answer.received_at)
    for silence in history.silences:
        yield Voice(silence.country, "silent", f"silence.{silence.reason}", 0, silence.at)


def _tone(grade: Grade | None) -> str:
    """An answer without a grade is shown like a probable one: ask the person."""
    return "certain" if grade is Grade.CERTAIN else "probable"


def _real(spans: Iterable[Span]) -> list[Span]:
    return [span for span in spans if span.counts]


def _last_span(spans: Iterable[Span]) -> Span | None:
    """The one that began last: an old regimen whose end nobody wrote down must not hide a newer one."""
    return max(_real(spans), key=lambda span: (span.start or span.end or date.min, span.end or date.max), default=None)


def _last(events: Iterable[Event]) -> Event | None:
    """The latest result; an undated one only where no other is known."""
    counted = [event for event in events if event.counts]
    return max(counted, key=lambda event: event.start or date.min, default=None)


def _suppressed(event: Event | None) -> bool | None:
    return event.value.suppressed(FAILURE_COPIES_PER_ML) if event and isinstance(event.value, ViralLoad) else None


def _advanced(event: Event | None) -> bool | None:
    if event is None or not isinstance(event.value, Interval):
        return None
    return event.value.below(Decimal(ADVANCED_CELLS_PER_UL))
