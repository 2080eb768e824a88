"""Keeping what other countries told in this country's own record."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from corridor.domain.care.event import Event
from corridor.domain.country import Country
from corridor.domain.errors import CorridorError
from corridor.domain.history import Entry
from corridor.fhir.events import events
from corridor.fhir.saved_facts import NEVER_SAVED
from corridor.web.clinician.bedside import Chosen, Saving
from corridor.web.clinician.copies import readable
from corridor.web.clinician.desk import Desk
from corridor.web.clinician.shelf import PulledHistory, Shelf
from corridor.web.clinician.visit.likeness import Likeness, likeness
from corridor.web.clinician.wording import value_text, when_text
from corridor.web.entrance import Visit
from corridor.web.page import Pages, redirect

FACTS_PER_PAGE = 90
"""A form has at most a hundred fields."""


@dataclass(frozen=True, slots=True)
class FactRow:
    """One fact that can be kept.

    Attributes:
        name: `CC Type/id`, as the form names it.
        kept: it stands in the record already.
    """

    name: str
    event: Event
    kept: bool
    beside: Likeness


class SavingPages:
    """The page on which facts are chosen."""

    def __init__(self, pages: Pages, desk: Desk, shelf: Shelf) -> None:
        self._pages = pages
        self._desk = desk
        self._shelf = shelf

    async def form(self, request: Request, visit: Visit) -> Response:
        """`GET /historiales/{id}/guardar`: every fact, those that are kept already, and what is like or against it."""
        return await self._show(request, visit)

    async def keep(self, request: Request, visit: Visit) -> Response:
        """`POST /historiales/{id}/guardar`: keep what was ticked; what is kept already stays as it is."""
        name = request.path_params["id"]
        pulled = await readable(name, visit, desk=self._desk, shelf=self._shelf)
        wanted = frozenset(visit.form.all("fact"))
        chosen = tuple(
            Chosen(country, entry, pulled.consents.get(country, ""))
            for country, entry in _facts(pulled)
            if name_of(country, entry) in wanted
        )
        if not chosen:
            return await self._show(request, visit, empty=True)
        await self._desk.bedside.save(visit.asking, Saving(pulled.person.patient_id, pulled.history.trace, chosen))
        return redirect(f"/historiales/{name}/guardar")

    async def _show(self, request: Request, visit: Visit, *, empty: bool = False) -> Response:
        name = request.path_params["id"]
        pulled = await readable(name, visit, desk=self._desk, shelf=self._shelf)
        who = pulled.person.patient_id
        kept = await self._desk.bedside.saved(who, _facts(pulled))
        self._shelf.mark_saved(name, kept)
        own = await self._desk.bedside.own_facts(visit.asking, who)
        rows = list(_rows(pulled, kept, own))
        number, last = _page(request, len(rows))
        return self._pages.show(
            request,
            "save.html",
            status=400 if empty else 200,
            visit=visit,
            here=f"/historiales/{name}/guardar",
            address=f"/historiales/{name}",
            who=pulled.person,
            allowed=bool(pulled.consents),
            rows=rows[number * FACTS_PER_PAGE : (number + 1) * FACTS_PER_PAGE],
            kept=len(kept),
            number=number,
            last=last,
            empty=empty,
            value_text=value_text,
            when_text=when_text,
        )


def name_of(country: Country, entry: Entry) -> str:
    """How a form names a fact."""
    return f"{country} {entry.resource_type}/{entry.id}"


def _facts(pulled: PulledHistory) -> Sequence[tuple[Country, Entry]]:
    return [
        (answer.country, entry)
        for answer in pulled.history.answers
        for entry in answer.entries
        if entry.resource_type not in NEVER_SAVED
    ]


def _rows(pulled: PulledHistory, kept: frozenset[str], own: Sequence[Event]) -> Iterable[FactRow]:
    for answer in pulled.history.answers:
        try:
            told = events(answer.entries, answer.country)
        except CorridorError:
            continue  # the page of the history says that this country could not be read
        for event in told:
            name = f"{answer.country} {event.source}"
            yield FactRow(name, event, name in kept, likeness(event, own))


def _page(request: Request, total: int) -> tuple[int, int]:
    last = max((total - 1) // FACTS_PER_PAGE, 0)
    written = request.query_params.get("p", "")
    number = int(written) if written.isascii() and written.isdecimal() and len(written) < len("1000000") else 0
    return min(number, last), last
