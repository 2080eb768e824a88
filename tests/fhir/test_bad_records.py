"""Records as nobody should send them: nothing breaks, nothing is lost, and what was not read is named."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

from corridor.domain.care.event import Event
from corridor.domain.care.standing import standing
from corridor.domain.care.timeline import timeline
from corridor.domain.care.unread import Why, unread
from corridor.domain.country import country
from corridor.domain.errors import CorridorError
from corridor.fhir.bundled_care import bundled_events
from corridor.fhir.events import told_events

VE, TODAY = country("VE"), date(2026, 11, 23)
LOINC = "http://loinc.org"
HOSTILE = "<div xmlns='http://www.w3.org/1999/xhtml'><script>alert(1)</script>" + "A" * 5_000_000 + "</div>"
Resource = dict[str, Any]


def drug(text: str, **more: Any) -> Resource:
    return {"resourceType": "MedicationStatement", "medicationCodeableConcept": {"text": text}, **more}


def measured(code: str, **more: Any) -> Resource:
    return {"resourceType": "Observation", "code": {"coding": [{"system": LOINC, "code": code}]}, **more}


ON = {"effectiveDateTime": "2021-03-01"}
ATC = {"system": "http://www.whocc.no/atc", "code": "J05AR06"}
CASES: dict[str, tuple[list[Resource], set[Why]]] = {
    "an end before its beginning": (
        [drug("TLD", effectivePeriod={"start": "2021-05-01", "end": "2020-01-01"})],
        {Why.DATES},
    ),
    "a day that no calendar has": ([drug("TLD", effectiveDateTime="2021-02-31")], {Why.DATE}),
    "a date in words": ([drug("TLD", effectiveDateTime="hace dos años")], {Why.DATE}),
    "a date that is a number": ([drug("TLD", effectiveDateTime=20210301)], {Why.DATE}),
    "the last year there is": ([drug("TLD", effectivePeriod={"start": "9999-12-31", "end": "9999-12-31"})], set()),
    "a drug that does not exist": ([drug("TARV zzyzxvir", **ON)], {Why.DRUG}),
    "a part that does not exist": ([drug("TDF/3TC + zzyzxvir", **ON)], {Why.PART}),
    "a text that contradicts its code": (
        [drug("x", **ON) | {"medicationCodeableConcept": {"coding": [ATC], "text": "TLD"}}],
        {Why.DISAGREES},
    ),
    "a code without display that nobody knows": (
        [
            {
                "resourceType": "MedicationStatement",
                "medicationCodeableConcept": {"coding": [{"system": "urn:pe:petitorio", "code": "04512"}]},
                **ON,
            }
        ],
        {Why.UNNAMED},
    ),
    "a viral load of positivo": ([measured("20447-9", valueString="positivo", **ON)], {Why.VALUE}),
    "a viral load without a unit": ([measured("20447-9", valueInteger=5000, **ON)], {Why.UNIT}),
    "a viral load in international units": (
        [measured("62469-2", valueQuantity={"value": 9, "unit": "UI/mL"}, **ON)],
        {Why.UNIT},
    ),
    "a viral load that is no number": ([measured("20447-9", valueQuantity={"value": "NaN"}, **ON)], {Why.VALUE}),
    "a viral load of a thousand digits": (
        [measured("20447-9", valueString="9" * 1000, **ON)],
        {Why.VALUE},
    ),
    "a count without a unit": ([measured("24467-3", valueQuantity={"value": 350}, **ON)], {Why.UNIT}),
    "a birth after a treatment": (
        [{"resourceType": "Patient", "birthDate": "2022-01-01", "gender": "female"}, drug("TLD", **ON)],
        set(),
    ),
    "two sexes": (
        [
            {"resourceType": "Patient", "gender": "female"},
            {"resourceType": "Patient", "gender": "male"},
            drug("TLD", **ON),
        ],
        set(),
    ),
    "a hostile narrative of five megabytes": (
        [drug("TLD", **ON) | {"text": {"status": "generated", "div": HOSTILE}}],
        set(),
    ),
    "a hostile result of five megabytes": ([measured("20447-9", valueString=HOSTILE, **ON)], {Why.VALUE}),
    "letters of a broken code page": ([drug("dolutegravir sÃ³dico 50 mg + 3TC", **ON)], set()),
    "nothing at all": ([{"resourceType": "MedicationStatement"}], {Why.DATE, Why.UNNAMED}),
    "a list where an object belongs": ([drug("TLD", effectivePeriod=[], dosage={"text": 3}, **ON)], set()),
}


def told(resources: list[Resource]) -> tuple[Event, ...]:
    return told_events(((f"{each['resourceType']}/{place}", each) for place, each in enumerate(resources)), VE)


@pytest.mark.parametrize("name", CASES)
def test_what_nobody_should_send_is_shown_and_named_as_not_read(name: str) -> None:
    resources, expected = CASES[name]
    care = timeline(told(resources))
    standing(care, today=TODAY)
    shown = [*care.regimen_events, *care.viral_loads, *care.cd4s, *care.others]
    assert len(shown) == sum(each["resourceType"] != "Patient" for each in resources)
    assert {each.why for each in unread(care)} == expected


def test_ten_thousand_observations_are_all_there() -> None:
    many = [
        measured("20447-9", effectiveDateTime=f"20{10 + place % 16}-01-01", valueString=f"{place} copias/mL")
        for place in range(10_000)
    ]
    care = timeline(told([*many, drug("TLD", effectivePeriod={"start": "2010-01-01", "end": "2026-01-01"})]))
    assert len(care.viral_loads) == 10_000
    assert standing(care, today=TODAY).suppression is not None


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"3", b'{"a":1}', b"\xff\xfe", b"{}\n{", b"[" * 100_000])
def test_what_is_no_bundle_is_refused_in_words(content: bytes) -> None:
    with pytest.raises(CorridorError):
        bundled_events(content, VE)


def test_a_bundle_is_read_whatever_its_entries_are() -> None:
    entries = [
        {"resource": drug("TLD", id="1", **ON)},
        {"fullUrl": "urn:uuid:7", "resource": {"resourceType": "Medication", "code": {"text": "Atripla"}}},
        {
            "resource": {
                "resourceType": "MedicationStatement",
                "medicationReference": {"reference": "urn:uuid:7"},
                "meta": {"source": "https://corridor.example/country/CO"},
            }
        },
        {"resource": None},
        3,
        {"resource": {"resourceType": "Bundle", "entry": [{"resource": measured("20447-9", valueString="<20")}]}},
        {"resource": {"resourceType": ["x"], "id": {}}},
    ]
    content = json.dumps({"resourceType": "Bundle", "entry": entries}).encode()
    events = bundled_events(content, VE)
    assert {(event.country, event.components) for event in events if event.components} == {
        ("VE", ("3TC", "DTG", "TDF")),
        ("CO", ("EFV", "FTC", "TDF")),
    }
    assert len(events) == 6
