"""Takes the pictures of README and docs from the running federation: every page of a visit, in a real browser."""

from __future__ import annotations

import socket
import tomllib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from demo.camera import LAPTOP, PAPER, PHONE, Camera, camera, shoot, shoot_part, turn
from demo.filling import Account
from demo.parties import HUB, LOOPBACK, Party
from demo.people import people
from demo.story import the_woman
from demo.values import Outcome

if TYPE_CHECKING:
    from playwright.sync_api import Page

SILENT = "EC"
"""The country that is switched off in the story, and whose number still rings while pages are pictured."""

TALL = 1366, 1010
LANGUAGES = ("en", "pt")
WORDS = "Llegó sola, con fiebre de 40 grados y convulsiones. No responde y nadie la acompaña."


def take_screenshots(parties: dict[str, Party], accounts: dict[tuple[str, str], Account]) -> None:
    """Write the pictures of the clinician's, the person's, the auditor's and the coordinator's pages.

    Raises:
        FillError: there is no Chromium, or Playwright is not installed.
    """
    with camera(parties, accounts) as taken, _ringing(parties[SILENT]):
        with taken.at("PE", "clinician") as page:
            _people(page)
            _consent(page)
            _history(page)
            link, passcode = _link(page)
        _opened(taken, link, passcode=passcode)
        _emergency(taken)
        with taken.at(HUB, "coordinator", size=TALL) as page:
            page.goto("/intercambios")
            shoot(page, "intercambios")


@contextmanager
def _ringing(party: Party) -> Iterator[None]:
    """Lines that take calls and answer none, where a country is switched off."""
    door = tomllib.loads(party.config.read_text(encoding="utf-8"))["node"].get("mutual_tls", {}).get("port")
    with ExitStack() as lines:
        for port in filter(None, (party.port, door)):
            lines.enter_context(socket.create_server((LOOPBACK, port), backlog=64))
        yield


def _both(page: Page, name: str, *, whole: bool = False) -> None:
    """The same page on a laptop and on a phone."""
    shoot(page, name, whole=whole)
    turn(page, PHONE)
    shoot(page, f"{name}-telefono", whole=whole)
    turn(page, LAPTOP)


def _people(page: Page) -> None:
    page.goto("/")
    shoot(page, "portada")
    page.goto("/personas")
    page.fill("#text", "Rondon")
    page.click("form.search button")
    page.locator(".people li").first.wait_for()
    _both(page, "personas")
    page.click("a[href='/personas/nueva']")
    for field, text in (("#given", "Yuleisy Coromoto"), ("#first", "Rondón"), ("#birth", "08/03/1987")):
        page.fill(field, text)
    page.check("input[name=sex][value=female]")
    page.click("button.large")
    page.locator(".alike").wait_for()
    _both(page, "registrar")


def _consent(page: Page) -> None:
    here = f"/personas/{the_woman().here.id}"
    page.goto(here)
    _both(page, "persona")
    page.goto(f"{here}/consentimientos")
    for name, value in (("country", "all"), ("category", "all"), ("purpose", "TREAT"), ("days", "180")):
        page.check(f"input[name={name}][value='{value}']")
    page.check("input[name=heard]")
    turn(page, PHONE)
    _sign(page)
    shoot(page, "firma-telefono")
    turn(page, LAPTOP)
    shoot(page, "consentimiento")
    for code in LANGUAGES:
        page.goto(f"{here}/consentimientos?habla={code}")
        shoot(page, f"consentimiento-habla-{code}")


def _sign(page: Page) -> None:
    paper = page.locator("#paper")
    paper.scroll_into_view_if_needed()
    page.evaluate("document.querySelector('.signing').scrollIntoView({block: 'center'})")
    box = paper.bounding_box() or {"x": 0, "y": 0}
    page.mouse.move(box["x"] + 40, box["y"] + 70)
    page.mouse.down()
    for step in range(24):
        page.mouse.move(box["x"] + 40 + step * 8, box["y"] + 60 - (step % 5 - 2) * 11)
    page.mouse.up()


def _history(page: Page) -> None:
    page.goto(f"/personas/{the_woman().here.id}")
    page.locator("form[action$='/historial'] button").first.click(no_wait_after=True)
    page.wait_for_url("**/avance", wait_until="commit")
    page.locator(".progress .told").nth(1).wait_for()
    _both(page, "avance")
    page.wait_for_url(lambda url: "/historiales/" in url and not url.endswith("/avance"))
    shoot(page, "historial")
    shoot_part(page.locator(".drawings"), "linea-de-tiempo")
    shoot(page, "historial-entero", whole=True)
    _paper(page)
    turn(page, PHONE)
    shoot(page, "historial-telefono")
    page.emulate_media(color_scheme="dark")
    shoot(page, "historial-telefono-noche")
    page.emulate_media(color_scheme="light")
    address = page.url.partition("?")[0]
    for language in LANGUAGES:
        page.goto(f"{address}?lang={language}")
        turn(page, LAPTOP)
        shoot(page, f"historial-{language}")
        turn(page, PHONE)
        shoot(page, f"historial-telefono-{language}")
    turn(page, LAPTOP)
    page.goto(f"{address}/guardar?lang=es")
    _both(page, "guardar")


def _paper(page: Page) -> None:
    page.emulate_media(media="print")
    turn(page, PAPER)
    shoot(page, "historial-hoja")
    page.emulate_media(media="screen")


def _link(page: Page) -> tuple[str, str]:
    page.goto(f"/personas/{the_woman().here.id}/enlaces")
    page.check("input[name=way][value=shl]")
    page.check("input[name=days][value='7']")
    page.check("input[name=heard]")
    shoot(page, "enlaces", whole=True)
    page.click("#give button.main")
    page.wait_for_selector("img.code")
    shoot(page, "enlace-entregado")
    return page.locator("#link").text_content() or "", page.inner_text("#passcode")


def _opened(taken: Camera, link: str, *, passcode: str) -> None:
    with taken.at("CO", size=PHONE) as page:
        page.goto(f"/ver#shlink:{link.partition('shlink:')[2]}")
        page.fill("#passcode", passcode)
        page.click("#open button.main")
        page.locator("#record h2").first.wait_for()
        page.evaluate("document.getElementById('record').scrollIntoView()")
        shoot(page, "ver-telefono")
    with taken.at("PE", size=PHONE) as page:
        page.goto("/anular")
        shoot(page, "anular-telefono")
    with taken.at("CO", "clinician") as page:
        page.goto("/ver/abrir")
        page.fill("#text", link)
        page.fill("#passcode", passcode)
        page.click("form.card button.main")
        page.wait_for_selector("#source")
        shoot(page, "enlace-abierto")


def _emergency(taken: Camera) -> None:
    stranger = next(one.here for one in people(count=60) if one.outcome is Outcome.NO_CONSENT)
    with taken.at(stranger.country, "clinician") as page:
        page.goto(f"/personas/{stranger.id}/urgencia")
        page.check("input[name=cause][value=unconscious]")
        page.fill("#words", WORDS)
        page.check("input[name=sure]")
        _both(page, "urgencia")
        page.click("button.grave")
        page.wait_for_url(lambda url: "/historiales/" in url and not url.endswith("/avance"))
        page.goto(f"/personas/{stranger.id}")
        shoot(page, "persona-urgencia")
        page.click(".notice a")
        shoot(page, "aviso")
    with taken.at(stranger.country, "auditor") as page:
        page.goto("/aperturas")
        _both(page, "aperturas")
