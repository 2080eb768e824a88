"""The pages of ties between a person here and one abroad."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from corridor.domain.asking import Asking
from corridor.domain.errors import ConflictError, InvalidError, UnavailableError
from corridor.domain.principal import Role
from corridor.domain.questions import ANSWER_MAX, RANGES, Question
from corridor.domain.recall import Recall
from corridor.domain.tie import VOTES_NEEDED, Tie, may_accept
from corridor.flows.read_tie import TieView
from corridor.web.entrance import Entrance, SignIn, Visit
from corridor.web.page import Pages, redirect
from corridor.web.site import Site

HOME = "/vinculos"

_ROOM = Path(__file__).parent
_WRONG = {ConflictError: "conflict", InvalidError: "empty", UnavailableError: "away"}


class DecideTie(Protocol):
    """`decide_tie` with its desk."""

    def __call__(self, asking: Asking, id: str, *, accepts: bool) -> Awaitable[Tie]:
        """Keep one person's word."""


@dataclass(frozen=True, slots=True)
class TiesDesk:
    """The acts behind the pages; each checks access and writes its own audit.

    Attributes:
        list_recalls: copies that the clinician received and should not use any more.
        label: the name of a person here, so that the right one is asked; nothing else of them is shown.
    """

    list_doubts: Callable[[Asking], Awaitable[Sequence[Tie]]]
    list_ties: Callable[[Asking, str], Awaitable[Sequence[Tie]]]
    read_tie: Callable[[Asking, str], Awaitable[TieView]]
    compare_answers: Callable[[Asking, str, Mapping[Question, str]], Awaitable[object]]
    decide_tie: DecideTie
    undo_tie: Callable[[Asking, str], Awaitable[object]]
    list_recalls: Callable[[Asking], Awaitable[Sequence[Recall]]]
    label: Callable[[str], Awaitable[str]]


class TiePages:
    """The queue, one tie, and the ties of a person."""

    def __init__(self, pages: Pages, desk: TiesDesk) -> None:
        self._pages = pages
        self._desk = desk

    async def queue(self, request: Request, visit: Visit) -> Response:
        """`GET /vinculos`: what waits for a person's own word."""
        waiting = await self._desk.list_doubts(visit.asking)
        rows = [(each, await self._desk.label(each.patient_id)) for each in waiting]
        return self._pages.show(request, "queue.html", visit=visit, rows=rows)

    async def of_person(self, request: Request, visit: Visit) -> Response:
        """`GET /personas/{id}/vinculos`: with whom abroad the person is tied, or was."""
        patient_id = request.path_params["id"]
        ties = await self._desk.list_ties(visit.asking, patient_id)
        who = await self._desk.label(patient_id)
        return self._pages.show(request, "of_person.html", visit=visit, ties=ties, who=who, patient_id=patient_id)

    async def recalls(self, request: Request, visit: Visit) -> Response:
        """`GET /retirados`: what was pulled by this clinician and should not be used any more."""
        notices = await self._desk.list_recalls(visit.asking)
        people = {each.patient_id for each in notices}
        names = {each: await self._desk.label(each) for each in sorted(people)}
        return self._pages.show(request, "recalls.html", visit=visit, notices=notices, names=names)

    async def show(self, request: Request, visit: Visit) -> Response:
        """`GET /vinculos/{id}`: what to ask, what agreed, and what flowed."""
        return await self._show(request, visit)

    async def compare(self, request: Request, visit: Visit) -> Response:
        """`POST /vinculos/{id}/respuestas`: what the person said goes out veiled and is forgotten here."""
        given = {each: visit.form.one(each.value) for each in Question if visit.form.one(each.value).strip()}
        return await self._act(request, visit, self._desk.compare_answers(visit.asking, _id(request), given))

    async def decide(self, request: Request, visit: Visit) -> Response:
        """`POST /vinculos/{id}/decision`: one person's word."""
        decision = visit.form.one("decision")
        if decision not in {"accept", "reject"}:
            return await self._show(request, visit, wrong="choose")
        accepts = decision == "accept"
        return await self._act(request, visit, self._desk.decide_tie(visit.asking, _id(request), accepts=accepts))

    async def undo(self, request: Request, visit: Visit) -> Response:
        """`POST /vinculos/{id}/deshacer`: it was somebody else."""
        if visit.form.one("sure") != "yes":
            return await self._show(request, visit, wrong="sure")
        return await self._act(request, visit, self._desk.undo_tie(visit.asking, _id(request)))

    async def _act(self, request: Request, visit: Visit, act: Awaitable[object]) -> Response:
        try:
            await act
        except (ConflictError, InvalidError, UnavailableError) as error:
            return await self._show(request, visit, wrong=_WRONG[type(error)])
        return redirect(f"{HOME}/{quote(_id(request), safe='')}")

    async def _show(self, request: Request, visit: Visit, *, wrong: str = "") -> Response:
        view = await self._desk.read_tie(visit.asking, _id(request))
        left = view.offer.questions if view.offer else ()
        mine = any(each.agent == visit.asking.principal.pseudonym for each in view.votes)
        return self._pages.show(
            request,
            "tie.html",
            status=400 if wrong else 200,
            visit=visit,
            here=f"{HOME}/{_id(request)}",
            view=view,
            tie=view.tie,
            who=await self._desk.label(view.tie.patient_id),
            left=[each for each in left if each.value not in view.said],
            ranges=RANGES,
            longest=ANSWER_MAX,
            enough=may_accept(view.said),
            needed=VOTES_NEEDED,
            mine=mine,
            wrong=wrong,
        )


def _id(request: Request) -> str:
    id: str = request.path_params["id"]  # noqa: A001  # FHIR's word
    return id


def routes(site: Site, sign_in: SignIn, desk: TiesDesk) -> list[Route]:
    """The pages of ties; hang them beside `corridor.web.clinician.routes`, which has the sign-in."""
    pages = Pages(site, _ROOM)
    ties = TiePages(pages, desk)
    guard = Entrance(pages, sign_in, role=Role.CLINICIAN, home=HOME).guard
    return [
        Route(HOME, guard(ties.queue), methods=["GET"]),
        Route("/retirados", guard(ties.recalls), methods=["GET"]),
        Route(f"{HOME}/{{id}}", guard(ties.show), methods=["GET"]),
        Route(f"{HOME}/{{id}}/respuestas", guard(ties.compare), methods=["POST"]),
        Route(f"{HOME}/{{id}}/decision", guard(ties.decide), methods=["POST"]),
        Route(f"{HOME}/{{id}}/deshacer", guard(ties.undo), methods=["POST"]),
        Route("/personas/{id}/vinculos", guard(ties.of_person), methods=["GET"]),
    ]
