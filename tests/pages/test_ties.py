"""The pages of ties: a queue, questions to the person, two people's word, and what flowed under a false tie."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from corridor.domain.asking import Asking
from corridor.domain.country import Country
from corridor.domain.errors import ConflictError, InvalidError
from corridor.domain.grade import Grade
from corridor.domain.questions import Question
from corridor.domain.recall import Recall
from corridor.domain.tie import Doubt, Flow, Said, Side, Tie, TieState, Vote
from corridor.flows.follow_withdrawal import TakenBack
from corridor.flows.ports.counterparts import Offer
from corridor.flows.read_tie import TieView
from corridor.web.clinician import routes as clinician
from corridor.web.site import Site
from corridor.web.ties.routes import TiesDesk, routes
from tests.pages.beside import reviews
from tests.pages.conftest import LAPTOP, PHONE, Place, enter, running, visiting
from tests.pages.front import front
from tests.pages.town import Town

AT = datetime(2026, 11, 20, 14, 5, tzinfo=UTC)
NAME = "María <b>Rodríguez</b> Pérez"
TIE = Tie(
    id="t1",
    side=Side.ASKER,
    country=Country("VE"),
    name="a" * 32,
    patient_id="p-1",
    grade=Grade.PROBABLE,
    pattern=(),
    described="d" * 64,
    state=TieState.PROPOSED,
    doubt=Doubt.PROBABLE,
    made_at=AT,
    changed_at=AT,
    agent="node",
)
ASKED = (Question.BIRTH_MONTH, Question.MOTHER_NAME, Question.DOCUMENT_END)
SIZES = {"phone": PHONE, "laptop": LAPTOP}


@dataclass
class Acts:
    """What the pages call, in memory; Caracas says yes to everything."""

    tie: Tie = TIE
    said: dict[str, Said] = field(default_factory=dict)
    votes: tuple[Vote, ...] = ()
    heard: list[Mapping[Question, str]] = field(default_factory=list)

    async def list_doubts(self, _asking: Asking) -> list[Tie]:
        return [self.tie] if self.tie.doubt else []

    async def list_ties(self, _asking: Asking, _patient_id: str) -> list[Tie]:
        return [self.tie]

    async def read_tie(self, _asking: Asking, _id: str) -> TieView:
        flow = Flow("received", AT, "4bf92f3577b34da6a3ce929d0e0e4736", "TREAT", "a" * 32, 7)
        return TieView(self.tie, Offer(ASKED, ("given", "papers")), self.said, self.votes, (flow,))

    async def compare_answers(self, _asking: Asking, _id: str, given: Mapping[Question, str]) -> object:
        if not given:
            raise InvalidError("At least one question is answered.")
        self.heard.append(given)
        self.said |= {each.value: Said.YES for each in given}
        return self.said

    async def decide_tie(self, asking: Asking, _id: str, *, accepts: bool) -> Tie:
        if self.votes:
            raise ConflictError("You decided about this tie before.")
        self.votes = (Vote(asking.principal.pseudonym, accepts, AT),)
        return self.tie

    async def undo_tie(self, _asking: Asking, _id: str) -> object:
        self.tie = replace(self.tie, state=TieState.UNDONE, doubt=Doubt.NONE)
        return ()

    async def list_recalls(self, _asking: Asking) -> list[Recall]:
        flow = Flow("received", AT, "4bf92f3577b34da6a3ce929d0e0e4736", "TREAT", "a" * 32, 7)
        saved = replace(flow, kind="saved", number=1)
        return [
            Recall("p-1", Country("VE"), flow, "withdrawn", AT),
            Recall("p-1", Country("VE"), saved, "withdrawn", AT),
            Recall("p-1", Country("CO"), flow, "false-tie", AT),
        ]

    def desk(self) -> TiesDesk:
        async def label(_patient_id: str) -> str:
            return NAME

        return TiesDesk(
            self.list_doubts,
            self.list_ties,
            self.read_tie,
            self.compare_answers,
            self.decide_tie,
            self.undo_tie,
            self.list_recalls,
            label,
        )


@pytest.fixture
def acts() -> Acts:
    return Acts()


@pytest.fixture
def place(acts: Acts) -> Iterator[Place]:
    site, town = Site("Nodo Perú", "pe", "http://127.0.0.1", "America/Lima"), Town()
    doors = clinician.routes(site, town.sign_in(), town.desk(), reviews=reviews(town))
    with running(town, [*front(site), *routes(site, town.sign_in(), acts.desk()), *doors]) as place:
        yield place


def test_the_person_is_asked_and_two_people_decide(browser: Browser, place: Place, acts: Acts) -> None:
    with visiting(browser) as page:
        enter(page, place, "doctora")
        page.goto(f"{place.url}/vinculos")
        page.click("h2 a")
        assert "¿En qué mes nació?" in page.inner_text("form[action$=respuestas]")
        assert "Sí, es la misma" not in page.inner_text("main")
        page.fill("#q-birth-month", "4")
        page.fill("#q-mother-name", "Carmen")
        page.click("form[action$=respuestas] button")
        page.wait_for_url("**/vinculos/t1")
        assert acts.heard == [{Question.BIRTH_MONTH: "4", Question.MOTHER_NAME: "Carmen"}]
        assert "Carmen" not in page.content()
        page.check("input[value=accept]")
        page.click("form[action$=decision] button")
        page.wait_for_url("**/vinculos/t1")
        assert "Van 1 de 2" in page.inner_text("main")
        assert page.locator("form[action$=decision]").count() == 0 or "Falta otra persona" in page.inner_text("main")


def test_a_false_tie_is_undone_only_by_somebody_who_is_sure(browser: Browser, place: Place, acts: Acts) -> None:
    with visiting(browser) as page:
        enter(page, place, "doctora")
        page.goto(f"{place.url}/vinculos/t1")
        page.click("summary")
        page.click("form[action$=deshacer] button")
        assert "Marque que está seguro" in page.inner_text("[role=alert]")
        assert acts.tie.state is TieState.PROPOSED
        page.check("input[name=sure]")
        page.click("form[action$=deshacer] button")
        page.wait_for_url("**/vinculos/t1")
        assert "es de otra persona" in page.inner_text("main")
        assert "7 datos" in page.inner_text("main")
        page.goto(f"{place.url}/personas/p-1/vinculos")
        assert "es de otra persona" in page.inner_text("main")


def test_whoever_pulled_reads_what_not_to_use_any_more(browser: Browser, place: Place) -> None:
    with visiting(browser) as page:
        enter(page, place, "doctora")
        page.click("nav.rooms a[href='/retirados']")
        said = page.inner_text("main")
        assert said.count("retiró su permiso") == 2
        assert "Es de otra persona" in said
        assert said.count("se queda") == 1


def test_the_person_reads_who_knows_of_the_withdrawal_and_who_has_copies(browser: Browser, place: Place) -> None:
    flow = Flow("told", AT, "4bf92f3577b34da6a3ce929d0e0e4736", "TREAT", "a" * 32, 7)
    given = (Recall("p-1", Country("CO"), flow, "withdrawn", AT),)
    with visiting(browser) as page:
        enter(page, place, "doctora")
        place.town.back = TakenBack(AT, (Country("VE"),), given)
        page.goto(f"{place.url}/personas/p-1")
        assert "Todavía no lo confirman: Venezuela" in page.inner_text("main")
        assert "Colombia · enviado allá" in page.inner_text("main")
        place.town.back = TakenBack(AT, (), given)
        page.reload()
        assert "Todos los países lo saben" in page.inner_text("main")


def test_what_is_left_out_is_said(browser: Browser, place: Place) -> None:
    with visiting(browser) as page:
        enter(page, place, "doctora")
        page.goto(f"{place.url}/vinculos/t1")
        page.click("form[action$=respuestas] button")
        assert "Responda al menos una pregunta" in page.inner_text("[role=alert]")
        page.click("form[action$=decision] button")
        assert "Elija una respuesta" in page.inner_text("[role=alert]")


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("lang", ["es", "en", "pt"])
def test_axe_finds_nothing_and_nothing_is_wider_than_the_screen(
    browser: Browser, place: Place, acts: Acts, size: str, lang: str
) -> None:
    with visiting(browser, viewport=SIZES[size]) as page:
        enter(page, place, "doctora", lang)
        flow = Flow("told", AT, "4bf92f3577b34da6a3ce929d0e0e4736", "TREAT", "a" * 32, 7)
        place.town.back = TakenBack(AT, (Country("VE"),), (Recall("p-1", Country("CO"), flow, "withdrawn", AT),))
        for path in ("/vinculos", "/vinculos/t1", "/personas/p-1/vinculos", "/retirados", "/personas/p-1"):
            for tie in (TIE, replace(TIE, state=TieState.UNDONE, doubt=Doubt.NONE)):
                acts.tie, acts.said = tie, {"birth-month": Said.NO}
                page.goto(f"{place.url}{path}?lang={lang}")
                assert Axe().run(page).response["violations"] == []
                assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_who_did_not_sign_in_is_led_there(browser: Browser, place: Place) -> None:
    with visiting(browser) as page:
        assert "ingreso" in (page.goto(f"{place.url}/vinculos").url)  # type: ignore[union-attr]  # a page always answers
