"""A clinician gives a person a health link or a package, sees who opened them, and takes one back."""

from __future__ import annotations

import base64
from datetime import timedelta

from starlette.requests import Request
from starlette.responses import Response

from corridor.domain.errors import InvalidError, NotFoundError
from corridor.domain.link import LinkKind, LinkTerms, MadeLink, is_passcode
from corridor.domain.secret import Secret
from corridor.web.clinician.desk import PersonRow
from corridor.web.entrance import Visit
from corridor.web.form import Form
from corridor.web.language import Language
from corridor.web.links.desk import LinksDesk
from corridor.web.page import Pages, redirect

DAYS = (1, 7, 30, 90)
PACKAGE_DAYS = (7, 30)
PACKAGE = "package"
WAYS = (LinkKind.SHL.value, LinkKind.VHL.value, PACKAGE)


class GivingPages:
    """The pages below a person: what they have in their hands."""

    def __init__(self, pages: Pages, desk: LinksDesk) -> None:
        self._pages = pages
        self._desk = desk

    async def show(self, request: Request, visit: Visit) -> Response:
        """`GET /personas/{id}/enlaces`: every link of the person, and the form for a new one."""
        return await self._links(request, visit, await self._who(request, visit))

    async def make(self, request: Request, visit: Visit) -> Response:
        """`POST /personas/{id}/enlaces`: the new link, shown once; it is in no address and no history."""
        who, form = await self._who(request, visit), visit.form
        missing = _missing(form)
        if missing:
            return await self._links(request, visit, who, missing=missing)
        if form.one("way") == PACKAGE:
            return await self._package(request, visit, who)
        passcode = Secret(form.one("passcode").encode()) if form.one("passcode") else self._desk.drawn_passcode()
        terms = LinkTerms(
            kind=LinkKind(form.one("way")),
            until=self._desk.now() + timedelta(days=int(form.one("days"))),
            passcode=passcode,
            language=form.one("language"),
            agreed=True,
        )
        made = await self._desk.make_link(visit.asking, who.patient_id, terms)
        return self._pages.show(
            request,
            "made.html",
            visit=visit,
            here=_home(who),
            made=made,
            passcode=passcode.value.decode(),
            code=self._code(made),
            revocation=made.revocation.value.decode(),
            text=made.text.value.decode(),
        )

    async def revoke(self, request: Request, visit: Visit) -> Response:
        """`POST /personas/{id}/enlaces/{link}/retiro`: end a link for good."""
        who = await self._who(request, visit)
        await self._desk.revoke_link(visit.asking, who.patient_id, request.path_params["link"])
        return redirect(_home(who))

    async def _package(self, request: Request, visit: Visit, who: PersonRow) -> Response:
        until = self._desk.now() + timedelta(days=min(int(visit.form.one("days")), max(PACKAGE_DAYS)))
        made = await self._desk.make_package(
            visit.asking, who.patient_id, until=until, language=visit.form.one("language")
        )
        codes = [_inline(self._desk.picture(text)) for text in self._desk.package_codes(made.content)]
        file = "data:text/plain;base64," + base64.b64encode(made.content.encode()).decode()
        code = made.passcode.value.decode()
        return self._pages.show(
            request, "package.html", visit=visit, here=_home(who), made=made, passcode=code, codes=codes, file=file
        )

    def _code(self, made: MadeLink) -> str:
        """A plain link's QR begins with the address of our viewer, so that a phone's camera leads there."""
        text = made.code.value.decode()
        viewer = f"{self._pages.site.public_url}/ver#" if made.link.kind is LinkKind.SHL else ""
        return _inline(self._desk.picture(viewer + text))

    async def _links(
        self, request: Request, visit: Visit, who: PersonRow, *, missing: tuple[str, ...] = ()
    ) -> Response:
        return self._pages.show(
            request,
            "links.html",
            status=400 if missing else 200,
            visit=visit,
            here=_home(who),
            who=who,
            rows=await self._desk.list_links(visit.asking, who.patient_id),
            ways=WAYS,
            days=DAYS,
            languages=tuple(Language),
            spoken=self._pages.words(request).language,
            missing=missing,
            given=visit.form,
        )

    async def _who(self, request: Request, visit: Visit) -> PersonRow:
        who = await self._desk.person(visit.asking, request.path_params["id"])
        if who is None:
            raise NotFoundError("No person of that id.")
        return who


def _missing(form: Form) -> tuple[str, ...]:
    """The questions that are still without a usable answer; nothing is guessed."""
    chosen = form.one("passcode")
    answers = {
        "way": form.one("way") in WAYS,
        "days": form.one("days") in {str(each) for each in DAYS},
        "language": form.one("language") in set(Language),
        "passcode": not chosen or is_passcode(chosen),
        "heard": form.one("heard") == "yes",
    }
    return tuple(question for question, answered in answers.items() if not answered)


def _home(who: PersonRow) -> str:
    return f"/personas/{who.patient_id}/enlaces"


def _inline(picture: bytes) -> str:
    """A picture as an address of its own content: no second request could carry a key."""
    if not picture:
        raise InvalidError("There is no picture.")
    return "data:image/svg+xml;base64," + base64.b64encode(picture).decode()
