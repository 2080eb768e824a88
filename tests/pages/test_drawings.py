from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from corridor.domain.care.event import Event, EventKind
from corridor.domain.care.timeline import Timeline, timeline
from corridor.domain.care.viral_load_text import viral_load
from corridor.web.auditor.chart import columns, routes_of, shares_of
from corridor.web.clinician.chart import NARROW, WIDE, Chart, Size, chart
from corridor.web.clinician.picture import read
from corridor.web.clinician.routes import ROOM
from corridor.web.clinician.scale import linear_scale, log_scale
from corridor.web.drawing import beside, packed, shortened, time_axis
from corridor.web.language import Language, words
from tests.pages.town import CO, NOW, STORY, VE, month_of_exchanges

TODAY = NOW.date()
SPANISH = words(Language.ES, ROOM)
DAYS = st.dates(date(1950, 1, 1), date(2030, 12, 31))


def drawn(care: Timeline, size: Size = WIDE) -> Chart:
    found = chart(care, SPANISH, size=size, today=TODAY)
    assert found is not None
    return found


def regimen(start: date | None, end: date | None, drugs: str = "3TC DTG TDF") -> Event:
    return Event(VE, EventKind.REGIMEN, drugs, f"Medication/{start}", start, end, components=tuple(drugs.split()))


@given(st.lists(DAYS, min_size=1, max_size=20))
def test_days_keep_their_order_on_the_axis_and_stay_inside(days: list[date]) -> None:
    axis = time_axis(days, left=60, right=1000)
    places = [axis.x(day) for day in sorted(days)]
    assert places == sorted(places)
    assert all(60 <= place <= 1000 for place in places)


@given(st.lists(DAYS, min_size=1, max_size=5))
def test_ticks_do_not_crowd(days: list[date]) -> None:
    axis = time_axis(days, left=60, right=1000)
    places = [axis.x(day) for day in axis.ticks(64)]
    assert all(after - before > 50 for before, after in pairwise(places))


@given(st.lists(st.tuples(st.floats(0, 900), st.floats(1, 300)), max_size=30))
def test_nothing_overlaps_in_a_row(extents: list[tuple[float, float]]) -> None:
    spans = [(left, left + width) for left, width in sorted(extents)]
    rows = packed(spans, apart_px=4)
    for row in set(rows):
        own = [span for span, place in zip(spans, rows, strict=True) if place == row]
        assert all(before[1] <= after[0] for before, after in pairwise(own))


@given(st.text(max_size=6000), st.floats(0, 1000))
def test_no_text_leaves_the_drawing(text: str, place: float) -> None:
    found = beside(text, place, left=0, right=1000)
    assert found.right <= 1010
    assert len(shortened(text, 100)) <= 15


@given(st.decimals(0, 10**12, allow_nan=False), st.decimals(0, 10**12, allow_nan=False))
def test_a_higher_viral_load_is_never_drawn_lower(one: Decimal, other: Decimal) -> None:
    scale = log_scale(max(one, other), top=10, bottom=140)
    low, high = sorted((one, other))
    assert 10 <= scale.y(high) <= scale.y(low) <= 140


def test_powers_of_ten_are_equally_far_apart() -> None:
    scale = log_scale(Decimal(90_000), top=0, bottom=100)
    assert [scale.y(Decimal(10) ** power) for power in scale.lines()] == [100, 75, 50, 25, 0]
    assert linear_scale(Decimal(350), top=0, bottom=100).y(Decimal(200)) == 75


def test_the_story_is_drawn_whole_in_both_sizes() -> None:
    care, unreadable = read(STORY)
    assert unreadable == ()
    for size in (WIDE, NARROW):
        picture = drawn(care, size)
        assert [lane.heading for lane in picture.lanes] == ["Venezuela", "Colombia", "Chile", "Tuberculosis"]
        assert [panel.kind for panel in picture.panels] == ["viral-load", "cd4"]
        assert [border.today for border in picture.borders] == [False, False, False, True]
        assert [gap.text.split()[0] for gap in picture.gaps] == ["8", "2", "9"]
        assert picture.undrawn == 0
        assert all(bar.x + bar.width + bar.open_width <= size.width_px for lane in picture.lanes for bar in lane.bars)


