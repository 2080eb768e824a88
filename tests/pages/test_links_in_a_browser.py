"""The whole way of a health link between two real nodes: given on paper in Lima, opened in Bogotá, taken back."""

from __future__ import annotations

import asyncio
import base64
import io
import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest
import uvicorn
import zxingcpp
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from corridor.apps.settings import node_settings
from demo.ceremony import hold_ceremony
from demo.parties import Party, lay_out
from tests.databases import Databases
from tests.doors.running import PASSWORD, _accounts, serve
from tests.pages.conftest import PHONE, visiting

RECORD = (
    {
        "resourceType": "MedicationStatement",
        "status": "active",
        "medicationCodeableConcept": {"text": "TDF/3TC/DTG"},
        "effectivePeriod": {"start": "2025-02-01"},
    },
    {
        "resourceType": "Observation",
        "status": "final",
        "code": {"text": "Carga viral <script>alert(1)</script>"},
        "effectiveDateTime": "2026-03-04",
        "valueQuantity": {"value": 48, "unit": "copias/mL"},
    },
)


@dataclass
class Clinic:
    """A country's running node and one person in its register."""

    party: Party
    stop: threading.Event = field(default_factory=threading.Event)
    patient: str = ""

    @property
    def url(self) -> str:
        return self.party.url

    def settle(self) -> None:
        form = {"grant_type": "client_credentials"}
        with httpx.Client(base_url=self.url, timeout=20) as client:
            token = client.post("/auth/token", data=form, auth=("programme", PASSWORD)).json()["access_token"]
            headers = {"authorization": f"Bearer {token}", "content-type": "application/fhir+json"}
            person = {"resourceType": "Patient", "name": [{"text": "Rosa Quispe"}], "birthDate": "1990-05-01"}
            self.patient = client.post("/fhir/Patient", json=person, headers=headers).json()["id"]
            for resource in RECORD:
                about = {"subject": {"reference": f"Patient/{self.patient}"}}
                kind = resource["resourceType"]
                assert client.post(f"/fhir/{kind}", json=resource | about, headers=headers).status_code == 201


def aside(act: Callable[[], Any]) -> Any:
    """The act in a thread of its own: an open browser keeps a loop in this one."""
    with ThreadPoolExecutor(1) as threads:
        return threads.submit(act).result()


@contextmanager
def running(party: Party, database: str) -> Iterator[Clinic]:
    settings = msgspec.structs.replace(node_settings(party.config), database=database, worker_seconds=3600.0)
    aside(lambda: asyncio.run(_accounts(database)))
    listener = socket.create_server(("127.0.0.1", party.port))
    ready: Future[uvicorn.Server] = Future()
    thread = threading.Thread(target=lambda: asyncio.run(serve(settings, listener, ready)), daemon=True)
    thread.start()
    server = ready.result(timeout=30)
    clinic = Clinic(party)

    def end() -> None:
        clinic.stop.wait()
        server.should_exit = True

    threading.Thread(target=end, daemon=True).start()
    yield clinic
    clinic.stop.set()
    thread.join(timeout=15)
    listener.close()


@pytest.fixture
def clinics(tmp_path: Path, databases: Databases) -> Iterator[tuple[Clinic, Clinic]]:
    """Lima, with a person, and Bogotá."""
    parties = lay_out(tmp_path)
    aside(lambda: hold_ceremony(list(parties.values())))
    urls = [aside(lambda: databases.migrated("sqlite", "node")) for _ in range(2)]
    with running(parties["PE"], urls[0]) as lima, running(parties["CO"], urls[1]) as bogota:
        lima.settle()
        yield lima, bogota


def sign_in(page: Page, clinic: Clinic, lang: str = "es") -> None:
    page.goto(f"{clinic.url}/ingreso?lang={lang}")
    page.fill("#account", "clinician")
    page.fill("#password", PASSWORD)
    page.press("#password", "Enter")
    page.wait_for_load_state()


@dataclass
class Paper:
    """What the person takes home."""

    picture: bytes
    passcode: str
    revocation: str = ""
    file: bytes = b""

    @property
    def code(self) -> str:
        return str(zxingcpp.read_barcodes(Image.open(io.BytesIO(self.picture)))[0].text)


def given(page: Page, clinic: Clinic, way: str, *, passcode: str = "") -> Paper:
    sign_in(page, clinic)
    page.goto(f"{clinic.url}/personas/{clinic.patient}/enlaces")
    page.check(f"input[name=way][value={way}]")
    page.check("input[name=days][value='7']")
    page.fill("#passcode", passcode)
    page.check("input[name=heard]")
    assert grave(page) == []
    page.click("#give button.main")
    page.wait_for_selector("img.code, #file")
    assert grave(page) == []
    if way == "package":
        address = page.get_attribute("#file", "href") or ""
        return Paper(b"", page.inner_text("#passcode"), file=base64.b64decode(address.partition(",")[2]))
    picture = page.locator("img.code").screenshot()
    return Paper(picture, page.inner_text("#passcode"), page.inner_text("#revocation"))


def grave(page: Page) -> list[str]:
    found = Axe().run(page).response["violations"]
    return [f"{one['id']}: {one['nodes'][0]['html']}" for one in found if one["impact"] in {"serious", "critical"}]


