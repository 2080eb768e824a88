"""The pages around a history: what they keep, what they refuse, and that nothing typed is lost."""

from __future__ import annotations

import asyncio
import base64
import re
import zlib
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date, timedelta

import httpx
import pytest
from starlette.applications import Starlette

from corridor.domain.care.event import Event, EventKind
from corridor.domain.consent_text import SAVING
from corridor.domain.emergency import Cause, Emergency, Opening
from corridor.domain.history import SilenceReason
from corridor.domain.limits import Pause, Reason
from corridor.domain.presence import LINES
from corridor.domain.pull import PullLeg, PullRecord
from corridor.web.clinician import routes as clinician
from corridor.web.clinician.visit.aloud import VERSION, spoken
from corridor.web.language import Language
from corridor.web.site import Site
from tests.pages.beside import reviews
from tests.pages.present import ANSWER, CARD, LINE, PASSWORD
from tests.pages.test_doors import CONSENT_FIELDS, WITNESSED, signed_in
from tests.pages.town import CO, CONSENT, EC, NOW, VE, Town

SITE = Site("Nodo Perú", "pe", "https://pe.example")
WHY = {"cause": "unconscious", "words": "Trauma de cráneo, llegó sola y no responde.", "sure": "yes"}
PERSON = {"given": "Yusneidi", "first": "Urdaneta", "second": "Barboza", "birth": "17/04/1991", "sex": "female"}


@pytest.fixture
def town() -> Town:
    return Town()


@pytest.fixture
async def node(town: Town) -> AsyncIterator[httpx.AsyncClient]:
    app = Starlette(routes=clinician.routes(SITE, town.sign_in(), town.desk(), reviews=reviews(town)))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="https://pe.example") as client:
        yield client


def chunk(name: bytes, body: bytes) -> bytes:
    return len(body).to_bytes(4, "big") + name + body + zlib.crc32(name + body).to_bytes(4, "big")


def png(width: int = 60, height: int = 20, *, drawn: bool = True, extra: bytes = b"") -> bytes:
    """A grey picture with a stroke, or none."""
    line = b"\x00" + b"\xff" * width
    stroke = b"\x00" + b"\xff" * 9 + b"\x00" * 9 + b"\xff" * (width - 18)
    raw = line * (height - 1) + (stroke if drawn else line)
    header = width.to_bytes(4, "big") + height.to_bytes(4, "big") + b"\x08\x00\x00\x00\x00"
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + extra + chunk(b"IDAT", zlib.compress(raw)) + chunk(b"IEND", b"")
    )


def url(content: bytes) -> str:
    return f"data:image/png;base64,{base64.b64encode(content).decode()}"


@pytest.mark.parametrize("language", Language)
def test_the_words_that_are_read_are_those_of_their_version(language: Language) -> None:
    digests = {
        "es": "daa2f21efd317f70927add294ba998a769254a0108739b57fcf8da9758d92048",
        "en": "6ee2464319f35fcbad90e1d7ac54102070794cf4968d25b40dc6bbaa7b4f76e0",
        "pt": "9fd057bdbdd4e7c9db01bb281556ecf1eca3ee2f84a8e6fb7634d198d99a05a3",
    }
    assert VERSION in SAVING
    assert spoken(language).digest == digests[language], "other words: give the text another version"


async def test_nothing_is_ticked_beforehand(node: httpx.AsyncClient) -> None:
    await signed_in(node, "doctora")
    text = (await node.get("/personas/p-1/consentimientos")).text
    assert " checked" not in text
    assert " selected" not in text


@pytest.mark.parametrize("page", Language)
@pytest.mark.parametrize("person", Language)
async def test_the_text_is_read_in_the_language_of_the_person_whatever_the_page_speaks(
    node: httpx.AsyncClient, page: Language, person: Language
) -> None:
    await signed_in(node, "doctora")
    text = (await node.get(f"/personas/p-1/consentimientos?lang={page}&habla={person}")).text
    assert f'<html lang="{page}">' in text
    assert f'<section class="aloud" lang="{person}"' in text
    assert all(paragraph in text.replace("&#39;", "'") for paragraph in spoken(person).paragraphs)


