"""Each time that the glass was broken, and who was paused, for the second person who looks at it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from corridor.domain.asking import Asking
from corridor.domain.emergency import NOTE_MAX, Opening, Verdict
from corridor.domain.errors import InvalidError
from corridor.domain.limits import Pause
from corridor.domain.presence import Proof
from corridor.domain.principal import Role
from corridor.flows.second_look import Look
from corridor.web.entrance import Entrance, Visit
from corridor.web.page import Pages, redirect
from corridor.web.site import Site

HOME = "/aperturas"
ROLE = Role.AUDITOR

_ROOM = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Reviews:
    """The auditor's acts; each checks access and writes its own audit.

    Attributes:
        open: openings that nobody looked at yet, oldest first.
        review: keep the second look at one of them.
        pauses: those who may ask nothing for now, oldest first.
        attested: clinicians' words that somebody was there, which nobody looked at yet, oldest first.
        review_attested: keep the second look at one of them.
        lift: let one of them ask again, with what was found.
        now: aware UTC.
    """

    open: Callable[[Asking], Awaitable[Sequence[Opening]]]
    review: Callable[[Asking, str, Look], Awaitable[object]]
    pauses: Callable[[Asking], Awaitable[Sequence[Pause]]]
    attested: Callable[[Asking], Awaitable[Sequence[Proof]]]
    review_attested: Callable[[Asking, str, Look], Awaitable[object]]
    lift: Callable[[Asking, str, str], Awaitable[object]]
    now: Callable[[], datetime]


class ReviewPages:
    """The lists, and the judgement of one."""

    def __init__(self, pages: Pages, reviews: Reviews) -> None:
        self._pages = pages
        self._reviews = reviews

    async def show(self, request: Request, visit: Visit) -> Response:
        """`GET /aperturas`: what waits for a second look, and until when."""
        return await self._show(request, visit)

    async def review(self, request: Request, visit: Visit) -> Response:
        """`POST /aperturas/{id}`: justified or not, and why."""
        return await self._judge(request, visit, self._reviews.review)

    async def review_attested(self, request: Request, visit: Visit) -> Response:
        """`POST /aperturas/constancias/{id}`: whether a clinician's word that somebody was there can be believed."""
        return await self._judge(request, visit, self._reviews.review_attested)

    async def _judge(
        self, request: Request, visit: Visit, review: Callable[[Asking, str, Look], Awaitable[object]]
    ) -> Response:
        id, verdict = request.path_params["id"], visit.form.one("verdict")  # noqa: A001  # FHIR's word
        if verdict not in set(Verdict):
            return await self._show(request, visit, wrong=id)
        try:
            await review(visit.asking, id, Look(Verdict(verdict), visit.form.one("note")))
        except InvalidError:
            return await self._show(request, visit, wrong=id)
        return redirect(HOME)

    async def lift(self, request: Request, visit: Visit) -> Response:
        """`POST /aperturas/pausas/{id}`: let somebody who was paused ask again, and why."""
        id = request.path_params["id"]  # noqa: A001  # FHIR's word
        try:
            await self._reviews.lift(visit.asking, id, visit.form.one("note"))
        except InvalidError:
            return await self._show(request, visit, wrong=id)
        return redirect(HOME)

    async def _show(self, request: Request, visit: Visit, *, wrong: str = "") -> Response:
        return self._pages.show(
            request,
            "reviews.html",
            status=400 if wrong else 200,
            visit=visit,
            here=HOME,
            openings=await self._reviews.open(visit.asking),
            attested=await self._reviews.attested(visit.asking),
            pauses=await self._reviews.pauses(visit.asking),
            now=self._reviews.now(),
            longest=NOTE_MAX,
            given=visit.form,
            wrong=wrong,
        )


def routes(site: Site, entrance: Entrance, reviews: Reviews) -> list[Route]:
    """The pages of the second look, behind the same door as the clinicians'."""
    pages = ReviewPages(Pages(site, _ROOM), reviews)
    return [
        Route(HOME, entrance.guard(pages.show, role=ROLE), methods=["GET"]),
        Route(f"{HOME}/constancias/{{id}}", entrance.guard(pages.review_attested, role=ROLE), methods=["POST"]),
        Route(f"{HOME}/pausas/{{id}}", entrance.guard(pages.lift, role=ROLE), methods=["POST"]),
        Route(f"{HOME}/{{id}}", entrance.guard(pages.review, role=ROLE), methods=["POST"]),
    ]
