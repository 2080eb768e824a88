"""The visit around a history in a real browser: three languages, laptop and phone, finger and keyboard."""

from __future__ import annotations

from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from corridor.domain.emergency import Cause, Emergency, Opening
from corridor.domain.limits import Pause, Reason
from tests.pages.conftest import LAPTOP, PHONE, Place, enter, pull, visiting
from tests.pages.town import NOW, VE

SIZES = {"laptop": LAPTOP, "phone": PHONE}
STATED = Emergency(Cause.CRITICAL, "Sepsis, no contesta desde la llegada.")


def faults(page: Page) -> list[str]:
    """Everything that axe finds, and whether the page is wider than the screen."""
    found = Axe().run(page).response["violations"]
    wide = page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
    return [f"{one['id']}: {one['nodes'][0]['html']}" for one in found] + ["wide"] * wide


@pytest.mark.parametrize("lang", ["es", "en", "pt"])
@pytest.mark.parametrize("size", SIZES)
def test_registering_consenting_and_keeping_are_accessible(browser: Browser, node: Place, lang: str, size: str) -> None:
    with visiting(browser, viewport=SIZES[size]) as page:
        enter(page, node, "doctora", lang)
        page.click("a[href='/personas/nueva']")
        assert faults(page) == []
        page.fill("#first", "Rondón")
        page.fill("#birth", "31/02/1990")
        page.click("button.large")
        assert page.locator("#fault-birth").is_visible()
        assert faults(page) == []
        page.fill("#birth", "1987")
        page.check("input[name=sex][value=female]")
        page.click("button.large")
        assert page.locator(".alike li").count() == 2
        assert faults(page) == []
        page.click(".alike button")
        page.wait_for_url("**/personas/*")
        page.click("a.main")
        page.wait_for_url("**/consentimientos")
        page.click("button.large")
        assert page.locator(".notice.bad").count() == 7
        assert faults(page) == []
        pull(page, node, lang)
        page.click("p.save a")
        assert faults(page) == []
        page.check("input[name=fact] >> nth=0")
        page.click("button.main")
        assert page.locator(".choose .kept").count() == 1
        assert faults(page) == []


@pytest.mark.parametrize("lang", ["es", "en", "pt"])
@pytest.mark.parametrize("size", SIZES)
def test_showing_that_somebody_is_there_is_accessible(browser: Browser, node: Place, lang: str, size: str) -> None:
    node.town.absent = True
    with visiting(browser, viewport=SIZES[size]) as page:
        enter(page, node, "doctora", lang)
        page.goto(f"{node.url}/personas/p-1")
        assert faults(page) == []
        page.click("a.main[href$='/presencia']")
        page.click("button.grave")
        assert page.locator("[role=alert]").count() == 1
        assert faults(page) == []
        page.click("form:has(input[value=card]) button")
        page.click("button.large")
        assert page.locator("[role=alert]").count() == 1
        assert faults(page) == []
        page.click("p.back a")
        page.click("form[action$='/tarjeta'] button")
        assert page.locator(".answers li").count() == 40
        assert faults(page) == []


@pytest.mark.parametrize("lang", ["es", "en", "pt"])
@pytest.mark.parametrize("size", SIZES)
def test_an_emergency_its_notice_and_its_second_look_are_accessible(
    browser: Browser, node: Place, lang: str, size: str
) -> None:
    with visiting(browser, viewport=SIZES[size]) as page:
        enter(page, node, "doctora", lang)
        page.goto(f"{node.url}/personas/p-2/urgencia")
        assert faults(page) == []
        page.click("button.grave")
        assert page.locator(".notice.bad").count() == 4
        assert faults(page) == []
        page.check("input[value=unconscious]")
        page.fill("#words", STATED.words)
        page.check("input[name=sure]")
        page.click("button.grave")
        page.wait_for_url("**/historiales/*")
        page.goto(f"{node.url}/personas/p-2")
        assert faults(page) == []
        page.click(".notice a")
        assert faults(page) == []
    with visiting(browser, viewport=SIZES[size]) as page:
        node.town.pauses = [Pause("9" * 32, "d" * 32, "clinician", Reason.FEW_MATCHES, NOW)]
        node.town.openings.append(Opening("f" * 32, "p-1", "c" * 32, STATED, "t" * 55, NOW - timedelta(hours=30)))
        enter(page, node, "revisa", lang)
        page.wait_for_url("**/aperturas")
        assert page.locator(".opening").count() == 3
        assert faults(page) == []
        page.click(".opening >> nth=2 >> button.main")
        assert page.locator("[role=alert]").count() == 1
        assert faults(page) == []
        page.click(".opening >> nth=1 >> button.main")
        assert faults(page) == []