async def test_a_witness_or_a_drawing_stands_for_a_signature_and_the_words_are_kept(
    node: httpx.AsyncClient, town: Town
) -> None:
    token = await signed_in(node, "doctora")
    fields = {**CONSENT_FIELDS, "token": token, "habla": "pt"}
    drawing = png(extra=chunk(b"tEXt", b"Author\x00Somebody"))
    for more in (WITNESSED, {"signature": url(drawing)}):
        assert (await node.post("/personas/p-1/consentimientos", data={**fields, **more})).status_code == 303
    witnessed, drawn = town.signed
    assert (witnessed.signature.witness, witnessed.signature.witness_role) == ("Rosa Quispe", "worker")
    assert drawn.signature.png == png()
    assert {(each.spoken.version, each.spoken.language) for each in town.signed} == {(VERSION, "pt")}
    assert len(drawn.spoken.agreed) == 4


@pytest.mark.parametrize(
    "more",
    [
        {},
        {"name": "Yusneidi"},
        {"witness": "Rosa"},
        {"witness": "Rosa", "witness-role": "police"},
        {"witness": "R" * 81, "witness-role": "worker"},
        {"witness": "\u202e\u0000", "witness-role": "worker"},
        {"signature": "data:image/png;base64,AAAA"},
        {"signature": "data:image/svg+xml;base64,AAAA"},
        {"signature": "x"},
        {"signature": url(png(drawn=False))},
        {"signature": url(png(1601, 10))},
        {"signature": url(png(10, 801))},
        {"signature": url(png()[:-3])},
        {"signature": url(png().replace(b"IDAT", b"IDAU"))},
        {"signature": url(png(extra=chunk(b"tEXt", b"x" * 31_000)))},
    ],
    ids=range(15),
)
async def test_what_is_no_signature_keeps_nothing_and_loses_nothing_typed(
    node: httpx.AsyncClient, town: Town, more: dict[str, str]
) -> None:
    token = await signed_in(node, "doctora")
    answer = await node.post("/personas/p-1/consentimientos", data={**CONSENT_FIELDS, **more, "token": token})
    assert answer.status_code == 400
    assert 'id="missing-signature"' in answer.text
    assert 'value="regimen" checked' in answer.text
    assert town.signed == []


async def test_a_person_is_registered_and_sending_the_form_twice_makes_nobody_twice(
    node: httpx.AsyncClient, town: Town
) -> None:
    token = await signed_in(node, "doctora")
    page = (await node.get("/personas/nueva")).text
    once = re.findall(r'name="once" value="([^"]+)"', page)[0]
    paper = {"kind-0": "permit", "issuer-0": "CO", "number-0": "5417233", "phone": "+51 999 888 777", "mother": "Ana"}
    sent = {**PERSON, **paper, "once": once, "token": token}
    first, second = [await node.post("/personas/nueva", data=sent) for _ in range(2)]
    assert first.headers["location"] == second.headers["location"]
    assert (await node.get(first.headers["location"])).status_code == 200
    [kept] = town.registered.values()
    assert (kept.given, kept.first_surname, kept.second_surname) == ("Yusneidi", "Urdaneta", "Barboza")
    assert (kept.birth, kept.papers[0].country, kept.phone, kept.mother) == (
        "1991-04-17",
        "CO",
        "+51 999 888 777",
        "Ana",
    )
    assert "Urdaneta" not in str(first.headers)


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        ({"given": "", "first": " ", "second": "\u200b"}, "name"),
        ({"given": "A" * 81}, "long"),
        ({"birth": "31/02/1990"}, "birth"),
        ({"birth": "2027"}, "birth"),
        ({"birth": "1899"}, "birth"),
        ({"birth": "ayer"}, "birth"),
        ({"birth": "\u0661\u0669\u0669\u0661x"}, "birth"),
        ({"sex": ""}, "sex"),
        ({"sex": "X"}, "sex"),
        ({"phone": "call me"}, "phone"),
        ({"number-0": "123"}, "paper-0"),
        ({"number-1": "123", "kind-1": "passport"}, "paper-1"),
        ({"number-2": "123", "kind-2": "passport", "issuer-2": "ZZ"}, "paper-2"),
        ({"number-0": "<b>", "kind-0": "passport", "issuer-0": "VE"}, "paper-0"),
        ({"number-0": "1" * 41, "kind-0": "passport", "issuer-0": "VE"}, "paper-0"),
    ],
)
async def test_what_cannot_be_kept_is_named_and_what_was_typed_stays(
    node: httpx.AsyncClient, town: Town, changed: dict[str, str], fault: str
) -> None:
    token = await signed_in(node, "doctora")
    answer = await node.post("/personas/nueva", data={**PERSON, "mother": "Coromoto", **changed, "token": token})
    assert answer.status_code == 400
    assert f'id="fault-{fault}"' in answer.text
    assert 'value="Coromoto"' in answer.text
    assert town.registered == {}


