"""The page of whoever answers for data protection: exchanges across the border, of everybody or of one person."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from corridor.domain.asking import Asking
from corridor.domain.errors import InvalidError
from corridor.domain.passage import Passage
from corridor.domain.principal import Role
from corridor.web.entrance import Entrance, Visit
from corridor.web.page import Pages
from corridor.web.site import Site

HOME = "/entregas"
ROLE = Role.DATA_PROTECTION

_ROOM = Path(__file__).parent
_LONGEST = 64


@dataclass(frozen=True, slots=True)
class Protection:
    """The act behind the page; it checks access and writes its own audit.

    Attributes:
        passages: the latest exchanges, newest first; of one person where an id is given.
    """

    passages: Callable[[Asking, str], Awaitable[Sequence[Passage]]]


class ProtectionPages:
    """Who received what of whom, and who asked."""

    def __init__(self, pages: Pages, protection: Protection) -> None:
        self._pages = pages
        self._protection = protection

    async def show(self, request: Request, visit: Visit) -> Response:
        """`GET /entregas`: the latest of everybody; `POST /entregas`: those of one person."""
        person = visit.form.one("person")[:_LONGEST]
        try:
            found, wrong = await self._protection.passages(visit.asking, person), False
        except InvalidError:  # no resource has such an id
            found, wrong = (), True
        return self._pages.show(
            request,
            "passages.html",
            status=400 if wrong else 200,
            visit=visit,
            here=HOME,
            passages=found,
            person=person,
            wrong=wrong,
            longest=_LONGEST,
        )


def routes(site: Site, entrance: Entrance, protection: Protection) -> list[Route]:
    """The page, behind the same door as the clinicians'; an id is sent and never stands in an address."""
    page = ProtectionPages(Pages(site, _ROOM), protection)
    return [
        Route(HOME, entrance.guard(page.show, role=ROLE), methods=["GET"]),
        Route(HOME, entrance.guard(page.show, role=ROLE), methods=["POST"]),
    ]
