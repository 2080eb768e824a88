"""Reading what other countries told."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from corridor.domain.care.event import Event
from corridor.domain.care.timeline import Timeline, timeline
from corridor.domain.country import Country
from corridor.domain.errors import CorridorError, NotFoundError
from corridor.domain.history import History
from corridor.fhir.events import events
from corridor.web.clinician.chart import NARROW, WIDE, chart
from corridor.web.clinician.desk import Desk
from corridor.web.clinician.facts import ROWS_PER_PAGE, rows
from corridor.web.clinician.panels import ADVANCED_CELLS_PER_UL, FAILURE_COPIES_PER_ML
from corridor.web.clinician.shelf import PulledHistory, Shelf
from corridor.web.clinician.summary import summary
from corridor.web.clinician.wording import began_text, cautions, duration, ended_text, value_text, when_text
from corridor.web.entrance import Visit
from corridor.web.page import Pages

SIZES = (("wide", WIDE), ("small", NARROW))
"""The drawing for laptops and paper, and the one for phones; the style sheet shows one of them."""

_LONGEST_NUMBER = 6


class HistoryPages:
    """The page of one pulled history."""

    def __init__(self, pages: Pages, desk: Desk, shelf: Shelf) -> None:
        self._pages = pages
        self._desk = desk
        self._shelf = shelf

    async def show(self, request: Request, visit: Visit) -> Response:
        """`GET /historiales/{id}`: who was heard, the last regimen and results, one timeline, and every fact."""
        pulled = self._shelf.history(visit.session, request.path_params["id"], now=self._desk.now())
        if pulled is None:
            raise NotFoundError("No history is kept under that id.")
        return self._pages.show(request, "history.html", visit=visit, **self._facts(request, pulled))

    def _facts(self, request: Request, pulled: PulledHistory) -> dict[str, Any]:
        t = self._pages.words(request)
        care, unreadable = read(pulled.history)
        today = pulled.history.at.date()
        every = rows(care, t)
        last = max((len(every) - 1) // ROWS_PER_PAGE, 0)
        number = min(_page_number(request), last)
        return {
            "who": pulled.person,
            "history": pulled.history,
            "first": summary(pulled.history, care, unreadable=unreadable),
            "charts": [(name, chart(care, t, size=size, today=today)) for name, size in SIZES],
            "rows": every[number * ROWS_PER_PAGE : (number + 1) * ROWS_PER_PAGE],
            "total": len(every),
            "number": number,
            "last": last,
            "value_text": value_text,
            "when_text": when_text,
            "began_text": began_text,
            "cautions": cautions,
            "duration": duration,
            "ended_text": ended_text,
            "failure": FAILURE_COPIES_PER_ML,
            "advanced_below": ADVANCED_CELLS_PER_UL,
        }


def read(history: History) -> tuple[Timeline, tuple[Country, ...]]:
    """The timeline of everything that can be read, and the countries whose answer cannot."""
    found: list[Event] = []
    unreadable: list[Country] = []
    for answer in history.answers:
        try:
            found += events(answer.entries, answer.country)
        except CorridorError:
            unreadable.append(answer.country)
    return timeline(found), tuple(unreadable)


def _page_number(request: Request) -> int:
    written = request.query_params.get("p", "")
    return int(written) if written.isdecimal() and len(written) <= _LONGEST_NUMBER else 0
