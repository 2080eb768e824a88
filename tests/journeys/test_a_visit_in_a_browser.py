"""The whole visit in a real browser over the real federation: three languages, on a laptop and on a phone."""

from __future__ import annotations

import io
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Page, expect

from demo.drugs import PRODUCTS
from demo.parties import HUB
from demo.values import Outcome, Person
from tests.journeys.browsing import Screens, screens
from tests.journeys.scan import CLINICAL, leaked, long_ones, secrets_of
from tests.journeys.stored import database_bytes
from tests.journeys.world import World

ECUADOR = {"es": "Ecuador", "en": "Ecuador", "pt": "Equador"}
WORDS = "Fiebre alta y convulsiones, llega sola y no responde ({} {})."
NOTE = "Reviewed with the ward: there was nobody who could have been asked."
DRUGS = frozenset(name for product in PRODUCTS.values() for _, name in product.ingredients)


@pytest.mark.parametrize("lang", ["es", "en", "pt"])
def test_the_whole_visit(land: World, lang: str) -> None:
    person = land.newcomer("VE", "CO", "PE", last=False)
    stranger = land.newcomer("VE", "CO", "PE", outcome=Outcome.NO_CONSENT)
    with screens(land, lang) as seen, seen.screen("PE", "clinician") as doctor:
        registered(seen, doctor, person)
        consented(seen, doctor, person)
        here = doctor.url
        with hanging(land, "EC"):
            shown_to_be_there(seen, doctor)
            pulled(seen, doctor)
        history_read(seen, doctor)
        saved(seen, doctor)
        paper = link_given(seen, doctor, here)
        opened_in_bogota(seen, paper)
        withdrawn(seen, doctor, here)
        link_stays_shut(seen, paper)
        emergency(seen, doctor, stranger)
        second_look(seen, doctor, stranger)
    assert seen.faults == []
    assert seen.checked > 20
    names = secrets_of([person, stranger])
    assert [text for text in seen.seen if leaked(text, names | CLINICAL | DRUGS)] == []
    no_trace(land, names)


@contextmanager
def hanging(land: World, key: str) -> Iterator[None]:
    """A country's node takes calls inside the block and answers none."""
    process = land.running.processes[key]
    process.send_signal(signal.SIGSTOP)
    try:
        yield
    finally:
        process.send_signal(signal.SIGCONT)


def registered(seen: Screens, page: Page, person: Person) -> None:
    """Nobody is found under the name, so the person is registered as far as they are known."""
    written = person.here.written
    seen.look(page)
    page.fill("#text", written.surnames[0] + " " + written.birth)
    page.click("form.search button")
    page.wait_for_load_state()
    assert page.locator(".people li").count() == 0
    seen.look(page)
    page.click("a[href='/personas/nueva']")
    seen.look(page)
    page.fill("#given", " ".join(written.given))
    for place, surname in zip(("#first", "#second"), written.surnames, strict=False):
        page.fill(place, surname)
    year, month, day = written.birth.split("-")
    page.fill("#birth", f"{day}/{month}/{year}")
    page.check(f"input[name=sex][value={written.gender}]")
    page.select_option("#kind-0", "passport")
    page.select_option("#issuer-0", written.papers[-1].issuer)
    page.fill("#number-0", written.papers[-1].number)
    page.click("button.large")
    if page.locator(".alike button").count():
        seen.look(page)
        page.click(".alike button")
    page.wait_for_url(lambda url: "/personas/" in url and not url.endswith("/nueva"))
    expect(page.locator("h1")).to_contain_text(written.surnames[0])
    seen.look(page)