@pytest.mark.parametrize("birth", ["", "1991", "04/1991", "1991-4", "17.4.1991", "1991-04-17"])
async def test_a_birth_date_is_kept_as_exactly_as_it_is_known(node: httpx.AsyncClient, town: Town, birth: str) -> None:
    token = await signed_in(node, "doctora")
    assert (await node.post("/personas/nueva", data={**PERSON, "birth": birth, "token": token})).status_code == 303
    [kept] = town.registered.values()
    assert kept.birth == {"": "", "1991": "1991", "04/1991": "1991-04", "1991-4": "1991-04"}.get(birth, "1991-04-17")


async def test_who_may_be_the_same_is_shown_before_anything_is_kept(node: httpx.AsyncClient, town: Town) -> None:
    token = await signed_in(node, "doctora")
    alike = {**PERSON, "first": "Rondón", "once": "o", "token": token}
    answer = await node.post("/personas/nueva", data=alike)
    assert answer.status_code == 409
    assert "/personas/p-1" in answer.text
    assert town.registered == {}
    seen = re.findall(r'name="seen" value="([^"]+)"', answer.text)[0]
    other = await node.post("/personas/nueva", data={**alike, "given": "Otra", "seen": seen})
    assert other.status_code == 409
    assert (await node.post("/personas/nueva", data={**alike, "seen": seen})).status_code == 303
    assert len(town.registered) == 1


async def test_a_wrong_check_digit_is_a_warning_and_no_refusal(node: httpx.AsyncClient, town: Town) -> None:
    token = await signed_in(node, "doctora")
    paper = {"kind-0": "national", "issuer-0": "CL", "number-0": "12.345.678-9", "once": "o"}
    answer = await node.post("/personas/nueva", data={**PERSON, **paper, "token": token})
    assert answer.status_code == 409
    assert "dígito de control" in answer.text
    seen = re.findall(r'name="seen" value="([^"]+)"', answer.text)[0]
    assert (
        await node.post("/personas/nueva", data={**PERSON, **paper, "seen": seen, "token": token})
    ).status_code == 303
    [kept] = town.registered.values()
    assert kept.papers[0].number == "12.345.678-9"


async def asked(node: httpx.AsyncClient, town: Town, *held: str) -> tuple[str, str]:
    """A pull under way: the address it leads to, and the token of its forms."""
    town.kept["p-1"] = [CONSENT]
    town.held = set(held)  # type: ignore[arg-type]  # countries are texts
    token = await signed_in(node, "doctora")
    answer = await node.post("/personas/p-1/historial", data={"purpose": "TREAT", "token": token})
    assert answer.status_code == 303
    return answer.headers["location"], token


