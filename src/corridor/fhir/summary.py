"""The patient summary (IPS) of a record: a document that a person can take along and any country can read.

Resources stand in it as they are stored; only elements that the summary demands and the record lacks are added, each
saying that it is unknown. The narrative is made here from the same resources.
"""

from __future__ import annotations

import html
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

import orjson

from corridor.domain.record import Record
from corridor.fhir.bundle import instant
from corridor.fhir.medication import inline_medication
from corridor.fhir.summary_sections import SECTIONS, Section, line, section_of
from corridor.fhir.summary_words import LANGUAGES, WORDS

Resource = dict[str, Any]

PROFILE = "http://hl7.org/fhir/uv/ips/StructureDefinition/"
_UNKNOWN = {
    "extension": [
        {"url": "http://hl7.org/fhir/StructureDefinition/data-absent-reason", "valueCode": "unknown"},
    ]
}
_EMPTY_REASON = "http://terminology.hl7.org/CodeSystem/list-empty-reason"
_DEMANDED: dict[str, tuple[tuple[str, str], ...]] = {
    "Patient": (("name", "name"), ("birthDate", "_birthDate")),
    "MedicationStatement": (("effective", "_effectiveDateTime"),),
    "Observation": (("effective", "_effectiveDateTime"), ("performer", "performer")),
}
"""What IPS 2.0.1 demands beyond R4: how the element begins, and the name under which its absence is told."""
_LISTS = frozenset({"name", "performer"})


@dataclass(frozen=True, slots=True)
class Author:
    """The node that makes the document.

    Attributes:
        base_url: of its FHIR base, without a slash at the end.
        name: as people know it.
    """

    base_url: str
    name: str


@dataclass(frozen=True, slots=True)
class _Entry:
    """A resource with its address, as stored and as read for the narrative."""

    url: str
    body: bytes
    resource: Resource


def summary(records: Sequence[Record], author: Author, *, at: datetime, language: str = "es") -> bytes:
    """The document Bundle.

    Args:
        records: the Patient first, then the compartment and what it refers to.
        author: who makes it.
        at: when.
        language: of titles and narrative: `es`, `en` or `pt`; anything else reads as `es`.

    Source: HL7 IPS 2.0.1, Bundle-uv-ips; https://hl7.org/fhir/R4/documents.html
    """
    language = language if language in LANGUAGES else LANGUAGES[0]
    entries = [_entry(each, author.base_url) for each in records if each.body is not None]
    placed = [(entry, section_of(entry.resource)) for entry in entries]
    shown = [entry for entry, key in placed if key]
    needed = _needed(entries[0], shown, entries)
    organisation = f"urn:uuid:{uuid4()}"
    sections = [_section(each, placed, language) for each in SECTIONS]
    composition = _composition([each for each in sections if each], entries[0].url, (organisation, at, language))
    whole = [
        (f"urn:uuid:{uuid4()}", orjson.dumps(composition)),
        *((each.url, _completed(each)) for each in needed),
        (organisation, orjson.dumps({"resourceType": "Organization", "active": True, "name": author.name})),
    ]
    return _bundle(whole, at)


def _entry(record: Record, base_url: str) -> _Entry:
    body = record.body or b""
    # Numbers are read as texts: the narrative shows them as they were written.
    resource = json.loads(body, parse_float=str)
    return _Entry(f"{base_url}/{record.resource_type}/{record.id}", body, resource)


def _needed(patient: _Entry, shown: Sequence[_Entry], entries: Sequence[_Entry]) -> list[_Entry]:
    """The patient, what the sections show, and what these refer to."""
    by_reference = {"/".join(each.url.rsplit("/", 2)[-2:]): each for each in entries}
    wanted: dict[str, _Entry] = {patient.url: patient}
    wanted |= {each.url: each for each in shown}
    for each in shown:
        found = [by_reference[name] for name in _references(each.resource) if name in by_reference]
        wanted |= {target.url: target for target in found}
    return [*wanted.values()]


