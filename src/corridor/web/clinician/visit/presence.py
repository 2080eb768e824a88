"""Showing that the person is there: a line of their card, a code on their telephone, or the clinician's own word."""

from __future__ import annotations

import base64

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from corridor.domain.emergency import WORDS_MAX, WORDS_MIN
from corridor.domain.errors import ConflictError, ForbiddenError, InvalidError, UnavailableError
from corridor.domain.presence import Cause, ProofKind, attestation
from corridor.flows.answer_challenge import Answered
from corridor.flows.attest_presence import Vouching
from corridor.web.clinician.desk import Desk
from corridor.web.clinician.presence_acts import PresenceActs
from corridor.web.clinician.visit.people import person_of
from corridor.web.entrance import Entrance, Visit
from corridor.web.form import Form
from corridor.web.language import language_of
from corridor.web.page import Pages, redirect

_LONGEST = 64
_ASKED = frozenset({ProofKind.CARD, ProofKind.CODE})


class PresencePages:
    """The ways to show it, the question, and the card."""

    def __init__(self, pages: Pages, desk: Desk) -> None:
        self._pages = pages
        self._desk = desk

    @property
    def _acts(self) -> PresenceActs:
        return self._desk.bedside.presence

    async def show(self, request: Request, visit: Visit) -> Response:
        """`GET /personas/{id}/presencia`: the three ways."""
        return await self._show(request, visit)

    async def ask(self, request: Request, visit: Visit) -> Response:
        """`POST /personas/{id}/presencia`: put a question that can be answered once."""
        who, way = await person_of(request, visit, self._desk), visit.form.one("way")
        if way not in {each.value for each in _ASKED}:
            return await self._show(request, visit, wrong="way")
        try:
            asked = await self._acts.challenge(
                visit.asking, who.patient_id, ProofKind(way), language=language_of(request)
            )
        except (ConflictError, UnavailableError):
            return await self._show(request, visit, wrong="unasked", status=409)
        return await self._question(request, visit, (asked.id, asked.kind.value, asked.line))

    async def answer(self, request: Request, visit: Visit) -> Response:
        """`POST /personas/{id}/presencia/respuesta`: what the person answered."""
        who, form = await person_of(request, visit, self._desk), visit.form
        answered = Answered(_short(form, "challenge"), _short(form, "answer"), _short(form, "card"))
        try:
            await self._acts.answer(visit.asking, who.patient_id, answered)
        except ForbiddenError:
            line = form.one("line")
            number = int(line) if line.isascii() and line.isdecimal() and len(line) <= len("40") else 0
            asked = (answered.challenge, ProofKind.CARD if number else ProofKind.CODE, number)
            return await self._question(request, visit, asked, wrong=True)
        return redirect(f"/personas/{who.patient_id}")

    async def attest(self, request: Request, visit: Visit) -> Response:
        """`POST /personas/{id}/presencia/constancia`: the clinician's word, signed with their own password."""
        who, form = await person_of(request, visit, self._desk), visit.form
        try:
            cause = form.one("cause") if form.one("sure") == "yes" else ""
            stated = attestation(cause, form.one("words"))
            vouching = Vouching(stated, form.one("password"), visit.session)
            await self._acts.attest(visit.asking, who.patient_id, vouching)
        except InvalidError:
            return await self._show(request, visit, wrong="incomplete")
        except ForbiddenError:
            return await self._show(request, visit, wrong="unconfirmed", status=403)
        return redirect(f"/personas/{who.patient_id}")

    async def make_card(self, request: Request, visit: Visit) -> Response:
        """`POST /personas/{id}/presencia/tarjeta`: a new card, shown this once."""
        who = await person_of(request, visit, self._desk)
        card = await self._acts.make_card(visit.asking, who.patient_id)
        picture = "data:image/svg+xml;base64," + base64.b64encode(self._acts.picture(card.number)).decode()
        return self._pages.show(request, "card.html", visit=visit, who=who, card=card, picture=picture)

    async def revoke_card(self, request: Request, visit: Visit) -> Response:
        """`POST /personas/{id}/presencia/tarjeta/retiro`: a lost card answers no more."""
        who = await person_of(request, visit, self._desk)
        await self._acts.revoke_card(visit.asking, who.patient_id)
        return redirect(f"/personas/{who.patient_id}/presencia")

    async def _question(
        self, request: Request, visit: Visit, asked: tuple[str, str, int], *, wrong: bool = False
    ) -> Response:
        who = await person_of(request, visit, self._desk)
        challenge, kind, line = asked
        status = 403 if wrong else 200
        facts = {"challenge": challenge, "kind": kind, "line": line, "wrong": wrong}
        here = f"/personas/{who.patient_id}/presencia"
        return self._pages.show(request, "question.html", status=status, visit=visit, who=who, here=here, **facts)

    async def _show(self, request: Request, visit: Visit, *, wrong: str = "", status: int = 400) -> Response:
        who = await person_of(request, visit, self._desk)
        return self._pages.show(
            request,
            "presence.html",
            status=status if wrong else 200,
            visit=visit,
            here=f"/personas/{who.patient_id}/presencia",
            who=who,
            standing=await self._acts.standing(visit.asking, who.patient_id),
            asks_password=self._acts.asks_password,
            causes=list(Cause),
            least=WORDS_MIN,
            most=WORDS_MAX,
            given=visit.form,
            wrong=wrong,
        )


def routes(entrance: Entrance, pages: Pages, desk: Desk) -> list[Route]:
    """The pages of presence."""
    own, guard, here = PresencePages(pages, desk), entrance.guard, "/personas/{id}/presencia"
    return [
        Route(here, guard(own.show), methods=["GET"]),
        Route(here, guard(own.ask), methods=["POST"]),
        Route(f"{here}/respuesta", guard(own.answer), methods=["POST"]),
        Route(f"{here}/constancia", guard(own.attest), methods=["POST"]),
        Route(f"{here}/tarjeta", guard(own.make_card), methods=["POST"]),
        Route(f"{here}/tarjeta/retiro", guard(own.revoke_card), methods=["POST"]),
    ]


def _short(form: Form, name: str) -> str:
    return form.one(name)[:_LONGEST]
