from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise
from random import Random
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from corridor.domain.care.event import Event, EventKind
from corridor.domain.care.timeline import Gap, timeline
from corridor.domain.country import country

VE, CO = country("VE"), country("CO")
TLD, PI = ("3TC", "DTG", "TDF"), ("3TC", "AZT", "LPV", "RTV")


def regimen(where: str, number: int, start: date | None, end: date | None, drugs: tuple[str, ...] = TLD) -> Event:
    return Event(
        country=country(where),
        kind=EventKind.REGIMEN,
        label=" + ".join(drugs),
        source=f"MedicationDispense/{number}",
        start=start,
        end=end,
        components=drugs,
    )


def test_pick_ups_of_one_regimen_are_one_span_until_treatment_paused() -> None:
    told = timeline(
        [
            regimen("VE", 2, date(2022, 2, 3), date(2022, 3, 5)),
            regimen("VE", 1, date(2022, 1, 1), date(2022, 1, 31)),
            regimen("VE", 3, date(2022, 6, 1), date(2022, 7, 1)),
        ]
    )
    assert [(span.start, span.end, len(span.events)) for span in told.spans] == [
        (date(2022, 1, 1), date(2022, 3, 5), 2),
        (date(2022, 6, 1), date(2022, 7, 1), 1),
    ]
    assert told.gaps == (Gap(date(2022, 3, 5), date(2022, 6, 1)),)
    assert told.gaps[0].days == 88


def test_treatment_in_another_country_closes_the_gap() -> None:
    told = timeline(
        [
            regimen("VE", 1, date(2022, 1, 1), date(2022, 3, 1), PI),
            regimen("CO", 2, date(2022, 2, 1), date(2022, 5, 1)),
            regimen("VE", 3, date(2022, 5, 1), date(2022, 6, 1)),
        ]
    )
    assert told.gaps == ()
    assert [span.country for span in told.spans] == [VE, CO, VE]


def test_a_regimen_without_a_known_end_opens_no_gap() -> None:
    told = timeline([regimen("VE", 1, date(2020, 1, 1), None), regimen("CO", 2, date(2023, 1, 1), None)])
    assert told.gaps == ()


def test_what_was_entered_in_error_covers_nothing_and_is_still_shown() -> None:
    wrong = Event(VE, EventKind.REGIMEN, "TLD", "MedicationStatement/9", components=TLD, status="entered-in-error")
    told = timeline([wrong, regimen("VE", 1, date(2022, 1, 1), date(2022, 2, 1))])
    assert sum(len(span.events) for span in told.spans) == 2
    assert len(told.spans) == 2


def test_unread_regimens_are_never_joined() -> None:
    blank = [Event(VE, EventKind.REGIMEN, "", f"MedicationStatement/{n}", withheld=True) for n in range(3)]
    assert len(timeline(blank).spans) == 3


def told(drugs: tuple[str, ...], start: date, end: date | None, **more: Any) -> Event:
    """A statement, or what was handed over where `reckoned` is said."""
    return replace(regimen("CO", 0, start, end, drugs), source=f"X/{drugs}{start}{end}{more}", **more)


SWITCH = date(2018, 9, 3)
THIRD = (("DRV", "RTV"), ("DTG",), ("ETR",))


def test_drugs_that_were_taken_together_are_one_regimen_and_pick_ups_inside_add_nothing() -> None:
    statements = [told(drugs, SWITCH, date(2021, 4, 30)) for drugs in THIRD]
    pick_ups = [told(drugs, date(2021, 1, 30), date(2021, 6, 30), reckoned=True) for drugs in THIRD]
    (span,) = timeline([*pick_ups, *statements]).spans
    assert span.components == ("DRV", "DTG", "ETR", "RTV")
    assert span.label == "DRV/r + DTG + ETR"
    assert (span.start, span.end, len(span.events)) == (SWITCH, date(2021, 4, 30), 6)


def test_a_change_of_one_drug_begins_a_new_regimen_and_the_lasting_record_is_in_both() -> None:
    backbone = told(("3TC", "TDF"), date(2015, 1, 1), date(2020, 12, 31))
    efavirenz, dolutegravir = told(("EFV",), date(2015, 1, 1), SWITCH), told(("DTG",), SWITCH, date(2020, 12, 31))
    first, second = timeline([dolutegravir, backbone, efavirenz]).spans
    assert (first.label, first.end) == ("TDF + 3TC + EFV", date(2018, 9, 2))
    assert (second.label, second.start, second.end) == ("TDF + 3TC + DTG", SWITCH, date(2020, 12, 31))
    assert backbone in first.events
    assert backbone in second.events
    assert len(timeline([dolutegravir, backbone, efavirenz]).regimen_events) == 3


def test_a_supply_that_was_not_used_up_is_not_taken_beside_the_next_regimen() -> None:
    old = told(("3TC", "EFV", "TDF"), date(2018, 7, 1), date(2018, 9, 29), reckoned=True)
    first, second = timeline([old, told(PI, SWITCH, None)]).spans
    assert (first.end, second.start, second.end) == (date(2018, 9, 2), SWITCH, None)
    assert second.label == "AZT + 3TC + LPV/r"


