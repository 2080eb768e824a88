"""The page at `/` of a node says what its CapabilityStatement says, to people."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import orjson
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser
from starlette.applications import Starlette

from corridor.fhir.overview import overview, published_profiles
from corridor.web.language import Language
from corridor.web.site import Site
from tests.pages.conftest import LAPTOP, PHONE, Place, visiting
from tests.pages.front import BASE, STATEMENT, front

STATED = orjson.loads(STATEMENT)["rest"][0]


@pytest.fixture
async def page() -> AsyncIterator[httpx.AsyncClient]:
    app = Starlette(routes=front(Site("Nodo Perú", "pe", "https://pe.example")))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="https://pe.example") as client:
        yield client


@pytest.mark.parametrize("language", Language)
async def test_everything_that_is_stated_is_on_the_page(page: httpx.AsyncClient, language: Language) -> None:
    text = (await page.get("/", params={"lang": language})).text
    for row in STATED["resource"]:
        assert f'id="type-{row["type"]}"' in text
        assert all(f"<code>{each['name']}</code>" in text for each in row["searchParam"])
        assert all(f"<code>${each['name']}</code>" in text for each in row.get("operation", ()))
        assert all(f"<code>{each}</code>" in text for each in row.get("searchRevInclude", ()))
    assert all(each.url in text for each in published_profiles())
    assert BASE in text
    assert "/ingreso" in text


def test_the_overview_is_the_statement_in_another_order() -> None:
    spoken = overview(STATEMENT)
    assert [each.name for each in spoken.types] == [row["type"] for row in STATED["resource"]]
    for each, row in zip(spoken.types, STATED["resource"], strict=True):
        assert each.interactions == {told["code"] for told in row["interaction"]}
        assert {name for name, _ in each.parameters} == {told["name"] for told in row["searchParam"]}
    pairs = {(told["name"], row["type"]) for row in STATED["resource"] for told in row.get("operation", ())}
    assert {(each.name, kind) for each in spoken.operations for kind in each.types} == pairs


@pytest.mark.parametrize("size", [LAPTOP, PHONE], ids=["laptop", "phone"])
def test_a_newcomer_finds_what_a_type_is_searched_by(browser: Browser, node: Place, size: dict[str, int]) -> None:
    with visiting(browser, viewport=size) as opened:
        opened.goto(node.url)
        opened.click("table.marks >> text=Observation")
        opened.click("#type-Observation summary")
        assert opened.locator("#type-Observation .chips >> text=combo-code").first.is_visible()
        grave = [
            each["id"] for each in Axe().run(opened).response["violations"] if each["impact"] in {"serious", "critical"}
        ]
        assert grave == []
        assert opened.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
