"""Which audit event BALP wants for which act: types, agents and profiles as one table.

Source: IHE Basic Audit Log Patterns 1.1.5 (https://profiles.ihe.net/ITI/BALP/).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from corridor.domain.audit.fact import AuditKind
from corridor.fhir.parse import Resource

_PROFILES = "https://profiles.ihe.net/ITI/BALP/StructureDefinition/IHE.BasicAudit."
_ACTS = "https://corridor.example/fhir/CodeSystem/act"
_DCM = "http://dicom.nema.org/resources/ontology/DCM"
_PARTICIPATION = "http://terminology.hl7.org/CodeSystem/v3-ParticipationType"
_INTERACTION = "http://hl7.org/fhir/restful-interaction"


class Family(StrEnum):
    """How the agents and entities of an event are laid out."""

    REST = "rest"
    QUERY = "query"
    OPERATION = "operation"
    SENT = "sent"
    RECEIVED = "received"
    DECISION = "decision"


def coding(system: str, code: str) -> Resource:
    """A Coding."""
    return {"system": system, "code": code}


def concept(system: str, code: str) -> Resource:
    """A CodeableConcept of one Coding."""
    return {"coding": [coding(system, code)]}


SOURCE, DESTINATION, APPLICATION = (concept(_DCM, code) for code in ("110153", "110152", "110150"))
RECIPIENT, AUTHOR = (concept(_PARTICIPATION, code) for code in ("IRCP", "AUT"))
PROVIDER = concept("http://terminology.hl7.org/CodeSystem/v3-RoleClass", "PROV")
AUTHORIZER = concept("http://terminology.hl7.org/CodeSystem/extra-security-role-type", "authserver")
_CUSTODIAN = concept("http://terminology.hl7.org/CodeSystem/provenance-participant-type", "custodian")

_REST = coding("http://terminology.hl7.org/CodeSystem/audit-event-type", "rest")
_DISCLOSE = coding("http://terminology.hl7.org/CodeSystem/iso-21089-lifecycle", "disclose")
_AUTHORISE = coding("https://profiles.ihe.net/ITI/BALP/CodeSystem/AuthZsubType", "AuthZ-Consent")


@dataclass(frozen=True, slots=True)
class Shape:
    """The fixed part of one kind of event.

    Attributes:
        action: C, R, U, D or E.
        client: role of the asking system, `server` of the answering one, `user` of the person.
        profile: claimed where the event is about no patient, or about several; empty for none.
        patient_profile: claimed where it is about exactly one.
    """

    family: Family
    type: Resource
    subtype: tuple[Resource, ...]
    action: str
    client: Resource
    server: Resource
    user: Resource
    profile: str = ""
    patient_profile: str = ""


def _rest(interaction: str, action: str, *, client: Resource, server: Resource, user: Resource, profile: str) -> Shape:
    return Shape(
        family=Family.QUERY if profile == "Query" else Family.REST,
        type=_REST,
        subtype=(coding(_INTERACTION, interaction),),
        action=action,
        client=client,
        server=server,
        user=user,
        profile=_PROFILES + profile,
        patient_profile=f"{_PROFILES}Patient{profile}",
    )


def _operation(type_: Resource, *subtype: Resource) -> Shape:
    return Shape(Family.OPERATION, type_, subtype, "E", client=SOURCE, server=DESTINATION, user=RECIPIENT)


def _exchange(family: Family, code: str, action: str, *, profile: str) -> Shape:
    return Shape(
        family=family,
        type=coding(_DCM, code),
        subtype=(_DISCLOSE,),
        action=action,
        client=SOURCE,
        server=DESTINATION,
        user=RECIPIENT,
        patient_profile=f"{_PROFILES}PrivacyDisclosure.{profile}",
    )


_CREATE = _rest("create", "C", client=SOURCE, server=DESTINATION, user=AUTHOR, profile="Create")
_OPERATION = _operation(_REST, coding(_INTERACTION, "operation"))
_HISTORY = Shape(
    Family.QUERY,
    _REST,
    (coding(_INTERACTION, "history"),),
    "R",
    client=DESTINATION,
    server=SOURCE,
    user=RECIPIENT,
)
"""BALP has no pattern for it: no profile is claimed."""
_DECISION = Shape(
    family=Family.DECISION,
    type=coding(_DCM, "110113"),
    subtype=(_AUTHORISE,),
    action="E",
    client=APPLICATION,
    server=AUTHORIZER,
    user=RECIPIENT,
    patient_profile=f"{_PROFILES}AuthZconsent",
)

SHAPES: dict[AuditKind, Shape] = {
    AuditKind.READ: _rest("read", "R", client=DESTINATION, server=SOURCE, user=RECIPIENT, profile="Read"),
    AuditKind.SEARCH: _rest("search-type", "E", client=SOURCE, server=DESTINATION, user=RECIPIENT, profile="Query"),
    AuditKind.HISTORY: _HISTORY,
    AuditKind.CREATE: _CREATE,
    AuditKind.UPDATE: _rest("update", "U", client=SOURCE, server=DESTINATION, user=AUTHOR, profile="Update"),
    AuditKind.DELETE: _rest("delete", "D", client=APPLICATION, server=_CUSTODIAN, user=AUTHOR, profile="Delete"),
    AuditKind.CONSENT: _CREATE,
    AuditKind.ASK: _DECISION,
    AuditKind.REFUSE: _DECISION,
    AuditKind.ANSWER: _exchange(Family.SENT, "110106", "R", profile="Source"),
    AuditKind.RECEIPT: _exchange(Family.RECEIVED, "110107", "C", profile="Recipient"),
    AuditKind.RESOLVE: _OPERATION,
    AuditKind.EVALUATE: _OPERATION,
    AuditKind.REGISTER: _OPERATION,
    AuditKind.WITHDRAW: _OPERATION,
    AuditKind.MATCH: _operation(_REST, coding(_INTERACTION, "operation"), coding("urn:ihe:event-type-code", "ITI-119")),
    AuditKind.LOGIN: _operation(coding(_DCM, "110114"), coding(_DCM, "110122")),
    AuditKind.EXPORT: _operation(coding(_DCM, "110106")),
    AuditKind.IMPORT: _operation(coding(_DCM, "110107")),
    AuditKind.ADMIN: _operation(coding(_DCM, "110100")),
    AuditKind.BREAK_GLASS: _operation(coding(_DCM, "110113"), coding(_DCM, "110127")),
    AuditKind.REVIEW: _operation(coding(_DCM, "110101")),
    AuditKind.NOTICE: _operation(coding(_DCM, "110100"), coding(_ACTS, "notice")),
    AuditKind.KEY: _operation(coding(_DCM, "110100"), coding(_ACTS, "key")),
    AuditKind.TIE: _operation(coding(_DCM, "110100"), coding(_ACTS, "tie")),
    AuditKind.ALARM: _operation(coding(_DCM, "110113"), coding(_ACTS, "enumeration")),
    AuditKind.PRESENCE: _operation(coding(_DCM, "110100"), coding(_ACTS, "presence")),
}
"""Every kind of event; BALP has patterns for the first eleven but a history."""
