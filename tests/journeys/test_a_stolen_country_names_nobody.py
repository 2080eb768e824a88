"""After all journeys: disks, databases and backups of all parties, with whatever people wrote into them by hand."""

from __future__ import annotations

import json
import re
import time
from pathlib import Path
from typing import Any

import pytest

from demo.drugs import PRODUCTS
from demo.parties import HUB, NODES
from demo.values import Outcome, Person
from tests.journeys.pages import Clicks
from tests.journeys.scan import CLINICAL, folded, long_ones, secrets_of
from tests.journeys.stolen import stolen, written_ahead
from tests.journeys.world import FHIR, World

CANARY = "Ixquiyauhpetlacatl"
"""A name that nobody in any test bears."""

NDJSON = {"content-type": "application/fhir+ndjson", "prefer": "respond-async"}
PATIENCE_SECONDS = 60


@pytest.fixture(scope="module")
def wanted(land: World) -> list[str]:
    """Every name, document, telephone, birth date, city, clinic, clinician and drug, and the canary."""
    drugs = {name for product in PRODUCTS.values() for _, name in product.ingredients}
    return [CANARY, *secrets_of(land.people), *drugs]


@pytest.fixture(scope="module", autouse=True)
def written(land: World) -> Person:
    """Somebody about whom clinicians write wherever words can be written."""
    person = land.newcomer("VE", "PE", outcome=Outcome.BY_PAPER)
    _ask_with_a_statement(land, person)
    _break_the_glass(land)
    link = f"label={CANARY}%20takes%20it&passcode=4711-4711"
    vhl = land.request("GET", "PE", f"/fhir/Patient/{person.here.id}/$generate-vhl?{link}")
    assert vhl.status_code == 200, vhl.text
    patient = {"resourceType": "Patient", "id": "canary", "name": [{"family": CANARY}], "birthDate": "1931-01-31"}
    taken_in = _followed(land, "POST", "$import", content=json.dumps(patient).encode(), headers=NDJSON)
    assert taken_in["output"][0]["written"] + taken_in["output"][0]["unchanged"] == 1
    told = _followed(land, "GET", f"$export?_typeFilter=Patient%3Fname%3D{CANARY}&_type=Patient,Observation")
    assert {each["type"] for each in told["output"]} == {"Patient", "Observation"}
    land.settle()
    return person


def _ask_with_a_statement(land: World, person: Person) -> None:
    password = land.accounts["PE", "clinician"].password
    said = [("cause", "valueCode", "no-card"), ("statement", "valueString", f"{CANARY} sits in front of me.")]
    words = [{"name": name, kind: text} for name, kind, text in (*said, ("password", "valueString", password))]
    parts = [{"name": "purpose", "valueCode": "TREAT"}, {"name": "attestation", "part": words}]
    body = json.dumps({"resourceType": "Parameters", "parameter": parts})
    asked = land.request("POST", "PE", f"/fhir/Patient/{person.here.id}/$pull-history", headers=FHIR, content=body)
    assert asked.status_code == 200, asked.text


def _break_the_glass(land: World) -> None:
    # In Bogotá: the doctor in Lima may break it three times an hour, and does so in other stories.
    person = land.newcomer("VE", "CO", outcome=Outcome.NO_CONSENT)
    clicks = Clicks(land, "CO")
    why = {"cause": "unconscious", "words": f"{CANARY} does not answer anybody.", "sure": "yes"}
    assert clicks.send(f"/personas/{person.here.id}/urgencia", **why).status_code == 303
    clicks.close()


def _followed(land: World, method: str, path: str, **more: Any) -> Any:
    """The manifest of an export or an import, once it is done."""
    more.setdefault("headers", {"prefer": "respond-async"})
    answer = land.request(method, "PE", f"/fhir/{path}", role="programme", **more)
    assert answer.status_code == 202, answer.text
    where = "/fhir" + answer.headers["content-location"].partition("/fhir")[2]
    until = time.monotonic() + PATIENCE_SECONDS
    while (status := land.request("GET", "PE", where, role="programme")).status_code == 202:
        assert time.monotonic() < until
        time.sleep(0.2)
    return status.json()


def test_words_were_written_and_files_lie_there(land: World) -> None:
    found = dict(stolen(land, "PE"))
    for column in ("presence.words", "health_link.label", "bulk_job.ordered"):
        assert found[column].strip(), column
    assert dict(stolen(land, "CO"))["opening.words"].strip()
    bulk = [name for name in found if name.startswith("bulk/")]
    assert {Path(name).name for name in bulk} >= {"Patient.ndjson", "Observation.ndjson", "upload.ndjson"}


@pytest.mark.parametrize("key", [HUB, *NODES])
def test_nothing_that_can_be_stolen_names_anybody(land: World, wanted: list[str], key: str) -> None:
    for name, content in stolen(land, key):
        assert long_ones(content, [*wanted, *(CLINICAL if key == HUB else ())]) == [], name
        assert not _in_base_16(content, wanted), name


@pytest.mark.parametrize("key", [HUB, *NODES])
def test_nothing_that_is_written_ahead_holds_the_canary(land: World, key: str) -> None:
    assert folded(CANARY).encode() not in written_ahead(land, key).lower()


def test_logs_and_process_lists_do_not_hold_the_canary(land: World) -> None:
    for key, process in land.running.processes.items():
        listed = [Path(f"/proc/{process.pid}/{file}").read_bytes() for file in ("cmdline", "environ")]
        for content in (land.doors[key].log.read_bytes(), *listed):
            assert long_ones(content, [CANARY]) == []


def test_the_same_scan_finds_the_canary_where_a_file_is_fetched(land: World) -> None:
    told = _followed(land, "GET", f"$export?_typeFilter=Patient%3Fname%3D{CANARY}&_type=Patient")
    where = "/fhir" + told["output"][0]["url"].partition("/fhir")[2]
    assert long_ones(land.request("GET", "PE", where, role="programme").content, [CANARY]) == [folded(CANARY)]


def _in_base_16(content: bytes, wanted: list[str]) -> list[str]:
    """A backup writes bytes in base 16."""
    written = re.sub(rb"[^0-9a-f]", b" ", content) if content else b""
    return [each for each in wanted if len(each) > 6 and each.encode().hex().encode() in written]
