"""A summary that leaves the country, by whatever way, points at nothing withheld and says nothing of origin."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from corridor.domain.category import CLINICAL, Category
from corridor.domain.consent import Consent, Provision
from corridor.domain.country import Country
from corridor.domain.link_text import read_link
from corridor.fhir.consent import render
from tests.doors.running import Node
from tests.doors.samples import Town
from tests.doors.test_health_links import HERE, given, knocked, opened

Document = dict[str, Any]
HL7 = "http://hl7.org/fhir/StructureDefinition/"
LACPASS = "http://lacpass.racsel.org/StructureDefinition/lac-bundle"
ABROAD = {"x_purpose_of_use": "TREAT", "role": "clinician"}
ORIGIN = {
    "extension": [
        {
            "url": f"{HL7}patient-nationality",
            "extension": [{"url": "code", "valueCodeableConcept": {"text": "Venezolana"}}],
        },
        {"url": f"{HL7}patient-religion", "valueCodeableConcept": {"text": "Evangelica"}},
    ],
    "identifier": [
        {"type": {"text": "PTP"}, "value": "PTP-86420"},
        {"type": {"text": "PASAPORTE"}, "system": "urn:oid:2.16.862", "value": "VE-13579"},
    ],
    "address": [{"text": "Maracaibo"}],
}
TELLING = ("Venezolana", "Evangelica", "PTP", "86420", "13579", "Maracaibo", "patient-nationality")


def by_link(node: Node, patient: str) -> Document:
    """As somebody reads it who has a health link."""
    link = given(node, patient)
    return opened(knocked(node, link).json["files"][0]["embedded"], link.payload.key.value)


def by_region(node: Node, patient: str) -> Document:
    """As another health system of the region fetches it."""
    found: Document = node.ask("GET", f"/mhd/Bundle/ips-{patient}?lang=en", **ABROAD).json
    return found


def by_lacpass(node: Node, patient: str) -> Document:
    """The same in the dress of LACPASS."""
    found: Document = node.ask("GET", f"/mhd/Bundle/ips-{patient}?lang=en&profile={LACPASS}", **ABROAD).json
    return found


WAYS = pytest.mark.parametrize("way", [by_link, by_region, by_lacpass])


def allowing(node: Node, patient: str, *denied: Category, purpose: str = "TREAT") -> None:
    """The person agrees to what is clinical, but to some of it not."""
    here, treatment = HERE, frozenset({purpose})
    permit = Provision(permit=True, countries=here, holders=here, purposes=treatment, categories=CLINICAL)
    against = Provision(permit=False, countries=here, purposes=treatment, categories=frozenset(denied))
    consent = Consent("x", True, datetime.now(UTC), provisions=(permit, against) if denied else (permit,))  # noqa: FBT003  # the order is the value's
    resource = render(consent, patient={"reference": f"Patient/{patient}"}, custodian=Country("PE"))
    node.make({name: value for name, value in resource.items() if name != "id"}, role="clinician")


def looks(document: Document) -> str:
    """A document without what is new in each: when it was made, and its own numbers."""
    text = re.sub(r"urn:uuid:[0-9a-f-]{36}", "", json.dumps(document))
    return re.sub(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+Z", "", text)


def blood(patient: str, **more: Any) -> Document:
    """A blood count."""
    return {
        "resourceType": "Observation",
        "status": "final",
        "code": {"coding": [{"system": "http://loinc.org", "code": "718-7"}]},
        "subject": {"reference": f"Patient/{patient}"},
        "effectiveDateTime": "2019-07-07",
        "valueQuantity": {"value": 11.5, "unit": "g/dL"},
        **more,
    }


@WAYS
def test_what_is_withheld_changes_nothing_of_a_summary(
    node: Node, town: Town, way: Callable[[Node, str], Document]
) -> None:
    person = {name: each for name, each in town.resource("Patient").items() if name != "identifier"}
    patient = node.make(person)
    allowing(node, patient, Category.VIRAL_LOAD)
    count = node.make(blood(patient))
    before = way(node, patient)
    load = node.make(blood(patient, code={"coding": [{"system": "http://loinc.org", "code": "20447-9"}]}))
    pointing = blood(patient, id=count, hasMember=[{"reference": f"Observation/{load}"}])
    assert node.ask("PUT", f"/fhir/Observation/{count}", pointing).status == 200
    after = way(node, patient)
    assert load not in json.dumps(after)
    assert looks(after) == looks(before)
    assert load in json.dumps(node.get(f"Patient/{patient}/$summary").json)


def test_a_link_for_two_purposes_carries_what_both_are_permitted(node: Node, town: Town) -> None:
    patient = node.make({name: each for name, each in town.resource("Patient").items() if name != "identifier"})
    laboratory = {
        "coding": [{"system": "http://terminology.hl7.org/CodeSystem/observation-category", "code": "laboratory"}]
    }
    count = node.make(blood(patient, category=[laboratory]))
    load = node.make(blood(patient, code={"coding": [{"system": "http://loinc.org", "code": "20447-9"}]}))
    for purpose, denied in (("TREAT", Category.VIRAL_LOAD), ("ETREAT", Category.LABORATORY)):
        allowing(node, patient, denied, purpose=purpose)
    made = f"/fhir/Patient/{patient}/$generate-shl?flag=U&purposeOfUse=TREAT&purposeOfUse=ETREAT"
    given_out = node.ask("POST", made, role="clinician").json["parameter"]
    payload = read_link(next(each["valueString"] for each in given_out if each["name"] == "link"))
    file = node.send("GET", f"{payload.url}?recipient=Posta")
    document = json.dumps(opened(file.body, payload.key.value))
    assert patient in document
    assert [each for each in (count, load) if each in document] == []


@WAYS
def test_where_somebody_is_from_leaves_in_no_summary_and_stands_in_the_countrys_own(
    node: Node, town: Town, way: Callable[[Node, str], Document]
) -> None:
    patient = node.make(town.resource("Patient") | ORIGIN)
    allowing(node, patient)
    abroad = json.dumps(way(node, patient), ensure_ascii=False)
    at_home = json.dumps(node.get(f"Patient/{patient}/$summary").json)
    assert town.resource("Patient")["name"][0]["family"] in abroad
    assert [each for each in TELLING if each in abroad] == []
    assert [each for each in TELLING if each not in at_home] == []
