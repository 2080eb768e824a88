from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import httpx
import pytest
from starlette.applications import Starlette

from corridor.web import landing
from corridor.web.auditor import routes as auditor
from corridor.web.clinician import routes as clinician
from corridor.web.form import form_token
from corridor.web.site import Site
from tests.pages.beside import reviews
from tests.pages.front import front
from tests.pages.town import CONSENT, PASSWORDS, PROOFS, Town, month_of_exchanges

NODE = Site("Nodo Perú", "pe", "https://pe.example")
HUB = Site("Coordinación", "hub", "http://hub.example")
CONSENT_FIELDS = {"country": "all", "category": "regimen", "purpose": "TREAT", "days": "30", "heard": "yes"}
WITNESSED = {"witness": "Rosa Quispe", "witness-role": "worker"}


@pytest.fixture
def town() -> Town:
    return Town(counts=month_of_exchanges(), proofs=PROOFS)


@pytest.fixture
async def node(town: Town) -> AsyncIterator[httpx.AsyncClient]:
    app = Starlette(routes=[*front(NODE), *clinician.routes(NODE, town.sign_in(), town.desk(), reviews=reviews(town))])
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="https://pe.example") as client:
        yield client


@pytest.fixture
async def hub(town: Town) -> AsyncIterator[httpx.AsyncClient]:
    app = Starlette(routes=[*landing.routes(HUB), *auditor.routes(HUB, town.sign_in(), town.office())])
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://hub.example") as client:
        yield client


async def signed_in(client: httpx.AsyncClient, account: str) -> str:
    """Sign in and tell the token that forms must carry."""
    answer = await client.post("/ingreso", data={"account": account, "password": PASSWORDS[account]})
    assert answer.status_code == 303
    return form_token(next(value for name, value in client.cookies.items() if name.endswith("-session")))


@pytest.mark.parametrize("path", ["/personas", "/personas/p-1", "/historiales/x"])
async def test_strangers_are_led_to_sign_in(node: httpx.AsyncClient, path: str) -> None:
    answer = await node.get(path)
    assert (answer.status_code, answer.headers["location"]) == (303, "/ingreso")


async def test_every_page_forbids_scripts_foreign_content_and_keeping(node: httpx.AsyncClient) -> None:
    await signed_in(node, "doctora")
    for path in ("/", "/ingreso", "/personas", "/personas/p-1", "/personas/nobody"):
        answer = await node.get(path)
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        assert answer.headers["cache-control"] == "no-store"
        assert "<script" not in answer.text
        assert "style=" not in answer.text


async def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(node: httpx.AsyncClient) -> None:
    answer = await node.post("/ingreso", data={"account": "doctora", "password": PASSWORDS["doctora"]})
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("__Host-pe-session=")
    for word in ("HttpOnly", "SameSite=strict", "Secure", "Path=/"):
        assert word in cookie


async def test_a_wrong_password_says_no_more_than_that(node: httpx.AsyncClient) -> None:
    wrong = await node.post("/ingreso", data={"account": "doctora", "password": "otra"})
    unknown = await node.post("/ingreso", data={"account": "nadie", "password": "otra"})
    assert wrong.status_code == unknown.status_code == 401
    assert wrong.text.replace("doctora", "nadie") == unknown.text


async def test_another_role_is_refused(node: httpx.AsyncClient) -> None:
    await signed_in(node, "coordina")
    assert (await node.get("/personas")).status_code == 403


@pytest.mark.parametrize("token", ["", "0" * 64, "ñ"])
async def test_a_form_without_the_right_token_changes_nothing(node: httpx.AsyncClient, town: Town, token: str) -> None:
    await signed_in(node, "doctora")
    answer = await node.post("/personas/p-1/consentimientos", data={**CONSENT_FIELDS, "token": token})
    assert answer.status_code == 403
    assert town.kept == {}


@pytest.mark.parametrize("header", [{"sec-fetch-site": "cross-site"}, {"origin": "https://evil.example"}])
async def test_a_form_of_another_site_is_refused(node: httpx.AsyncClient, header: dict[str, str]) -> None:
    fields = {"account": "doctora", "password": PASSWORDS["doctora"]}
    assert (await node.post("/ingreso", data=fields, headers=header)).status_code == 403


async def test_large_broken_or_foreign_bodies_get_a_page(node: httpx.AsyncClient) -> None:
    form = {"content-type": "application/x-www-form-urlencoded"}
    assert (await node.post("/ingreso", content=b"a" * 20_000, headers=form)).status_code == 413
    assert (await node.post("/ingreso", content=b"a=1&" * 500, headers=form)).status_code == 400
    assert (await node.post("/ingreso", content=b"\xff\xfe=1", headers=form)).status_code == 400
    assert (await node.post("/ingreso", json={"account": "x"})).status_code == 415


async def test_consent_needs_every_answer(node: httpx.AsyncClient, town: Town) -> None:
    token = await signed_in(node, "doctora")
    for question in CONSENT_FIELDS:
        fields = {name: value for name, value in CONSENT_FIELDS.items() if name != question}
        answer = await node.post("/personas/p-1/consentimientos", data={**fields, **WITNESSED, "token": token})
        assert answer.status_code == 400
        assert f'id="missing-{question}"' in answer.text
    assert town.kept == {}


