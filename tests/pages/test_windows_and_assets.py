from __future__ import annotations

import gzip
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import Request
from starlette.responses import Response

from corridor.domain.care.event import Event, EventKind
from corridor.domain.care.timeline import timeline
from corridor.web.asset import packed
from corridor.web.clinician.chart import PAPER, WIDE, chart
from corridor.web.clinician.routes import ROOM
from corridor.web.clinician.window import YEARS, Window, choices, read_window
from corridor.web.language import Language, words
from tests.pages.town import CO, NOW, VE

TODAY = NOW.date()
SPANISH = words(Language.ES, ROOM)
ILLNESS = Event(CO, EventKind.CONDITION, "Hepatitis B", "Condition/1", date(2012, 1, 1))
TAKEN = Event(
    VE, EventKind.REGIMEN, "", "MedicationStatement/1", date(2015, 1, 1), date(2016, 1, 1), components=("DTG",)
)


def asked(accepted: str) -> Request:
    return Request({"type": "http", "headers": [(b"accept-encoding", accepted.encode())]})


@pytest.mark.parametrize("accepted", ["gzip", "br, gzip;q=0.5", "GZIP", "deflate,gzip"])
def test_a_browser_that_unpacks_gets_less(accepted: str) -> None:
    response = packed(asked(accepted), Response(b"corredor " * 200))
    assert response.headers["content-encoding"] == "gzip"
    assert int(response.headers["content-length"]) == len(response.body) < 200
    assert gzip.decompress(response.body) == b"corredor " * 200


@pytest.mark.parametrize("accepted", ["", "identity", "gzip;q=0", "gzip; q=0.000", "xgzip"])
def test_whoever_cannot_unpack_gets_it_whole(accepted: str) -> None:
    response = packed(asked(accepted), Response(b"corredor " * 200))
    assert "content-encoding" not in response.headers
    assert response.headers["vary"] == "Accept-Encoding"


@given(st.dictionaries(st.sampled_from(["v", "a", "p"]), st.text(max_size=6)))
def test_any_address_names_a_window_that_can_be_shown(address: dict[str, str]) -> None:
    window = read_window(address)
    assert window.years in {0, *YEARS}
    if window.years:
        first, last = window.days(TODAY)
        assert first < last


@given(st.sampled_from(YEARS), st.integers(0, 200))
def test_a_window_comes_back_from_its_own_address(years: int, back: int) -> None:
    window = Window(years, back)
    assert read_window(dict(part.split("=") for part in window.query.split("&"))) == window


def test_earlier_leads_as_far_as_the_record_and_later_as_far_as_today() -> None:
    *_, earlier, later = choices(Window(2), first=date(2010, 1, 1), today=TODAY)
    assert (earlier.address, later.address) == ("?v=2&a=1#line", "")
    *_, earlier, later = choices(Window(2, 40), first=date(2010, 1, 1), today=TODAY)
    assert (earlier.address, later.address) == ("", "?v=2&a=39#line")


def test_an_illness_marks_no_border_and_a_vaccine_is_called_one() -> None:
    vaccine = replace(ILLNESS, kind=EventKind.IMMUNIZATION, source="Immunization/1", start=date(2014, 1, 1))
    for size in (WIDE, PAPER):
        drawn = chart(timeline([ILLNESS, vaccine, TAKEN]), SPANISH, size=size, today=TODAY)
        assert drawn is not None
        assert [border.text.text for border in drawn.borders] == ["Venezuela", "hoy"]
        assert drawn.marks is not None
        assert [mark.label and mark.label.text for mark in drawn.marks.marks] == ["Hepatitis B", "Vacuna: Hepatitis B"]
        assert drawn.undrawn == 0


def test_what_lies_outside_the_window_is_counted_as_not_drawn() -> None:
    drawn = chart(timeline([ILLNESS, TAKEN]), SPANISH, size=WIDE, today=TODAY, window=Window(2))
    assert drawn is not None
    assert (drawn.lanes, drawn.marks, drawn.undrawn) == ((), None, 2)