def consented(seen: Screens, page: Page, person: Person) -> None:
    """The text is there to be read in the person's language, and the person draws a signature."""
    page.click("a.main[href$='/consentimientos']")
    page.wait_for_url("**/consentimientos")
    assert page.locator(".aloud p").count() > 4
    for name, value in (("country", "all"), ("category", "all"), ("purpose", "TREAT"), ("days", "180")):
        page.check(f"input[name={name}][value='{value}']")
    page.check("input[name=heard]")
    drawn(page)
    seen.look(page)
    page.click("button.large")
    page.wait_for_selector(".consents li.active")
    expect(page.locator("h1")).to_contain_text(person.here.written.surnames[0])
    seen.look(page)


def drawn(page: Page) -> None:
    """Two strokes on the canvas."""
    paper = page.locator("#paper")
    paper.scroll_into_view_if_needed()
    box = paper.bounding_box()
    assert box is not None
    for start in (20, 120):
        page.mouse.move(box["x"] + start, box["y"] + 60)
        page.mouse.down()
        for step in range(8):
            page.mouse.move(box["x"] + start + step * 9, box["y"] + 60 - (step % 3) * 15)
        page.mouse.up()


def shown_to_be_there(seen: Screens, page: Page) -> None:
    """A card is made, and a line of it answers the question on the screen."""
    page.click("a.main[href$='/presencia']")
    seen.look(page)
    page.click("form[action$='/tarjeta'] button")
    number = page.locator("strong bdi").inner_text()
    answers = page.locator(".answers li").all_inner_texts()
    seen.look(page)
    page.click("p.back a")
    page.click("form:has(input[value=card]) button")
    line = int(page.locator("input[name=line]").get_attribute("value") or 0)
    page.fill("#card", number)
    page.fill("#answer", answers[line - 1])
    seen.look(page)
    page.click("button.large")


def pulled(seen: Screens, page: Page) -> None:
    """Who answers is shown while one country hangs; the history opens by itself when it is given up on."""
    page.click("form[action$='/historial'] button.large", no_wait_after=True)
    page.wait_for_url("**/avance", wait_until="commit")
    page.locator(".progress .told").first.wait_for()
    expect(page.locator(".progress .told")).to_have_count(2)
    seen.look(page)
    page.wait_for_url(lambda url: "/historiales/" in url and not url.endswith("/avance"))
    expect(page.locator(".voices li")).to_have_count(4)
    expect(page.locator(".voices .notice.silent")).to_contain_text(ECUADOR[seen.lang])


def history_read(seen: Screens, page: Page) -> None:
    """What was taken, where it is from, what to watch, what can be given; nearer in time; a plan to change."""
    seen.look(page)
    page.click(".zoom a[data-years='2']")
    expect(page.locator(".zoom a[aria-current]")).to_have_attribute("data-years", "2")
    source = page.locator("table.facts details.source").first
    source.locator("summary").click()
    expect(source.locator("p").first).to_contain_text("/")
    alert = page.locator(".alerts li").first
    alert.locator("summary").click()
    expect(alert.locator(".why")).to_be_visible()
    expect(page.locator("section[aria-labelledby=give] .sign")).to_be_visible()
    if page.locator("#draft").count():
        page.fill("#draft", page.input_value("#draft") + "\nControl: 14 d")
    seen.look(page)


def saved(seen: Screens, page: Page) -> None:
    """Two facts are taken over into the national record."""
    page.click("p.save a")
    page.wait_for_url("**/guardar*")
    seen.look(page)
    for place in (0, 1):
        page.locator("input[name=fact]").nth(place).check()
    page.click("button.main")
    expect(page.locator(".choose .kept")).to_have_count(2)
    seen.look(page)


@dataclass(frozen=True, slots=True)
class Paper:
    """What the person takes home: the QR's address and, apart from it, the passcode."""

    link: str
    passcode: str


def link_given(seen: Screens, page: Page, here: str) -> Paper:
    """A link for a week, after the person said yes."""
    page.goto(here)
    page.click("a[href$='/enlaces']")
    seen.look(page)
    page.check("input[name=way][value=shl]")
    page.check("input[name=days][value='7']")
    page.check("input[name=heard]")
    page.click("#give button.main")
    page.wait_for_selector("img.code")
    seen.look(page)
    picture = Image.open(io.BytesIO(page.locator("img.code").screenshot()))
    code = str(zxingcpp.read_barcodes(picture)[0].text)
    return Paper(code.partition("#")[2], page.inner_text("#passcode"))


