"""Pseudonymised resources from several countries as events of one person's care."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any

import msgspec

from corridor.domain.care.event import Event, EventKind
from corridor.domain.care.regimen import Reading
from corridor.domain.care.shorthand import shorthand
from corridor.domain.care.viral_load import ResultKind
from corridor.domain.care.viral_load_text import viral_load
from corridor.domain.category import Category
from corridor.domain.country import Country
from corridor.domain.history import Entry
from corridor.fhir.categories import category
from corridor.fhir.days import when
from corridor.fhir.genotype import genotype
from corridor.fhir.medication import MEDICATION_TYPES, concept_texts, inline_medication, read_concept
from corridor.fhir.observation import (
    about,
    kind_name,
    label_of,
    measurement,
    observation_kind,
    result_reading,
    written_value,
)
from corridor.fhir.projection_writers import WITHHELD_URL, Number
from corridor.fhir.supply import dosage_texts, reason_of, supply_days

Resource = dict[str, Any]

MEDICATION = re.compile(r"(?:^|/)(Medication/[^/]+)(?:/_history/[^/]+)?$")
"""A link to a Medication: relative, absolute, or to one of its versions."""
_MARK = WITHHELD_URL.rpartition("/")[2].encode()
_DECODER = msgspec.json.Decoder(float_hook=Number)
_NO_EVENT = frozenset({"Patient", "Medication", "Provenance", "OperationOutcome"})
_KINDS = {"AllergyIntolerance": EventKind.ALLERGY, "Immunization": EventKind.IMMUNIZATION}


def events(entries: Iterable[Entry], country: Country) -> tuple[Event, ...]:
    """The events of one country's answer, in the order in which they came; each clinical resource gives one.

    Args:
        entries: pseudonymised resources as received.
        country: who answered.

    Returns:
        One event per resource, also for one that could not be read: nothing that was sent goes missing.
    """
    rows = [(f"{entry.resource_type}/{entry.id}", parsed(entry.body), _MARK in entry.body) for entry in entries]
    return _told(rows, country)


def told_events(resources: Iterable[tuple[str, Resource]], country: Country) -> tuple[Event, ...]:
    """The events of resources that were parsed already, each with its `Type/id`.

    Args:
        resources: an empty one stands for what could not be parsed.
        country: who told them.
    """
    return _told([(source, content, True) for source, content in resources], country)


def _told(rows: list[tuple[str, Resource, bool]], country: Country) -> tuple[Event, ...]:
    """Events of resources; the last of each row says whether a marker of withheld text may stand in it."""
    drugs = {source: content for source, content, _ in rows if source.startswith("Medication/")}
    return tuple(
        _event(source, resource, drugs=drugs, country=country, marked=marked)
        for source, resource, marked in rows
        if source.partition("/")[0] not in _NO_EVENT
    )


def parsed(body: bytes) -> Resource:
    """A resource with its numbers as they were written; empty where the bytes are no object."""
    try:
        content = _DECODER.decode(body)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return {}
    return content if isinstance(content, dict) else {}


def _event(source: str, resource: Resource, *, drugs: Mapping[str, Resource], country: Country, marked: bool) -> Event:
    resource_type = source.partition("/")[0]
    read = _READERS.get(resource_type, _other)
    start, end, dated = when(resource_type, resource)
    status = "not-taken" if resource.get("doNotPerform") is True else resource.get("status")
    common = {
        "country": country,
        "source": source,
        "start": start,
        "end": end,
        "dated": dated,
        "status": status if isinstance(status, str) else label_of(resource.get("clinicalStatus")),
        "withheld": marked and _withheld(resource),
        "reason": reason_of(resource),
    }
    return read(resource, drugs, common)


def _withheld(value: Any) -> bool:
    """Whether a marker stands anywhere, save beside the display of a public code, which the code says as well."""
    if isinstance(value, list):
        return any(map(_withheld, value))
    if not isinstance(value, dict):
        return False
    marked = (key for key, item in value.items() if key.startswith("_") and _is_marker(item))
    return any(key != "_display" or "system" not in value for key in marked) or any(map(_withheld, value.values()))


def _is_marker(value: Any) -> bool:
    rows = value.get("extension") if isinstance(value, dict) else None
    return isinstance(rows, list) and any(isinstance(row, dict) and row.get("url") == WITHHELD_URL for row in rows)


Reader = Callable[[Resource, Mapping[str, Resource], dict[str, Any]], Event]


def _medication(resource: Resource, drugs: Mapping[str, Resource], common: dict[str, Any]) -> Event:
    """A drug taken, prescribed or handed over; an unreadable one is shown as it was written."""
    reference = resource.get("medicationReference")
    target = reference.get("reference") if isinstance(reference, dict) else None
    inlined = inline_medication(resource, _named(target, drugs) if isinstance(target, str) else None)
    concept = inlined.get("medicationCodeableConcept")
    reading = read_concept(concept)
    raw = next(concept_texts(concept), "")
    days = supply_days(inlined)
    if common["end"] is None and common["start"] is not None and days:
        common["end"], common["reckoned"] = _later(common["start"], days), True
    return Event(
        kind=_medication_kind(inlined, reading.kind),
        label=shorthand(reading.components) or label_of(concept),
        components=reading.components,
        flags=_cautions(reading),
        raw="; ".join(text for text in (raw, *dosage_texts(resource)) if text),
        supply_days=days,
        **common,
    )


def _named(target: str, drugs: Mapping[str, Resource]) -> Resource | None:
    """The Medication that a link points at, whether relative, absolute or at one of its versions."""
    match = MEDICATION.search(target)
    return drugs.get(target) or (drugs.get(match[1]) if match else None)


def _cautions(reading: Reading) -> tuple[str, ...]:
    """What the reading says of itself, and whether a part of the text is still to be read by somebody."""
    part = {"unread_part"} if reading.components and reading.unread else set()
    return tuple(sorted({*reading.flags, *part}))


def _later(start: date, days: int) -> date:
    """The day on which a supply is used up; the calendar has a last day."""
    return date.fromordinal(min(start.toordinal() + days, date.max.toordinal()))


def _medication_kind(resource: Resource, read: str) -> EventKind:
    if read in {EventKind.REGIMEN, EventKind.TUBERCULOSIS}:
        return EventKind(read)
    found = category(resource)
    return {Category.REGIMEN: EventKind.REGIMEN, Category.TUBERCULOSIS: EventKind.TUBERCULOSIS}.get(
        found, EventKind.OTHER
    )


def _observation(resource: Resource, _: Mapping[str, Resource], common: dict[str, Any]) -> Event:
    """A measurement; an answer that names HIV drugs is a regimen."""
    kind = observation_kind(resource)
    value, unit = measurement(resource, kind)
    reading = result_reading(resource)
    told = reading.kind == EventKind.REGIMEN and bool(reading.components) and kind is not EventKind.RESISTANCE
    return Event(
        kind=EventKind.REGIMEN if told else kind,
        label=shorthand(reading.components) if told else label_of(resource.get("code")) or kind_name(kind),
        components=reading.components if told else (),
        flags=reading.flags if told else (),
        value=value,
        unit=unit,
        about=about(resource),
        raw=written_value(resource),
        genotype=genotype(resource) if kind is EventKind.RESISTANCE else None,
        **common,
    )


def _report(resource: Resource, _: Mapping[str, Resource], common: dict[str, Any]) -> Event:
    told, kind = resource.get("conclusion"), observation_kind(resource)
    conclusion = told if isinstance(told, str) else ""
    load = viral_load(conclusion) if kind is EventKind.VIRAL_LOAD and conclusion else None
    return Event(
        kind=kind,
        label=label_of(resource.get("code")),
        value=load if load and load.kind is not ResultKind.UNREAD else None,
        about=about(resource),
        raw=conclusion,
        genotype=genotype(resource) if kind is EventKind.RESISTANCE else None,
        **common,
    )


def _condition(resource: Resource, _: Mapping[str, Resource], common: dict[str, Any]) -> Event:
    tuberculosis = category(resource) is Category.TUBERCULOSIS
    label = label_of(resource.get("code"))
    kind = EventKind.TUBERCULOSIS if tuberculosis else EventKind.CONDITION
    return Event(kind=kind, label=label, raw=label, about=about(resource), **common)


def _other(resource: Resource, _: Mapping[str, Resource], common: dict[str, Any]) -> Event:
    resource_type = str(resource.get("resourceType"))
    label = label_of(resource.get("vaccineCode") or resource.get("code"))
    return Event(kind=_KINDS.get(resource_type, EventKind.OTHER), label=label, raw=label, **common)


_READERS: Mapping[str, Reader] = {
    **dict.fromkeys(MEDICATION_TYPES, _medication),
    "Observation": _observation,
    "DiagnosticReport": _report,
    "Condition": _condition,
}
