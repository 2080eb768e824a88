from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from corridor.domain.care.event import Event, EventKind
from corridor.domain.care.interval import Interval
from corridor.domain.care.standing import standing
from corridor.domain.care.standing_values import Certainty, FailureKind
from corridor.domain.care.suppression import THRESHOLDS_COPIES_PER_ML, suppressed
from corridor.domain.care.taken import months_after
from corridor.domain.care.timeline import timeline
from corridor.domain.care.unread import unread
from corridor.domain.care.viral_load import ViralLoad
from corridor.domain.care.viral_load_text import viral_load
from corridor.domain.country import country

VE, CO = country("VE"), country("CO")
TODAY = date(2022, 1, 1)
RESULTS = [
    "<20 copias/mL",
    "<839",
    "no detectado",
    "12 000 copias/mL",
    "450 copias/mL",
    "positivo",
    "5000",
    "rechazada",
]
DRUGS = [("3TC", "DTG", "TDF"), ("3TC", "EFV", "TDF"), ("3TC", "AZT", "LPV", "RTV"), (), ("FTC", "TDF"), ("?",)]

days = st.none() | st.dates(date(2015, 1, 1), date(2023, 12, 31))


@st.composite
def any_event(draw: st.DrawFn) -> Event:
    kind = draw(st.sampled_from([EventKind.REGIMEN, EventKind.VIRAL_LOAD, EventKind.CD4, EventKind.OTHER]))
    start, number = draw(days), draw(st.integers(0, 10**9))
    length = draw(st.none() | st.integers(-5, 900))
    regimen = kind is EventKind.REGIMEN
    values: dict[EventKind, ViralLoad | Interval] = {
        EventKind.VIRAL_LOAD: viral_load(draw(st.sampled_from(RESULTS))),
        EventKind.CD4: Interval(Decimal(number % 900), Decimal(number % 900 + 1)),
    }
    return Event(
        country=draw(st.sampled_from([VE, CO])),
        kind=kind,
        label="x",
        source=f"{'MedicationDispense' if draw(st.booleans()) else 'Observation'}/{number}",
        start=start,
        end=start + timedelta(days=length) if regimen and start and length is not None else None,
        components=draw(st.sampled_from(DRUGS)) if regimen else (),
        value=values.get(kind),
        unit=draw(st.sampled_from(["cells/uL", "", "%"])) if kind is EventKind.CD4 else "",
        raw=draw(st.sampled_from(["", "estadio 4", "estadio 2", "fracaso virológico", "consejería de adherencia"])),
        about=draw(st.sampled_from(["", "who-stage", "weight", "cd4"])),
        status=draw(st.sampled_from(["", "active", "entered-in-error"])),
        supply_days=draw(st.none() | st.integers(1, 180)) if regimen else None,
        reckoned=regimen and draw(st.booleans()),
    )


histories = st.lists(any_event(), max_size=25, unique_by=lambda event: event.source)


@given(histories, st.randoms())
def test_the_order_of_arrival_changes_nothing(events: list[Event], chance: Random) -> None:
    before = standing(timeline(events), today=TODAY)
    chance.shuffle(events)
    assert standing(timeline(events), today=TODAY) == before


@given(histories)
def test_a_proven_failure_rests_on_two_results_that_cannot_be_lower(events: list[Event]) -> None:
    for failure in standing(timeline(events), today=TODAY).failures:
        assert all(event.counts for event in failure.proof)
        if failure.kind is FailureKind.VIROLOGICAL and failure.certainty is not Certainty.STATED:
            first, second = failure.proof
            assert suppressed(first, 1000) is suppressed(second, 1000) is False
            assert first.start is not None
            assert second.start is not None
            assert failure.art_since is not None
            assert second.start >= months_after(first.start, 3)
            assert first.start >= months_after(failure.art_since, 6)


@given(histories)
def test_unknown_stays_unknown(events: list[Event]) -> None:
    now = standing(timeline(events), today=TODAY)
    if now.suppression:
        told = (now.suppression.below_50, now.suppression.below_200, now.suppression.below_1000)
        assert told == tuple(suppressed(now.suppression.event, each) for each in THRESHOLDS_COPIES_PER_ML)
        assert list(told) == sorted(told, key=[False, None, True].index)
    if now.cd4.cells_per_ul is not None:
        assert now.cd4.count is not None
        assert now.cd4.count.unit == "cells/uL"
    if now.regimen and now.regimen.end_known is Certainty.UNKNOWN:
        assert now.regimen.ended is None
        assert now.regimen.goes_on is None
    if not any(event.supply_days and event.start for event in events):
        assert now.coverage is None


@given(histories)
def test_days_covered_and_days_left_stay_within_what_was_handed_over(events: list[Event]) -> None:
    now = standing(timeline(events), today=TODAY)
    if now.coverage:
        assert 0 <= now.coverage.covered_days <= now.coverage.days <= 365
    if now.supply and now.supply.days_left:
        assert now.supply.days_left <= sum(event.supply_days or 0 for event in events)
    assert all(each.days > 28 for each in now.interruptions)
    assert all(each.end is not None for each in now.interruptions[:-1])


@given(histories)
def test_an_annulled_record_stands_nowhere(events: list[Event]) -> None:
    care = timeline(events)
    now = standing(care, today=TODAY)
    latest = {event.source for event in now.latest.values()}
    annulled = {event.source for event in events if not event.counts}
    assert not latest & annulled
    assert now.suppression is None or now.suppression.event.counts
    assert {each.event.source for each in unread(care)} <= {event.source for event in events}


def test_months_end_where_the_shorter_month_ends() -> None:
    assert months_after(date(2019, 11, 30), 3) == date(2020, 2, 29)
    assert months_after(date(2019, 8, 31), 6) == date(2020, 2, 29)
    assert months_after(date(9999, 12, 1), 3) == date.max


def test_a_regimen_dated_after_today_hides_none_that_has_begun() -> None:
    begun = Event(
        country=VE,
        kind=EventKind.REGIMEN,
        label="TLD",
        source="MedicationStatement/1",
        start=date(2020, 1, 1),
        components=("3TC", "DTG", "TDF"),
    )
    later = replace(begun, source="MedicationStatement/2", start=date(9999, 12, 31), components=("3TC", "ABC", "EFV"))
    now = standing(timeline([later, begun]), today=TODAY)
    assert now.regimen is not None
    assert now.regimen.since == date(2020, 1, 1)
