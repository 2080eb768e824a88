from __future__ import annotations

from dataclasses import replace

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from corridor.domain.grade import Grade
from tests.pages.conftest import LAPTOP, PHONE, Place, enter, pull, visiting
from tests.pages.town import VE, PersonRow, answer, took, viral_load

SIZES = {"laptop": LAPTOP, "phone": PHONE}
GRAVE = {"serious", "critical"}


def faults(page: Page) -> list[str]:
    """What axe finds grave, and whether the page is wider than the screen."""
    found = Axe().run(page).response["violations"]
    wide = page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
    return [f"{one['id']}: {one['nodes'][0]['html']}" for one in found if one["impact"] in GRAVE] + ["wide"] * wide


@pytest.mark.parametrize("lang", ["es", "en", "pt"])
@pytest.mark.parametrize("size", SIZES)
def test_the_whole_visit_is_accessible(browser: Browser, node: Place, lang: str, size: str) -> None:
    with visiting(browser, viewport=SIZES[size]) as page:
        page.goto(f"{node.url}/?lang={lang}")
        assert faults(page) == []
        page.goto(f"{node.url}/ingreso")
        assert faults(page) == []
        enter(page, node, "doctora", lang)
        page.fill("#text", "rondón")
        page.press("#text", "Enter")
        page.click("text=Marielis")
        page.wait_for_url("**/personas/p-1")
        assert faults(page) == []
        page.click("button.large")
        page.wait_for_url("**/historiales/*")
        assert page.get_attribute("html", "lang") == lang
        assert page.locator("table.facts tbody tr").count() == 21
        assert faults(page) == []


@pytest.mark.parametrize("lang", ["es", "en", "pt"])
@pytest.mark.parametrize("size", SIZES)
def test_the_coordinators_page_is_accessible(browser: Browser, hub: Place, lang: str, size: str) -> None:
    with visiting(browser, viewport=SIZES[size]) as page:
        enter(page, hub, "coordina", lang)
        page.wait_for_url("**/intercambios")
        assert faults(page) == []


def test_dark_screens_keep_their_contrast(browser: Browser, node: Place, hub: Place) -> None:
    with visiting(browser, color_scheme="dark") as page:
        pull(page, node)
        assert faults(page) == []
        enter(page, hub, "coordina")
        assert faults(page) == []


@pytest.mark.parametrize("size", SIZES)
def test_the_first_screen_tells_the_essential_without_scrolling(browser: Browser, node: Place, size: str) -> None:
    with visiting(browser, viewport=SIZES[size]) as page:
        pull(page, node)
        for chosen in (".notice.silent", ".regimen-card", ".glance .card:nth-child(2)", ".glance .card:nth-child(3)"):
            box = page.locator(chosen).bounding_box()
            assert box is not None
            assert box["y"] + box["height"] <= SIZES[size]["height"]
        heading = page.locator(".voices h2").bounding_box()
        assert heading is not None
        assert heading["y"] + heading["height"] <= SIZES[size]["height"]


def test_one_drawing_is_shown_per_size_and_on_paper(browser: Browser, node: Place) -> None:
    with visiting(browser) as page:
        pull(page, node)
        assert page.locator("svg.wide").is_visible()
        assert not page.locator("svg.small").is_visible()
        page.set_viewport_size(PHONE)
        assert not page.locator("svg.wide").is_visible()
        assert page.locator("svg.small").is_visible()
        page.emulate_media(media="print")
        assert page.locator("svg.paper").is_visible()
        assert not page.locator("svg.small").is_visible()
        assert not page.locator("nav.languages").is_visible()
        assert not page.locator("form.leave").is_visible()
        assert page.pdf().startswith(b"%PDF")


def test_everything_works_without_scripts_and_by_keyboard(browser: Browser, node: Place) -> None:
    node.town.kept.clear()
    with visiting(browser, java_script_enabled=False) as page:
        enter(page, node, "doctora")
        page.goto(f"{node.url}/personas/p-2/consentimientos")
        for name, value in (("country", "all"), ("category", "all"), ("purpose", "TREAT"), ("days", "30")):
            page.focus(f"input[name={name}][value='{value}']")
            page.keyboard.press("Space")
        page.focus("input[name=heard]")
        page.keyboard.press("Space")
        page.focus("#witness")
        page.keyboard.type("Rosa Quispe")
        page.keyboard.press("Tab")
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        page.wait_for_selector(".consents li.active")
        page.focus("button.large")
        page.keyboard.press("Enter")
        page.wait_for_url("**/historiales/*")
        assert page.locator(".voices li").count() == 4


def test_the_keyboard_reaches_the_content_first(browser: Browser, node: Place) -> None:
    with visiting(browser) as page:
        page.goto(f"{node.url}/ingreso")
        page.keyboard.press("Tab")
        assert page.locator(".skip").evaluate("one => one === document.activeElement")
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        assert page.locator("#account").evaluate("one => one === document.activeElement")


def test_the_language_switch_keeps_the_page_and_is_remembered(browser: Browser, node: Place) -> None:
    with visiting(browser) as page:
        pull(page, node)
        page.click("a[hreflang=pt]")
        assert "Carga viral (cópias/mL)" in page.content()
        page.click("nav.rooms a")
        assert page.get_attribute("html", "lang") == "pt"


def test_hostile_texts_are_shown_and_do_nothing(browser: Browser, node: Place) -> None:
    attack = "<script>document.title='owned'</script><img src=x onerror=\"document.title='owned'\">"
    name = f"{attack} \u202e\u0646\u0627\u062c\u064a {'Ñandú ' * 900}"
    node.town.people = (PersonRow("p-1", name, "1987\u202e", attack * 3, "male"),)
    node.town.history = replace(
        node.town.history,
        answers=(
            answer(
                VE,
                Grade.CERTAIN,
                took(attack, "2019-01-01"),
                took("\u202e" + "TDF " * 1500, "2020-13-45"),
                viral_load("2019-01-01", 10**25) | {"note": [{"text": attack}]},
                took("\u0644\u0627\u0645\u064a", "1871-01-01", "1870-01-01"),
            ),
        ),
    )
    spoken: list[str] = []
    with visiting(browser, viewport=PHONE) as page:
        page.on("dialog", lambda dialog: spoken.append(dialog.message))
        enter(page, node, "doctora")
        page.fill("#text", "Ñandú")
        page.press("#text", "Enter")
        page.wait_for_selector(".people li")
        assert faults(page) == []
        page.goto(f"{node.url}/personas/p-1")
        assert faults(page) == []
        page.click("button.large")
        page.wait_for_url("**/historiales/*")
        assert faults(page) == []
        assert "owned" not in page.title()
        assert page.locator("main script, main img").count() == 0
        assert page.locator("table.facts tbody tr").count() == 4
        assert spoken == []


def test_a_page_asks_nobody_else_for_anything(browser: Browser, node: Place) -> None:
    with visiting(browser) as page:
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        pull(page, node)
        assert all(address.startswith((node.url, "data:")) for address in asked)


def test_a_history_of_three_hundred_facts_is_light(browser: Browser, node: Place) -> None:
    facts = [viral_load(f"20{place % 20 + 5:02}-{place % 12 + 1:02}-11", 40 + place * 97) for place in range(300)]
    node.town.history = replace(node.town.history, answers=(answer(VE, Grade.CERTAIN, *facts),))
    with visiting(browser) as page:
        pull(page, node)
        assert len(page.content().encode()) < 300_000
        assert page.locator("table.facts tbody tr").count() == 150
        page.click("nav.pages a")
        assert page.locator("table.facts tbody tr").count() == 150
