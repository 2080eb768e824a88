"""What search and consent need to know of a resource, taken out once when it is written."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from functools import cache
from typing import Any

from corridor.domain.record import DateFact, Fact, ReferenceFact, StringFact, TokenFact
from corridor.fhir.parameters import Route, clinical_date, main_code, parameters
from corridor.fhir.search_values import FAR_FUTURE, FAR_PAST, fold, interval, local_reference

Resource = dict[str, Any]
Reading = Callable[[Any, Route, tzinfo], Iterator[Fact]]


@dataclass(frozen=True, slots=True)
class Findings:
    """Facts of one resource, and the three of them that the record table carries itself.

    Attributes:
        facts: every searchable value, the three below among them.
        patient_id: the Patient that it is about; for a Patient, its own id is not known here.
        code: `system|code` of the first coding of the main code, or empty.
        effective: start of the clinical date, or None where there is none or it is open.
    """

    facts: tuple[Fact, ...]
    patient_id: str | None
    code: str
    effective: datetime | None


def find_facts(resource: Resource, zone: tzinfo = UTC) -> Findings:
    """Facts of a valid resource; dates without a zone are read in `zone`."""
    resource_type = resource["resourceType"]
    facts = tuple(_facts(resource, zone))
    return Findings(facts, _patient(facts), _code(facts, resource_type), _effective(facts, resource_type))


def _facts(resource: Resource, zone: tzinfo) -> Iterator[Fact]:
    for route, reading in _readings(resource["resourceType"]):
        first = resource.get(route.steps[0])
        if first is not None:
            for value in _values(first, route.steps[1:]):
                yield from reading(value, route, zone)


def _values(node: Any, steps: tuple[str, ...]) -> list[Any]:
    """Values at the end of the steps; lists are opened on the way."""
    found = _opened(node)
    for step in steps:
        found = [value for each in found if type(each) is dict and step in each for value in _opened(each[step])]
    return [each for each in found if each is not None]


def _opened(node: Any) -> list[Any]:
    return node if type(node) is list else [node]


@cache
def _readings(resource_type: str) -> tuple[tuple[Route, Reading], ...]:
    return tuple(
        (route, reading)
        for each in parameters(resource_type).values()
        for route in each.routes
        if (reading := _BY_KIND.get((each.kind, route.kind)))
    )


# ---------------------------------------------------------------- one reading per kind of parameter and type


def _code_token(value: Any, route: Route, _zone: tzinfo) -> Iterator[Fact]:
    yield TokenFact(route.parameter, route.system, value)


def _boolean_token(value: Any, route: Route, _zone: tzinfo) -> Iterator[Fact]:
    yield TokenFact(route.parameter, "", "true" if value else "false")


def _identifier_token(value: Any, route: Route, _zone: tzinfo) -> Iterator[Fact]:
    if "value" in value:
        yield TokenFact(route.parameter, value.get("system", ""), value["value"])


def _coding_token(value: Any, route: Route, _zone: tzinfo) -> Iterator[Fact]:
    if "code" in value:
        yield TokenFact(route.parameter, value.get("system", ""), value["code"])


def _concept_token(value: Any, route: Route, zone: tzinfo) -> Iterator[Fact]:
    for coding in value.get("coding", ()):
        yield from _coding_token(coding, route, zone)


def _text(value: Any, route: Route, _zone: tzinfo) -> Iterator[Fact]:
    folded = fold(value)
    if folded:
        yield StringFact(route.parameter, folded)


def _person_name(value: Any, route: Route, zone: tzinfo) -> Iterator[Fact]:
    parts = [value.get("text"), value.get("family"), *value.get("given", ()), *value.get("suffix", ())]
    for part in dict.fromkeys(filter(None, parts)):
        yield from _text(part, route, zone)


def _date(value: Any, route: Route, zone: tzinfo) -> Iterator[Fact]:
    yield DateFact(route.parameter, *interval(value, zone))


def _period(value: Any, route: Route, zone: tzinfo) -> Iterator[Fact]:
    start = interval(value["start"], zone)[0] if "start" in value else FAR_PAST
    end = interval(value["end"], zone)[1] if "end" in value else FAR_FUTURE
    if "start" in value or "end" in value:
        yield DateFact(route.parameter, start, end)


def _timing(value: Any, route: Route, zone: tzinfo) -> Iterator[Fact]:
    for event in filter(None, value.get("event", ())):
        yield from _date(event, route, zone)
    if "boundsPeriod" in value.get("repeat", {}):
        yield from _period(value["repeat"]["boundsPeriod"], route, zone)


def _reference(value: Any, route: Route, _zone: tzinfo) -> Iterator[Fact]:
    found = local_reference(value.get("reference", ""))
    if found and route.target in {"", found[0]}:
        yield ReferenceFact(route.parameter, *found)


_BY_KIND: dict[tuple[str, str], Reading] = {
    ("token", "code"): _code_token,
    ("token", "boolean"): _boolean_token,
    ("token", "string"): _code_token,
    ("token", "id"): _code_token,
    ("token", "Identifier"): _identifier_token,
    ("token", "Coding"): _coding_token,
    ("token", "CodeableConcept"): _concept_token,
    ("uri", "uri"): _code_token,
    ("string", "string"): _text,
    ("string", "HumanName"): _person_name,
    ("date", "date"): _date,
    ("date", "dateTime"): _date,
    ("date", "instant"): _date,
    ("date", "Period"): _period,
    ("date", "Timing"): _timing,
    ("reference", "Reference"): _reference,
}


# ---------------------------------------------------------------- the three columns


def _patient(facts: tuple[Fact, ...]) -> str | None:
    for each in facts:
        if type(each) is ReferenceFact and each.parameter == "patient" and each.target_type == "Patient":
            return each.target_id
    return None


def _code(facts: tuple[Fact, ...], resource_type: str) -> str:
    name = main_code(resource_type)
    for each in facts:
        if type(each) is TokenFact and each.parameter == name:
            return f"{each.system}|{each.code}"
    return ""


def _effective(facts: tuple[Fact, ...], resource_type: str) -> datetime | None:
    name = clinical_date(resource_type)
    for each in facts:
        if type(each) is DateFact and each.parameter == name and each.start != FAR_PAST:
            return each.start
    return None
