"""Resources of invented people, made as the node makes them: parsed, validated, with facts and projection."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any

import orjson
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from corridor.domain.audit.fact import AuditFact, AuditKind, AuditOutcome
from corridor.domain.country import Country
from corridor.domain.query import Query
from corridor.domain.record import Draft
from corridor.domain.trace import new_trace
from corridor.fhir.draft import draft
from corridor.fhir.search import read_search
from corridor.keys.checkpoints import open_checkpoint, sign_checkpoint
from corridor.storage.node.log import LogVoice

HOME = Country("PE")
NOW = datetime(2026, 3, 2, 9, 30, 15, 123456, tzinfo=UTC)
ORIGIN = "corridor.example/audit/pe"
DNI = "urn:oid:2.16.604.1.113883.3.1"
LOINC = "http://loinc.org"
VIRAL_LOAD = "20447-9"

KEY = Ed25519PrivateKey.generate()
SIGN = partial(sign_checkpoint, key=KEY)
OPEN = partial(open_checkpoint, origin=ORIGIN, public_key=KEY.public_key().public_bytes_raw())
VOICE = LogVoice(HOME, ORIGIN, SIGN)


def drafted(resource: dict[str, Any], id: str) -> Draft:
    return draft(orjson.dumps(resource), resource_type=resource["resourceType"], id=id, source="urn:corridor:pe")


def patient(id: str, *, family: str = "Quispe Mamani", given: str = "María", **more: Any) -> Draft:
    name = {"family": family, "given": given.split()}
    return drafted({"resourceType": "Patient", "name": [name], **more}, id)


def viral_load(id: str, *, of: str, on: str, copies: float = 50, **more: Any) -> Draft:
    resource = {
        "resourceType": "Observation",
        "status": "final",
        "category": [
            {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/observation-category", "code": "laboratory"}]}
        ],
        "code": {"coding": [{"system": LOINC, "code": VIRAL_LOAD}, {"system": "urn:local", "code": "CV"}]},
        "subject": {"reference": f"Patient/{of}"},
        "effectiveDateTime": on,
        "valueQuantity": {
            "value": copies,
            "unit": "copies/mL",
            "system": "http://unitsofmeasure.org",
            "code": "{copies}/mL",
        },
    }
    return drafted(resource | more, id)


def medication(id: str, atc: str) -> Draft:
    coding = {"system": "http://www.whocc.no/atc", "code": atc}
    return drafted({"resourceType": "Medication", "code": {"coding": [coding]}}, id)


def statement(id: str, *, of: str, medication: str) -> Draft:
    resource = {
        "resourceType": "MedicationStatement",
        "status": "active",
        "medicationReference": {"reference": f"Medication/{medication}"},
        "subject": {"reference": f"Patient/{of}"},
    }
    return drafted(resource, id)


def organization(id: str, name: str) -> Draft:
    return drafted({"resourceType": "Organization", "name": name}, id)


def fact(
    kind: AuditKind = AuditKind.READ, *, of: Sequence[str] = ("ana",), resource: str = "Patient/ana", at: datetime = NOW
) -> AuditFact:
    return AuditFact(
        kind=kind,
        outcome=AuditOutcome.SUCCESS,
        at=at,
        trace=new_trace(),
        request_id="request-1",
        agent="0123456789abcdef0123456789abcdef",
        role="clinician",
        patient_ids=tuple(of),
        resource=resource,
    )


def query(text: str) -> Query:
    """A search as it stands in an address: `Type?name=value&…`; the cursor is not read."""
    resource_type, _, pairs = text.partition("?")
    split = [tuple(pair.split("=", 1)) for pair in pairs.split("&") if pair]
    return read_search(resource_type, [(name, value) for name, value in split], strict=True).query
