"""The doors of the pages of health links."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from starlette.routing import Route

from corridor.domain.principal import Role
from corridor.web.entrance import Entrance, SignIn
from corridor.web.links.desk import LinksDesk
from corridor.web.links.giving import GivingPages
from corridor.web.links.upload import read_upload
from corridor.web.links.viewing import ViewingPages, script_route
from corridor.web.page import Pages
from corridor.web.site import Site

ROOM = Path(__file__).parent


def routes(site: Site, sign_in: SignIn, desk: LinksDesk) -> list[Route]:
    """Every page of health links; hang them beside `corridor.web.clinician.routes`, which has the sign-in.

    Paths: `/personas/{id}/enlaces`, `/personas/{id}/enlaces/{link}/retiro`, `/ver`, `/ver/abrir` and `/anular`.
    """
    pages = Pages(site, ROOM)
    giving, viewing = GivingPages(pages, desk), ViewingPages(pages, desk)
    guard = Entrance(pages, sign_in, role=Role.CLINICIAN, home="/personas").guard
    reading = partial(read_upload, scan=desk.scan_image)
    return [
        Route("/personas/{id}/enlaces", guard(giving.show), methods=["GET"]),
        Route("/personas/{id}/enlaces", guard(giving.make), methods=["POST"]),
        Route("/personas/{id}/enlaces/{link}/retiro", guard(giving.revoke), methods=["POST"]),
        Route("/ver", viewing.viewer, methods=["GET"]),
        Route("/ver/abrir", guard(viewing.form), methods=["GET"]),
        Route("/ver/abrir", guard(viewing.open, read=reading), methods=["POST"]),
        Route("/anular", viewing.ask_revoke, methods=["GET"]),
        Route("/anular", viewing.revoke, methods=["POST"]),
        script_route(),
    ]