def test_a_finger_signs_and_the_picture_is_small(browser: Browser, node: Place) -> None:
    with visiting(browser, viewport=PHONE, has_touch=True) as page:
        enter(page, node, "doctora")
        page.goto(f"{node.url}/personas/p-2/consentimientos?habla=pt")
        for name, value in (("country", "all"), ("category", "all"), ("purpose", "TREAT"), ("days", "30")):
            page.check(f"input[name={name}][value='{value}']")
        page.check("input[name=heard]")
        paper = page.locator("#paper")
        paper.scroll_into_view_if_needed()
        box = paper.bounding_box()
        assert box is not None
        page.mouse.move(box["x"] + 20, box["y"] + 60)
        page.mouse.down()
        for step in range(12):
            page.mouse.move(box["x"] + 20 + step * 20, box["y"] + 60 - (step % 3) * 20)
        page.mouse.up()
        assert faults(page) == []
        page.click("button.large")
        page.wait_for_selector(".consents li.active")
    [signed] = node.town.signed
    assert signed.spoken.language == "pt"
    assert 0 < len(signed.signature.png) < 30_000
    assert signed.signature.witness == ""


def test_a_canvas_that_nobody_touched_is_no_signature(browser: Browser, node: Place) -> None:
    with visiting(browser) as page:
        enter(page, node, "doctora")
        page.goto(f"{node.url}/personas/p-2/consentimientos")
        page.click("button.large")
        assert page.locator("#missing-signature").is_visible()
        blank = page.evaluate(
            "(() => { const paper = document.createElement('canvas'); paper.width = 600; paper.height = 180;"
            "const pen = paper.getContext('2d'); pen.fillStyle = '#fff'; pen.fillRect(0, 0, 600, 180);"
            "return paper.toDataURL('image/png'); })()"
        )
        page.evaluate("value => { document.getElementById('signature').value = value; }", blank)
        with page.expect_navigation():
            page.evaluate("HTMLFormElement.prototype.submit.call(document.getElementById('consent'))")
        assert page.locator("#missing-signature").is_visible()
    assert node.town.signed == []


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_each_country_shows_up_as_it_is_heard_and_the_history_opens_by_itself(
    browser: Browser, node: Place, *, scripts: bool
) -> None:
    node.town.held = {VE}
    with visiting(browser, java_script_enabled=scripts) as page:
        enter(page, node, "doctora")
        page.goto(f"{node.url}/personas/p-1")
        page.click("button.large", no_wait_after=True)
        page.wait_for_url("**/avance", wait_until="commit")
        page.locator(".progress .told").first.wait_for()
        assert page.locator(".progress .told").count() == 2
        assert page.locator(".progress .silent").count() == 1
        node.town.held = set()
        page.wait_for_url(lambda url: not url.endswith("/avance"))
        assert page.locator(".voices li").count() == 4
    assert len(node.town.asked) == 1


def test_while_waiting_the_page_is_accessible_and_what_is_here_can_be_read(browser: Browser, node: Place) -> None:
    node.town.held = {VE}
    with visiting(browser) as page:
        enter(page, node, "doctora")
        page.goto(f"{node.url}/personas/p-1")
        page.click("button.large", no_wait_after=True)
        page.wait_for_url("**/avance", wait_until="commit")
        page.locator(".progress .told").first.wait_for()
        page.click("a.main")
        page.wait_for_url(lambda url: not url.endswith("/avance"))
        assert "Venezuela" in page.locator(".notice.silent").first.inner_text()
        assert faults(page) == []
        node.town.held = set()
