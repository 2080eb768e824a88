"""The page that a doctor reads in four minutes, in a real browser: what is seen first, and what it weighs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from tests.pages import cases
from tests.pages.conftest import LAPTOP, visiting
from tests.pages.ward import opened, ward

PHONE = {"width": 390, "height": 844}
SIZES = {"laptop": LAPTOP, "phone": PHONE}
FIRST_SCREEN = (
    ".who-line",
    ".voices",
    ".regimen-card",
    "section[aria-labelledby=load]",
    "section[aria-labelledby=count]",
)
FIRST_SCREEN_BYTES = 90_000
WHOLE_PAGE_BYTES = 300_000
A_MEGABIT = 1_000_000 / 8


@contextmanager
def shown(browser: Browser, case: dict[str, Any] | None = None, *, lang: str = "es", **options: Any) -> Iterator[Page]:
    """One case on the screen."""
    with ward(**(case or {})) as place, visiting(browser, **options) as page:
        opened(page, place, lang)
        yield page


@pytest.mark.parametrize("lang", ["es", "en", "pt"])
@pytest.mark.parametrize("size", SIZES)
def test_the_essential_is_seen_without_scrolling(browser: Browser, size: str, lang: str) -> None:
    with shown(browser, cases.rich(), lang=lang, viewport=SIZES[size]) as page:
        height = SIZES[size]["height"]
        for chosen in FIRST_SCREEN:
            box = page.locator(chosen).bounding_box()
            assert box is not None
            assert box["y"] + box["height"] <= height, chosen
        gravest = page.locator(".alerts li").first.bounding_box()
        assert gravest is not None
        assert gravest["y"] + gravest["height"] <= height
        assert (
            "Ecuador" in page.locator(".voices .notice").inner_text()
            or "Equador" in page.locator(".voices").inner_text()
        )


def test_no_name_and_no_birth_date_stand_on_the_page(browser: Browser) -> None:
    with shown(browser) as page:
        text = page.locator("body").inner_text() + page.title() + page.url
        assert not any(word in text for word in ("Marielis", "Rondón", "1987-04-23", "005417233"))
        assert "35 a 39 años" in text


def test_alerts_stand_in_order_of_danger_and_say_it_in_words_and_signs(browser: Browser) -> None:
    with shown(browser, cases.rich()) as page:
        order = ("grave", "serious", "mild")
        tones = [order.index(str(one.get_attribute("class"))) for one in page.locator(".alerts li").all()]
        assert tones == sorted(tones)
        assert len(tones) > 2
        for alert in page.locator(".alerts li").all():
            assert len(alert.locator(".level").inner_text()) > 3
            assert alert.locator(".mark").evaluate("one => getComputedStyle(one, '::before').content") in {
                '"▲"',
                '"△"',
                '"•"',
            }


def test_an_alert_tells_its_reason_its_record_and_its_source(browser: Browser) -> None:
    with shown(browser, cases.rich()) as page:
        alert = page.locator(".alerts li", has_text="rifampicina").first
        alert.locator("summary").click()
        why = alert.locator(".why").inner_text()
        assert "Chile" in why
        assert "MedicationStatement/" in why
        assert "Rifampicina + isoniazida" in why
        assert "Fuente: PMC" in why


def test_every_fact_opens_its_source(browser: Browser) -> None:
    with shown(browser, cases.rich()) as page:
        for row in page.locator("table.facts tbody tr").all():
            row.locator("details.source summary").click()
            told = row.locator("details.source p").inner_text()
            assert any(country in told for country in ("Chile", "Colombia", "Venezuela"))
            assert "/" in told


@pytest.mark.parametrize("case", [cases.rich, cases.heavy, cases.nothing], ids=lambda case: case.__name__)
def test_it_reads_the_same_without_scripts(browser: Browser, case: Any) -> None:
    def said(page: Page) -> list[str]:
        return page.locator("main").inner_text().split()

    with shown(browser, case()) as scripted:
        told = said(scripted)
    with shown(browser, case(), java_script_enabled=False) as page:
        without = {"←", "Antes", "Después", "→", "Hoja", "PDF"}  # only what a script can do is left out
        assert [word for word in told if word not in without] == [word for word in said(page) if word not in without]


def test_links_zoom_and_move_without_scripts_and_say_nothing_of_the_person(browser: Browser) -> None:
    with shown(browser, cases.rich(), java_script_enabled=False) as page:
        page.click(".zoom a:has-text('2 años')")
        assert page.url.partition("?")[2] == "v=2#line"
        assert page.locator("svg.wide .drug").all_text_contents() == ["TDF + 3TC + DTG", "RIF + INH"]
        page.click(".zoom a:has-text('Antes')")
        page.click(".zoom a:has-text('Antes')")
        assert page.url.partition("?")[2] == "v=2&a=2#line"
        assert page.locator("svg.wide .border.today").count() == 0
        page.click(".zoom a:has-text('Después')")
        assert page.url.partition("?")[2] == "v=2&a=1#line"
        page.click(".zoom a:has-text('Toda la vida')")
        assert page.locator("svg.wide .border-name").all_text_contents() == ["Venezuela", "Colombia", "Chile", "hoy"]


@pytest.mark.parametrize("wish", ["v=7", "v=-1", "v=5&a=99999", "v=\u0665", "v=5&a=x", "p=99999999", "v=" + "9" * 5000])
def test_a_strange_address_shows_something_that_makes_sense(browser: Browser, wish: str) -> None:
    with shown(browser, cases.rich(), java_script_enabled=False) as page:
        answer = page.goto(f"{page.url}?{wish}")
        assert answer is not None
        assert answer.status == 200
        assert page.locator("svg.wide").count() == 1


def seen(page: Page) -> dict[str, float]:
    """Which share of the drawn years is seen, and how many times wider."""
    page.wait_for_timeout(400)
    return page.evaluate("({...view})")


def test_the_script_zooms_by_keyboard_wheel_drag_and_links_and_comes_back(browser: Browser) -> None:
    with shown(browser, cases.rich(), reduced_motion="reduce") as page:
        before = page.locator("svg.wide").evaluate("one => one.outerHTML.length")
        page.focus(".drawings")
        page.keyboard.press("+")
        assert seen(page)["wide"] > 1.4
        page.keyboard.press("ArrowLeft")
        moved = seen(page)
        page.locator(".drawings").scroll_into_view_if_needed()
        box = page.locator("svg.wide").bounding_box()
        assert box is not None
        page.mouse.move(box["x"] + 500, box["y"] + 100)
        page.mouse.down()
        page.mouse.move(box["x"] + 700, box["y"] + 100, steps=4)
        page.mouse.up()
        assert seen(page)["from"] < moved["from"]
        page.mouse.wheel(0, -400)
        assert seen(page)["wide"] > moved["wide"]
        page.click(".zoom a:has-text('2 años')")
        assert seen(page)["wide"] > 5
        assert page.locator(".zoom a[aria-current]").inner_text() == "2 años"
        assert "?" not in page.url
        page.focus(".drawings")
        page.keyboard.press("0")
        assert seen(page) == {"from": 0, "wide": 1}
        assert abs(page.locator("svg.wide").evaluate("one => one.outerHTML.length") - before) < before / 5


def test_fingers_zoom_by_pinching(browser: Browser) -> None:
    with shown(browser, cases.rich(), viewport=PHONE, has_touch=True, is_mobile=True) as page:
        page.locator(".drawings").scroll_into_view_if_needed()
        box = page.locator("svg.small").bounding_box()
        assert box is not None
        y, left, right = box["y"] + 80, box["x"] + 150, box["x"] + 200
        touch = page.context.new_cdp_session(page)

        def fingers(kind: str, *places: float) -> None:
            points = [{"x": x, "y": y, "id": number} for number, x in enumerate(places)]
            touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

        fingers("touchStart", left, right)
        for step in range(1, 6):
            fingers("touchMove", left - step * 10, right + step * 10)
        fingers("touchEnd")
        assert seen(page)["wide"] > 1.5


def test_only_this_page_runs_a_script_and_only_its_own(browser: Browser) -> None:
    spoken: list[str] = []
    with ward(cases.rich()["history"]) as place, visiting(browser) as page:
        page.on("console", lambda message: spoken.append(message.text))
        opened(page, place)
        answer = page.reload()
        assert answer is not None
        policy = answer.headers["content-security-policy"]
        assert "script-src 'self'" in policy
        assert "unsafe" not in policy
        assert page.locator("script").count() == 1
        assert spoken == []


def test_three_hundred_resources_are_light_on_the_wire_and_there_in_a_second(browser: Browser) -> None:
    with ward(**cases.heavy()) as place, visiting(browser) as page:
        opened(page, place)
        address = page.url
        wire = page.context.new_cdp_session(page)
        sizes: list[int] = []
        wire.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
        wire.send("Network.enable")
        wire.send("Network.setCacheDisabled", {"cacheDisabled": True})
        slow = {"offline": False, "latency": 40, "downloadThroughput": A_MEGABIT, "uploadThroughput": A_MEGABIT}
        wire.send("Network.emulateNetworkConditions", slow)
        page.goto(address, wait_until="load")
        assert page.locator(".regimen-card .value").is_visible()
        assert len(sizes) == 3
        assert sum(sizes) <= FIRST_SCREEN_BYTES
        assert sum(sizes) / A_MEGABIT < 0.5  # half a second on the line leaves another half to this machine


def test_ten_thousand_observations_stay_within_the_whole_weight(browser: Browser) -> None:
    with ward(**cases.flood()) as place, visiting(browser) as page:
        page.set_default_timeout(60_000)
        wire = page.context.new_cdp_session(page)
        sizes: list[int] = []
        wire.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
        wire.send("Network.enable")
        opened(page, place)
        assert sum(sizes) <= WHOLE_PAGE_BYTES
        assert page.locator("table.facts tbody tr").count() == 150
        assert "10 000" in page.locator("#facts").inner_text().replace("\u202f", " ")


@pytest.mark.parametrize("lang", ["es", "en", "pt"])
@pytest.mark.parametrize("case", [cases.rich, dict], ids=["rich", "plain"])
def test_paper_takes_one_sheet_without_a_name(browser: Browser, case: Any, lang: str) -> None:
    with shown(browser, case(), lang=lang) as page:
        sheet = page.pdf(prefer_css_page_size=True)
        assert sheet.count(b"/Type /Page\n") == 1
        assert "M. C. R. G." not in page.title()
        assert b"Marielis" not in sheet


def test_paper_shows_every_alert_whole_and_the_plan_once_it_was_changed(browser: Browser) -> None:
    with shown(browser, cases.rich()) as page:
        page.emulate_media(media="print")
        for clip in page.locator(".alerts .clip").all():
            assert clip.evaluate("one => one.scrollHeight <= one.clientHeight + 1")
        assert not page.locator("#draft").is_visible()
        page.emulate_media(media="screen")
        page.fill("#draft", "Control en dos semanas")
        page.locator("#draft").blur()
        page.emulate_media(media="print")
        assert page.locator("#draft").is_visible()


@pytest.mark.parametrize("lang", ["es", "en", "pt"])
@pytest.mark.parametrize("size", SIZES)
def test_axe_finds_nothing(browser: Browser, size: str, lang: str) -> None:
    scheme = "dark" if lang == "pt" else "light"
    with shown(browser, cases.rich(), lang=lang, viewport=SIZES[size], color_scheme=scheme) as page:
        assert violations(page) == []
        page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
        assert violations(page) == []


def violations(page: Page) -> list[str]:
    """Everything that axe finds, grave or not."""
    found = Axe().run(page).response["violations"]
    return [f"{one['id']}: {one['nodes'][0]['html'][:200]}" for one in found]


def test_everything_that_can_be_pressed_is_large_enough_and_shows_its_focus(browser: Browser) -> None:
    with shown(browser, cases.rich(), viewport=PHONE) as page:
        small = page.evaluate(
            """[...document.querySelectorAll('a[href], button, summary, textarea')].filter(one => one.checkVisibility())
            .map(one => [one.getBoundingClientRect(), one.outerHTML.slice(0, 80)])
            .filter(([box]) => box.width && (box.height < 23.9 || box.width < 23.9) && box.top > 0)
            .map(([box, html]) => `${html} ${box.width}x${box.height}`)"""
        )
        assert small == [], small
        for _ in range(12):
            page.keyboard.press("Tab")
            outline = page.evaluate("getComputedStyle(document.activeElement).outlineWidth")
            assert outline == "3px"


def test_the_keyboard_alone_opens_an_alert_and_changes_the_plan(browser: Browser) -> None:
    with shown(browser, cases.rich()) as page:
        page.locator(".alerts li summary").first.focus()
        page.keyboard.press("Enter")
        assert page.locator(".alerts li .why").first.is_visible()
        page.focus("#draft")
        page.keyboard.press("End")
        page.keyboard.type(" hoy")
        assert " hoy" in page.input_value("#draft")


def test_four_times_larger_nothing_is_cut_off_and_nothing_scrolls_sideways(browser: Browser) -> None:
    with shown(browser, cases.rich(), viewport={"width": 341, "height": 192}) as page:  # 1366 x 768 at 400 %
        assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
        assert page.locator(".regimen-card .value").is_visible()
    with shown(browser, cases.rich(), viewport={"width": 320, "height": 256}) as page:
        assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def test_whoever_wants_no_motion_gets_none(browser: Browser) -> None:
    with shown(browser, cases.rich(), reduced_motion="reduce") as page:
        assert page.evaluate("getComputedStyle(document.documentElement).scrollBehavior") == "auto"
        page.focus(".drawings")
        page.keyboard.press("+")
        page.evaluate("new Promise(requestAnimationFrame)")
        assert page.evaluate("view.wide") == 1.5
