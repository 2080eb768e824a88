"""Health links over the wire: made by a clinician, opened by whoever holds key and passcode, and by nobody else."""

from __future__ import annotations

import asyncio
import base64
import html
import io
import json
import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any
from urllib.parse import urlencode

import pytest
import zxingcpp
from joserfc import jwe
from joserfc.jwk import OctKey
from PIL import Image
from sqlalchemy import select, update

from corridor.domain.category import CLINICAL
from corridor.domain.consent import Consent, Provision
from corridor.domain.country import Country
from corridor.domain.link_text import LinkPayload, read_link
from corridor.domain.message import SignedRequest
from corridor.fhir.consent import render
from corridor.keys.files import signing_key
from corridor.keys.hcert import read_hcert
from corridor.keys.receiver_signatures import sign_as_receiver
from corridor.storage.database import Database
from corridor.storage.node.link_tables import health_link, health_link_file
from demo.parties import Party
from tests.databases import Databases
from tests.doors.outcomes import refused
from tests.doors.running import PASSWORD, PUBLIC, Node, Reply, running_node
from tests.doors.samples import Town

PASSCODE = "maiz morado"
FORM = "application/x-www-form-urlencoded"
HERE = frozenset({Country("PE")})


def consented(node: Node, patient: str, purpose: str = "TREAT") -> str:
    """A consent to links on record, as the page would have kept it; its id."""
    permit = Provision(permit=True, countries=HERE, holders=HERE, purposes=frozenset({purpose}), categories=CLINICAL)
    consent = Consent("x", True, datetime.now(UTC), provisions=(permit,))  # noqa: FBT003  # the order is the value's
    resource = render(consent, patient={"reference": f"Patient/{patient}"}, custodian=Country("PE"))
    return node.make({name: value for name, value in resource.items() if name != "id"}, role="clinician")


@dataclass
class Link:
    """A link as its receiver knows it."""

    payload: LinkPayload
    code: str
    passcode: str = PASSCODE
    revocation: str = ""

    @property
    def folder(self) -> str:
        return re.split(r"_id=|/l/", self.payload.url)[1].partition("&")[0]


def somebody(node: Node, town: Town) -> str:
    """A person with a viral load of their own."""
    patient = node.make({k: v for k, v in town.resource("Patient").items() if k != "identifier"})
    observation = town.resource("Observation")
    node.make(observation | {"subject": {"reference": f"Patient/{patient}"}})
    return patient


def scanned(reply: Reply) -> Link:
    """The link in the picture that `$generate-vhl` gave."""
    binary = reply.json["parameter"][0]["resource"]
    image = Image.open(io.BytesIO(base64.b64decode(binary["data"])))
    code = zxingcpp.read_barcodes(image)[0].text
    payload = read_hcert(code, keys=lambda _: (), now=datetime.now(UTC)).payload
    assert payload is not None
    return Link(payload, code)


def generated(node: Node, patient: str, **more: str) -> Link:
    """A verifiable link that `$generate-vhl` made."""
    query = urlencode({"passcode": PASSCODE, "flag": "P", **more})
    accepted = "image/png, application/fhir+json"
    reply = node.get(f"Patient/{patient}/$generate-vhl?{query}", role="clinician", accept=accepted)
    assert reply.status == 200, reply.body
    return scanned(reply)


def given(node: Node, patient: str, **more: str) -> Link:
    """A plain link that the clinician's page made."""
    cookie = signed_in(node)
    page = f"/personas/{patient}/enlaces"
    token = re.search(r'name="token" value="([^"]+)"', node.send("GET", page, headers=cookie).body.decode())
    assert token
    fields = {"way": "shl", "days": "1", "language": "en", "passcode": PASSCODE, "heard": "yes", **more}
    form = urlencode({"token": token[1], **fields}).encode()
    shown = node.send("POST", page, form, cookie | {"content-type": FORM}).body.decode()
    found = [re.search(f'id="{name}">([^<]+)<', shown) for name in ("link", "passcode", "revocation")]
    text, passcode, revocation = (html.unescape(each[1]) for each in found if each)
    return Link(read_link(text), text, passcode, revocation)


@cache
def signed_in(node: Node) -> dict[str, str]:
    """The cookie of a clinician; once for each node, for an account may sign in thirty times an hour."""
    form = urlencode({"account": "clinician", "password": PASSWORD}).encode()
    answer = node.send("POST", "/ingreso", form, {"content-type": FORM})
    return {"cookie": answer.headers["set-cookie"].partition(";")[0]}


