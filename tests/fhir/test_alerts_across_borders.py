"""From resources as countries write them, across the border, to alerts: what a clinic abroad told warns here."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from corridor.domain.care.alerts import Alert, alerts
from corridor.domain.care.event import Event
from corridor.domain.care.known import situation
from corridor.domain.care.situation import Person
from corridor.domain.care.standing import standing
from corridor.domain.care.timeline import timeline
from corridor.domain.country import country
from corridor.domain.history import Entry
from corridor.fhir.events import events
from corridor.fhir.projection import fill, project_bytes

Row = dict[str, Any]

HISTORIES: list[Row] = json.loads((Path(__file__).parent / "alert_histories.json").read_text("utf-8"))["histories"]
LOINC, ATC, SNOMED, ICD = (
    "http://loinc.org",
    "http://www.whocc.no/atc",
    "http://snomed.info/sct",
    "http://hl7.org/fhir/sid/icd-10",
)
_SYSTEMS = {"loinc": LOINC, "atc": ATC, "snomed": SNOMED, "icd": ICD}


def concept(row: Row) -> Row:
    """A CodeableConcept of `text` and codes."""
    coding = [{"system": system, "code": row[name]} for name, system in _SYSTEMS.items() if name in row]
    return {**({"text": row["text"]} if "text" in row else {}), **({"coding": coding} if coding else {})}


def resource(row: Row) -> Row:
    """One resource as a country writes it."""
    written = _WRITERS[row["kind"]](row)
    return {key: value for key, value in written.items() if value not in (None, {}, [])}


def _medicine(row: Row) -> Row:
    period = {key: row[key] for key in ("start", "end") if key in row}
    status = row.get("status", "active")
    return {
        "resourceType": "MedicationStatement",
        "status": status,
        "medicationCodeableConcept": concept(row),
        "effectivePeriod": period,
    }


def _dispense(row: Row) -> Row:
    return {
        "resourceType": "MedicationDispense",
        "status": "completed",
        "medicationCodeableConcept": concept(row),
        "whenHandedOver": f"{row['on']}T10:00:00-05:00",
        "daysSupply": {"value": row["days"], "unit": "d", "system": "http://unitsofmeasure.org", "code": "d"},
    }


def _test(row: Row) -> Row:
    value = row["value"]
    told = {"valueString": value}
    if isinstance(value, dict):
        told = {"valueCodeableConcept": concept(value)}
    if isinstance(value, list):
        amount, unit = value
        told = {"valueQuantity": {"value": amount, "unit": unit, "system": "http://unitsofmeasure.org", "code": unit}}
    return {
        "resourceType": "Observation",
        "status": "final",
        "category": [{"coding": [{"code": "laboratory"}]}],
        "code": concept(row),
        "effectiveDateTime": row.get("on"),
        **told,
    }


def _condition(row: Row) -> Row:
    status = {"coding": [{"code": row.get("status", "active")}]}
    return {"resourceType": "Condition", "code": concept(row), "clinicalStatus": status, "onsetDateTime": row.get("on")}


def _allergy(row: Row) -> Row:
    return {"resourceType": "AllergyIntolerance", "code": concept(row), "recordedDate": row.get("on")}


_WRITERS = {
    "medicine": _medicine,
    "dispense": _dispense,
    "test": _test,
    "condition": _condition,
    "allergy": _allergy,
}


def crossed(row: Row, place: int) -> tuple[Event, ...]:
    """The event that a resource becomes on the other side of the border."""
    content = {**resource(row), "id": f"r{place}", "subject": {"reference": "Patient/p1"}}
    if content["resourceType"] == "AllergyIntolerance":
        content["patient"] = content.pop("subject")
    made = project_bytes(json.dumps(content).encode(), patient_id="p1", source="urn:x")
    assert made is not None, row
    body = fill(made.template, lambda name: f"p{sum(map(ord, name))}x{place}")
    return events([Entry(content["resourceType"], f"r{place}", body)], country(row.get("country", "VE")))


def seen(history: Row) -> tuple[Alert, ...]:
    """The alerts of a history."""
    told = [event for place, row in enumerate(history["records"]) for event in crossed(row, place)]
    care, about = timeline(told), history.get("person", {})
    born = date.fromisoformat(about["born"]) if "born" in about else None
    known = situation(
        care,
        standing(care, today=date.fromisoformat(history["today"])),
        person=Person(about.get("sex"), born, born),
        planned=history.get("plan"),
    )
    return alerts(known)


@pytest.mark.parametrize("history", HISTORIES, ids=[history["name"] for history in HISTORIES])
def test_a_history_warns_of_what_its_source_expects(history: Row) -> None:
    found = seen(history)
    assert sorted(alert.rule for alert in found if not alert.missing) == sorted(history["speaks"])
    assert sorted(name for alert in found for name in alert.missing) == sorted(history["asks"])


@pytest.mark.parametrize("history", HISTORIES, ids=[history["name"] for history in HISTORIES])
def test_records_of_other_people_and_other_days_change_no_order(history: Row) -> None:
    backwards = {**history, "records": history["records"][::-1]}
    assert [alert.rule for alert in seen(backwards)] == [alert.rule for alert in seen(history)]


def test_each_history_names_where_its_expectation_comes_from() -> None:
    assert all(len(history["citation"]) > 10 for history in HISTORIES)
    assert len({history["name"] for history in HISTORIES}) == len(HISTORIES) >= 40
