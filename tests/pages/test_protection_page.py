from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime

import httpx
import pytest
from starlette.applications import Starlette

from corridor.domain.asking import Asking
from corridor.domain.passage import Course, Passage
from corridor.web.clinician import routes as clinician
from corridor.web.form import form_token
from corridor.web.protection.routes import Protection
from corridor.web.site import Site
from tests.pages.beside import reviews
from tests.pages.town import PASSWORDS, Town

NODE = Site("Nodo Perú", "pe", "https://pe.example")
AT = datetime(2026, 11, 20, 15, 4, tzinfo=UTC)
LOG = (
    Passage(AT, Course.GIVEN, "CL", "PE", "TREAT", ("p-1",), "c" * 32, ""),
    Passage(AT, Course.REFUSED, "CL", "PE", "IMMIG", ("<b>p-2</b>",), "", "forbidden-purpose"),
)


async def passages(_asking: Asking, patient_id: str) -> Sequence[Passage]:
    """Of one person, or of everybody."""
    return [one for one in LOG if patient_id in {"", *one.patients}]


@pytest.fixture
async def office() -> AsyncIterator[httpx.AsyncClient]:
    town = Town()
    doors = clinician.routes(NODE, town.sign_in(), town.desk(), reviews=reviews(town), protection=Protection(passages))
    transport = httpx.ASGITransport(Starlette(routes=doors))
    async with httpx.AsyncClient(transport=transport, base_url=NODE.public_url) as client:
        yield client


async def enter(client: httpx.AsyncClient, account: str) -> str:
    """Sign in; where that leads."""
    answer = await client.post("/ingreso", data={"account": account, "password": PASSWORDS[account]})
    return answer.headers["location"]


@pytest.mark.parametrize("lang", ["es", "en", "pt"])
async def test_who_received_what_is_told_and_what_it_was_is_not(office: httpx.AsyncClient, lang: str) -> None:
    assert await enter(office, "protege") == "/entregas"
    page = (await office.get(f"/entregas?lang={lang}")).text
    assert page.count("<tr>") == 3
    for word in ("Chile", "Perú" if lang == "es" else "Peru", "p-1", "forbidden-purpose", "&lt;b&gt;p-2"):
        assert word in page


async def test_one_person_is_looked_for_by_a_form_alone(office: httpx.AsyncClient) -> None:
    await enter(office, "protege")
    token = form_token(next(value for name, value in office.cookies.items() if name.endswith("-session")))
    page = (await office.post("/entregas", data={"token": token, "person": "p-1"})).text
    assert page.count("<tr>") == 2
    assert (await office.get("/entregas?person=p-1")).text.count("<tr>") == 3


@pytest.mark.parametrize("account", ["doctora", "revisa"])
async def test_nobody_else_sees_it(office: httpx.AsyncClient, account: str) -> None:
    await enter(office, account)
    assert (await office.get("/entregas")).status_code == 403
