from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from corridor.domain.care.timeline import Event, EventKind, Gap, timeline
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


days = st.none() | st.dates(date(2000, 1, 1), date(2030, 1, 1))


@st.composite
def any_event(draw: st.DrawFn) -> Event:
    start = draw(days)
    length = draw(st.none() | st.integers(0, 400))
    return Event(
        country=draw(st.sampled_from([VE, CO])),
        kind=draw(st.sampled_from(EventKind)),
        label="x",
        source=f"Observation/{draw(st.integers(0, 10**9))}",
        start=start,
        end=start + timedelta(days=length) if start and length is not None else None,
        components=draw(st.sampled_from([(), TLD, PI])),
        status=draw(st.sampled_from(["", "active", "entered-in-error"])),
    )


@given(st.lists(any_event(), max_size=25))
def test_every_event_is_in_the_timeline_exactly_once_and_in_order(events: list[Event]) -> None:
    told = timeline(events)
    shown = [event for span in told.spans for event in span.events]
    shown += [*told.viral_loads, *told.cd4s, *told.others]
    assert sorted(map(repr, shown)) == sorted(map(repr, events))
    starts = [span.start or date.max for span in told.spans]
    assert starts == sorted(starts)
    assert all(gap.days > 0 for gap in told.gaps)