def knocked(node: Node, link: Link, *, passcode: str | None = PASSCODE, **more: Any) -> Reply:
    """A manifest request as SMART Health Links has it."""
    asked = {"recipient": "Posta de Iquitos", **({"passcode": passcode} if passcode is not None else {}), **more}
    return node.send("POST", link.payload.url, json.dumps(asked).encode(), {"content-type": "application/json"})


def searched(node: Node, party: Party, link: Link, *, passcode: str = PASSCODE, **more: Any) -> Reply:
    """ITI-YY5 by a member of the federation."""
    url, headers, body = signed(party, link, passcode=passcode, at=more.get("at", datetime.now(UTC)))
    return node.send("POST", url, more.get("body", body), headers)


def signed(party: Party, link: Link, *, passcode: str, at: datetime) -> tuple[str, dict[str, str], bytes]:
    pairs = [pair.partition("=")[::2] for pair in link.payload.url.partition("?")[2].split("&")]
    body = urlencode([*pairs, ("recipient", "Posta de Iquitos"), ("passcode", passcode)]).encode()
    headers = {"content-type": FORM}
    url = f"{PUBLIC}/vhl/List/_search"
    key = signing_key(party.keys / "signing.key")
    return url, headers | sign_as_receiver(SignedRequest("POST", url, headers, body), keyid="PE", key=key, now=at), body


def opened(token: bytes | str, key: bytes) -> dict[str, Any]:
    """The document of a file, opened by another library than ours."""
    registry = jwe.JWERegistry(algorithms=["dir", "A256GCM", "DEF"])
    registry.max_ciphertext_length = 2**22
    text = token.decode() if isinstance(token, bytes) else token
    found: dict[str, Any] = json.loads(
        jwe.decrypt_compact(text, OctKey.import_key(key), registry=registry).plaintext or b""
    )
    return found


def audited(node: Node, patient: str) -> str:
    """All that the log says of a person, queries in clear."""
    entries = node.get(f"AuditEvent?patient={patient}&_count=200", role="auditor").json.get("entry", [])
    queries = [
        base64.b64decode(entity["query"]).decode()
        for each in entries
        for entity in each["resource"].get("entity", ())
        if "query" in entity
    ]
    return " | ".join(queries)


def test_a_verifiable_link_is_opened_by_a_member_and_by_nobody_who_does_not_sign(
    node: Node, town: Town, lima: Party
) -> None:
    patient = somebody(node, town)
    assert node.get(f"Patient/{patient}/$generate-vhl", role="clinician").status == 403
    consented(node, patient)
    link = generated(node, patient)
    assert patient not in link.code + link.payload.url
    assert link.payload.flags == "P"
    found = searched(node, lima, link)
    assert found.status == 200, found.body
    listed, document = [each["resource"] for each in found.json["entry"]]
    assert (listed["resourceType"], document["resourceType"]) == ("List", "DocumentReference")
    assert patient not in found.body.decode()
    attachment = document["content"][0]["attachment"]
    assert attachment["contentType"] == "application/jose"
    file = node.send("GET", attachment["url"])
    bundle = opened(file.body, link.payload.key.value)
    assert bundle["type"] == "document"
    assert bundle["entry"][0]["resource"]["type"]["coding"][0]["code"] == "60591-5"
    unsigned = node.send(
        "POST", "/vhl/List/_search", b"_id=x&recipient=y", {"content-type": "application/x-www-form-urlencoded"}
    )
    assert unsigned.status == 401
    assert searched(node, lima, link, passcode="maiz blanco").status == 422


def test_a_plain_link_is_opened_with_its_passcode_by_a_viewer_of_any_origin(node: Node, town: Town) -> None:
    patient = somebody(node, town)
    link = given(node, patient)
    assert len(link.payload.url) <= 128
    assert (link.payload.flags, patient in link.code) == ("P", False)
    answer = knocked(node, link)
    assert answer.headers["access-control-allow-origin"] == "*"
    manifest = answer.json
    assert manifest["status"] == "finalized"
    (file,) = manifest["files"]
    document = opened(file["embedded"], link.payload.key.value)
    assert document["entry"][0]["resource"]["language"] == "en"
    away = knocked(node, link, embeddedLengthMax=10).json["files"][0]
    fetched = node.send("GET", away["location"])
    assert fetched.headers["content-type"] == "application/jose"
    assert opened(fetched.body, link.payload.key.value)["type"] == "document"
    assert node.send("GET", away["location"][:-6] + "AAAAAA").status == 404
    allowed = node.send("OPTIONS", link.payload.url, headers={"origin": "https://viewer.example"})
    assert (allowed.status, allowed.headers["access-control-allow-headers"]) == (204, "content-type")
    said = audited(node, patient)
    assert "opened" in said
    assert "file" in said
    assert "ticket-over" in said
    assert link.folder not in said


