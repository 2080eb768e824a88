"""Reading what other countries told."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from corridor.web.asset import asset
from corridor.web.clinician.chart import NARROW, PAPER, WIDE, chart, first_day
from corridor.web.clinician.copies import readable
from corridor.web.clinician.courses import courses
from corridor.web.clinician.dangers import dangers, shown_at_once
from corridor.web.clinician.desk import Desk
from corridor.web.clinician.facts import ROWS_PER_PAGE, facts, rows, source_of
from corridor.web.clinician.giving import giving
from corridor.web.clinician.labs import MOST_LABS, labs, lines
from corridor.web.clinician.panels import ADVANCED_CELLS_PER_UL, FAILURE_COPIES_PER_ML
from corridor.web.clinician.picture import NOTHING_LOCAL, Local, Picture, picture
from corridor.web.clinician.resisted import resisted
from corridor.web.clinician.shelf import PulledHistory, Shelf
from corridor.web.clinician.summary import summary
from corridor.web.clinician.unsure import unsure
from corridor.web.clinician.window import choices, read_window
from corridor.web.clinician.wording import age_band, began_text, cautions, duration, ended_text, value_text, when_text
from corridor.web.entrance import Visit
from corridor.web.language import Words
from corridor.web.page import Pages

SIZES = (("wide", WIDE), ("small", NARROW), ("paper", PAPER))
"""The drawing for laptops, the one for phones and the one for paper; the style sheet shows one of them."""

SCRIPT = asset(Path(__file__).parent / "static" / "line.js", path="/linea.js", media_type="text/javascript")
"""Lets the drawing be zoomed and moved; whoever runs no scripts has links that do the same."""

OLD_DAYS = 180
"""A result older than this is shown with its age."""

_LONGEST_NUMBER = 6


class HistoryPages:
    """The page of one pulled history."""

    def __init__(self, pages: Pages, desk: Desk, shelf: Shelf, *, local: Local = NOTHING_LOCAL) -> None:
        self._local = local
        self._pages = pages
        self._desk = desk
        self._shelf = shelf

    async def show(self, request: Request, visit: Visit) -> Response:
        """`GET /historiales/{id}`: who was heard, what was taken and measured, what to watch, and every fact."""
        pulled = await readable(request.path_params["id"], visit, desk=self._desk, shelf=self._shelf)
        return await asyncio.to_thread(self._shown, request, visit, pulled)  # thousands of facts hold up nobody else

    def _shown(self, request: Request, visit: Visit, pulled: PulledHistory) -> Response:
        t, seen = self._pages.words(request), picture(pulled, self._local)
        shown = {
            **_first(pulled, seen, t),
            **_drawing(seen, t, request.query_params),
            **_tables(seen, t, request.query_params),
            "history_address": f"/historiales/{request.path_params['id']}",
            "awaited": pulled.awaited,
            "saved": pulled.saved,
            "here_country": self._pages.site.code.upper(),
        }
        return self._pages.show(request, "history.html", visit=visit, script=SCRIPT.address, **shown)


def script_route() -> Route:
    """The script of the drawing; its address changes with its content."""
    return SCRIPT.route()


def _first(pulled: PulledHistory, seen: Picture, t: Words) -> dict[str, Any]:
    """What the first screen shows."""
    first = summary(pulled.history, seen.care, seen.stand, unreadable=seen.unreadable)
    regimen = first.regimen
    return {
        "who": pulled.person,
        "age": age_band(pulled.person.birth, seen.today, t),
        "history": pulled.history,
        "first": first,
        "regimen_sources": [source_of(event, t) for event in regimen.span.events[:4]] if regimen else [],
        "cd4_days": (seen.today - first.cd4.start).days if first.cd4 and first.cd4.start else None,
        "dangers": dangers(seen.alerts, t),
        "shown": shown_at_once(seen.alerts),
        "failure": FAILURE_COPIES_PER_ML,
        "advanced_below": ADVANCED_CELLS_PER_UL,
        "old_days": OLD_DAYS,
        "source_of": lambda event: source_of(event, t),
        "value_text": value_text,
        "when_text": when_text,
        "began_text": began_text,
        "ended_text": ended_text,
        "cautions": cautions,
        "duration": duration,
    }


def _drawing(seen: Picture, t: Words, asked: Mapping[str, str]) -> dict[str, Any]:
    """The timeline in both sizes, and the links that choose its years."""
    window = read_window(asked)
    return {
        "charts": [(name, chart(seen.care, t, size=size, today=seen.today, window=window)) for name, size in SIZES],
        "zoom": choices(window, first=first_day(seen.care, today=seen.today), today=seen.today),
        "months": " ".join(t.month_name(date(seen.today.year, month, 1)) for month in range(1, 13)),
    }


def _tables(seen: Picture, t: Words, asked: Mapping[str, str]) -> dict[str, Any]:
    """Everything below the drawing."""
    total = len(facts(seen.care))
    last = max((total - 1) // ROWS_PER_PAGE, 0)
    number = min(_page_number(asked), last)
    return {
        "courses": courses(seen.care, seen.stand, t),
        "lines": lines(seen.stand, t),
        "labs": labs(seen.care, t),
        "more_labs": max(len(seen.care.viral_loads) + len(seen.care.cd4s) - MOST_LABS, 0),
        "doubts": unsure(seen.doubts, t),
        "resisted": resisted(seen.resistance, t),
        "giving": giving(seen.options, seen.draft, t),
        "rows": rows(seen.care, t, page=number),
        "total": total,
        "number": number,
        "last": last,
    }


def _page_number(asked: Mapping[str, str]) -> int:
    written = asked.get("p", "")
    return int(written) if written.isdecimal() and len(written) <= _LONGEST_NUMBER else 0
