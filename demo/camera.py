"""A real browser that takes small pictures of pages, in any language, with a laptop or a phone."""

from __future__ import annotations

import io
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from demo.filling import Account, FillError
from demo.parties import Party

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page, ViewportSize

FOLDER = Path(__file__).parents[1] / "docs" / "screenshots"
LAPTOP, PHONE, PAPER = (1366, 768), (390, 844), (718, 1047)
"""Width and height; paper is A4 without its margins at 96 points an inch."""

COLOURS = 128
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@dataclass(frozen=True, slots=True)
class Camera:
    """Opens pages of a running federation and keeps pictures of them.

    Attributes:
        accounts: by party and role.
    """

    browser: Browser
    parties: dict[str, Party]
    accounts: dict[tuple[str, str], Account]

    @contextmanager
    def at(self, key: str, role: str = "", *, size: tuple[int, int] = LAPTOP) -> Iterator[Page]:
        """A party's pages; signed in where a role is named."""
        view, home = _viewport(size), self.parties[key].url
        context = self.browser.new_context(viewport=view, base_url=home, locale="es-PE", reduced_motion="reduce")
        page = context.new_page()
        page.goto("/ingreso?lang=es")
        if role:
            account = self.accounts[key, role]
            page.fill("#account", account.name)
            page.fill("#password", account.password)
            page.locator("main button.main").click()
            page.wait_for_url(lambda url: not url.endswith("/ingreso"))
        yield page
        context.close()


@contextmanager
def camera(parties: dict[str, Party], accounts: dict[tuple[str, str], Account]) -> Iterator[Camera]:
    """A browser for as long as the block takes.

    Raises:
        FillError: there is no Chromium, or Playwright is not installed.
    """
    try:
        from playwright.sync_api import sync_playwright  # noqa: PLC0415  # only this picture-taking needs it
    except ImportError:
        raise FillError("Screenshots need what `make setup-test` installs.") from None
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        raise FillError("Screenshots need Debian's chromium.")
    FOLDER.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=list(ARGUMENTS))
        yield Camera(browser, parties, accounts)
        browser.close()


def turn(page: Page, size: tuple[int, int]) -> None:
    """Another size of screen, from the top of the page."""
    page.set_viewport_size(_viewport(size))
    page.evaluate("scrollTo(0, 0)")


def shoot(page: Page, name: str, *, whole: bool = False) -> None:
    """Keep a picture of what is seen, or of the page down to its foot, under a name without ending."""
    _keep(page.screenshot(full_page=whole), name)


def shoot_part(part: Locator, name: str) -> None:
    """Keep a picture of a part of a page."""
    _keep(part.screenshot(), name)


def _keep(taken: bytes, name: str) -> None:
    """In few colours, which pages of text do not miss."""
    from PIL import Image  # noqa: PLC0415  # only this picture-taking needs it

    few = Image.open(io.BytesIO(taken)).convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    few.save(FOLDER / f"{name}.png", optimize=True)


def _viewport(size: tuple[int, int]) -> ViewportSize:
    return {"width": size[0], "height": size[1]}
