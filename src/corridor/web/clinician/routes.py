"""The clinician's doors, ready to be hung at a node."""

from __future__ import annotations

from pathlib import Path

from starlette.routing import Route

from corridor.domain.principal import Role
from corridor.web.clinician.desk import Desk
from corridor.web.clinician.histories import HistoryPages, script_route
from corridor.web.clinician.people import PeoplePages
from corridor.web.clinician.shelf import Shelf
from corridor.web.entrance import Entrance, SignIn
from corridor.web.page import Pages
from corridor.web.site import Site

ROOM = Path(__file__).parent


def routes(site: Site, sign_in: SignIn, desk: Desk) -> list[Route]:
    """Every page of a clinician, signing in included; hang them beside `corridor.web.landing.routes`.

    Paths: `/ingreso`, `/salida`, `/personas`, `/personas/{id}` with `/consentimientos`, `/retiro` and `/historial`
    below it, and `/historiales/{id}`.
    """
    pages, shelf = Pages(site, ROOM), Shelf()
    people, histories = PeoplePages(pages, desk, shelf), HistoryPages(pages, desk, shelf)
    entrance = Entrance(pages, sign_in, role=Role.CLINICIAN, home="/personas", forget=shelf.clear)
    guard = entrance.guard
    return [
        *entrance.routes(),
        Route("/personas", guard(people.search), methods=["GET"]),
        Route("/personas", guard(people.keep_search), methods=["POST"]),
        Route("/personas/{id}", guard(people.person), methods=["GET"]),
        Route("/personas/{id}/consentimientos", guard(people.record_consent), methods=["POST"]),
        Route("/personas/{id}/retiro", guard(people.withdraw), methods=["POST"]),
        Route("/personas/{id}/historial", guard(people.pull), methods=["POST"]),
        Route("/historiales/{id}", guard(histories.show), methods=["GET"]),
        script_route(),
    ]