def test_guesses_that_come_at_once_are_counted_one_by_one_for_the_whole_life_of_a_link(node: Node, town: Town) -> None:
    patient = somebody(node, town)
    link = given(node, patient)
    assert knocked(node, link, passcode="maiz blanco").json == {"remainingAttempts": 9}
    for typed in (PASSCODE, "Maiz Morado", "MAIZ-MORADO"):
        assert knocked(node, link, passcode=typed).status == 200
    with ThreadPoolExecutor(12) as threads:
        answers = [*threads.map(lambda n: knocked(node, link, passcode=f"guess {n}"), range(24))]
    left = sorted(each.json["remainingAttempts"] for each in answers if each.status == 401)
    assert left == [*range(9)]
    assert {each.status for each in answers} == {401, 404}
    assert knocked(node, link).status == 404
    assert "locked" in audited(node, patient)


def test_a_link_that_was_taken_back_opens_for_nobody(node: Node, town: Town) -> None:
    patient = somebody(node, town)
    link, other = given(node, patient), given(node, patient)
    location = knocked(node, link, embeddedLengthMax=1).json["files"][0]["location"]
    wrong = node.send(
        "POST", "/anular", urlencode({"code": "AAAAA-AAAAA-AAAAA-AAAAA"}).encode(), {"content-type": FORM}
    )
    assert wrong.status == 404
    code = urlencode({"code": link.revocation.lower().replace("-", " ")}).encode()
    assert node.send("POST", "/anular", code, {"content-type": FORM}).status == 200
    gone, never = knocked(node, link), knocked(node, Link(unknown(link), ""))
    assert (gone.status, gone.body) == (404, never.body)
    assert node.send("GET", location).status == 404
    assert knocked(node, other).status == 200
    page, cookie = f"/personas/{patient}/enlaces", signed_in(node)
    shown = node.send("GET", page, headers=cookie).body.decode()
    (act,) = set(re.findall(r'action="(/personas/[^"]+/retiro)"', shown))
    token = re.findall(r'name="token" value="([^"]+)"', shown)[0]
    assert node.send("POST", act, urlencode({"token": "no"}).encode(), cookie | {"content-type": FORM}).status == 403
    done = node.send("POST", act, urlencode({"token": token}).encode(), cookie | {"content-type": FORM})
    assert done.status == 303
    assert knocked(node, other).status == 404


def test_with_the_same_code_a_person_takes_every_consent_back(node: Node, town: Town) -> None:
    patient = somebody(node, town)
    consented(node, patient)
    link = given(node, patient)
    everything = {"what": "everything", "code": "AAAAA-AAAAA-AAAAA-AAAAA"}
    assert node.send("POST", "/anular", urlencode(everything).encode(), {"content-type": FORM}).status == 404
    cookie = signed_in(node)
    assert "Permiso retirado" not in node.send("GET", f"/personas/{patient}", headers=cookie).body.decode()
    done = node.send(
        "POST", "/anular", urlencode(everything | {"code": link.revocation}).encode(), {"content-type": FORM}
    )
    assert done.status == 200
    assert knocked(node, link).status == 404
    page = node.send("GET", f"/personas/{patient}", headers=cookie).body.decode()
    assert "Permiso retirado" in page
    assert "Todavía no lo confirman" in page
    assert "every-consent" in audited(node, patient)


def test_an_expired_link_opens_for_nobody(node: Node, town: Town, lima: Party) -> None:
    patient = somebody(node, town)
    link, certified = given(node, patient), generated(node, patient)
    location = knocked(node, link, embeddedLengthMax=1).json["files"][0]["location"]
    asyncio.run(_end(node.settings.database, patient))
    assert knocked(node, link).status == 404
    assert node.send("GET", location).status == 404
    assert searched(node, lima, certified).status == 404
    assert "expired" in audited(node, patient)


async def _end(url: str, patient: str) -> None:
    """Let the time of every link of a person pass."""
    database = Database(url)
    async with database.write() as connection:
        await connection.execute(update(health_link).where(health_link.c.patient_id == patient).values(until=1))
    await database.close()


