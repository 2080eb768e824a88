"""Takes the pictures of README and docs from the running federation, in a real browser."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from demo.filling import Account, FillError
from demo.parties import HUB, Party
from demo.story import the_woman

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

FOLDER = Path(__file__).parents[1] / "docs" / "screenshots"
TALL = 1010
LAPTOP, PHONE, PAPER = (1366, 768), (390, 844), (718, 1047)
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def take_screenshots(parties: dict[str, Party], accounts: dict[tuple[str, str], Account]) -> None:
    """Write the pictures of the clinician's and the coordinator's pages.

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
        _clinician(browser, parties["PE"], accounts["PE", "clinician"])
        _coordinator(browser, parties[HUB], accounts[HUB, "coordinator"])
        browser.close()


def _clinician(browser: Browser, party: Party, account: Account) -> None:
    page = _signed_in(browser, party, account)
    page.goto(f"{party.url}/personas/{the_woman().here.id}")
    page.screenshot(path=FOLDER / "persona.png")
    page.locator("form[action$='/historial'] button").first.click()
    page.wait_for_url("**/historiales/*")
    page.screenshot(path=FOLDER / "historial.png")
    page.locator(".drawings").screenshot(path=FOLDER / "linea-de-tiempo.png")
    page.screenshot(path=FOLDER / "historial-entero.png", full_page=True)
    _paper(page)
    page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    page.evaluate("scrollTo(0, 0)")
    page.screenshot(path=FOLDER / "historial-telefono.png")
    page.emulate_media(color_scheme="dark")
    page.screenshot(path=FOLDER / "historial-telefono-noche.png")
    page.emulate_media(color_scheme="light")
    for language in ("en", "pt"):
        page.goto(f"{page.url.partition('?')[0]}?lang={language}")
        page.set_viewport_size({"width": LAPTOP[0], "height": LAPTOP[1]})
        page.screenshot(path=FOLDER / f"historial-{language}.png")


def _paper(page: Page) -> None:
    """The sheet as a printer gets it: A4 without its margins at 96 points an inch."""
    page.emulate_media(media="print")
    page.set_viewport_size({"width": PAPER[0], "height": PAPER[1]})
    page.screenshot(path=FOLDER / "historial-hoja.png")
    page.emulate_media(media="screen")


def _coordinator(browser: Browser, party: Party, account: Account) -> None:
    page = _signed_in(browser, party, account)
    page.set_viewport_size({"width": LAPTOP[0], "height": TALL})
    page.goto(f"{party.url}/intercambios")
    page.screenshot(path=FOLDER / "intercambios.png")


def _signed_in(browser: Browser, party: Party, account: Account) -> Page:
    page = browser.new_page(viewport={"width": LAPTOP[0], "height": LAPTOP[1]}, locale="es-PE")
    page.goto(f"{party.url}/ingreso")
    page.fill("#account", account.name)
    page.fill("#password", account.password)
    page.locator("main button.main").click()
    page.wait_for_load_state()
    return page
