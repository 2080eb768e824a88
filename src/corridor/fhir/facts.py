"""What search and consent need to know of a resource, taken out once when it is written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from functools import cache
from itertools import groupby
from operator import itemgetter
from typing import Any

import msgspec

from corridor.domain.record import DateFact, Fact, ReferenceFact
from corridor.fhir.fact_readings import reading_of
from corridor.fhir.fact_sink import Reading, Routes, Sink
from corridor.fhir.parameters import Parameter, Route, clinical_date, main_code, parameters
from corridor.fhir.search_values import FAR_PAST

Resource = dict[str, Any]
Readings = Sequence[tuple[Routes, Reading]]


class Findings(msgspec.Struct, frozen=True):
    """Facts of one resource, and the three of them that the record table carries itself.

    Attributes:
        facts: every searchable value, the three below among them, each once.
        patient_id: the Patient that it is about; for a Patient, its own id is not known here.
        code: `system|code` of the first coding of the main code, or empty.
        effective: start of the clinical date, or None where there is none or it is open.
    """

    facts: tuple[Fact, ...]
    patient_id: str | None
    code: str
    effective: datetime | None


@dataclass(frozen=True, slots=True)
class _Way:
    """Steps below a first one, and all that is read at their end.

    Attributes:
        where: member and text that an element at the first step must have, or empty.
        numbered: whether facts carry the number of the part at the first step.
    """

    steps: tuple[str, ...]
    where: tuple[str, ...]
    numbered: bool
    readings: Readings

    def take(self, parts: Sequence[Any], sink: Sink) -> bool:
        """Read everything at the end of the steps; whether it was more than one value."""
        if self.where:
            name, text = self.where
            parts = [each for each in parts if each and each.get(name) == text]
        if not self.numbered:
            return _take(self._ends(parts), self.readings, sink)
        several = False
        for number, part in enumerate(parts, 1):
            sink.element = number
            several |= _take(self._ends((part,)), self.readings, sink)
        sink.element = 0
        return several

    def _ends(self, found: Sequence[Any]) -> Sequence[Any]:
        for step in self.steps:
            inner = [each[step] for each in found if type(each) is dict and step in each]
            found = []
            for each in inner:
                found += each if type(each) is list else (each,)
        return found


def find_facts(resource: Resource, zone: tzinfo = UTC) -> Findings:
    """Facts of a valid resource; dates without a zone are read in `zone`."""
    resource_type = resource["resourceType"]
    facts = _facts(resource, zone)
    return Findings(facts, _patient(facts), _code(resource), _effective(facts, resource_type))


def _facts(resource: Resource, zone: tzinfo) -> tuple[Fact, ...]:
    return facts_by(_plan(resource["resourceType"]), resource, zone)


def facts_by(plan: Plan, resource: Resource, zone: tzinfo = UTC) -> tuple[Fact, ...]:
    """Facts of a valid resource by the parameters of a plan; dates without a zone are read in `zone`."""
    sink = Sink(zone)
    several = _take((resource,), plan[""].plain, sink)
    for first, node in resource.items():
        start = plan.get(first)
        if start is not None:
            values = node if type(node) is list else (node,)
            several |= _take(values, start.plain, sink)
            for way in start.ways:
                several |= way.take(values, sink)
    # Only what was read several times can have been found twice, and telling facts apart takes its time.
    return tuple(dict.fromkeys(sink.found)) if several else tuple(sink.found)


def _take(found: Sequence[Any], readings: Readings, sink: Sink) -> bool:
    for value in found:
        if value is not None:
            for routes, reading in readings:
                reading(value, routes, sink)
    return len(found) > 1


@dataclass(frozen=True, slots=True)
class _Start:
    """What is read at one element of a resource, and further below it."""

    plain: Readings
    ways: tuple[_Way, ...]


Plan = Mapping[str, _Start]
"""What is read at each element of a resource, so that each is opened once; what is read of the whole is at ``."""


@cache
def _plan(resource_type: str) -> Plan:
    return plan_of(parameters(resource_type).values())


def plan_of(known: Iterable[Parameter]) -> Plan:
    """How the values of these parameters are read."""
    reached: dict[str, dict[tuple[tuple[str, ...], tuple[str, ...], bool], list[tuple[Route, Reading]]]] = {"": {}}
    for each in known:
        for route in each.routes:
            reading = reading_of(each.kind, route)
            if reading:
                ways = reached.setdefault(route.steps[0] if route.steps else "", {})
                ways.setdefault((route.steps[1:], route.where, route.numbered), []).append((route, reading))
    return {first: _start(ways) for first, ways in reached.items()}


def _start(ways: Mapping[tuple[tuple[str, ...], tuple[str, ...], bool], list[tuple[Route, Reading]]]) -> _Start:
    plain = _together(ways.get(_PLAIN, ()))
    return _Start(plain, tuple(_Way(*way, _together(readings)) for way, readings in ways.items() if way != _PLAIN))


def _together(readings: Iterable[tuple[Route, Reading]]) -> Readings:
    """Neighbouring routes that are read alike become one, in their order."""
    alike = groupby(readings, key=itemgetter(1))
    return tuple((tuple(route for route, _ in group), reading) for reading, group in alike)


_PLAIN: tuple[tuple[str, ...], tuple[str, ...], bool] = ((), (), False)


# ---------------------------------------------------------------- the three columns


def _patient(facts: tuple[Fact, ...]) -> str | None:
    for each in facts:
        if type(each) is ReferenceFact and each.parameter == "patient" and each.target_type == "Patient":
            return each.target_id
    return None


def _code(resource: Resource) -> str:
    """Of the first coding at the parameter's first way; where there is no such element, it has no main code."""
    for first in _main_code_steps(resource["resourceType"]):
        for concept in _opened(resource.get(first)):
            for coding in concept.get("coding", ()):
                if "code" in coding:
                    return f"{coding.get('system', '')}|{coding['code']}"
    return ""


@cache
def _main_code_steps(resource_type: str) -> tuple[str, ...]:
    name = main_code(resource_type)
    routes = parameters(resource_type)[name].routes if name else ()
    return tuple(route.steps[0] for route in routes if len(route.steps) == 1)


def _opened(node: Any) -> Sequence[Any]:
    return node if type(node) is list else () if node is None else (node,)


def _effective(facts: tuple[Fact, ...], resource_type: str) -> datetime | None:
    name = clinical_date(resource_type)
    for each in facts:
        if type(each) is DateFact and each.parameter == name and each.start != FAR_PAST:
            return each.start
    return None
