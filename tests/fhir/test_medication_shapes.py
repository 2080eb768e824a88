"""Drugs as the five countries write them: other elements, other code systems, the same regimen."""

from __future__ import annotations

from typing import Any

import pytest

from corridor.domain.care.event import Event, EventKind
from corridor.domain.country import country
from corridor.fhir.events import told_events

ATC = "http://www.whocc.no/atc"
RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"
SNOMED = "http://snomed.info/sct"
WHO = "http://smart.who.int/hiv/CodeSystem/HIVConcepts"
LOCAL = "https://corridor.example/pe/petitorio"
TLD = ("3TC", "DTG", "TDF")
Resource = dict[str, Any]


def concept(*codings: tuple[str, str, str], text: str = "") -> Resource:
    rows = [{"system": system, "code": code, **({"display": name} if name else {})} for system, code, name in codings]
    return {**({"coding": rows} if rows else {}), **({"text": text} if text else {})}


def event(resource: Resource, *beside: tuple[str, Resource]) -> Event:
    kind = resource.get("resourceType", "MedicationStatement")
    (found,) = told_events([*beside, (f"{kind}/1", {"resourceType": kind, **resource})], country("CL"))
    return found


@pytest.mark.parametrize(
    ("written", "components"),
    [
        (concept((ATC, "J05AR27", "")), TLD),
        (concept((ATC, "J05AJ03", ""), (ATC, "J05AR12", "")), TLD),
        (concept((WHO, "HIV.D.DE92", "")), ("3TC", "ABC", "DTG")),
        (concept((RXNORM, "643066", "")), ("EFV", "FTC", "TDF")),
        (concept((SNOMED, "775679000", "")), ("DTG",)),
        (concept((LOCAL, "04512", "DOLUTEGRAVIR 50 mg + LAMIVUDINA 300 mg + TENOFOVIR 300 mg TAB")), TLD),
        (concept((LOCAL, "04512", ""), text="Tenofovir/Lamivudina/Dolutegravir 300/300/50"), TLD),
        (concept(text="TDF/3TC/DTG 1 tab VO c/24h"), TLD),
        (concept((LOCAL, "04512", "")), ()),
    ],
)
def test_a_drug_is_read_from_whatever_names_it(written: Resource, components: tuple[str, ...]) -> None:
    assert event({"medicationCodeableConcept": written}).components == components


@pytest.mark.parametrize(
    "target", ["Medication/m", "https://node.example/fhir/Medication/m", "Medication/m/_history/2"]
)
def test_a_drug_beside_its_record_is_found_under_every_address(target: str) -> None:
    medication = ("Medication/m", {"resourceType": "Medication", "id": "m", "code": concept((ATC, "J05AR27", ""))})
    assert event({"medicationReference": {"reference": target}}, medication).components == TLD


def test_a_contained_drug_without_a_code_is_its_ingredients() -> None:
    rows = [{"itemCodeableConcept": concept(text=name)} for name in ("lopinavir", "ritonavir")]
    contained = [{"resourceType": "Medication", "id": "m", "ingredient": rows}]
    found = event({"contained": contained, "medicationReference": {"reference": "#m"}})
    assert found.components == ("LPV", "RTV")


def test_a_code_and_a_text_that_disagree_are_flagged_and_the_text_is_shown() -> None:
    found = event({"medicationCodeableConcept": concept((ATC, "J05AR06", ""), text="TLD")})
    assert found.components == TLD
    assert "code_and_text_disagree" in found.flags


def test_a_part_that_is_not_read_is_said_so() -> None:
    found = event({"medicationCodeableConcept": concept(text="TDF/3TC + zzyzxvir")})
    assert found.components == ("3TC", "TDF")
    assert "unread_part" in found.flags


@pytest.mark.parametrize(
    "resource",
    [
        {"resourceType": "MedicationRequest", "doNotPerform": True, "status": "active"},
        {"status": "intended"},
        {"status": "not-taken"},
        {"resourceType": "MedicationDispense", "status": "declined"},
    ],
)
def test_what_was_forbidden_planned_or_refused_was_not_taken(resource: Resource) -> None:
    found = event({**resource, "medicationCodeableConcept": concept(text="TLD")})
    assert found.kind is EventKind.REGIMEN
    assert not found.counts


def test_what_was_handed_over_lasts_as_long_as_its_pieces_do() -> None:
    found = event(
        {
            "resourceType": "MedicationDispense",
            "status": "completed",
            "whenHandedOver": "2021-01-01T10:00:00-05:00",
            "medicationCodeableConcept": concept(text="AZT/3TC 300/150"),
            "quantity": {"value": 60, "unit": "tableta"},
            "dosageInstruction": [{"text": "1 tableta cada 12 horas"}],
        }
    )
    assert (found.supply_days, str(found.end), found.reckoned) == (30, "2021-01-31", True)
