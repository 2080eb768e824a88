from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from corridor.domain.care.event import EventKind
from corridor.domain.care.timeline import timeline
from corridor.domain.country import country
from corridor.domain.history import Entry
from corridor.fhir.events import events

VE = country("VE")
GOLDEN = Path(__file__).parent / "golden" / "projection"


def entry(resource: dict[str, Any]) -> Entry:
    return Entry(resource["resourceType"], resource["id"], json.dumps(resource).encode())


def golden(name: str) -> Entry:
    body = (GOLDEN / f"{name}.out.json").read_bytes()
    content = json.loads(body)
    return Entry(content["resourceType"], content["id"], body)


def test_each_resource_that_crossed_is_one_event() -> None:
    names = [path.name.split(".")[0] for path in sorted(GOLDEN.glob("*.out.json"))]
    told = {event.source.partition("/")[0]: event for event in events(map(golden, names), VE)}
    assert len(told) == len(names) - 2  # the Patient is none, and the two observations share a type
    assert told["MedicationStatement"].kind is EventKind.REGIMEN
    assert told["Condition"].kind is EventKind.TUBERCULOSIS
    assert told["AllergyIntolerance"].kind is EventKind.ALLERGY
    assert told["Immunization"].kind is EventKind.IMMUNIZATION
    assert told["DiagnosticReport"].kind is EventKind.RESISTANCE


def test_a_regimen_is_read_with_its_dates_and_says_that_a_text_stayed_home() -> None:
    (event,) = events([golden("medication-statement")], VE)
    assert event.components == ("3TC", "DTG", "TDF")
    assert event.label == "TDF + 3TC + DTG"
    assert (event.start, event.end, event.dated) == (date(2019, 3, 1), date(2021, 11, 30), "2019-03/2021-11-30")
    assert event.raw == "TDF/3TC/DTG; 1 tableta cada noche"
    assert event.withheld
    assert event.status == "completed"


def test_what_was_handed_over_lasts_as_long_as_its_supply() -> None:
    (event,) = events([golden("medication-dispense")], VE)
    assert event.components == ("3TC", "AZT", "LPV", "RTV")
    assert event.label == "AZT + 3TC + LPV/r"
    assert (event.start, event.end) == (date(2022, 2, 1), date(2022, 3, 3))
    assert event.reckoned


def test_a_period_that_ends_with_a_month_ends_on_its_last_day() -> None:
    resource = {
        "resourceType": "MedicationStatement",
        "id": "m",
        "medicationCodeableConcept": {"text": "TDF/3TC/DTG"},
        "effectivePeriod": {"start": "2019-03", "end": "2020-02"},
    }
    (event,) = events([entry(resource)], VE)
    assert (event.start, event.end, event.reckoned) == (date(2019, 3, 1), date(2020, 2, 29), False)


def test_three_records_of_one_regimen_and_what_was_handed_over_for_it_are_one_span() -> None:
    drugs = ("darunavir 600 mg + ritonavir 100 mg", "dolutegravir 50 mg", "etravirina 200 mg")
    period = {"start": "2018-09-03", "end": "2021-04-30"}
    supply = {"value": 90, "code": "d"}
    told = events(
        [
            entry({"resourceType": name, "id": f"{place}", "medicationCodeableConcept": {"text": drug}, **when})
            for place, drug in enumerate(drugs)
            for name, when in (
                ("MedicationStatement", {"effectivePeriod": period}),
                ("MedicationDispense", {"whenHandedOver": "2021-03-20", "daysSupply": supply}),
            )
        ],
        VE,
    )
    (span,) = timeline(told).spans
    assert span.label == "DRV/r + DTG + ETR"
    assert (span.start, span.end) == (date(2018, 9, 3), date(2021, 4, 30))
    assert len(span.events) == 6
    assert span.flags == ("third_line_like",)


def test_a_drug_sent_beside_its_prescription_is_found() -> None:
    drug = {"resourceType": "Medication", "id": "anon-medication-m-9", "code": {"text": "ABC/3TC/DTG"}}
    (event,) = events([golden("medication-request"), entry(drug)], VE)
    assert event.components == ("3TC", "ABC", "DTG")


def test_a_drug_that_cannot_be_read_is_shown_as_written() -> None:
    resource = {
        "resourceType": "MedicationStatement",
        "id": "m",
        "medicationCodeableConcept": {"text": "Zzyzxvir 10 mg"},
        "effectiveDateTime": "2020",
    }
    (event,) = events([entry(resource)], VE)
    assert (event.kind, event.components) == (EventKind.OTHER, ())
    assert event.label == event.raw == "Zzyzxvir 10 mg"


def test_the_display_of_a_public_code_is_no_loss() -> None:
    marker = {"extension": [{"url": "https://corridor.example/fhir/StructureDefinition/text-withheld"}]}
    coding = {"system": "http://loinc.org", "code": "20447-9", "_display": marker}
    resource = {"resourceType": "Observation", "id": "o", "code": {"coding": [coding]}, "valueInteger": 3}
    (event,) = events([entry(resource)], VE)
    assert not event.withheld
    (event,) = events([entry({**resource, "_valueString": marker})], VE)
    assert event.withheld


def test_a_coded_answer_that_names_drugs_is_a_regimen() -> None:
    resource = {
        "resourceType": "Observation",
        "id": "o",
        "code": {"coding": [{"system": "http://loinc.org", "code": "45260-7"}]},
        "valueCodeableConcept": {"text": "TDF + 3TC + DTG"},
    }
    (event,) = events([entry(resource)], VE)
    assert event.kind is EventKind.REGIMEN
    assert event.components == ("3TC", "DTG", "TDF")


def test_garbage_is_an_event_that_says_nothing() -> None:
    (event,) = events([Entry("Observation", "x", b"\xff{")], VE)
    assert event.source == "Observation/x"
    assert event.kind is EventKind.OTHER


KEYS = ["code", "coding", "text", "value", "start", "end", "unit", "system", "display", "reference"]
ELEMENTS = [
    "status",
    "code",
    "medicationCodeableConcept",
    "medicationReference",
    "effectivePeriod",
    "effectiveDateTime",
    "dosage",
    "valueQuantity",
    "daysSupply",
    "dispenseRequest",
    "component",
    "clinicalStatus",
    "conclusion",
    "whenHandedOver",
]
TYPES = [
    "MedicationStatement",
    "MedicationDispense",
    "Observation",
    "Condition",
    "DiagnosticReport",
    "Immunization",
    "X",
]

leaves = st.none() | st.booleans() | st.text(max_size=10) | st.integers() | st.floats(allow_nan=False)
junk: st.SearchStrategy[Any] = st.recursive(
    leaves,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner),
    max_leaves=8,
)
insides = st.dictionaries(st.sampled_from(ELEMENTS), junk, max_size=5)


@given(st.lists(st.tuples(st.sampled_from(TYPES), insides), max_size=4))
def test_nothing_that_was_sent_goes_missing(sent: list[tuple[str, dict[str, Any]]]) -> None:
    entries = [entry({**inside, "resourceType": name, "id": str(n)}) for n, (name, inside) in enumerate(sent)]
    told = events(entries, VE)
    assert [event.source for event in told] == [f"{one.resource_type}/{one.id}" for one in entries]
    timeline(told)
