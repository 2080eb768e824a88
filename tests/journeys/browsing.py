"""A country's pages in a real browser, with everything kept that a neighbour or a cache could have seen."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Request, sync_playwright

from tests.journeys.world import World

ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
SIZES = {"sqlite": {"width": 1366, "height": 768}, "postgresql": {"width": 390, "height": 844}}
"""The federation on SQLite is visited with a laptop, the one on PostgreSQL with a phone."""

PATIENCE_MS = 45_000


@dataclass
class Screens:
    """The screens of one visit, all of one size.

    Attributes:
        seen: every address that was asked for and every title that was shown.
        faults: what axe found, and pages that are wider than the screen.
    """

    land: World
    browser: Browser
    lang: str
    seen: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    checked: int = 0

    @contextmanager
    def screen(self, country: str, role: str = "") -> Iterator[Page]:
        """Somebody's own browser at a country; signed in where a role is named."""
        context = self.browser.new_context(viewport=SIZES[self.land.kind], base_url=self.land.doors[country].url)
        page = context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        page.on("request", self._keep)
        page.goto(f"/ingreso?lang={self.lang}")
        if role:
            self._sign_in(page, country, role)
        yield page
        context.close()

    def look(self, page: Page) -> None:
        """Keep the title, and what axe says of the page as it stands now."""
        self.checked += 1
        self.seen.append(page.title())
        found = Axe().run(page).response["violations"]
        self.faults += [f"{page.url} {one['id']}: {one['nodes'][0]['html'][:200]}" for one in found]
        if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
            self.faults.append(f"{page.url} is wider than the screen")

    def _keep(self, request: Request) -> None:
        if not request.url.startswith("data:"):
            self.seen.append(request.url)

    def _sign_in(self, page: Page, country: str, role: str) -> None:
        account = self.land.accounts[country, role]
        self.look(page)
        page.fill("#account", account.name)
        page.fill("#password", account.password)
        page.press("#password", "Enter")
        page.wait_for_url(lambda url: not url.partition("?")[0].endswith("/ingreso"))


@contextmanager
def screens(land: World, lang: str) -> Iterator[Screens]:
    """A browser for one visit, in the language of whoever sits in front of it."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=list(ARGUMENTS))
        try:
            yield Screens(land, browser, lang)
        finally:
            browser.close()
