"""CapabilityStatements of the two bases, made from the same tables that the doors are made from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

from corridor.fhir.bundle import instant
from corridor.fhir.capability_definitions import definition_rows, supported_profiles
from corridor.fhir.capability_operations import GUIDES, KEPT, OF_BASE, OF_TYPE, VALIDATE
from corridor.fhir.conditions import LOGGED
from corridor.fhir.draft import WRITABLE
from corridor.fhir.parameters import Parameter, every_parameter, known_parameters
from corridor.fhir.schema import HELD

CANONICAL = "https://corridor.example/fhir/CapabilityStatement/"

EXCHANGED = (
    "Patient",
    "MedicationStatement",
    "Observation",
    "MedicationRequest",
    "MedicationDispense",
    "Condition",
    "AllergyIntolerance",
    "Immunization",
    "DiagnosticReport",
)
"""Types that may cross a border."""

_READS = ("read", "vread", "history-instance", "history-type", "search-type")
_WRITES = ("create", "update", "patch", "delete")
_SECURITY_SERVICES = "http://terminology.hl7.org/CodeSystem/restful-security-service"


@dataclass(frozen=True, slots=True)
class Server:
    """The node that speaks.

    Attributes:
        base_url: public address of the base, without a slash at the end.
        version: version of the software.
        released_at: when this statement last changed: the start of the node.
        description: what the node is, in one sentence.
        cors: whether pages of other origins may use it.
    """

    base_url: str
    version: str
    released_at: datetime
    description: str
    cors: bool = False


def national_capability(server: Server) -> bytes:
    """What the national, identified base speaks.

    Source: https://hl7.org/fhir/R4/capabilitystatement.html
    """
    stated = _instance(server, "national")
    public_url = server.base_url.removesuffix("/fhir")
    stated["rest"][0]["security"] |= {"cors": server.cors, "extension": [_token_endpoint(public_url)]}
    return orjson.dumps(stated)


def _token_endpoint(public_url: str) -> dict[str, Any]:
    """Source: https://hl7.org/fhir/smart-app-launch/1.0.0/conformance/index.html."""
    return {
        "url": "http://fhir-registry.smarthealthit.org/StructureDefinition/oauth-uris",
        "extension": [{"url": "token", "valueUri": f"{public_url}/auth/token"}],
    }


def exchange_capability(server: Server) -> bytes:
    """What the cross-border base speaks, to peers only.

    Source: IHE QEDm PCC-44; https://hl7.org/fhir/R4/capabilitystatement.html
    """
    return orjson.dumps(_instance(server, "exchange"))


def requirements(base: str) -> bytes:
    """The statement that every node's `national` or `exchange` base instantiates, as published in `profiles/`."""
    required = _statement(base) | {"id": base, "url": CANONICAL + base, "version": "0.1.0", "date": "2026-11-22"}
    return orjson.dumps(required | {"kind": "requirements"}, option=orjson.OPT_INDENT_2)


def _instance(server: Server, base: str) -> dict[str, Any]:
    return _statement(base) | {
        "url": f"{server.base_url}/metadata",
        "version": server.version,
        "date": instant(server.released_at),
        "kind": "instance",
        "instantiates": [CANONICAL + base, *KEPT[base]],
        "software": {"name": "Corridor", "version": server.version},
        "implementation": {"description": server.description, "url": server.base_url},
    }


def _statement(base: str) -> dict[str, Any]:
    return {
        "resourceType": "CapabilityStatement",
        "name": f"Corridor{base.capitalize()}",
        "status": "active",
        "publisher": "Corridor",
        "description": _DESCRIPTIONS[base],
        "fhirVersion": "4.0.1",
        **_FORMATS[base],
        "implementationGuide": GUIDES[base],
        "rest": [_REST[base]() | {"mode": "server"}],
    }