async def test_who_answers_at_once_leads_to_the_history(node: httpx.AsyncClient, town: Town) -> None:
    address, _ = await asked(node, town)
    assert re.fullmatch(r"/historiales/[\w-]{32}", address)
    again = await node.get(f"{address}/avance")
    assert (again.status_code, again.headers["location"]) == (303, address)


async def test_while_a_country_is_awaited_what_is_here_can_be_read_and_nobody_is_asked_twice(
    node: httpx.AsyncClient, town: Town
) -> None:
    address, token = await asked(node, town, VE)
    history = address.removesuffix("/avance")
    text = (await node.get(history)).text
    assert "Todavía se espera a: Venezuela." in text
    assert "TDF" in text
    second = await node.post("/personas/p-1/historial", data={"purpose": "TREAT", "token": token})
    assert second.headers["location"] == address
    assert (await node.get(history)).status_code == 200
    assert len(town.asked) == 1
    town.held.clear()
    page = (await node.get(address)).text
    assert page.index('slot="CO"') < page.index('slot="VE"') < page.index('http-equiv="refresh"')
    assert "no contestó a tiempo" in page
    assert "Todavía se espera" not in (await node.get(history)).text
    assert len(town.asked) == 1


async def test_a_page_that_waits_is_sent_each_country_as_it_is_heard(node: httpx.AsyncClient, town: Town) -> None:
    address, _ = await asked(node, town, VE)
    reading = asyncio.create_task(node.get(address))
    await asyncio.sleep(0.05)
    assert not reading.done()
    town.held.clear()
    page = (await reading).text
    assert all(f'<slot name="{code}">' in page for code in (CO, EC, VE))
    assert "Rondón" not in page


async def test_another_sign_in_finds_no_pull_and_time_ends_it(node: httpx.AsyncClient, town: Town) -> None:
    address, _ = await asked(node, town, VE)
    history, mine = address.removesuffix("/avance"), dict(node.cookies)
    await signed_in(node, "doctora")
    for path in (address, history, f"{history}/guardar"):
        assert (await node.get(path)).status_code == 404
    node.cookies = httpx.Cookies(mine)
    town.now += timedelta(minutes=15)
    for path in (address, history, f"{history}/guardar"):
        assert (await node.get(path)).status_code == 404
    town.held.clear()


async def test_after_a_restart_the_page_says_what_is_known_and_leads_back(node: httpx.AsyncClient, town: Town) -> None:
    legs = (PullLeg(CO, "", "answered", 3), PullLeg(EC, "", "timeout"), PullLeg(VE, "", "interrupted"))
    town.stopped = PullRecord("x", "p-1", "0" * 32, "clinician", "", "TREAT", "", NOW, "", legs)
    await signed_in(node, "doctora")
    text = (await node.get("/historiales/x/avance")).text
    assert text.index("3 datos") < text.index("no contestó a tiempo") < text.index("no se le esperó más")
    assert (await node.get("/historiales/y/avance")).status_code == 404


@pytest.mark.parametrize(
    ("changed", "missing"),
    [
        ({"cause": ""}, "cause"),
        ({"cause": "police"}, "cause"),
        ({"words": ""}, "words"),
        ({"words": "urgente"}, "words"),
        ({"words": "a " * 300}, "words"),
        ({"sure": ""}, "sure"),
    ],
)
async def test_the_glass_stays_whole_without_reason_and_confirmation(
    node: httpx.AsyncClient, town: Town, changed: dict[str, str], missing: str
) -> None:
    token = await signed_in(node, "doctora")
    answer = await node.post("/personas/p-2/urgencia", data={**WHY, **changed, "token": token})
    assert answer.status_code == 400
    assert f'id="missing-{missing}"' in answer.text
    assert town.asked == []


