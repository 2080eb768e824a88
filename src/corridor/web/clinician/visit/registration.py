"""Registering somebody whom the national register does not know."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from contextlib import suppress

from starlette.requests import Request
from starlette.responses import Response

from corridor.domain.errors import ConflictError
from corridor.fhir.new_patient import doubtful_papers
from corridor.web.clinician.desk import Desk, PersonRow
from corridor.web.clinician.visit.person_form import ISSUERS, KINDS, LONGEST_NAME, PAPERS, SEXES, read_person
from corridor.web.entrance import Visit
from corridor.web.form import Form
from corridor.web.page import Pages, redirect

_ID_DIGITS = 32


class RegistrationPages:
    """The form of a new person; who may be the same is shown before anything is kept."""

    def __init__(self, pages: Pages, desk: Desk) -> None:
        self._pages = pages
        self._desk = desk

    async def form(self, request: Request, visit: Visit) -> Response:
        """`GET /personas/nueva`: the empty form."""
        return self._show(request, visit, once=secrets.token_urlsafe(16))

    async def keep(self, request: Request, visit: Visit) -> Response:
        """`POST /personas/nueva`: keep the person, or show what is wrong, doubtful or like somebody known.

        What was seen must be confirmed as it was seen: another description is looked at anew.
        """
        person, faults = read_person(visit.form, today=self._desk.now().date())
        once = visit.form.one("once")[:_ID_DIGITS] or secrets.token_urlsafe(16)
        if faults:
            return self._show(request, visit, once=once, faults=faults, status=400)
        doubtful = doubtful_papers(person, home=self._desk.bedside.home)
        own_id = _own_id(visit, once)
        alike = [each for each in await self._desk.bedside.alike(visit.asking, person) if each.patient_id != own_id]
        seen = _seen(visit.form, alike)
        if (alike or doubtful) and visit.form.one("seen") != seen:
            return self._show(request, visit, once=once, doubtful=doubtful, alike=alike, seen=seen, status=409)
        with suppress(ConflictError):  # the same form was sent before
            await self._desk.bedside.register(visit.asking, person, own_id)
        return redirect(f"/personas/{own_id}")

    def _show(self, request: Request, visit: Visit, *, once: str, status: int = 200, **facts: object) -> Response:
        shown = {"faults": frozenset(), "doubtful": (), "alike": (), "seen": "", **facts}
        return self._pages.show(
            request,
            "register.html",
            status=status,
            visit=visit,
            here="/personas/nueva",
            given=visit.form,
            once=once,
            kinds=KINDS,
            issuers=ISSUERS,
            sexes=SEXES,
            places=range(PAPERS),
            longest=LONGEST_NAME,
            **shown,
        )


def _own_id(visit: Visit, once: str) -> str:
    """An id that follows from the form, so that sending it twice makes nobody twice."""
    return hashlib.sha256(f"{visit.session}/{once}".encode()).hexdigest()[:_ID_DIGITS]


def _seen(form: Form, alike: Sequence[PersonRow]) -> str:
    """What stands for this description and for those who were shown as like it."""
    fields = sorted((name, value) for name, value in form.fields if name not in {"token", "seen", "once"})
    known = [each.patient_id for each in alike]
    return hashlib.sha256(repr((fields, known)).encode()).hexdigest()[:_ID_DIGITS]
