"""A node that shows histories and nothing else: any history is opened at once, whoever pulled it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

from playwright.sync_api import Page
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

import corridor.web.clinician
from corridor.domain.history import History
from corridor.domain.principal import Role
from corridor.web.clinician.desk import PersonRow
from corridor.web.clinician.histories import HistoryPages, script_route
from corridor.web.clinician.picture import NOTHING_LOCAL, Local
from corridor.web.clinician.shelf import PulledHistory, Shelf
from corridor.web.entrance import Entrance, Visit
from corridor.web.page import Pages, redirect, style_route
from corridor.web.site import Site
from tests.pages.beside import bedside
from tests.pages.conftest import Place, enter, running
from tests.pages.town import PEOPLE, STORY, Town

ROOM = Path(corridor.web.clinician.__file__).parent


@contextmanager
def ward(history: History = STORY, *, who: PersonRow = PEOPLE[0], local: Local = NOTHING_LOCAL) -> Iterator[Place]:
    """The node, with one history that `/abrir` puts on the shelf of whoever asks."""
    site, town, shelf = Site("Nodo Perú", "pe", "http://127.0.0.1", "America/Lima"), Town(history=history), Shelf()
    pages = Pages(site, ROOM)
    shown = HistoryPages(pages, SimpleNamespace(now=lambda: town.now, bedside=bedside(town)), shelf, local=local)
    entrance = Entrance(pages, town.sign_in(), role=Role.CLINICIAN, home="/abrir", forget=shelf.clear)

    async def opened(_request: Request, visit: Visit) -> Response:
        name = shelf.put_history(visit.session, PulledHistory(who, town.history), now=town.now)
        return redirect(f"/historiales/{name}")

    doors = [
        *entrance.routes(),
        Route("/abrir", entrance.guard(opened), methods=["GET"]),
        Route("/historiales/{id}", entrance.guard(shown.show), methods=["GET"]),
        style_route(),
        script_route(),
    ]
    with running(town, doors) as place:
        yield place


def opened(page: Page, place: Place, lang: str = "es") -> None:
    """Sign in; that leads to the page of the history."""
    enter(page, place, "doctora", lang)
    page.wait_for_url("**/historiales/*")
    page.wait_for_load_state()