def opened_in_bogota(seen: Screens, paper: Paper) -> None:
    """In the browser of somebody in Bogotá, and by a doctor there who is signed in."""
    with seen.screen("CO") as phone:
        asked(phone, paper, "NADA2-NADA3-NADA4")
        expect(phone.locator("#told")).to_contain_text("9")
        seen.look(phone)
        asked(phone, paper, paper.passcode)
        phone.locator("#record h2").first.wait_for()
        seen.look(phone)
    with seen.screen("CO", "clinician") as doctor:
        doctor.goto("/ver/abrir")
        seen.look(doctor)
        doctor.fill("#text", paper.link)
        doctor.fill("#passcode", paper.passcode.lower())
        doctor.click("form.card button.main")
        doctor.wait_for_selector("#source")
        seen.look(doctor)


def asked(page: Page, paper: Paper, passcode: str) -> None:
    """The link is followed, and a passcode typed."""
    page.goto("about:blank")
    page.goto(f"/ver#{paper.link}")
    page.fill("#passcode", passcode)
    page.click("#open button.main")


def withdrawn(seen: Screens, page: Page, here: str) -> None:
    """The person changes their mind: nobody can be asked any more."""
    page.goto(here)
    page.locator("#stored ~ details summary").click()
    seen.look(page)
    page.click("form[action$='/retiro'] button.grave")
    page.wait_for_selector(".consents li.over")
    assert page.locator(".consents li.active").count() == 0
    assert page.locator("form[action$='/historial']").count() == 0
    seen.look(page)


def link_stays_shut(seen: Screens, paper: Paper) -> None:
    """With the consent the link is over, wherever it is."""
    with seen.screen("CO") as phone:
        asked(phone, paper, paper.passcode)
        expect(phone.locator("#told")).to_have_class("notice bad")
        assert phone.locator("#record").is_hidden()
        seen.look(phone)


def emergency(seen: Screens, page: Page, stranger: Person) -> None:
    """Somebody who is unconscious and never said anything about sharing."""
    page.goto(f"/personas/{stranger.here.id}")
    page.click("a[href$='/urgencia']")
    seen.look(page)
    page.check("input[name=cause][value=unconscious]")
    page.fill("#words", WORDS.format(seen.land.kind, seen.lang))
    page.check("input[name=sure]")
    page.click("button.grave")
    page.wait_for_url(lambda url: "/historiales/" in url and not url.endswith("/avance"))
    expect(page.locator(".voices li")).to_have_count(4)
    seen.look(page)


def second_look(seen: Screens, page: Page, stranger: Person) -> None:
    """Somebody else judges it, and the person is told."""
    with seen.screen("PE", "auditor") as auditor:
        auditor.wait_for_url("**/aperturas")
        seen.look(auditor)
        mine = auditor.locator(".opening", has_text=WORDS.format(seen.land.kind, seen.lang))
        mine.locator("input[value=justified]").check()
        mine.locator("textarea").fill(NOTE)
        mine.locator("button.main").click()
        expect(mine).to_have_count(0)
        seen.look(auditor)
    page.goto(f"/personas/{stranger.here.id}")
    page.click(".notice a")
    seen.look(page)
    page.click("form[action*='/avisos/'] button.main")
    page.goto(f"/personas/{stranger.here.id}")
    assert page.locator(".notice a").count() == 0


def no_trace(land: World, names: frozenset[str]) -> None:
    """Nothing in logs, nothing at the hub."""
    for party in land.doors.values():
        assert leaked(party.log.read_bytes(), names | CLINICAL | DRUGS) == [], party.name
    assert long_ones(database_bytes(land, HUB), names | CLINICAL | DRUGS) == []