async def test_what_the_person_decided_stands_and_is_said_so(node: httpx.AsyncClient, town: Town) -> None:
    town.refused = True
    token = await signed_in(node, "doctora")
    answer = await node.post("/personas/p-2/urgencia", data={**WHY, "token": token})
    assert answer.status_code == 403
    assert "la persona ya decidió" in answer.text


async def test_an_emergency_leads_to_a_history_is_looked_at_and_told(node: httpx.AsyncClient) -> None:
    token = await signed_in(node, "doctora")
    answer = await node.post("/personas/p-2/urgencia", data={**WHY, "token": token})
    history = answer.headers["location"]
    assert "Urgencia sin consentimiento" in (await node.get(history)).text
    saving = (await node.get(f"{history}/guardar")).text
    assert "nada se puede guardar" in saving
    assert 'type="checkbox"' not in saving
    person = (await node.get("/personas/p-2")).text
    [notice] = re.findall(r'href="(/personas/p-2/avisos/\w+)"', person)
    text = (await node.get(notice)).text
    assert "Está inconsciente" in text
    assert "Trauma" not in text
    assert (await node.post(notice, data={"token": token})).status_code == 303
    assert "avisos" not in (await node.get("/personas/p-2")).text
    assert (await node.get("/personas/p-1/avisos/none")).status_code == 404


async def test_the_second_look_is_the_auditors_and_says_why(node: httpx.AsyncClient, town: Town) -> None:
    stated = Emergency(Cause.CRITICAL, "Sepsis, no contesta desde la llegada.")
    town.openings = [Opening("a" * 32, "p-2", "c" * 32, stated, "t" * 55, NOW - timedelta(hours=30))]
    answer = await node.post("/ingreso", data={"account": "revisa", "password": "dos miradas"})
    assert answer.headers["location"] == "/aperturas"
    token = await signed_in(node, "revisa")
    page = (await node.get("/aperturas")).text
    assert "Sepsis" in page
    assert "Debió revisarse" in page
    assert "Rondón" not in page
    for data in ({"verdict": "maybe"}, {"verdict": "not-justified"}, {}):
        answer = await node.post(f"/aperturas/{'a' * 32}", data={**data, "token": token})
        assert answer.status_code == 400
    answer = await node.post(f"/aperturas/{'a' * 32}", data={"verdict": "justified", "token": token})
    assert answer.headers["location"] == "/aperturas"
    assert "No hay nada que revisar" in (await node.get("/aperturas")).text
    assert (await node.get("/personas")).status_code == 403
    assert (await node.post("/salida", data={"token": token})).status_code == 303
    await signed_in(node, "doctora")
    assert (await node.get("/aperturas")).status_code == 403


async def test_before_anybody_is_asked_the_person_shows_that_they_are_there(
    node: httpx.AsyncClient, town: Town
) -> None:
    town.absent, town.kept["p-1"] = True, [CONSENT]
    token = await signed_in(node, "doctora")
    page = (await node.get("/personas/p-1")).text
    assert "/personas/p-1/presencia" in page
    assert "/personas/p-1/historial" not in page
    here = "/personas/p-1/presencia"
    assert "…321" in (await node.get(here)).text
    for way, status in (("code", 409), ("smoke", 400)):
        assert (await node.post(here, data={"token": token, "way": way})).status_code == status
    question = await node.post(here, data={"token": token, "way": "card"})
    assert f"Línea {LINE} de la tarjeta" in question.text
    right = {"token": token, "challenge": "c" * 32, "line": str(LINE), "card": CARD, "answer": ANSWER}
    wrong = await node.post(f"{here}/respuesta", data={**right, "answer": "x", "line": "1e9"})
    assert (wrong.status_code, "No coincide" in wrong.text) == (403, True)
    answer = await node.post(f"{here}/respuesta", data=right)
    assert answer.headers["location"] == "/personas/p-1"
    assert "/personas/p-1/historial" in (await node.get("/personas/p-1")).text
    card = (await node.post(f"{here}/tarjeta", data={"token": token})).text
    assert card.count("<li>") == LINES
    assert not re.search("VIH|HIV|Rondón", card.partition('class="letter"')[2].partition("</section>")[0])
    assert (await node.post(f"{here}/tarjeta/retiro", data={"token": token})).status_code == 303


