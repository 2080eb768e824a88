"""The days that a resource tells of: as dates, and as they were written, because a month is not its first day."""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from corridor.domain.errors import InvalidError
from corridor.fhir.search_values import interval

Resource = dict[str, Any]

_DATES = {
    "MedicationStatement": ("effectivePeriod", "effectiveDateTime", "dateAsserted"),
    "MedicationRequest": ("authoredOn",),
    "MedicationDispense": ("whenHandedOver", "whenPrepared"),
    "Observation": ("effectiveDateTime", "effectivePeriod", "effectiveInstant", "issued"),
    "DiagnosticReport": ("effectiveDateTime", "effectivePeriod", "issued"),
    "Condition": ("onsetPeriod", "onsetDateTime", "recordedDate"),
    "AllergyIntolerance": ("onsetPeriod", "onsetDateTime", "recordedDate"),
    "Immunization": ("occurrenceDateTime", "recorded"),
}


def when(resource_type: str, resource: Resource) -> tuple[date | None, date | None, str]:
    """First day, last day and the date as written, from the first date element that the resource has."""
    for element in _DATES.get(resource_type, ()):
        value = resource.get(element)
        if isinstance(value, str):
            return _day(value), None, value
        if isinstance(value, dict) and (value.get("start") or value.get("end")):
            start, end = str(value.get("start") or ""), str(value.get("end") or "")
            return _day(start), _day(end, last=True), f"{start}/{end}"
    return None, None, ""


@lru_cache(maxsize=8192)
def _day(text: str, *, last: bool = False) -> date | None:
    """The first or last day that a date may mean; the clock of the place where it was written decides the day."""
    try:
        first, after = interval(text[:10])
    except InvalidError:
        return None
    return (after - timedelta(microseconds=1)).date() if last and after > first else first.date()
