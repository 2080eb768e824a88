"""Hearing what a person agrees to: a text in their language, their answers, and how they showed them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from corridor.web.asset import asset
from corridor.web.clinician.consent_form import CATEGORIES, EVERY, PERIODS_DAYS, PURPOSES, read_terms
from corridor.web.clinician.desk import ConsentTerms, Desk, SignedTerms
from corridor.web.clinician.visit.aloud import agreed, spoken
from corridor.web.clinician.visit.people import person_of
from corridor.web.clinician.visit.signing import WITNESSES, read_signature
from corridor.web.entrance import Visit
from corridor.web.language import Language, language_of
from corridor.web.page import Pages, redirect

FORM_BYTES = 64 * 1024
"""A form that carries a signature of up to 30 kB."""

SPEAKS = "habla"
"""The field and parameter that names the language of the person."""

_SCRIPT = asset(Path(__file__).parent.parent / "static" / "firma.js", path="/firma.js", media_type="text/javascript")


class ConsentPages:
    """The page on which a consent is captured."""

    def __init__(self, pages: Pages, desk: Desk) -> None:
        self._pages = pages
        self._desk = desk

    async def form(self, request: Request, visit: Visit) -> Response:
        """`GET /personas/{id}/consentimientos`: the text to be read and the questions; nothing is ticked."""
        return await self._show(request, visit, _language(request.query_params.get(SPEAKS, ""), request))

    async def keep(self, request: Request, visit: Visit) -> Response:
        """`POST /personas/{id}/consentimientos`: keep what was agreed to, or show what is still to be asked."""
        who = await person_of(request, visit, self._desk)
        language = _language(visit.form.one(SPEAKS), request)
        terms = read_terms(visit.form, self._desk.countries(), now=self._desk.now())
        signature = read_signature(visit.form)
        if not isinstance(terms, ConsentTerms) or signature is None:
            missing = () if isinstance(terms, ConsentTerms) else terms
            unsigned = () if signature else ("signature",)
            return await self._show(request, visit, language, missing=(*missing, *unsigned))
        read = replace(spoken(language), agreed=agreed(terms, language))
        await self._desk.record_consent(visit.asking, who.patient_id, SignedTerms(terms, read, signature))
        return redirect(f"/personas/{who.patient_id}")

    async def _show(
        self, request: Request, visit: Visit, language: Language, *, missing: tuple[str, ...] = ()
    ) -> Response:
        who = await person_of(request, visit, self._desk)
        return self._pages.show(
            request,
            "consent.html",
            status=400 if missing else 200,
            visit=visit,
            script=_SCRIPT.address,
            here=f"/personas/{who.patient_id}/consentimientos",
            who=who,
            text=spoken(language),
            languages=list(Language),
            missing=missing,
            countries=self._desk.countries(),
            categories=CATEGORIES,
            purposes=PURPOSES,
            periods=PERIODS_DAYS,
            witnesses=WITNESSES,
            every=EVERY,
            given=visit.form,
        )


def script_route() -> Route:
    """The script of the signature; its address changes with its content."""
    return _SCRIPT.route()


def _language(wish: str, request: Request) -> Language:
    """The language of the person: as chosen, or as the page."""
    return Language(wish) if wish in set(Language) else language_of(request)
