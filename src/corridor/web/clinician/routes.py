"""The clinician's doors, ready to be hung at a node."""

from __future__ import annotations

from pathlib import Path

from starlette.routing import Route

from corridor.domain.principal import Role
from corridor.web.clinician.desk import Desk
from corridor.web.clinician.histories import HistoryPages, script_route
from corridor.web.clinician.picture import NOTHING_LOCAL, Local
from corridor.web.clinician.shelf import Shelf
from corridor.web.clinician.visit import consenting, presence
from corridor.web.clinician.visit.consenting import FORM_BYTES, ConsentPages
from corridor.web.clinician.visit.people import PeoplePages
from corridor.web.clinician.visit.progress import ProgressPages
from corridor.web.clinician.visit.pulling import Pulling
from corridor.web.clinician.visit.registration import RegistrationPages
from corridor.web.clinician.visit.saving import SavingPages
from corridor.web.entrance import Entrance, SignIn
from corridor.web.page import Pages
from corridor.web.protection import routes as protecting
from corridor.web.protection.routes import Protection
from corridor.web.reviews import routes as reviewing
from corridor.web.reviews.routes import Reviews
from corridor.web.site import Site

ROOM = Path(__file__).parent


def routes(
    site: Site,
    sign_in: SignIn,
    desk: Desk,
    *,
    reviews: Reviews,
    protection: Protection | None = None,
    local: Local = NOTHING_LOCAL,
) -> list[Route]:
    """Every page of a clinician, signing in included; hang them beside `corridor.web.landing.routes`.

    Paths: `/ingreso`, `/salida`, `/personas`, `/personas/nueva`, `/personas/{id}` with `/consentimientos`, `/retiro`,
    `/historial`, `/presencia`, `/urgencia` and `/avisos/{opening}` below it, `/historiales/{id}` with `/avance` and
    `/guardar`, and the auditor's `/aperturas`; `/entregas` for data protection.
    """
    pages, shelf = Pages(site, ROOM), Shelf()
    entrance = Entrance(
        pages,
        sign_in,
        role=Role.CLINICIAN,
        home="/personas",
        forget=shelf.clear,
        others={reviewing.ROLE: reviewing.HOME, protecting.ROLE: protecting.HOME},
    )
    return [
        *entrance.routes(),
        *_people(entrance, pages, desk=desk, shelf=shelf),
        *_histories(entrance, pages, desk=desk, shelf=shelf, local=local),
        script_route(),
        consenting.script_route(),
        *reviewing.routes(site, entrance, reviews),
        *(protecting.routes(site, entrance, protection) if protection else []),
    ]


def _people(entrance: Entrance, pages: Pages, *, desk: Desk, shelf: Shelf) -> list[Route]:
    people, new, consent = PeoplePages(pages, desk, shelf), RegistrationPages(pages, desk), ConsentPages(pages, desk)
    guard = entrance.guard
    consented, notice = "/personas/{id}/consentimientos", "/personas/{id}/avisos/{opening}"
    return [
        Route("/personas", guard(people.search), methods=["GET"]),
        Route("/personas", guard(people.keep_search), methods=["POST"]),
        Route("/personas/nueva", guard(new.form), methods=["GET"]),
        Route("/personas/nueva", guard(new.keep), methods=["POST"]),
        Route("/personas/{id}", guard(people.person), methods=["GET"]),
        Route(consented, guard(consent.form), methods=["GET"]),
        Route(consented, guard(consent.keep, largest_bytes=FORM_BYTES), methods=["POST"]),
        Route("/personas/{id}/retiro", guard(people.withdraw), methods=["POST"]),
        Route(notice, guard(people.notice), methods=["GET"]),
        Route(notice, guard(people.tell), methods=["POST"]),
        *presence.routes(entrance, pages, desk),
    ]


def _histories(entrance: Entrance, pages: Pages, *, desk: Desk, shelf: Shelf, local: Local) -> list[Route]:
    progress = ProgressPages(pages, desk, Pulling(desk, shelf))
    histories, saving = HistoryPages(pages, desk, shelf, local=local), SavingPages(pages, desk, shelf)
    guard = entrance.guard
    return [
        Route("/personas/{id}/historial", guard(progress.pull), methods=["POST"]),
        Route("/personas/{id}/urgencia", guard(progress.emergency), methods=["GET"]),
        Route("/personas/{id}/urgencia", guard(progress.break_glass), methods=["POST"]),
        Route("/historiales/{id}", guard(histories.show), methods=["GET"]),
        Route("/historiales/{id}/avance", guard(progress.show), methods=["GET"]),
        Route("/historiales/{id}/guardar", guard(saving.form), methods=["GET"]),
        Route("/historiales/{id}/guardar", guard(saving.keep), methods=["POST"]),
    ]