async def test_consent_pull_and_withdrawal_follow_each_other(node: httpx.AsyncClient, town: Town) -> None:
    token = await signed_in(node, "doctora")
    assert (await node.post("/personas/p-1/historial", data={"purpose": "TREAT", "token": token})).status_code == 403
    given = {**CONSENT_FIELDS, **WITNESSED, "token": token}
    answer = await node.post("/personas/p-1/consentimientos", data=given)
    assert answer.status_code == 303
    assert set(town.kept["p-1"][0].categories) == {"match", "regimen"}
    answer = await node.post("/personas/p-1/historial", data={"purpose": "TREAT", "token": token})
    page = answer.headers["location"]
    assert (await node.get(page)).status_code == 200
    assert (await node.post("/personas/p-1/retiro", data={"token": token})).status_code == 303
    assert (await node.get(page)).status_code == 404
    assert not town.kept["p-1"][0].active


async def test_a_forbidden_purpose_is_refused(node: httpx.AsyncClient, town: Town) -> None:
    town.kept["p-1"] = [CONSENT]
    token = await signed_in(node, "doctora")
    assert (await node.post("/personas/p-1/historial", data={"purpose": "IMMIG", "token": token})).status_code == 403


async def test_a_history_belongs_to_one_sign_in_and_ends_after_minutes(node: httpx.AsyncClient, town: Town) -> None:
    town.kept["p-1"] = [CONSENT]
    token = await signed_in(node, "doctora")
    page = (await node.post("/personas/p-1/historial", data={"purpose": "TREAT", "token": token})).headers["location"]
    assert (await node.get(page)).status_code == 200
    mine = dict(node.cookies)
    await signed_in(node, "doctora")
    assert (await node.get(page)).status_code == 404
    node.cookies = httpx.Cookies(mine)
    town.now += timedelta(minutes=15)
    assert (await node.get(page)).status_code == 404


async def test_names_stay_out_of_addresses(node: httpx.AsyncClient) -> None:
    token = await signed_in(node, "doctora")
    answer = await node.post("/personas", data={"text": "Rondón", "token": token})
    assert answer.headers["location"] == "/personas"
    assert "Marielis" in (await node.get("/personas")).text


async def test_a_silent_country_is_named_wherever_nothing_is_told(node: httpx.AsyncClient, town: Town) -> None:
    town.kept["p-1"] = [CONSENT]
    town.history = replace(town.history, answers=())
    token = await signed_in(node, "doctora")
    page = (await node.post("/personas/p-1/historial", data={"purpose": "TREAT", "token": token})).headers["location"]
    text = (await node.get(page)).text
    assert text.count("No se sabe de: Ecuador") == 4
    assert "No contestó: Ecuador" in text


async def test_signing_out_ends_the_session(node: httpx.AsyncClient, town: Town) -> None:
    token = await signed_in(node, "doctora")
    assert (await node.post("/salida", data={"token": token})).status_code == 303
    assert town.sessions == {}


async def test_somebody_sees_their_sign_ins_and_ends_all_of_them(node: httpx.AsyncClient, town: Town) -> None:
    token = await signed_in(node, "doctora")
    (who,) = town.sessions.values()
    town.sessions["elsewhere"] = who
    page = (await node.get("/ingresos")).text
    assert page.count("<li>") == 2
    assert page.count("<strong>") == 1
    assert (await node.post("/salida", data={"everywhere": "1"})).status_code == 403  # a form of another site
    assert (await node.post("/salida", data={"token": token, "everywhere": "1"})).status_code == 303
    assert town.sessions == {}
    assert (await node.get("/ingresos")).headers["location"] == "/ingreso"


async def test_pages_never_name_the_disease_in_title_or_address(node: httpx.AsyncClient, town: Town) -> None:
    town.kept["p-1"] = [CONSENT]
    token = await signed_in(node, "doctora")
    page = (await node.post("/personas/p-1/historial", data={"purpose": "TREAT", "token": token})).headers["location"]
    for lang in ("es", "en", "pt"):
        title = (await node.get(f"{page}?lang={lang}")).text.split("<title>")[1].split("</title>")[0]
        assert not {"VIH", "HIV", "SIDA", "AIDS"} & set(title.upper().split())


async def test_the_coordinator_filters_and_downloads_what_is_shown(hub: httpx.AsyncClient) -> None:
    await signed_in(hub, "coordina")
    answer = await hub.get("/intercambios.csv?from=2026-11-18&to=2026-11-20&asker=PE&holder=VE&decision=disclosed")
    lines = answer.text.splitlines()
    assert lines[0] == "hour_utc,reporter,asker,holder,purpose,decision,count"
    assert len(lines) == 4
    assert all(",VE,PE,VE,TREAT,disclosed," in line for line in lines[1:])
    assert "attachment" in answer.headers["content-disposition"]


@pytest.mark.parametrize(
    "query", ["from=gestern", "to=9999-99-99", "asker=XX", "decision=%3Cscript%3E", "purpose=IMMIG", "from=0001-01-01"]
)
async def test_an_unknown_filter_is_named_and_left_out(hub: httpx.AsyncClient, query: str) -> None:
    await signed_in(hub, "coordina")
    answer = await hub.get(f"/intercambios?{query}")
    assert answer.status_code == 200
    assert "No se entendió y se dejó de lado" in answer.text


async def test_the_state_of_every_log_is_told(hub: httpx.AsyncClient) -> None:
    await signed_in(hub, "coordina")
    text = (await hub.get("/intercambios?lang=en")).text
    for state in ("the proof failed", "not heard for more than 24 hours", "has not reported yet", "whole"):
        assert state in text


async def test_a_clinician_has_no_way_into_the_hub(hub: httpx.AsyncClient) -> None:
    await signed_in(hub, "doctora")
    assert (await hub.get("/intercambios")).status_code == 403
    assert (await hub.get("/intercambios.csv")).status_code == 403
