from __future__ import annotations

import shutil
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest
import uvicorn
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from starlette.applications import Starlette

from corridor.web import landing
from corridor.web.auditor import routes as auditor
from corridor.web.clinician import routes as clinician
from corridor.web.site import Site
from tests.pages.beside import reviews
from tests.pages.front import front
from tests.pages.town import CONSENT, PASSWORDS, PROOFS, Town, month_of_exchanges

ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
LAPTOP = {"width": 1366, "height": 768}
PHONE = {"width": 360, "height": 740}


@dataclass
class Place:
    """A running site and what its acts remember."""

    url: str
    town: Town


@contextmanager
def running(town: Town, doors: list) -> Iterator[Place]:
    app = Starlette(routes=doors)
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", lifespan="off"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield Place(f"http://127.0.0.1:{listener.getsockname()[1]}", town)
    server.should_exit = True
    thread.join()


@pytest.fixture
def node() -> Iterator[Place]:
    site, town = Site("Nodo Perú", "pe", "http://127.0.0.1", "America/Lima"), Town()
    town.kept["p-1"] = [CONSENT]
    doors = clinician.routes(site, town.sign_in(), town.desk(), reviews=reviews(town))
    with running(town, [*front(site), *doors]) as place:
        yield place


@pytest.fixture
def hub() -> Iterator[Place]:
    site, town = Site("Coordinación regional", "hub", "http://127.0.0.1"), Town()
    town.counts, town.proofs = month_of_exchanges(), PROOFS
    with running(town, [*landing.routes(site), *auditor.routes(site, town.sign_in(), town.office())]) as place:
        yield place


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    # One browser a module: an open synchronous Playwright keeps a loop that other modules' tests would stumble over.
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium, args=list(ARGUMENTS))
        yield opened
        opened.close()


@contextmanager
def visiting(browser: Browser, **options: object) -> Iterator[Page]:
    context: BrowserContext = browser.new_context(**{"viewport": LAPTOP, **options})
    page = context.new_page()
    page.set_default_timeout(10_000)
    yield page
    context.close()


def enter(page: Page, place: Place, account: str, lang: str = "es") -> None:
    page.goto(f"{place.url}/ingreso?lang={lang}")
    page.fill("#account", account)
    page.fill("#password", PASSWORDS[account])
    page.press("#password", "Enter")
    page.wait_for_load_state()


def pull(page: Page, place: Place, lang: str = "es") -> None:
    enter(page, place, "doctora", lang)
    page.goto(f"{place.url}/personas/p-1")
    page.click("button.large")
    page.wait_for_url("**/historiales/*")
