"""The first screen: what a doctor with four minutes needs, with what is not known and from whom."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from corridor.domain.care.doubts import unread_medicines
from corridor.domain.care.event import Event
from corridor.domain.care.interval import Interval
from corridor.domain.care.standing_values import CurrentRegimen, Interruption, Standing, Suppression
from corridor.domain.care.timeline import Span, Timeline
from corridor.domain.country import Country
from corridor.domain.grade import Grade
from corridor.domain.history import History
from corridor.web.clinician.panels import ADVANCED_CELLS_PER_UL


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
        days_without: days without medicine since then; None where it goes on or nobody can tell.
        unread: records of medicines in which no medicine could be read.
        undated_regimens: whether further regimens were told of without any date.
        viral_load: the last one, with what it says at each threshold.
        cd4: the last count, or the last percentage where no count is known.
        advanced: whether the last CD4 count lies below the threshold of advanced disease; None where it cannot tell.
        silent: countries that were not heard, in order.
    """

    voices: tuple[Voice, ...]
    silent: tuple[Country, ...]
    regimen: CurrentRegimen | None
    days_without: int | None
    unread: tuple[Event, ...]
    undated_regimens: bool
    viral_load: Suppression | None
    cd4: Event | None
    advanced: bool | None

    @property
    def heard(self) -> int:
        """How many countries answered."""
        return len(self.voices) - len(self.silent)

    def unsure(self, country: Country) -> bool:
        """Whether what this country told must be confirmed with the person first."""
        return any(voice.country == country and voice.tone == "probable" for voice in self.voices)


def summary(history: History, care: Timeline, stand: Standing, *, unreadable: Sequence[Country] = ()) -> Summary:
    """The first screen of a history.

    Args:
        history: as pulled.
        care: its timeline.
        stand: where treatment stands on the day of the pull.
        unreadable: countries whose answer arrived and could not be read; they count as not heard.
    """
    voices = tuple(sorted(_voices(history, frozenset(unreadable)), key=lambda voice: voice.country))
    regimen = stand.regimen
    shown = regimen.span if regimen else None
    return Summary(
        voices=voices,
        silent=tuple(voice.country for voice in voices if voice.tone == "silent"),
        regimen=regimen,
        days_without=_days_without(stand),
        unread=unread_medicines(care),
        undated_regimens=any(span.start is None and span is not shown for span in _real(care.spans)),
        viral_load=stand.suppression,
        cd4=stand.cd4.count or stand.cd4.percentage,
        advanced=_advanced(stand.cd4.cells_per_ul),
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


def _days_without(stand: Standing) -> int | None:
    """Days since treatment ended; what may still be taken counts no days."""
    open_ones = [pause for pause in stand.interruptions if pause.end is None]
    if open_ones:
        return _longest(open_ones)
    regimen = stand.regimen
    if regimen is None or regimen.ended is None or regimen.goes_on:
        return None
    return max((stand.today - regimen.ended).days, 0)


def _longest(pauses: Sequence[Interruption]) -> int:
    return max(pause.days for pause in pauses)


def _advanced(cells_per_ul: Interval | None) -> bool | None:
    return None if cells_per_ul is None else cells_per_ul.below(Decimal(ADVANCED_CELLS_PER_UL))
