"""Choosing a person and hearing what they agree to."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from corridor.domain.errors import NotFoundError
from corridor.domain.purpose import purpose as purpose_of
from corridor.web.clinician.consent_form import CATEGORIES, EVERY, PERIODS_DAYS, PURPOSES, read_terms
from corridor.web.clinician.desk import ConsentTerms, Desk, PersonRow
from corridor.web.clinician.shelf import PulledHistory, Shelf
from corridor.web.entrance import Visit
from corridor.web.page import Pages, redirect

LONGEST_SEARCH = 120


class PeoplePages:
    """The pages before a history: search, person, consent, the pull itself."""

    def __init__(self, pages: Pages, desk: Desk, shelf: Shelf) -> None:
        self._pages = pages
        self._desk = desk
        self._shelf = shelf

    async def search(self, request: Request, visit: Visit) -> Response:
        """`GET /personas`: the search, with what the last one found."""
        text = self._shelf.search(visit.session, now=self._desk.now())
        found = await self._desk.find_people(visit.asking, text) if text else ()
        return self._pages.show(request, "people.html", visit=visit, text=text, found=found)

    async def keep_search(self, _request: Request, visit: Visit) -> Response:
        """`POST /personas`: search; the name is kept out of the address, the history and every log."""
        self._shelf.put_search(visit.session, visit.form.one("text")[:LONGEST_SEARCH], now=self._desk.now())
        return redirect("/personas")

    async def person(self, request: Request, visit: Visit) -> Response:
        """`GET /personas/{id}`: who it is, what they agreed to, and what can be done with it."""
        return await self._person(request, visit, await self._who(request, visit))

    async def record_consent(self, request: Request, visit: Visit) -> Response:
        """`POST /personas/{id}/consentimientos`: keep what the person agreed to, or show what is still to be asked."""
        who = await self._who(request, visit)
        terms = read_terms(visit.form, self._desk.countries(), now=self._desk.now())
        if not isinstance(terms, ConsentTerms):
            return await self._person(request, visit, who, missing=terms)
        await self._desk.record_consent(visit.asking, who.patient_id, terms)
        return redirect(f"/personas/{who.patient_id}")

    async def withdraw(self, request: Request, visit: Visit) -> Response:
        """`POST /personas/{id}/retiro`: take every consent back; histories that were pulled go from memory."""
        who = await self._who(request, visit)
        await self._desk.withdraw(visit.asking, who.patient_id)
        self._shelf.drop_person(who.patient_id)
        return redirect(f"/personas/{who.patient_id}")

    async def pull(self, request: Request, visit: Visit) -> Response:
        """`POST /personas/{id}/historial`: ask the other countries and lead to what they told."""
        who = await self._who(request, visit)
        history = await self._desk.pull(visit.asking, who.patient_id, purpose_of(visit.form.one("purpose")))
        name = self._shelf.put_history(visit.session, PulledHistory(who, history), now=self._desk.now())
        return redirect(f"/historiales/{name}")

    async def _who(self, request: Request, visit: Visit) -> PersonRow:
        who = await self._desk.person(visit.asking, request.path_params["id"])
        if who is None:
            raise NotFoundError("No person of that id.")
        return who

    async def _person(
        self, request: Request, visit: Visit, who: PersonRow, *, missing: tuple[str, ...] = ()
    ) -> Response:
        consents = await self._desk.consents(visit.asking, who.patient_id)
        active = [consent for consent in consents if consent.active]
        allowed = {purpose for consent in active for purpose in consent.purposes}
        return self._pages.show(
            request,
            "person.html",
            status=400 if missing else 200,
            visit=visit,
            here=f"/personas/{who.patient_id}",
            who=who,
            consents=consents,
            usable=[purpose for purpose in PURPOSES if purpose in allowed],
            missing=missing,
            countries=self._desk.countries(),
            categories=CATEGORIES,
            purposes=PURPOSES,
            periods=PERIODS_DAYS,
            every=EVERY,
            given=visit.form,
        )