def test_an_old_record_without_an_end_stays_open_and_yields_to_the_next_regimen() -> None:
    first, second = timeline([told(("EFV", "FTC", "TDF"), date(2015, 1, 1), None), told(TLD, SWITCH, None)]).spans
    assert (first.end, first.until) == (None, date(2018, 9, 2))
    assert (second.label, second.end, second.until) == ("TDF + 3TC + DTG", None, None)


def test_a_told_end_ends_a_prescription_that_names_none_unless_it_goes_on() -> None:
    statement = told(TLD, SWITCH, date(2020, 3, 1))
    (span,) = timeline([statement, told(TLD, SWITCH, None, status="completed")]).spans
    assert span.end == date(2020, 3, 1)
    (span,) = timeline([statement, told(TLD, SWITCH, None, status="active")]).spans
    assert span.end is None


def test_real_overlap_of_two_told_regimens_in_one_country_is_shown_as_what_it_says() -> None:
    spans = timeline([told(TLD, date(2018, 1, 1), date(2019, 1, 1)), told(PI, SWITCH, date(2020, 1, 1))]).spans
    assert [span.label for span in spans] == ["TDF + 3TC + DTG", "TDF + AZT + 3TC + LPV/r + DTG", "AZT + 3TC + LPV/r"]


def test_drugs_for_tuberculosis_are_no_part_of_the_regimen() -> None:
    (span,) = timeline([told((*TLD, "INH", "RIF"), SWITCH, None)]).spans
    assert span.components == TLD


def test_what_was_not_read_keeps_its_words_and_covers_its_days() -> None:
    unread = replace(told((), SWITCH, date(2019, 1, 1)), label="TARGA", flags=("antiretroviral_unnamed",))
    care = timeline([unread, told(TLD, date(2018, 1, 1), SWITCH), told(TLD, date(2019, 1, 2), date(2019, 6, 1))])
    assert [span.label for span in care.spans] == ["TDF + 3TC + DTG", "TARGA", "TDF + 3TC + DTG"]
    assert care.gaps == ()
    assert care.covered_until == date(2019, 6, 1)


def test_cautions_follow_from_the_whole_regimen() -> None:
    pieces = [replace(told(drugs, SWITCH, None), flags=("incomplete_regimen", "long_acting")) for drugs in THIRD]
    (span,) = timeline(pieces).spans
    assert span.flags == ("long_acting", "third_line_like")


days = st.none() | st.dates(date(2015, 1, 1), date(2017, 12, 31))
DRUGS = [(), TLD, PI, ("3TC", "TDF"), ("DTG",), ("EFV",), ("DRV", "RTV"), ("ETR",), ("INH", "RIF"), ("?",)]


@st.composite
def any_event(draw: st.DrawFn) -> Event:
    start = draw(days)
    length = draw(st.none() | st.integers(-5, 400))
    return Event(
        country=draw(st.sampled_from([VE, CO])),
        kind=draw(st.sampled_from([EventKind.REGIMEN, EventKind.REGIMEN, EventKind.REGIMEN, *EventKind])),
        label="x",
        source=f"Observation/{draw(st.integers(0, 10**9))}",
        start=start,
        end=start + timedelta(days=length) if start and length is not None else draw(days),
        components=draw(st.sampled_from(DRUGS)),
        status=draw(st.sampled_from(["", "active", "entered-in-error"])),
        reckoned=draw(st.booleans()),
    )


histories = st.lists(any_event(), max_size=25, unique_by=lambda event: event.source)


@given(histories, st.randoms())
def test_nothing_is_lost_and_the_order_of_arrival_changes_nothing(events: list[Event], chance: Random) -> None:
    care = timeline(events)
    shown = [*care.regimen_events, *care.viral_loads, *care.cd4s, *care.others]
    assert sorted(map(repr, shown)) == sorted(map(repr, events))
    assert all(span.events for span in care.spans)
    starts = [span.start or date.max for span in care.spans]
    assert starts == sorted(starts)
    assert all(gap.days > 1 for gap in care.gaps)
    chance.shuffle(events)
    assert timeline(events) == care


@given(histories)
def test_one_country_has_one_regimen_a_day_made_of_drugs_that_its_records_name(events: list[Event]) -> None:
    for country_code in (VE, CO):
        swept = [
            span
            for span in timeline(events).spans
            if span.country == country_code and span.counts and span.start and span.components
        ]
        for span in swept:
            assert set(span.components) <= {name for event in span.events for name in event.components}
            assert span.start <= (span.until or date.max)
            assert span.start <= (span.seen or date.max) <= (span.until or date.max)
            assert span.end in {None, span.until}
        for before, after in pairwise(swept):
            assert before.until is not None
            assert before.until < after.start


@given(histories)
def test_told_days_are_covered(events: list[Event]) -> None:
    care = timeline(events)
    for event in care.regimen_events:
        if event.start and event.counts:
            assert any(span.start and span.start <= event.start <= (span.until or date.max) for span in care.spans)
            assert not any(gap.start < event.start < gap.end for gap in care.gaps)