def _references(value: Any) -> Iterable[str]:
    if isinstance(value, dict):
        if isinstance(value.get("reference"), str):
            yield value["reference"]
        for each in value.values():
            yield from _references(each)
    elif isinstance(value, list):
        for each in value:
            yield from _references(each)


def _section(section: Section, placed: Sequence[tuple[_Entry, str]], language: str) -> Resource | None:
    entries = [entry for entry, key in placed if key == section.key]
    if not entries and not section.required:
        return None
    medications = {
        f"Medication/{entry.resource.get('id')}": entry.resource
        for entry, _ in placed
        if entry.resource["resourceType"] == "Medication"
    }
    rows = [line(_named(each.resource, medications), language) for each in entries]
    made: Resource = {
        "title": WORDS[section.key][language],
        "code": {"coding": [{"system": "http://loinc.org", "code": section.code, "display": section.display}]},
        "text": _narrative(sorted(rows, reverse=True), language),
    }
    if entries:
        return made | {"entry": [{"reference": each.url} for each in entries]}
    empty = {"system": _EMPTY_REASON, "code": "unavailable", "display": "Unavailable"}
    return made | {"emptyReason": {"coding": [empty], "text": WORDS["empty"][language]}}


def _named(resource: Resource, medications: dict[str, Resource]) -> Resource:
    reference = resource.get("medicationReference", {}).get("reference", "")
    return inline_medication(resource, medications.get(reference))


def _narrative(rows: Sequence[tuple[str, ...]], language: str) -> Resource:
    opening = f'<div xmlns="http://www.w3.org/1999/xhtml" lang="{language}" xml:lang="{language}">'
    if not rows:
        return {"status": "generated", "div": f"{opening}<p>{html.escape(WORDS['empty'][language])}</p></div>"}
    heads = "".join(f"<th>{html.escape(WORDS[key][language])}</th>" for key in ("date", "what", "value", "status"))
    body = "".join("<tr>" + "".join(f"<td>{html.escape(cell)}</td>" for cell in row) + "</tr>" for row in rows)
    table = f"<table><thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table>"
    return {"status": "generated", "div": f"{opening}{table}</div>"}


def _composition(sections: list[Resource], patient_url: str, made: tuple[str, datetime, str]) -> Resource:
    organisation, at, language = made
    return {
        "resourceType": "Composition",
        "meta": {"profile": [PROFILE + "Composition-uv-ips"]},
        "language": language,
        "status": "final",
        "type": {
            "coding": [{"system": "http://loinc.org", "code": "60591-5", "display": "Patient summary Document"}],
        },
        "subject": {"reference": patient_url},
        "date": instant(at),
        "author": [{"reference": organisation}],
        "title": WORDS["title"][language],
        "confidentiality": "R",
        "custodian": {"reference": organisation},
        "section": sections,
    }


def _completed(entry: _Entry) -> bytes:
    """The stored bytes with what IPS demands and the record lacks, told as unknown."""
    added = b""
    for begins, name in _DEMANDED.get(entry.resource["resourceType"], ()):
        if not any(key.removeprefix("_").startswith(begins) for key in entry.resource):
            value = [_UNKNOWN] if name in _LISTS else _UNKNOWN
            added += b',"%b":%b' % (name.encode(), orjson.dumps(value))
    return entry.body.rstrip()[:-1] + added + b"}" if added else entry.body


def _bundle(addressed: Iterable[tuple[str, bytes]], at: datetime) -> bytes:
    entries = [b'{"fullUrl":%b,"resource":%b}' % (orjson.dumps(url), body) for url, body in addressed]
    head: Resource = {
        "resourceType": "Bundle",
        "meta": {"profile": [PROFILE + "Bundle-uv-ips"]},
        "identifier": {"system": "urn:ietf:rfc:3986", "value": f"urn:uuid:{uuid4()}"},
        "type": "document",
        "timestamp": instant(at),
    }
    return orjson.dumps(head)[:-1] + b',"entry":[%b]}' % b",".join(entries)
