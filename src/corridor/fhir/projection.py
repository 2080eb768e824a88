"""What may cross a border of one resource: pseudonymised by an allow-list, written once at ingest (ADR 4).

The list is definitions/exchange_rules.json. Decided there and here: gender stays, because it is clinical; a birth
date is cut to its year; a date of death becomes that the person died; what only identifies never crosses.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import datetime
from functools import lru_cache
from json.encoder import encode_basestring
from typing import Any, NoReturn

from corridor.domain.category import SYSTEM, Category
from corridor.domain.errors import InvalidError, MalformedError
from corridor.domain.record import Projection
from corridor.fhir.categories import also, category
from corridor.fhir.left_out import without_references
from corridor.fhir.medication import MEDICATION_TYPES, inline_medication
from corridor.fhir.origin import tells_who
from corridor.fhir.projection_rules import resource_paths
from corridor.fhir.projection_writers import Crossing, Number, resource_fields, slot, write_members
from corridor.fhir.search_values import interval

Resource = dict[str, Any]

SAVED = {"system": "https://corridor.example/fhir/CodeSystem/origin", "code": "saved"}
"""Tag of what another country told and a clinician saved here: it is that country's to tell, never ours again."""

_ID = re.compile(r"[A-Za-z0-9\-.]{1,64}")
_PATIENTLESS = frozenset({"Medication"})
_MEASURED = frozenset({Category.VIRAL_LOAD, Category.CD4})
_CODE_SYSTEM = "http://terminology.hl7.org/CodeSystem"
_LABELS = "".join(
    f',{{"system":"{_CODE_SYSTEM}/{system}","code":"{code}"}}'
    for system, code in (
        ("v3-Confidentiality", "R"),
        ("v3-ActCode", "HIV"),  # that somebody is in this network says it of every resource
        ("v3-ActCode", "NORDSCLCD"),
        ("v3-ActCode", "PSEUD"),
        ("v3-ObservationValue", "PSEUDED"),
    )
)
_WHEN = {
    "MedicationStatement": ("effectiveDateTime", "effectivePeriod", "dateAsserted"),
    "MedicationRequest": ("authoredOn",),
    "MedicationDispense": ("whenHandedOver", "whenPrepared"),
    "Observation": ("effectiveDateTime", "effectivePeriod", "effectiveInstant", "issued"),
    "DiagnosticReport": ("effectiveDateTime", "effectivePeriod", "issued"),
    "Condition": ("onsetDateTime", "onsetPeriod", "recordedDate"),
    "AllergyIntolerance": ("onsetDateTime", "onsetPeriod", "recordedDate"),
    "Immunization": ("occurrenceDateTime", "recorded"),
}


def _refuse(_: str) -> NoReturn:
    raise MalformedError("JSON knows no NaN and no Infinity.")


_decode = json.JSONDecoder(parse_float=Number, parse_constant=_refuse).decode


def project_bytes(
    raw: bytes, *, patient_id: str | None, source: str, medication: bytes | None = None
) -> Projection | None:
    """What may cross of a resource as received; every number keeps the digits that it was written with.

    Args:
        raw: JSON of one resource with its `id`.
        patient_id: id of the Patient in whose compartment it is; its own id for a Patient; None for a Medication.
        source: `meta.source` of what crosses.
        medication: the separate Medication that it refers to, where it is known: its code crosses in its place.

    Returns:
        None where nothing of it may cross.

    Raises:
        MalformedError: not JSON.
        InvalidError: not a resource with a proper id.
    """
    resource = _parse(raw)
    referred = None if medication is None else _parse(medication)
    return project(resource, patient_id=patient_id, source=source, medication=referred)


def project(
    resource: Resource, *, patient_id: str | None, source: str, medication: Resource | None = None
) -> Projection | None:
    """What may cross of a parsed resource; see `project_bytes`, which loses no digits."""
    resource_type, own_id = resource.get("resourceType"), resource.get("id")
    if not isinstance(resource_type, str) or resource_type not in resource_paths():
        return None
    if not isinstance(own_id, str) or not _ID.fullmatch(own_id):
        raise InvalidError("A resource that crosses a border has an id.", (f"{resource_type}.id",))
    if (patient_id is None and resource_type not in _PATIENTLESS) or _is_saved(resource) or tells_who(resource):
        return None
    if resource_type in MEDICATION_TYPES:
        resource = inline_medication(resource, medication)
    if resource_type == "Patient" and "deceasedDateTime" in resource:
        resource = {**resource, "deceasedBoolean": True}
    found = category(resource)
    crossing = Crossing(patient_id, found in _MEASURED, genotype=found is Category.RESISTANCE)
    fields = resource_fields(resource_type)
    beside = also(found, {name: each for name, each in resource.items() if name in fields})
    members = write_members(resource, fields, crossing)
    head = (
        f'{{"resourceType":"{resource_type}","id":"{slot(resource_type, own_id)}","meta":{{'
        f'"source":{encode_basestring(source)},"security":[{_codes(found, beside)}{_LABELS}]}}'
    )
    template = f"{head},{members}}}" if members else f"{head}}}"
    return Projection(template.encode(), found, _effective(resource), beside)


@lru_cache(maxsize=256)
def _codes(own: Category, beside: frozenset[Category]) -> str:
    """The labels of what a consent must permit, the resource's own first."""
    return ",".join(f'{{"system":"{SYSTEM}","code":"{each}"}}' for each in (own, *sorted(beside)))


def fill(template: bytes, pseudonym: Callable[[str], str], among: frozenset[str] | None = None) -> bytes:
    """The template with every slot replaced by the pseudonym of its `Type/id`, asked for once per slot name.

    Args:
        template: of a projection.
        pseudonym: of a `Type/id`.
        among: every `Type/id` that goes; a reference to anything else is left out, as if it had not been written. None
            where everything goes.
    """
    if among is not None:
        template = without_references(template, among)
    pieces = template.split(b"\0")
    known: dict[bytes, bytes] = {}
    for position in range(1, len(pieces), 2):
        name = pieces[position]
        if name not in known:
            known[name] = pseudonym(name.decode()).encode()
        pieces[position] = known[name]
    return b"".join(pieces)


def _parse(raw: bytes) -> Resource:
    try:
        resource = _decode(raw.decode())
    except (ValueError, RecursionError):
        raise MalformedError("The bytes are not JSON in UTF-8.") from None
    if not isinstance(resource, dict):
        raise InvalidError("A resource is a JSON object.")
    return resource


def _is_saved(resource: Resource) -> bool:
    meta = resource.get("meta")
    tags = meta.get("tag") if isinstance(meta, dict) else None
    return isinstance(tags, list) and SAVED in tags


def _effective(resource: Resource) -> datetime | None:
    """The earliest instant of the first clinical date that the resource has."""
    for element in _WHEN.get(resource["resourceType"], ()):
        value = resource.get(element)
        if isinstance(value, dict):
            value = value.get("start") or value.get("end")
        if isinstance(value, str):
            try:
                return interval(value)[0]
            except InvalidError:
                continue
    return None
