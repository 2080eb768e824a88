"""Our profiles: their examples keep them, and what breaks them is told with its place."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import orjson
import pytest
from fhir.resources.R4B import get_fhir_model_class

from corridor.domain.errors import NotFoundError, ProfileError
from corridor.fhir.invariants import broken_invariants
from corridor.fhir.outcome import outcome
from corridor.fhir.profile_checks import check_claims, contains, own_claims
from corridor.fhir.profile_rules import PREFIX, profile
from corridor.fhir.published import PUBLISHED, definition, ids, shelf
from corridor.fhir.validate import problems

EXAMPLES = {
    path.stem.partition("-example-")[2]: orjson.loads(path.read_bytes())
    for path in sorted((Path(__file__).parents[2] / "profiles" / "examples").glob("*.json"))
}
PROFILES = [
    each for each in ids("StructureDefinition") if definition("StructureDefinition", each)["type"] != "Extension"
]
LOINC = "http://loinc.org"
Path_ = tuple[str | int, ...]


def broken(name: str, path: Path_, value: Any = None) -> dict[str, Any]:
    """An example with one value replaced, or removed where it is None."""
    resource: dict[str, Any] = copy.deepcopy(EXAMPLES[name])
    node: Any = resource
    for step in path[:-1]:
        node = node[step]
    if value is None:
        del node[path[-1]]
    else:
        node[path[-1]] = value
    return resource


def test_every_profile_has_an_example_and_every_example_a_profile() -> None:
    claimed = {url.removeprefix(PREFIX) for each in EXAMPLES.values() for url in own_claims(each)}
    assert claimed == set(PROFILES)
    assert all(own_claims(each) for each in EXAMPLES.values())


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_is_valid_and_keeps_its_profile_with_all_invariants(name: str) -> None:
    resource = EXAMPLES[name]
    get_fhir_model_class(resource["resourceType"]).model_validate(resource)
    assert [*problems(resource)] == []
    check_claims(resource)
    assert [issue for url in own_claims(resource) for issue in broken_invariants(resource, profile(url))] == []


@pytest.mark.parametrize(
    ("name", "path", "value", "code", "at"),
    [
        ("patient-national", ("identifier",), None, "required", "Patient.identifier"),
        ("patient-national", ("name",), None, "required", "Patient.name"),
        ("patient-national", ("identifier", 0, "value"), None, "required", "Patient.identifier[0].value"),
        ("patient-national", ("identifier", 0, "assigner"), None, "required", "Patient.identifier[0].assigner"),
        ("patient-national", ("identifier", 0, "assigner", "identifier", "system"), "urn:x", "value",
         "Patient.identifier[0].assigner.identifier.system"),
        ("patient-exchange", ("name",), [{"text": "Marisol"}], "structure", "Patient.name"),
        ("patient-exchange", ("identifier",), [{"value": "1"}], "structure", "Patient.identifier"),
        ("patient-exchange", ("deceasedDateTime",), "2024-01-01", "structure", "Patient.deceasedDateTime"),
        ("medication-statement-arv", ("effectivePeriod",), None, "required", "MedicationStatement.effective"),
        ("medication-statement-arv", ("medicationCodeableConcept", "coding", 0, "code"), "J01CA04", "code-invalid",
         "MedicationStatement.medicationCodeableConcept.coding[0]"),
        ("medication-statement-arv", ("medicationCodeableConcept", "coding", 2, "code"), None, "required",
         "MedicationStatement.medicationCodeableConcept.coding[2].code"),
        ("medication-statement-arv", ("subject", "reference"), "Group/g", "structure", "MedicationStatement.subject"),
        ("observation-viral-load", ("category",), None, "required", "Observation.category"),
        ("observation-viral-load", ("category", 0, "coding", 0, "code"), "survey", "required", "Observation.category"),
        ("observation-viral-load", ("code", "coding", 0, "code"), "24467-3", "code-invalid",
         "Observation.code.coding[0]"),
        ("observation-viral-load", ("code", "coding", 0, "system"), "urn:x", "required", "Observation.code.coding"),
        ("observation-viral-load", ("valueQuantity", "code"), "mg/dL", "code-invalid", "Observation.valueQuantity"),
        ("observation-viral-load", ("valueQuantity", "system"), "urn:x", "value", "Observation.valueQuantity.system"),
        ("observation-viral-load", ("subject",), None, "required", "Observation.subject"),
        ("observation-cd4", ("valueQuantity", "value"), None, "required", "Observation.valueQuantity.value"),
        ("observation-hiv-stage", ("valueCodeableConcept", "coding", 0, "code"), "HIV.D.DE191", "code-invalid",
         "Observation.valueCodeableConcept"),
        ("observation-weight", ("valueQuantity", "code"), "[lb_av]", "code-invalid", "Observation.valueQuantity"),
        ("consent-exchange", ("provision", "type"), "permit", "value", "Consent.provision.type"),
        ("consent-exchange", ("provision", "provision", 0, "purpose", 0, "code"), "HRESCH", "code-invalid",
         "Consent.provision.provision[0].purpose[0]"),
        ("consent-exchange", ("provision", "provision", 0, "extension", 0),
         {"url": PREFIX + "holder", "valueString": "CO"}, "structure",
         "Consent.provision.provision[0].extension[0].valueString"),
        ("consent-exchange", ("verification",), [{"verified": True}], "structure", "Consent.verification"),
        ("audit-event", ("source", "site"), None, "required", "AuditEvent.source.site"),
        ("audit-event", ("entity", 1, "what"), None, "required", "AuditEvent.entity[1].what"),
        ("audit-event", ("agent", 0, "type"), None, "required", "AuditEvent.agent[0].type"),
        ("provenance", ("agent", 0, "type", "coding", 0, "code"), "performer", "value", "Provenance.agent[0].type"),
    ],
)  # fmt: skip
def test_what_breaks_a_profile_is_told_with_its_place(name: str, path: Path_, value: Any, code: str, at: str) -> None:
    with pytest.raises(ProfileError) as caught:
        check_claims(broken(name, path, value))
    assert (code, at) in {(issue.code, issue.expression) for issue in caught.value.issues}
    assert outcome(caught.value)[0] == 422


@pytest.mark.parametrize(
    ("name", "path", "value", "key"),
    [
        ("patient-national", ("name",), [{"use": "official"}], "cor-pat-1"),
        ("patient-exchange", ("birthDate",), "1988-04-17", "cor-pat-2"),
        ("observation-cd4", ("valueQuantity",), None, "cor-obs-1"),
        ("consent-exchange", ("provision", "provision", 0, "securityLabel"), None, "cor-con-1"),
        ("consent-exchange", ("provision", "provision", 0, "purpose", 0, "code"), "HLEGAL", "cor-con-1"),
    ],
)
def test_a_broken_invariant_is_told_by_its_key(name: str, path: Path_, value: Any, key: str) -> None:
    resource = broken(name, path, value)
    (url,) = own_claims(resource)
    assert any(f"({key})" in issue.message for issue in broken_invariants(resource, profile(url)))


def test_a_reason_for_absence_stands_in_place_of_a_date() -> None:
    resource = broken("medication-statement-arv", ("effectivePeriod",))
    absent = "http://hl7.org/fhir/StructureDefinition/data-absent-reason"
    resource["_effectiveDateTime"] = {"extension": [{"url": absent, "valueCode": "unknown"}]}
    check_claims(resource)


def test_a_local_code_alone_is_enough_for_a_regimen() -> None:
    local = [{"system": "https://programa.example/regimenes", "code": "TLD"}]
    check_claims(broken("medication-statement-arv", ("medicationCodeableConcept", "coding"), local))


def test_a_profile_of_another_type_or_of_no_one_is_refused_and_one_of_others_is_let_be() -> None:
    for claimed in (f"{PREFIX}patient-national", f"{PREFIX}none", f"{PREFIX}observation-cd4|9"):
        with pytest.raises(ProfileError):
            check_claims(EXAMPLES["observation-cd4"] | {"meta": {"profile": [claimed]}})
    check_claims(EXAMPLES["observation-cd4"] | {"meta": {"profile": ["http://example.org/profile"]}})
    check_claims(EXAMPLES["observation-cd4"] | {"meta": {"profile": [f"{PREFIX}observation-cd4|0.1.0"]}})


def test_an_unknown_profile_is_not_found() -> None:
    with pytest.raises(NotFoundError):
        profile("http://hl7.org/fhir/StructureDefinition/bp")


def test_a_pattern_is_contained_wherever_it_stands_in_a_list() -> None:
    assert contains({"coding": [{"code": "a"}, {"code": "b", "system": "s"}]}, {"coding": [{"code": "b"}]})
    assert not contains({"coding": []}, {"coding": [{"code": "b"}]})
    assert not contains("x", {"coding": []})


@pytest.mark.parametrize("name", PROFILES)
def test_a_structure_definition_carries_its_snapshot(name: str) -> None:
    assert len(definition("StructureDefinition", name)["snapshot"]["element"]) > 20


@pytest.mark.parametrize(("resource_type", "id"), shelf())
def test_everything_that_is_published_is_valid_r4_under_its_own_url(resource_type: str, id: str) -> None:
    resource = definition(resource_type, id)
    get_fhir_model_class(resource_type).model_validate(resource)
    assert resource["url"] == f"https://corridor.example/fhir/{resource_type}/{id}"
    assert resource["id"] == id
    assert resource_type in PUBLISHED