def test_a_result_below_the_limit_points_down_from_it() -> None:
    below = Event(VE, EventKind.VIRAL_LOAD, "", "Observation/1", date(2020, 1, 1), value=viral_load("< 839 copias/mL"))
    panel = drawn(timeline([below])).panels[0]
    assert panel.dots[0].shape == "below"
    assert panel.dots[0].label == "< 839"
    assert any("839" in text for _, text in panel.marks)


def test_a_regimen_without_an_end_is_drawn_open_until_the_next_one_of_its_country() -> None:
    care = timeline([regimen(date(2016, 1, 1), None, "3TC EFV TDF"), regimen(date(2018, 1, 1), date(2019, 1, 1))])
    first, second = drawn(care).lanes[0].bars
    assert first.open_width > 0
    assert first.x + first.width + first.open_width <= second.x + 1


def test_what_has_no_date_or_no_number_is_counted_as_not_drawn() -> None:
    unread = Event(CO, EventKind.VIRAL_LOAD, "", "Observation/2", date(2020, 1, 1), value=viral_load("positivo"))
    care = timeline([regimen(None, None, "3TC EFV TDF"), regimen(date(2016, 1, 1), None), unread])
    assert drawn(care).undrawn == 2


def test_an_annulled_record_is_not_drawn() -> None:
    annulled = replace(regimen(date(2016, 1, 1), None), status="entered-in-error")
    assert drawn(timeline([annulled])).lanes == ()


def test_nothing_dated_gives_no_drawing() -> None:
    assert chart(timeline([regimen(None, None)]), SPANISH, size=WIDE, today=TODAY) is None


@given(st.lists(st.tuples(st.one_of(st.none(), DAYS), st.one_of(st.none(), DAYS)), max_size=12))
def test_contradictory_dates_never_break_the_drawing(periods: list[tuple[date | None, date | None]]) -> None:
    picture = chart(timeline([regimen(*period) for period in periods]), SPANISH, size=NARROW, today=TODAY)
    bars = [bar for lane in picture.lanes for bar in lane.bars] if picture else []
    assert all(bar.width >= 0 and bar.open_width >= 0 and 0 <= bar.x <= NARROW.width_px for bar in bars)


def test_ten_thousand_results_stay_a_small_drawing() -> None:
    results = [
        Event(VE, EventKind.VIRAL_LOAD, "", f"Observation/{place}", date(2000, 1, 1) + timedelta(days=place % 9000))
        for place in range(10_000)
    ]
    values = [viral_load(f"{place * 7 % 90000 + 20} copias/mL") for place in range(10_000)]
    care = timeline([replace(one, value=value) for one, value in zip(results, values, strict=True)])
    assert len(drawn(care).panels[0].dots) < 2500


def test_columns_stack_without_gaps_and_routes_add_up() -> None:
    counts = month_of_exchanges()
    found = columns(counts, words(Language.ES, ROOM.parent / "auditor"), days=(date(2026, 10, 22), TODAY), width=1080)
    assert found is not None
    first = [piece for piece in found.slices if piece.x == found.slices[0].x]
    assert all(abs(below.y - (above.y + above.height)) < 0.2 for below, above in pairwise(first))
    routes = routes_of(counts)
    assert sum(route.asked + route.silent + route.disclosed + route.nothing + route.refused for route in routes) == sum(
        one.count for one in counts
    )


def test_the_bar_of_a_route_shows_every_answer_once() -> None:
    routes = routes_of(month_of_exchanges())
    for route, shares in zip(routes, shares_of(routes, 176), strict=True):
        assert all(abs(before.x + before.width - after.x) < 0.3 for before, after in pairwise(shares))
        ended = (route.disclosed, route.nothing, route.refused, route.silent)
        assert len(shares) == sum(number > 0 for number in ended)
        assert all(share.x + share.width <= 176.3 for share in shares)


def test_pick_ups_inside_a_treatment_of_tuberculosis_get_no_bar_of_their_own() -> None:
    whole = replace(
        regimen(date(2020, 1, 1), date(2020, 6, 30), "INH RIF"),
        kind=EventKind.TUBERCULOSIS,
        source="MedicationStatement/1",
    )
    pick_up = replace(whole, start=date(2020, 5, 1), source="MedicationDispense/1", reckoned=True)
    picture = drawn(timeline([pick_up, whole]))
    assert [(len(lane.bars), lane.bars[0].facts) for lane in picture.lanes] == [(1, 2)]
    assert picture.undrawn == 0
