"""Audit facts as AuditEvents in the patterns of BALP; a profile is claimed only where the event really fits it."""

from __future__ import annotations

import base64
from collections.abc import Iterator

import orjson

from corridor.domain import purpose as purposes
from corridor.domain.audit.fact import AuditFact, AuditKind, AuditOutcome
from corridor.domain.country import Country
from corridor.domain.purpose import FORBIDDEN, Purpose
from corridor.fhir.audit_shapes import PROVIDER, SHAPES, Family, Shape, coding
from corridor.fhir.parse import Resource
from corridor.fhir.provenance import COUNTRY_SYSTEM, country_reference, instant

AGENT_SYSTEM = "https://corridor.example/fhir/NamingSystem/agent"
"""Identifier system of pseudonyms of those who act at a node."""
TRACEPARENT = "https://corridor.example/fhir/StructureDefinition/traceparent"
"""Extension of a decision's AuditEvent: its profile closes the list of entities, so that the trace stands here."""

PRESENCE = "https://corridor.example/fhir/StructureDefinition/presence"
"""Extension that says how it was shown that the person is there: `card`, `code` or `attested`."""

_ENTITY_TYPE = "http://terminology.hl7.org/CodeSystem/audit-entity-type"
_ROLE = "http://terminology.hl7.org/CodeSystem/object-role"
_PERSON, _SYSTEM_OBJECT, _OTHER = (coding(_ENTITY_TYPE, code) for code in "124")
_PATIENT, _DOMAIN_RESOURCE, _QUERY, _JOB_STREAM = (coding(_ROLE, code) for code in ("1", "4", "24", "21"))
_CONSENT = coding("http://hl7.org/fhir/resource-types", "Consent")
_REQUEST_ID = coding("https://profiles.ihe.net/ITI/BALP/CodeSystem/BasicAuditEntityType", "XrequestId")
_SERVER_SOURCE = [coding("http://terminology.hl7.org/CodeSystem/security-source-type", "4")]
_CLIENT = {"display": "client of the national base"}
_ADDRESS_NOT_KEPT = {"address": "not-kept", "type": "1"}
_KNOWN_PURPOSES = FORBIDDEN | frozenset(str(purpose) for purpose in Purpose)
_NATIONAL = frozenset({Family.REST, Family.QUERY, Family.OPERATION})


def render(fact: AuditFact, *, id: str, node: Country) -> bytes:
    """The AuditEvent of a fact as JSON bytes, ready to be stored and sent.

    Args:
        fact: what happened.
        id: logical id of the AuditEvent; it never changes, so that its only version is 1.
        node: the country whose node recorded it.

    Source: IHE BALP 1.1.5; the trace entity as in CH:ATC.
    """
    shape = SHAPES[fact.kind]
    recorded = instant(fact.at)
    meta: Resource = {"versionId": "1", "lastUpdated": recorded}
    profile = _profile(fact, shape, node)
    if profile:
        meta["profile"] = [profile]
    resource: Resource = {
        "resourceType": "AuditEvent",
        "id": id,
        "meta": meta,
        "extension": _extensions(fact, shape),
        "type": shape.type,
        "subtype": shape.subtype,
        "action": shape.action,
        "recorded": recorded,
        "outcome": _outcome(fact),
        "outcomeDesc": fact.reason,
        "purposeOfEvent": _purposes(fact),
        "agent": [*_agents(fact, shape, node)],
        "source": {"site": node, "observer": country_reference(node), "type": _SERVER_SOURCE},
        "entity": [*_entities(fact, shape)],
    }
    return orjson.dumps({name: value for name, value in resource.items() if value})


def _extensions(fact: AuditFact, shape: Shape) -> list[Resource]:
    trace = [{"url": TRACEPARENT, "valueString": str(fact.trace)}] if shape.family is Family.DECISION else []
    return [*trace, {"url": PRESENCE, "valueCode": fact.presence}] if fact.presence else trace