def test_the_database_holds_nothing_that_opens_a_link(node: Node, town: Town) -> None:
    link = given(node, somebody(node, town))
    asyncio.run(_holds_nothing(node.settings.database, link))


async def _holds_nothing(url: str, link: Link) -> None:
    database = Database(url)
    async with database.read() as connection:
        (row,) = (await connection.execute(select(health_link).where(health_link.c.folder == link.folder))).all()
        wanted = select(health_link_file.c.content).where(health_link_file.c.link == row.id)
        content = bytes((await connection.execute(wanted)).scalar_one())
    await database.close()
    said = repr(tuple(row)).encode() + content
    key = base64.urlsafe_b64encode(link.payload.key.value).rstrip(b"=")
    for secret in (key, link.payload.key.value, link.passcode.encode(), link.revocation.encode(), b"Composition"):
        assert secret not in said
    assert row.passcode.startswith("$argon2id$")


def unknown(link: Link) -> LinkPayload:
    return LinkPayload(link.payload.kind, f"{PUBLIC}/l/{'A' * 43}", link.payload.key, "P")


def test_a_withdrawn_consent_closes_every_link(node: Node, town: Town, lima: Party) -> None:
    patient = somebody(node, town)
    link = given(node, patient)
    signed_link = generated(node, patient)
    assert searched(node, lima, signed_link).status == knocked(node, link).status == 200
    assert node.ask("POST", f"/fhir/Patient/{patient}/$withdraw-consent", role="clinician").status == 200
    assert knocked(node, link).status == 404
    assert searched(node, lima, signed_link).status == 404
    assert "withdrawn" in audited(node, patient)


def test_a_denial_on_record_wins_over_what_is_ticked(node: Node, town: Town) -> None:
    patient = somebody(node, town)
    refusal = Consent("x", True, datetime.now(UTC), provisions=(Provision(permit=False),))  # noqa: FBT003  # the order is the value's
    resource = render(refusal, patient={"reference": f"Patient/{patient}"}, custodian=Country("PE"))
    node.make({name: value for name, value in resource.items() if name != "id"}, role="clinician")
    with pytest.raises(ValueError, match="not enough values"):
        given(node, patient)
    refused(node.get(f"Patient/{patient}/$generate-vhl", role="clinician"), 403, "forbidden")


def test_a_link_never_widens_what_another_country_may_pull(node: Node, town: Town) -> None:
    patient = somebody(node, town)
    given(node, patient)
    entries = node.get(f"Consent?patient={patient}", role="clinician").json["entry"]
    (provision,) = entries[0]["resource"]["provision"]["provision"]
    assert [each["reference"]["identifier"]["value"] for each in provision["actor"]] == ["PE"]


def test_a_program_makes_a_plain_link_with_a_passcode_or_says_that_it_wants_none(node: Node, town: Town) -> None:
    patient = somebody(node, town)
    path = f"/fhir/Patient/{patient}/$generate-shl"
    assert node.ask("POST", f"{path}?flag=U", role="clinician").status == 403
    consented(node, patient)
    refused(node.ask("POST", path, role="clinician"), 400, "invalid")
    refused(node.ask("POST", f"{path}?flag=U&passcode=123456", role="clinician"), 400, "not-supported")
    given_out = node.ask("POST", f"{path}?flag=U&label=hoy", role="clinician").json["parameter"]
    payload = read_link(next(each["valueString"] for each in given_out if each["name"] == "link"))
    assert (payload.flags, payload.label) == ("U", "hoy")
    assert node.send("GET", payload.url).status == 400
    file = node.send("GET", f"{payload.url}?recipient=Posta")
    assert file.headers["content-type"] == "application/jose"
    assert opened(file.body, payload.key.value)["type"] == "document"
    body = {"resourceType": "Parameters", "parameter": [{"name": "passcode", "valueString": PASSCODE}]}
    locked = node.ask("POST", path, body, role="clinician").json["parameter"]
    payload = read_link(next(each["valueString"] for each in locked if each["name"] == "link"))
    assert payload.flags == "P"
    assert node.send("GET", f"{payload.url}?recipient=Posta").status == 401
    assert knocked(node, Link(payload, "")).status == 200


