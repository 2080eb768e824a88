"""Choosing the person: search, who it is, what they agreed to, what they must be told."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from corridor.domain.errors import NotFoundError
from corridor.web.clinician.consent_form import PURPOSES
from corridor.web.clinician.desk import Desk, PersonRow
from corridor.web.clinician.shelf import Shelf
from corridor.web.entrance import Visit
from corridor.web.page import Pages, redirect

LONGEST_SEARCH = 120


class PeoplePages:
    """The search and the page of a person."""

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
        who = await person_of(request, visit, self._desk)
        consents = await self._desk.consents(visit.asking, who.patient_id)
        active = [consent for consent in consents if consent.active]
        allowed = {purpose for consent in active for purpose in consent.purposes}
        notices = await self._desk.bedside.notices(visit.asking, who.patient_id)
        return self._pages.show(
            request,
            "person.html",
            visit=visit,
            who=who,
            consents=consents,
            present=(await self._desk.bedside.presence.standing(visit.asking, who.patient_id)).proof,
            usable=[purpose for purpose in PURPOSES if purpose in allowed],
            taken_back=await self._desk.taken_back(who.patient_id),
            notices=[each for each in notices if each.told_at is None],
        )

    async def withdraw(self, request: Request, visit: Visit) -> Response:
        """`POST /personas/{id}/retiro`: take every consent back; histories that were pulled go from memory."""
        who = await person_of(request, visit, self._desk)
        await self._desk.withdraw(visit.asking, who.patient_id)
        self._shelf.drop_person(who.patient_id)
        return redirect(f"/personas/{who.patient_id}")

    async def notice(self, request: Request, visit: Visit) -> Response:
        """`GET /personas/{id}/avisos/{opening}`: what the person is told, to be read to them or printed."""
        who = await person_of(request, visit, self._desk)
        notices = await self._desk.bedside.notices(visit.asking, who.patient_id)
        found = next((each for each in notices if each.id == request.path_params["opening"]), None)
        if found is None:
            raise NotFoundError("No such notice.")
        return self._pages.show(request, "notice.html", visit=visit, who=who, notice=found)

    async def tell(self, request: Request, visit: Visit) -> Response:
        """`POST /personas/{id}/avisos/{opening}`: keep that the person was told."""
        who = await person_of(request, visit, self._desk)
        await self._desk.bedside.tell(visit.asking, who.patient_id, request.path_params["opening"])
        return redirect(f"/personas/{who.patient_id}")


async def person_of(request: Request, visit: Visit, desk: Desk) -> PersonRow:
    """The person of an address.

    Raises:
        NotFoundError: nobody of that id.
    """
    who = await desk.person(visit.asking, request.path_params["id"])
    if who is None:
        raise NotFoundError("No person of that id.")
    return who
