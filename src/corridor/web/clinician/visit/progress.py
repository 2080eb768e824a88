"""Asking, and watching who answers: a page that grows while countries are heard, without any script."""

from __future__ import annotations

from collections.abc import AsyncIterator

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from corridor.domain.emergency import WORDS_MAX, WORDS_MIN, Cause, emergency
from corridor.domain.errors import ForbiddenError, InvalidError, NotFoundError
from corridor.domain.history import Answer, Silence
from corridor.domain.pull import WAITING, PullRecord
from corridor.domain.purpose import purpose as purpose_of
from corridor.web.clinician.bedside import Question
from corridor.web.clinician.desk import Desk
from corridor.web.clinician.visit.people import person_of
from corridor.web.clinician.visit.pulling import Job, Pulling, arrivals, new_id
from corridor.web.entrance import Visit
from corridor.web.form import Form
from corridor.web.page import HEADERS, Pages, redirect

_CUT = "<!--rows-->"


class ProgressPages:
    """The pages between the question and the history."""

    def __init__(self, pages: Pages, desk: Desk, pulling: Pulling) -> None:
        self._pages = pages
        self._desk = desk
        self._pulling = pulling

    async def pull(self, request: Request, visit: Visit) -> Response:
        """`POST /personas/{id}/historial`: ask the other countries, once, and lead to who answers."""
        who = await person_of(request, visit, self._desk)
        under_way = self._pulling.under_way(visit.session, who.patient_id)
        if under_way:
            return redirect(f"/historiales/{under_way}/avance")
        why = purpose_of(visit.form.one("purpose"))
        pull = await self._desk.bedside.begin(visit.asking, Question(who.patient_id, why, new_id()))
        return _lead(await self._pulling.follow(visit.session, who, pull))

    async def emergency(self, request: Request, visit: Visit) -> Response:
        """`GET /personas/{id}/urgencia`: what breaking the glass means, and the questions that it asks."""
        return await self._ask_why(request, visit)

    async def break_glass(self, request: Request, visit: Visit) -> Response:
        """`POST /personas/{id}/urgencia`: ask without consent, where reason and confirmation are given."""
        who = await person_of(request, visit, self._desk)
        missing = _missing(visit.form)
        if missing:
            return await self._ask_why(request, visit, missing=missing)
        stated = emergency(visit.form.one("cause"), visit.form.one("words"))
        try:
            pull = await self._desk.bedside.begin(visit.asking, Question(who.patient_id, stated, new_id()))
        except ForbiddenError:
            return await self._ask_why(request, visit, missing=("refused",), status=403)
        return _lead(await self._pulling.follow(visit.session, who, pull))

    async def _ask_why(
        self, request: Request, visit: Visit, *, missing: tuple[str, ...] = (), status: int = 400
    ) -> Response:
        who = await person_of(request, visit, self._desk)
        return self._pages.show(
            request,
            "emergency.html",
            status=status if missing else 200,
            visit=visit,
            here=f"/personas/{who.patient_id}/urgencia",
            who=who,
            causes=list(Cause),
            least=WORDS_MIN,
            most=WORDS_MAX,
            given=visit.form,
            missing=missing,
        )

    async def show(self, request: Request, visit: Visit) -> Response:
        """`GET /historiales/{id}/avance`: each country as it is heard; a reload asks nobody again."""
        name = request.path_params["id"]
        job = self._pulling.find(visit.session, name)
        if job is None:
            return await self._stopped(request, visit, name)
        if job.done:
            return redirect(f"/historiales/{name}")
        headers = {**HEADERS, "X-Accel-Buffering": "no"}
        return StreamingResponse(self._pieces(request, visit, job), headers=headers, media_type="text/html")

    async def _pieces(self, request: Request, visit: Visit, job: Job) -> AsyncIterator[str]:
        facts = {"visit": visit, "job": job, "address": f"/historiales/{job.id}"}
        head, _, tail = self._pages.text(request, "progress.html", cut=_CUT, **facts).partition(_CUT)
        yield head
        async for heard in arrivals(job):
            yield "".join(self._row(request, one) for one in heard) or "<!-- -->\n"
        yield tail

    def _row(self, request: Request, one: Answer | Silence) -> str:
        facts = len(one.entries) if isinstance(one, Answer) else 0
        silent = one.reason.value if isinstance(one, Silence) else ""
        return self._pages.text(request, "progress_row.html", one=one, facts=facts, silent=silent)

    async def _stopped(self, request: Request, visit: Visit, name: str) -> Response:
        """What is kept of a pull whose answers are gone, because this node was started again."""
        kept = await self._desk.bedside.kept(visit.asking, name)
        if kept is None:
            raise NotFoundError("No pull is kept under that id.")
        return self._pages.show(request, "stopped.html", visit=visit, kept=kept, waiting=_waits(kept))


def _missing(form: Form) -> tuple[str, ...]:
    """The questions of an emergency that are still without an answer."""
    cause = form.one("cause")
    known = cause in set(Cause)
    try:
        emergency(cause if known else Cause.OTHER, form.one("words"))
    except InvalidError:
        told = False
    else:
        told = True
    answers = {"cause": known, "words": told, "sure": form.one("sure") == "yes"}
    return tuple(question for question, answered in answers.items() if not answered)


def _waits(kept: PullRecord) -> bool:
    return any(leg.state == WAITING for leg in kept.legs)


def _lead(job: Job) -> Response:
    return redirect(f"/historiales/{job.id}" if job.done else f"/historiales/{job.id}/avance")