def test_only_a_clinician_makes_a_link(node: Node, town: Town) -> None:
    patient = somebody(node, town)
    consented(node, patient)
    for role in ("programme", "auditor", "operator"):
        assert node.get(f"Patient/{patient}/$generate-vhl", role=role).status == 403
    assert node.get(f"Patient/{patient}/$generate-vhl", role="").status == 401
    assert node.get("Patient/nobody/$generate-vhl", role="clinician").status == 404


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("exp=1", 400),
        ("exp=99999999999", 400),
        ("exp=soon", 400),
        ("label=" + "x" * 81, 400),
        ("passcode=12345", 400),
        ("flag=P", 400),
        ("flag=PL", 400),
        ("flag=L", 400),
        ("flag=U", 400),
        ("flag=X", 400),
        ("format=vc", 400),
        ("purposeOfUse=HLEGAL", 400),
        ("purposeOfUse=BTG", 400),
        ("purposeOfUse=PATRQT", 403),
        ("favourite=1", 400),
        ("label=a&label=b", 400),
    ],
)
def test_terms_that_no_link_may_have_are_refused_in_words(node: Node, town: Town, query: str, status: int) -> None:
    patient = somebody(node, town)
    consented(node, patient)
    answer = node.get(f"Patient/{patient}/$generate-vhl?{query}", role="clinician")
    assert answer.status == status, answer.body
    assert answer.json["resourceType"] == "OperationOutcome"


def test_a_signed_request_counts_once_and_only_as_it_was_signed(node: Node, town: Town, lima: Party) -> None:
    patient = somebody(node, town)
    consented(node, patient)
    link = generated(node, patient)
    url, headers, body = signed(lima, link, passcode=PASSCODE, at=datetime.now(UTC))
    assert node.send("POST", url, body, headers).status == 200
    refused(node.send("POST", url, body, headers), 401, "security")
    for minutes in (-3, 3):
        refused(searched(node, lima, link, at=datetime.now(UTC) + timedelta(minutes=minutes)), 401, "security")
    refused(searched(node, lima, link, body=body.replace(b"Iquitos", b"Jaen")), 401, "security")
    for name in ("signature", "signature-input", "content-digest"):
        _, fresh, again = signed(lima, link, passcode=PASSCODE, at=datetime.now(UTC))
        del fresh[name]
        refused(node.send("POST", url, again, fresh), 401, "security")
    assert node.send("GET", f"{PUBLIC}/vhl/List?_id={link.folder}").status == 404


@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [
        (b"", "application/json", 400),
        (b"{", "application/json", 400),
        (b"[]", "application/json", 400),
        (b"{}", "application/json", 400),
        (b'{"recipient":" "}', "application/json", 400),
        (b'{"recipient":7}', "application/json", 400),
        (b'{"recipient":"x","passcode":7}', "application/json", 400),
        (b'{"recipient":"x","embeddedLengthMax":-1}', "application/json", 400),
        (b'{"recipient":"x"}', "text/plain", 415),
        (b"x" * 20_000, "application/json", 413),
    ],
)
def test_what_is_no_request_for_a_manifest_is_refused(
    node: Node, town: Town, body: bytes, content_type: str, status: int
) -> None:
    link = given(node, somebody(node, town))
    assert node.send("POST", link.payload.url, body, {"content-type": content_type}).status == status
    assert knocked(node, link, passcode=None).json == {"remainingAttempts": 9}


def test_an_empty_form_gives_nothing_and_says_what_is_missing(node: Node, town: Town) -> None:
    patient, cookie = somebody(node, town), signed_in(node)
    page = f"/personas/{patient}/enlaces"
    token = re.findall(r'name="token" value="([^"]+)"', node.send("GET", page, headers=cookie).body.decode())[0]
    answer = node.send("POST", page, urlencode({"token": token}).encode(), cookie | {"content-type": FORM})
    assert answer.status == 400
    assert "missing-heard" in answer.body.decode()
    assert node.get(f"Consent?patient={patient}&_summary=count").json["total"] == 0


def documents(node: Node, query: str, *, role: str = "clinician", **more: str) -> Reply:
    return node.ask("GET", f"/mhd/DocumentReference?{query}", role=role, **({"x_purpose_of_use": "TREAT"} | more))