async def test_a_clinician_signs_that_somebody_is_there_and_an_auditor_looks(
    node: httpx.AsyncClient, town: Town
) -> None:
    town.absent = True
    token = await signed_in(node, "doctora")
    sign = "/personas/p-2/presencia/constancia"
    said = {"token": token, "cause": "lost", "words": "Mostró su pasaporte, está aquí.", "sure": "yes"}
    incomplete = await node.post(sign, data={**said, "sure": ""})
    assert (incomplete.status_code, "Falta algo" in incomplete.text) == (400, True)
    assert (await node.post(sign, data={**said, "password": "otra"})).status_code == 403
    assert (await node.post(sign, data={**said, "password": PASSWORD})).status_code == 303
    assert (await node.post("/salida", data={"token": token})).status_code == 303
    token = await signed_in(node, "revisa")
    page = (await node.get("/aperturas")).text
    assert "Mostró su pasaporte" in page
    judged = await node.post(f"/aperturas/constancias/{'0' * 32}", data={"token": token, "verdict": "justified"})
    assert judged.headers["location"] == "/aperturas"
    assert "No hay constancias" in (await node.get("/aperturas")).text


async def test_a_pause_is_lifted_by_the_auditor_with_a_note(node: httpx.AsyncClient, town: Town) -> None:
    town.pauses = [Pause("9" * 32, "d" * 32, "clinician", Reason.FEW_MATCHES, NOW)]
    token = await signed_in(node, "revisa")
    assert "casi ninguna está registrada" in (await node.get("/aperturas")).text
    lift = f"/aperturas/pausas/{'9' * 32}"
    empty = await node.post(lift, data={"token": token, "note": ""})
    assert (empty.status_code, "Escriba qué encontró" in empty.text) == (400, True)
    answer = await node.post(lift, data={"token": token, "note": "Una capacitación."})
    assert answer.headers["location"] == "/aperturas"
    assert "Nadie está en pausa" in (await node.get("/aperturas")).text


async def test_facts_are_kept_once_marked_and_set_beside_what_is_known(node: httpx.AsyncClient, town: Town) -> None:
    day = date(2018, 11, 20)
    town.own = (
        Event(CO, EventKind.REGIMEN, "3TC + AZT + EFV", "x", day, components=("3TC", "AZT", "EFV")),
        Event(CO, EventKind.CD4, "", "y", day, raw="118 cells/uL"),
    )
    history, token = await asked(node, town)
    page = (await node.get(f"{history}/guardar")).text
    assert "Aquí dice otra cosa:" in page
    names = re.findall(r'name="fact" value="([^"]+)"', page)
    assert len(names) == 21
    assert (await node.post(f"{history}/guardar", data={"token": token})).status_code == 400
    strange = {"token": token, "fact": "VE Patient/1"}
    assert (await node.post(f"{history}/guardar", data=strange)).status_code == 400
    data = {"token": token, "fact": names[:3]}
    for _ in range(2):
        assert (await node.post(f"{history}/guardar", data=data)).status_code == 303
    assert town.saved == set(names[:3])
    page = (await node.get(f"{history}/guardar")).text
    assert "3 datos guardados" in page
    assert len(re.findall(r'name="fact"', page)) == 18
    assert "3 datos guardados" in (await node.get(history)).text


async def test_a_log_that_cannot_be_written_leaves_every_country_named(node: httpx.AsyncClient, town: Town) -> None:
    town.broken = True
    history, _ = await asked(node, town)
    text = (await node.get(history)).text
    assert text.count("no se pudo contactar") >= 4
    assert replace(town.history, answers=()).silences[0].reason is SilenceReason.TIMEOUT
