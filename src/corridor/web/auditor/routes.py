"""The coordinator's doors, ready to be hung at the hub."""

from __future__ import annotations

from pathlib import Path

from starlette.routing import Route

from corridor.domain.principal import Role
from corridor.web.auditor.exchanges import ExchangePages
from corridor.web.auditor.office import Office
from corridor.web.entrance import Entrance, SignIn
from corridor.web.page import Pages
from corridor.web.site import Site

ROOM = Path(__file__).parent


def routes(site: Site, sign_in: SignIn, office: Office) -> list[Route]:
    """Every page of a coordinator, signing in included; hang them beside `corridor.web.landing.routes`.

    Paths: `/ingreso`, `/salida`, `/intercambios` and `/intercambios.csv`.
    """
    pages = Pages(site, ROOM)
    exchanges = ExchangePages(pages, office)
    entrance = Entrance(pages, sign_in, role=Role.COORDINATOR, home="/intercambios")
    return [
        *entrance.routes(),
        Route("/intercambios", entrance.guard(exchanges.show), methods=["GET"]),
        Route("/intercambios.csv", entrance.guard(exchanges.download), methods=["GET"]),
    ]