def test_a_summary_is_found_by_the_persons_identifier_and_fetched_as_a_document(node: Node, town: Town) -> None:
    number = datetime.now(UTC).strftime("%H%M%S%f")
    system = "urn:oid:2.16.604"
    paper = {
        "system": system,
        "value": number,
        "type": {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/v2-0203", "code": "NI"}]},
    }
    patient = node.make(town.resource("Patient") | {"identifier": [paper]})
    query = f"patient.identifier={system}%7C{number}&status=current"
    nothing = documents(node, query)
    assert (nothing.status, nothing.json["total"]) == (200, 0)
    assert documents(node, query.replace(number, "0")).json["total"] == 0
    consented(node, patient)
    found = documents(node, query, accept_language="pt").json
    assert found["total"] == 1
    for spelling in (f"urn:oid.2.16.604%7CPE/{number}", number, f"{system}%7CPE/{number}"):
        assert documents(node, f"patient.identifier={spelling}&status=current").json["total"] == 1
    document = found["entry"][0]["resource"]
    attachment = document["content"][0]["attachment"]
    assert document["type"]["coding"][0]["code"] == "60591-5"
    assert (attachment["contentType"], attachment["language"]) == ("application/fhir+json", "pt")
    bundle = node.ask("GET", attachment["url"].removeprefix(PUBLIC), role="clinician", x_purpose_of_use="TREAT").json
    assert (bundle["type"], bundle["entry"][0]["resource"]["language"]) == ("document", "pt")
    lac = "http://lacpass.racsel.org/StructureDefinition/lac-bundle"
    dressed = node.ask(
        "GET", f"{attachment['url'].removeprefix(PUBLIC)}&profile={lac}", role="clinician", x_purpose_of_use="TREAT"
    ).json
    assert lac in dressed["meta"]["profile"]
    person = next(each["resource"] for each in dressed["entry"] if each["resource"]["resourceType"] == "Patient")
    official = [each for each in person["identifier"] if each.get("use") == "official"]
    assert len(official) == 1
    assert official[0]["system"].startswith("urn:oid.2.16.")
    assert [each["value"] for each in person["identifier"] if "value" in each] == [number]
    assert dressed["entry"][0]["resource"]["custodian"]["reference"]
    posted = node.send(
        "POST",
        "/mhd/DocumentReference/_search",
        query.encode(),
        {"authorization": f"Bearer {node.tokens['programme']}", "content-type": FORM, "x-purpose-of-use": "TREAT"},
    )
    assert posted.json["total"] == 1
    assert "patient-summary" in audited(node, patient)


def test_documents_want_a_sign_in_a_role_and_a_purpose(node: Node, town: Town) -> None:
    query = f"patient={town.ids['patient']}&status=current"
    assert documents(node, query, role="").status == 401
    assert documents(node, query, role="auditor").status == 403
    for purpose in ("", "HLEGAL", "IMMIG", "PATRQT", "x"):
        assert documents(node, query, x_purpose_of_use=purpose).status == 403
    for wrong in ("status=current", "patient=x", f"{query}&related=1", f"{query}&patient=y"):
        assert documents(node, wrong).status == 400
    for absent in (town.ids["patient"], "nobody", "a/b"):
        answer = node.ask("GET", f"/mhd/Bundle/ips-{absent}", role="clinician", x_purpose_of_use="TREAT")
        assert answer.status == 404


BROADCAST = "/gateway/fhir/DocumentReference?patient.identifier={}&status=current"


def test_the_regional_gateway_is_off(node: Node) -> None:
    assert node.send("GET", BROADCAST.format("x")).status == 404


def test_the_regional_gateway_finds_nobody_when_it_is_on(lima: Party, databases: Databases) -> None:
    with running_node(lima, databases.migrated("sqlite", "node"), regional_gateway=True) as open_node:
        paper = {"system": "urn:oid:2.16.604", "value": "44556677"}
        patient = open_node.make({"resourceType": "Patient", "identifier": [paper], "name": [{"family": "Quispe"}]})
        consented(open_node, patient)
        answers = {
            open_node.send("GET", BROADCAST.format(value)).body
            for value in ("urn:oid:2.16.604%7C44556677", "44556677", "urn:oid:2.16.604%7C1", "")
        }
        (body,) = answers
        assert json.loads(body) == {"resourceType": "Bundle", "type": "searchset", "total": 0}
        assert open_node.send("POST", BROADCAST.format("x")).status == 405


def test_the_nodes_key_for_links_is_public_as_trust_lists_write_it(node: Node) -> None:
    document = node.send("GET", "/.well-known/did.json").json
    (method,) = document["verificationMethod"]
    assert method["type"] == "JsonWebKey2020"
    assert set(method["publicKeyJwk"]) == {"kty", "crv", "x", "y", "kid", "x5c"}
