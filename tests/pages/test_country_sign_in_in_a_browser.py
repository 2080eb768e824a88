"""A doctor signs in at her country's provider, which is another site, and leaves both, in a real browser."""

from __future__ import annotations

import asyncio
import re
import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

import msgspec
import pytest
import uvicorn
from axe_playwright_python.sync_playwright import Axe
from fastapi import FastAPI
from playwright.sync_api import Browser, Page

from corridor.apps.people_settings import ProviderSettings
from corridor.apps.provider_commands import development_app
from corridor.apps.settings import HubSettings, NodeSettings
from corridor.domain.errors import InvalidError
from corridor.domain.principal import Role
from demo.parties import HUB, Party
from tests.databases import Databases
from tests.doors.running import serving, settings_of
from tests.doors.visitor import COORDINATORS, ROLES, held, hub_in
from tests.pages.conftest import LAPTOP, PHONE, visiting


@dataclass(frozen=True)
class Sites:
    """The node at one site, the provider at another."""

    node: str
    settings: NodeSettings | HubSettings


@pytest.fixture(scope="module")
def parties(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Party]:
    return held(tmp_path_factory.mktemp("browser"))


@pytest.fixture(scope="module")
def stored(databases: Databases) -> dict[str, str]:
    """Databases, made before there is a browser: a thread has one loop."""
    return {"PE": databases.migrated("sqlite", "node"), HUB: databases.migrated("sqlite", HUB)}


@pytest.fixture(scope="module")
def sites(parties: dict[str, Party], stored: dict[str, str]) -> Iterator[Sites]:
    with of(settings_of(parties["PE"].config, stored["PE"]), ROLES) as made:
        yield made


@pytest.fixture(scope="module")
def office(parties: dict[str, Party], stored: dict[str, str]) -> Iterator[Sites]:
    """The hub at one site, the provider of its coordinators at another."""
    with of(hub_in(parties[HUB], stored[HUB]), COORDINATORS) as made:
        yield made


@contextmanager
def of(settings: NodeSettings | HubSettings, roles: Mapping[str, Role]) -> Iterator[Sites]:
    """A place without passwords and the development provider beside it."""
    own, other = socket.create_server(("127.0.0.1", 0)), socket.create_server(("127.0.0.1", 0))
    url = f"http://127.0.0.1:{own.getsockname()[1]}"
    provider = ProviderSettings(
        f"http://localhost:{other.getsockname()[1]}", "corridor", "Salud Perú", dict(roles), "realm_access.roles"
    )
    settings = msgspec.structs.replace(settings, public_url=url, identity_provider=provider, password_accounts=False)
    with beside(development_app(settings)[0], other), serving(settings, own):
        yield Sites(url, settings)


@contextmanager
def beside(app: FastAPI, listener: socket.socket) -> Iterator[None]:
    """Another application, served in a thread."""
    server = uvicorn.Server(uvicorn.Config(app, log_level="error", lifespan="off"))
    thread = threading.Thread(target=lambda: asyncio.run(server.serve(sockets=[listener])), daemon=True)
    thread.start()
    yield
    server.should_exit = True
    thread.join(timeout=10)


def look(page: Page) -> None:
    """Nothing that axe finds, and nothing wider than the screen."""
    found = [each["id"] for each in Axe().run(page).response["violations"]]
    wide = page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
    assert (found, wide) == ([], False)


def choose(page: Page, word: str) -> None:
    """Sign in as the invented person of a word."""
    page.click(f"#development-{list(ROLES).index(word)}")


@pytest.mark.parametrize(("lang", "size"), [("es", LAPTOP), ("en", PHONE), ("pt", PHONE)])
def test_a_doctor_signs_in_and_leaves_both(sites: Sites, browser: Browser, lang: str, size: dict[str, int]) -> None:
    with visiting(browser, viewport=size) as page:
        page.goto(f"{sites.node}/ingreso?lang={lang}")
        assert page.locator("input[type=password]").count() == 0
        look(page)
        page.click("#provider")
        page.wait_for_url(re.compile("http://localhost:.*"))
        look(page)
        choose(page, "hiv-doctor")
        page.wait_for_url(f"{sites.node}/personas")
        look(page)
        page.click("form.leave button")
        page.wait_for_url(f"{sites.node}/ingreso")
        page.goto(f"{sites.node}/personas")
        assert page.url == f"{sites.node}/ingreso"


@pytest.mark.parametrize(("lang", "size"), [("es", LAPTOP), ("en", PHONE), ("pt", PHONE)])
def test_a_coordinator_signs_in_at_the_hub_and_leaves_both(
    office: Sites, browser: Browser, lang: str, size: dict[str, int]
) -> None:
    with visiting(browser, viewport=size) as page:
        page.goto(f"{office.node}/ingreso?lang={lang}")
        assert page.locator("input[type=password]").count() == 0
        look(page)
        page.click("#provider")
        page.wait_for_url(re.compile("http://localhost:.*"))
        page.click("#development-0")
        page.wait_for_url(f"{office.node}/intercambios")
        look(page)
        page.click(".foot a")
        assert page.locator("#sign-ins li").count() == 1
        look(page)
        page.click("#everywhere")
        page.wait_for_url(f"{office.node}/ingreso")
        page.goto(f"{office.node}/intercambios")
        assert page.url == f"{office.node}/ingreso"


@pytest.mark.parametrize(("lang", "size"), [("es", LAPTOP), ("pt", PHONE)])
def test_data_protection_sees_who_received_what_and_nothing_else(
    sites: Sites, browser: Browser, lang: str, size: dict[str, int]
) -> None:
    with visiting(browser, viewport=size) as page:
        page.goto(f"{sites.node}/ingreso?lang={lang}")
        page.click("#provider")
        choose(page, "privacy")
        page.wait_for_url(f"{sites.node}/entregas")
        look(page)
        page.fill("#person", "p-1")
        page.press("#person", "Enter")
        page.wait_for_load_state()
        look(page)
        assert page.url == f"{sites.node}/entregas"  # the person is in no address
        page.fill("#person", "¿quién?")
        page.press("#person", "Enter")
        assert page.locator("#wrong").is_visible()
        for path in ("/personas", "/personas/p-1", "/aperturas"):
            assert page.goto(f"{sites.node}{path}").status == 403


def test_somebody_without_pages_here_is_told_so(sites: Sites, browser: Browser) -> None:
    with visiting(browser) as page:
        page.goto(f"{sites.node}/ingreso/vuelta?code=a&state=b")
        assert page.locator("#failed").is_visible()
        look(page)


def test_a_provider_for_development_serves_a_node_in_development_alone(sites: Sites) -> None:
    in_earnest = msgspec.structs.replace(sites.settings, development=False)
    with pytest.raises(InvalidError):
        development_app(in_earnest)
    elsewhere = msgspec.structs.replace(sites.settings.identity_provider, issuer="https://id.example")
    with pytest.raises(InvalidError):
        development_app(msgspec.structs.replace(sites.settings, identity_provider=elsewhere))


@pytest.mark.parametrize("changed", ["redirect_uri=https://evil.example", "code_challenge_method=plain", "nonce="])
def test_it_sends_nobody_anywhere_else(sites: Sites, browser: Browser, changed: str) -> None:
    with visiting(browser) as page:
        page.goto(f"{sites.node}/ingreso")
        page.click("#provider")
        page.wait_for_url(re.compile("http://localhost:.*"))
        name = changed.partition("=")[0]
        address = re.sub(f"{name}=[^&]*", changed, page.url)
        assert page.goto(address).status == 400
        assert page.locator("a[href^='https://evil']").count() == 0