def opened_in_browser(page: Page, clinic: Clinic, paper: Paper, *, passcode: str | None = None) -> None:
    link = paper.code.partition("#")[2]
    page.goto(f"{clinic.url}/ver#{link}")
    assert page.input_value("#text") == link
    assert "shlink" not in page.url
    page.fill("#passcode", paper.passcode if passcode is None else passcode)
    page.click("#open button.main")


def test_a_link_on_paper_is_opened_in_the_browser_of_another_country_and_taken_back(
    browser: Browser, clinics: tuple[Clinic, Clinic]
) -> None:
    lima, bogota = clinics
    with visiting(browser) as page:
        paper = given(page, lima, "shl")
        assert paper.code.startswith(f"{lima.url}/ver#shlink:/")
        assert lima.patient not in paper.code
    asked: list[str] = []
    with visiting(browser, viewport=PHONE) as page:
        page.on("request", lambda request: asked.append(request.url))
        opened_in_browser(page, bogota, paper, passcode="no es esta")
        expect(page.locator("#told")).to_contain_text("Quedan 9 intentos")
        page.fill("#passcode", paper.passcode)
        page.click("#open button.main")
        expect(page.locator("#record h2")).to_have_text("Rosa Quispe")
        expect(page.locator("#record")).to_contain_text("TDF/3TC/DTG")
        expect(page.locator("#record")).to_contain_text("<script>alert(1)</script>")
        expect(page.locator("#record td", has_text="vigente")).to_have_count(1)
        assert grave(page) == []
        key = paper.code.partition("#")[2].partition(":/")[2]
        assert not [url for url in asked if key in url]
        page.goto(f"{lima.url}/anular?lang=es")
        assert grave(page) == []
        page.fill("#code", paper.revocation.lower().replace("-", " "))
        page.click("button.grave")
        expect(page.locator(".notice")).to_contain_text("ya no se abre")
        opened_in_browser(page, bogota, paper)
        expect(page.locator("#told")).to_contain_text("no se abre")
    with visiting(browser) as page:
        sign_in(page, lima)
        page.goto(f"{lima.url}/personas/{lima.patient}/enlaces")
        expect(page.locator(".consents > li")).to_contain_text("Anulado")
        expect(page.locator(".consents > li")).to_contain_text("abierto 1 vez")


def test_a_clinician_without_scripts_opens_a_photograph_of_a_signed_link(
    browser: Browser, clinics: tuple[Clinic, Clinic]
) -> None:
    lima, bogota = clinics
    with visiting(browser) as page:
        paper = given(page, lima, "vhl", passcode="maiz morado")
        assert paper.code.startswith("HC1:")
    with visiting(browser, java_script_enabled=False) as page:
        sign_in(page, bogota, "pt")
        page.goto(f"{bogota.url}/ver/abrir")
        photo = {"name": "foto.png", "mimeType": "image/png", "buffer": paper.picture}
        page.set_input_files("#file", photo)
        page.fill("#passcode", "milho roxo")
        page.click("form.card button.main")
        expect(page.locator(".notice.bad")).to_contain_text("A senha não é essa")
        assert page.input_value("#text").startswith("HC1:")
        page.fill("#passcode", "maiz morado")
        page.click("form.card button.main")
        expect(page.locator("h1")).to_have_text("Rosa Quispe")
        expect(page.locator("#source + ul")).to_contain_text("Assinatura comprovada")
        expect(page.locator("#source + ul")).to_contain_text("Nodo Perú")
        expect(page.locator("main")).to_contain_text("TDF/3TC/DTG")
        expect(page.locator("main td", has_text="definitivo")).to_have_count(1)
        expect(page.locator("main")).to_contain_text("<script>alert(1)</script>")


@pytest.mark.parametrize("lang", ["es", "en", "pt"])
def test_a_package_opens_while_the_country_that_gave_it_is_off_the_air(
    browser: Browser, clinics: tuple[Clinic, Clinic], lang: str
) -> None:
    lima, bogota = clinics
    with visiting(browser) as page:
        paper = given(page, lima, "package")
    lima.stop.set()
    said = {"es": "no se puede anular", "en": "cannot be cancelled", "pt": "não pode ser anulado"}[lang]
    with visiting(browser) as page:
        page.goto(f"{bogota.url}/ver?lang={lang}")
        assert grave(page) == []
        page.set_input_files("#file", {"name": "corredor.txt", "mimeType": "text/plain", "buffer": paper.file})
        page.fill("#passcode", "NADA2-NADA3-NADA4")
        page.click("#open button.main")
        expect(page.locator("#told")).to_have_class("notice bad")
        expect(page.locator("#told")).not_to_have_text("")
        page.fill("#passcode", paper.passcode.lower())
        page.click("#open button.main")
        expect(page.locator("#record h2")).to_have_text("Rosa Quispe")
        expect(page.locator("#record .notice")).to_contain_text(said)
        sign_in(page, bogota, lang)
        page.goto(f"{bogota.url}/ver/abrir")
        assert grave(page) == []
        page.fill("#text", paper.file.decode())
        page.fill("#passcode", paper.passcode)
        page.click("form.card button.main")
        expect(page.locator("main")).to_contain_text("TDF/3TC/DTG")
        expect(page.locator("main")).to_contain_text(said)
        assert grave(page) == []
