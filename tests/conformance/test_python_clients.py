"""The two Python clients that people use most do a day's work at the national base."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from fhirclient.auth import FHIRAuth
from fhirclient.client import FHIRClient
from fhirclient.models.bundle import Bundle
from fhirclient.models.patient import Patient
from fhirpy import SyncFHIRClient
from fhirpy.base.exceptions import OperationOutcome, ResourceNotFound
from requests import HTTPError

from tests.conformance.serving import Served
from tests.conformance.work import SYSTEM, family, newcomer, visit

MANY = 7


@pytest.fixture
def fhirpy(node: Served) -> SyncFHIRClient:
    """A client that signs its requests with the programme's token."""
    return SyncFHIRClient(node.base, authorization=node.headers()["authorization"])


@pytest.fixture
def smart(node: Served) -> FHIRClient:
    """SMART's client, holding the programme's token as if it had been given one."""
    client = FHIRClient(settings={"app_id": "corridor-conformance", "api_base": node.base})
    assert client.server.capabilityStatement.fhirVersion == "4.0.1"
    client.server.auth = FHIRAuth.create("oauth2", {"access_token": node.tokens["programme"]})
    return client


def test_fhirpy_creates_reads_changes_and_deletes(fhirpy: SyncFHIRClient) -> None:
    name = family()
    patient = fhirpy.resource("Patient", **newcomer(name))
    patient.save()
    again = fhirpy.reference("Patient", patient["id"]).to_resource()
    assert again["name"][0]["family"] == name
    again["gender"] = "male"
    again.save()
    assert again["meta"]["versionId"] == "2"
    again.delete()
    with pytest.raises(ResourceNotFound):
        fhirpy.reference("Patient", patient["id"]).to_resource()


def test_fhirpy_searches_counts_and_pages_through(fhirpy: SyncFHIRClient) -> None:
    name = family()
    made = {fhirpy.resource("Patient", **newcomer(name)).create()["id"] for _ in range(MANY)}
    found = fhirpy.resources("Patient").search(family=name)
    assert found.count() == MANY
    paged = [each["id"] for each in found.limit(2)]
    assert sorted(paged) == sorted(made)
    assert len(found.limit(3).fetch()) == 3
    newest = found.sort("-_lastUpdated").first()
    assert newest is not None
    assert newest["id"] in made


def test_fhirpy_patches_with_a_part_of_the_resource(fhirpy: SyncFHIRClient) -> None:
    patient = fhirpy.resource("Patient", **newcomer(family())).create()
    changed = fhirpy.patch("Patient", patient["id"], gender="other", active=True)
    assert (changed["gender"], changed["active"]) == ("other", True)
    assert changed["name"] == patient["name"]
    patient.patch(birthDate="1980-02-29")
    assert fhirpy.reference("Patient", patient["id"]).to_resource()["birthDate"] == "1980-02-29"


def test_fhirpy_writes_on_a_condition(fhirpy: SyncFHIRClient) -> None:
    number = uuid4().hex
    condition = fhirpy.resources("Patient").search(identifier=f"{SYSTEM}|{number}")
    first, made = condition.update(fhirpy.resource("Patient", **newcomer(family(), number=number)))
    again, once_more = condition.update(fhirpy.resource("Patient", **newcomer(family(), number=number)))
    assert (made, once_more) == (True, False)
    assert first["id"] == again["id"]
    condition.patch(gender="other")
    assert condition.get()["gender"] == "other"
    condition.delete()
    assert condition.first() is None


def test_fhirpy_is_told_that_its_own_way_to_create_once_is_not_fhirs(fhirpy: SyncFHIRClient) -> None:
    """It writes the condition into the address, where R4 has none for a create: passed over, it would make twins."""
    number = uuid4().hex
    condition = fhirpy.resources("Patient").search(identifier=f"{SYSTEM}|{number}")
    with pytest.raises(OperationOutcome, match="If-None-Exist"):
        condition.get_or_create(fhirpy.resource("Patient", **newcomer(family(), number=number)))
    assert condition.first() is None


def test_fhirpy_carries_out_a_transaction_or_nothing_of_it(fhirpy: SyncFHIRClient) -> None:
    name = family()
    answer = fhirpy.resource("Bundle", **visit(name)).save()
    assert [each["response"]["status"][:3] for each in answer["entry"]] == ["201", "201"]
    (patient,) = fhirpy.resources("Patient").search(family=name).fetch_all()
    (observation,) = fhirpy.resources("Observation").search(patient=patient["id"]).fetch_all()
    assert observation["subject"]["reference"].endswith(f"Patient/{patient['id']}")
    other = family()
    with pytest.raises(OperationOutcome):
        fhirpy.resource("Bundle", **visit(other, code="not a status")).save()
    assert fhirpy.resources("Patient").search(family=other).fetch_all() == []


def test_fhirpy_follows_includes(fhirpy: SyncFHIRClient) -> None:
    name = family()
    fhirpy.resource("Bundle", **visit(name)).save()
    found = fhirpy.resources("Observation").search(patient__Patient__family=name).include("Observation", "patient")
    kinds = sorted(each["resource"]["resourceType"] for each in found.fetch_raw()["entry"])
    assert kinds == ["Observation", "Patient"]


def test_fhirclient_creates_reads_changes_and_deletes(smart: FHIRClient) -> None:
    made = Patient(newcomer(family())).create(smart.server)
    patient = Patient.read(made["id"], smart.server)
    patient.gender = "other"
    answer = patient.update(smart.server)
    assert answer["meta"]["versionId"] == "2"
    patient.delete(smart.server)
    with pytest.raises(HTTPError, match="410"):
        Patient.read(made["id"], smart.server)


def test_fhirclient_searches_and_pages_through(smart: FHIRClient) -> None:
    name = family()
    made = {Patient(newcomer(name)).create(smart.server)["id"] for _ in range(MANY)}
    search = Patient.where({"family": name, "_count": "2"})
    found = [each.id for each in search.perform_resources_iter(smart.server)]
    assert sorted(found) == sorted(made)


def test_fhirclient_sends_a_transaction(smart: FHIRClient) -> None:
    name = family()
    answer: dict[str, Any] = smart.server.post_json("", Bundle(visit(name)).as_json()).json()
    assert Bundle(answer).type == "transaction-response"
    (patient,) = Patient.where({"family": name}).perform_resources_iter(smart.server)
    assert patient.name[0].family == name