def _profile(fact: AuditFact, shape: Shape, node: Country) -> str:
    """The profile that the event fits, or nothing."""
    one = len(fact.patient_ids) == 1
    if shape.family is Family.DECISION:
        return shape.patient_profile if one and fact.consent_ids and fact.agent else ""
    if fact.outcome is not AuditOutcome.SUCCESS or (shape.family is Family.REST and "/" not in fact.resource):
        return ""
    if fact.together:
        return ""  # BALP's patterns are about one object
    if shape.family in _NATIONAL:
        return shape.patient_profile if one else shape.profile
    recorder = fact.holder if shape.family is Family.SENT else fact.asker
    return shape.patient_profile if one and fact.asker and fact.holder and recorder == node else ""


def _outcome(fact: AuditFact) -> str:
    """Source: http://hl7.org/fhir/audit-event-outcome."""
    if fact.outcome is AuditOutcome.SUCCESS:
        return "0"
    return "8" if fact.kind is AuditKind.REFUSE else "4"


def _purposes(fact: AuditFact) -> list[Resource]:
    if fact.purpose in _KNOWN_PURPOSES:
        return [{"coding": [coding(purposes.system(fact.purpose), fact.purpose)]}]
    return [{"text": fact.purpose}] if fact.purpose.strip() else []


def _agents(fact: AuditFact, shape: Shape, node: Country) -> Iterator[Resource]:
    if shape.family in _NATIONAL:
        network = {"address": fact.network, "type": "2"} if fact.network else _ADDRESS_NOT_KEPT
        client = country_reference(fact.asker) if fact.asker else _CLIENT
        yield {"type": shape.client, "who": client, "requestor": False, "network": network}
        yield _system(shape.server, fact.holder or node)
    elif shape.family is Family.DECISION:
        asker = fact.asker or node
        yield _system(shape.client, asker)
        yield {"type": PROVIDER, "who": country_reference(asker), "requestor": False}
        yield {"type": shape.server, "who": country_reference(node), "requestor": False}
    else:
        yield _system(shape.client, fact.holder or node)
        yield _system(shape.server, fact.asker or node)
    if fact.agent:
        yield _user(fact, shape)


def _system(kind: Resource, country: Country) -> Resource:
    network = {"address": f"{COUNTRY_SYSTEM}:{country}", "type": "5"}
    return {"type": kind, "who": country_reference(country), "requestor": False, "network": network}


def _user(fact: AuditFact, shape: Shape) -> Resource:
    who = {"identifier": {"system": AGENT_SYSTEM, "value": fact.agent}}
    user: Resource = {"type": shape.user, "who": who, "requestor": True}
    if fact.role:
        user["role"] = [{"text": fact.role}]
    purpose = _purposes(fact)
    if purpose:
        user["purposeOfUse"] = purpose
    return user


def _entities(fact: AuditFact, shape: Shape) -> Iterator[Resource]:
    closed = shape.family is Family.DECISION
    if not closed:
        yield from _objects(fact, shape)
    for patient in fact.patient_ids:
        yield {"what": {"reference": f"Patient/{patient}"}, "type": _PERSON, "role": _PATIENT}
    for consent in fact.consent_ids:
        yield {"what": {"reference": f"Consent/{consent}"}, "type": _CONSENT}
    if not closed:
        yield {"what": {"identifier": {"value": str(fact.trace)}}, "type": _OTHER, "role": _JOB_STREAM}
    if fact.request_id and not closed:
        yield {"what": {"identifier": {"value": fact.request_id}}, "type": _REQUEST_ID}


def _objects(fact: AuditFact, shape: Shape) -> Iterator[Resource]:
    query = shape.family is Family.QUERY
    if query or (shape.family is Family.OPERATION and fact.query):
        asked = base64.b64encode((fact.query or fact.resource or "?").encode(errors="replace")).decode()
        yield {"type": _SYSTEM_OBJECT, "role": _QUERY, "query": asked}
    if not query and "/" in fact.resource:
        for name in (fact.resource, *fact.together):
            yield {"what": {"reference": name}, "type": _SYSTEM_OBJECT, "role": _DOMAIN_RESOURCE}
