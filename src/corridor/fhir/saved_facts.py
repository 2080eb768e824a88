"""Facts that another country told, as resources of this country's own record, with where they are from."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

from corridor.domain.category import SYSTEM as CATEGORIES
from corridor.domain.category import Category
from corridor.domain.country import Country
from corridor.domain.history import Entry
from corridor.fhir.audit_event import AGENT_SYSTEM
from corridor.fhir.categories import categories
from corridor.fhir.consent_form import TEXTS
from corridor.fhir.exact_json import read_exact, write_exact
from corridor.fhir.history import TRACE_SYSTEM
from corridor.fhir.parse import Resource
from corridor.fhir.projection import SAVED
from corridor.fhir.provenance import country_reference, instant

NEVER_SAVED = frozenset({"Patient"})
"""Who the person is stands in this country's own register."""

_PARTICIPANT = "http://terminology.hl7.org/CodeSystem/provenance-participant-type"
_REASON = {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/v3-ActReason", "code": "TREAT"}]}
_ID_DIGITS = 32


@dataclass(frozen=True, slots=True)
class Origin:
    """Where facts are from.

    Attributes:
        clinician: pseudonym of who saved them.
        home: this node's country.
        trace: of the exchange, as it travelled.
        text: version of the consent text that let them be saved.
    """

    country: Country
    home: Country
    clinician: str
    trace: str
    text: str


def saved_id(entry: Entry, *, country: Country, patient_id: str) -> str:
    """The id that a fact has here once it is saved: the same each time, so that it is saved once."""
    name = f"{patient_id}/{country}/{entry.resource_type}/{entry.id}"
    return hashlib.sha256(name.encode()).hexdigest()[:_ID_DIGITS]


def source_of(country: Country) -> str:
    """Identifier system of the names under which a country told its facts."""
    return f"https://corridor.example/country/{country}"


def categories_of(entry: Entry) -> frozenset[Category]:
    """All that a consent must permit for a fact to be kept: what its holder labelled it with and what is read here.

    A label of the holder's that is not known here, and a fact without any, counts as `other` besides.

    Source: ADR 46.
    """
    resource: Resource = read_exact(entry.body)
    labels = resource.get("meta", {}).get("security", ())
    told = [each.get("code") for each in labels if each.get("system") == CATEGORIES]
    known = {str(category): category for category in Category}
    return frozenset(known.get(code, Category.OTHER) for code in told or [""]) | categories(resource)


def saved(entry: Entry, *, country: Country, patient_id: str, together: Mapping[str, str]) -> bytes:
    """A fact as a resource of this country's record: labels and numbers kept as they came, and marked as saved.

    Args:
        entry: as the country told it.
        country: that told it.
        patient_id: whose record it becomes part of.
        together: local `Type/id` by told `Type/id` of what is saved along or was before; a reference to anything else
            keeps the name under which the other country knows it.

    Raises:
        MalformedError: not JSON that can be kept.
    """
    resource: Resource = read_exact(entry.body)
    meta = resource.get("meta", {})
    tags = [each for each in meta.get("tag", ()) if each != SAVED]
    moved = _moved(resource, country, together)
    return write_exact(
        {
            **moved,
            "id": saved_id(entry, country=country, patient_id=patient_id),
            "meta": {**meta, "tag": [*tags, SAVED]},
            **_subject(resource, patient_id),
        }
    )


def _subject(resource: Resource, patient_id: str) -> Resource:
    mine = {"reference": f"Patient/{patient_id}"}
    return {name: mine for name in ("subject", "patient") if name in resource}


def _moved(node: Any, country: Country, together: Mapping[str, str]) -> Any:
    if isinstance(node, list):
        return [_moved(each, country, together) for each in node]
    if not isinstance(node, dict):
        return node
    told = node.get("reference")
    if isinstance(told, str) and "/" in told:
        if told in together:
            return {**node, "reference": together[told]}
        rest = {name: value for name, value in node.items() if name != "reference"}
        return {**rest, "identifier": {"system": source_of(country), "value": told}}
    return {name: _moved(value, country, together) for name, value in node.items()}


def provenance(origin: Origin, targets: Sequence[str], told: Iterable[str], *, id: str, at: datetime) -> bytes:
    """Who saved which facts, of which country, from which exchange, and under which words of consent.

    Args:
        origin: where they are from.
        targets: `Type/id` here.
        told: `Type/id` under which the country told them.
        id: of the Provenance.
        at: when they were saved.

    Source: https://hl7.org/fhir/R4/provenance.html; IHE mXDE.
    """
    sources = [{"identifier": {"system": TRACE_SYSTEM, "value": origin.trace}}]
    sources += [{"identifier": {"system": source_of(origin.country), "value": each}} for each in told]
    clinician = {"identifier": {"system": AGENT_SYSTEM, "value": origin.clinician}}
    return orjson.dumps(
        {
            "resourceType": "Provenance",
            "id": id,
            "target": [{"reference": each} for each in targets],
            "recorded": instant(at),
            "policy": [f"{TEXTS}{origin.text}"],
            "reason": [_REASON],
            "agent": [
                {"type": _participant("custodian"), "who": country_reference(origin.country)},
                {
                    "type": _participant("enterer"),
                    "who": clinician,
                    "onBehalfOf": country_reference(origin.home),
                },
            ],
            "entity": [{"role": "source", "what": each} for each in sources],
        }
    )


def _participant(code: str) -> Resource:
    return {"coding": [{"system": _PARTICIPANT, "code": code}]}