def _national_rest() -> dict[str, Any]:
    return {
        "documentation": (
            "Unknown search parameters: 400 with Prefer: handling=strict, else a warning in the answer. Chains and "
            "_has to two levels. Without _sort, matches come in the order of their first writing. What R4 knows and "
            "this base does not answer is refused with its reason. Reads take _summary and _elements, too; a write by "
            "id takes no condition beside it. Histories take _since, _at, _count, _sort and "
            "_total; that of the whole base holds everything but the audit. Every accepted update is a version. "
            "Conditions and conditional references are looked up in the unit that writes. A transaction is refused "
            "where a local reference names nothing living; single writes are not, and what is referred to can be "
            "deleted."
        ),
        "security": {
            "cors": False,
            "service": [
                {"coding": [{"system": _SECURITY_SERVICES, "code": code}]} for code in ("OAuth", "SMART-on-FHIR")
            ],
            "description": (
                "A token for everything but this statement. Rights follow from the role, and for systems "
                "(SMART Backend Services, private_key_jwt) from the scopes of their token as well."
            ),
        },
        "operation": OF_BASE,
        "resource": [*(_national(resource_type) for resource_type in HELD), *definition_rows()],
        "interaction": [{"code": "transaction"}, {"code": "batch"}, {"code": "history-system"}],
    }


def _exchange_rest() -> dict[str, Any]:
    return {
        "documentation": (
            "Pseudonymised records of one consented person at a time. A stranger, a refusal and an ended lease get "
            "the same empty answer."
        ),
        "security": {
            "cors": False,
            "service": [{"text": "HTTP Message Signatures (RFC 9421) over the keys of the corridor's directory"}],
            "description": "Peers only. Every request is signed, fresh and used once.",
        },
        "resource": [_exchanged(resource_type) for resource_type in EXCHANGED],
    }


_REST = {"national": _national_rest, "exchange": _exchange_rest}
_DESCRIPTIONS = {
    "national": "A country's identified base for its own programme systems.",
    "exchange": "A country's pseudonymised base for the other countries of the corridor.",
}
_FORMATS = {
    "national": {
        "format": ["application/fhir+json", "application/fhir+xml"],
        "patchFormat": [
            "application/json-patch+json",
            "application/merge-patch+json",
            "application/fhir+json",
            "application/fhir+xml",
        ],
    },
    "exchange": {"format": ["application/fhir+json"]},
}


def _national(resource_type: str) -> dict[str, Any]:
    writable = resource_type in WRITABLE
    codes = (*_READS, *(_WRITES if writable else ()))
    stated: dict[str, Any] = {
        "type": resource_type,
        "interaction": [{"code": code} for code in codes],
        "versioning": "versioned",
        "readHistory": True,
        "updateCreate": writable,
        "conditionalCreate": writable,
        "conditionalRead": "full-support",
        "conditionalUpdate": writable,
        "conditionalDelete": "single" if writable else "not-supported",
        "referencePolicy": ["literal", "local"],
        **_included(resource_type),
        "searchParam": [*_searched(resource_type)],
    }
    profiles = supported_profiles(resource_type)
    stated |= {"operation": [*OF_TYPE.get(resource_type, ()), VALIDATE]}
    return stated | ({"supportedProfile": [*profiles]} if profiles else {})


def _included(resource_type: str) -> dict[str, list[str]]:
    """What can be sent along; whoever may read audit events may read nothing else, and the other way round."""
    references = [(source, each) for source, each in every_parameter() if each.targets and source != LOGGED]
    forward = [f"{source}:{each.name}" for source, each in references if source == resource_type]
    backward = [f"{source}:{each.name}" for source, each in references if resource_type in each.targets]
    stated = {"searchInclude": forward, "searchRevInclude": backward if resource_type != LOGGED else []}
    return {name: values for name, values in stated.items() if values}


def _searched(resource_type: str) -> Iterator[dict[str, str]]:
    """What it is searched by; the log keeps no texts beside its entries, so that it is not searched by them."""
    for each in known_parameters(resource_type).values():
        if resource_type != LOGGED or each.kind not in {"string", "uri"}:
            yield _parameter(each)


def _parameter(each: Parameter) -> dict[str, str]:
    return {"name": each.name, "definition": each.definition, "type": each.kind}


def _exchanged(resource_type: str) -> dict[str, Any]:
    known = known_parameters(resource_type)
    names = ("_id",) if resource_type == "Patient" else ("patient", "code", "category")
    return {
        "type": resource_type,
        "interaction": [{"code": "read"}, {"code": "search-type"}],
        "documentation": "Inside a lease. A read of anything but a Patient names whose it is in `patient`.",
        "searchParam": [_parameter(known[name]) for name in names if name in known],
    }
