"""Whole histories, from FHIR to where treatment stands, each with where its expectation comes from."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

import pytest

from corridor.domain.care.event import Event
from corridor.domain.care.measures import cells_per_ul
from corridor.domain.care.standing import standing
from corridor.domain.care.standing_values import Standing
from corridor.domain.care.timeline import Timeline, timeline
from corridor.domain.country import Country
from corridor.fhir.events import told_events

FOLDER = Path(__file__).parents[1] / "domain" / "care" / "histories"
HISTORIES = [
    history for path in sorted(FOLDER.glob("*.json")) for history in json.loads(path.read_text("utf-8"))["histories"]
]
LOINC = "http://loinc.org"
CODES = {
    "viral-load": "20447-9",
    "cd4": "24467-3",
    "cd4-percent": "8123-2",
    "stage": "45233-4",
    "weight": "29463-7",
    "creatinine": "2160-0",
    "hbsag": "5196-1",
    "pregnancy": "82810-3",
}
Resource = dict[str, Any]


def resource(record: Mapping[str, Any]) -> Resource:
    """The FHIR resource that a record of a history stands for."""
    return MAKERS.get(record["kind"], observation)(record)


def statement(record: Mapping[str, Any]) -> Resource:
    """A regimen as told."""
    period = {key: record[key] for key in ("start", "end") if key in record}
    reason = {"statusReason": [{"text": record["reason"]}]} if "reason" in record else {}
    return {
        "resourceType": "MedicationStatement",
        "status": record.get("status", "completed"),
        "medicationCodeableConcept": {"text": record["drugs"]},
        "effectivePeriod": period,
        **reason,
    }


def dispense(record: Mapping[str, Any]) -> Resource:
    """What was handed over."""
    supply = {"daysSupply": {"value": record["days"], "code": "d"}} if "days" in record else {}
    return {
        "resourceType": "MedicationDispense",
        "status": record.get("status", "completed"),
        "medicationCodeableConcept": {"text": record["drugs"]},
        "whenHandedOver": record["on"],
        **supply,
    }


def observation(record: Mapping[str, Any]) -> Resource:
    """A result, as a number with a unit or as words."""
    coding = {"system": LOINC, "code": CODES[record["kind"]]}
    value = record["value"]
    if isinstance(value, str):
        told: Resource = {"valueString": value}
    else:
        told = {"valueQuantity": {"value": value, **({"unit": record["unit"]} if "unit" in record else {})}}
    when = {"effectiveDateTime": record["on"]} if "on" in record else {}
    status = record.get("status", "final")
    return {"resourceType": "Observation", "status": status, "code": {"coding": [coding]}, **when, **told}


def condition(record: Mapping[str, Any]) -> Resource:
    """A finding in words."""
    return {"resourceType": "Condition", "code": {"text": record["text"]}, "onsetDateTime": record["on"]}


MAKERS: dict[str, Callable[[Mapping[str, Any]], Resource]] = {
    "statement": statement,
    "dispense": dispense,
    "condition": condition,
}


def told(history: Mapping[str, Any]) -> list[Event]:
    """The events of a history, country by country."""
    rows: dict[str, list[tuple[str, Resource]]] = {}
    for number, record in enumerate(history["records"]):
        made = resource(record)
        rows.setdefault(record.get("country", "VE"), []).append((f"{made['resourceType']}/{number}", made))
    return [event for country, own in rows.items() for event in told_events(own, Country(country))]


def day(on: date | None) -> str | None:
    """A day as written."""
    return on.isoformat() if on else None


def seen(care: Timeline, now: Standing) -> dict[str, Any]:
    """What a history may state of its outcome, in the form in which it states it."""
    regimen, last, supply, coverage = now.regimen, now.suppression, now.supply, now.coverage
    cells = now.cd4.cells_per_ul
    lowest = cells_per_ul(now.cd4.lowest) if now.cd4.lowest else None
    return {
        "spans": [[span.country, span.label, day(span.start), day(span.end)] for span in care.spans],
        "regimen": regimen
        and [regimen.span.label, day(regimen.since), day(regimen.ended), regimen.end_known, regimen.goes_on],
        "suppression": last and [last.below_50, last.below_200, last.below_1000],
        "rebounds": [
            [
                each.threshold_copies_per_ml,
                day(each.first.start),
                each.confirmed,
                day(each.ended.start) if each.ended else None,
            ]
            for each in now.rebounds
        ],
        "failures": [
            [each.kind, day(each.on), [day(proof.start) for proof in each.proof], each.certainty]
            for each in now.failures
        ],
        "interruptions": [[day(each.start), day(each.end), each.days] for each in now.interruptions],
        "causes": [each.cause for each in now.interruptions],
        "coverage": coverage and [coverage.covered_days, coverage.days],
        "supply": supply and [supply.days_since, day(supply.lasts_until), supply.days_left],
        "cells_per_ul": cells and cells.lower and int(cells.lower),
        "percent": now.cd4.percent and now.cd4.percent.lower and int(now.cd4.percent.lower),
        "lowest": lowest and lowest.lower and int(lowest.lower),
        "stage": now.stage and now.stage.number,
        "latest": {about: day(event.start) for about, event in now.latest.items()},
    }


@pytest.mark.parametrize("history", HISTORIES, ids=lambda history: history["name"])
def test_a_history_comes_out_as_its_source_says(history: dict[str, Any]) -> None:
    care = timeline(told(history))
    outcome = seen(care, standing(care, today=date.fromisoformat(history["today"])))
    expected = history["expected"]
    assert {key: outcome[key] for key in expected} == expected


@pytest.mark.parametrize("history", HISTORIES, ids=lambda history: history["name"])
def test_the_order_of_arrival_changes_no_history(history: dict[str, Any]) -> None:
    events = told(history)
    today = date.fromisoformat(history["today"])
    care = timeline(events)
    Random(history["name"]).shuffle(events)  # noqa: S311 -- an order of arrival, no secret
    again = timeline(events)
    assert (again, standing(again, today=today)) == (care, standing(care, today=today))


def test_there_are_at_least_forty_histories_and_each_says_where_it_comes_from() -> None:
    assert len(HISTORIES) >= 40
    assert len({history["name"] for history in HISTORIES}) == len(HISTORIES)
    assert all(history["citation"] and history["expected"] for history in HISTORIES)
