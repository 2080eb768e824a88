"""AuditEvents of exchanges, read back into what somebody who answers for data protection needs to know."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from corridor.domain.errors import CorridorError
from corridor.domain.passage import Course, Passage
from corridor.fhir.audit_event import AGENT_SYSTEM
from corridor.fhir.parse import Resource, parse
from corridor.fhir.provenance import country_of

EXCHANGES = ("disclose", "AuthZ-Consent")
"""Subtypes of the events that are about an exchange across a border."""

_COURSES = {"110106": Course.GIVEN, "110107": Course.RECEIVED}


def passage(body: bytes) -> Passage:
    """What this node's own AuditEvent of an exchange says; its contents are not in it.

    Raises:
        InvalidError: it is no AuditEvent of this node.

    Source: IHE BALP 1.1.5, Privacy Disclosure and AuthZ-Consent.
    """
    resource = parse(body)
    code = str(resource["type"]["code"])
    course = _COURSES.get(code) or (Course.ASKED if resource["outcome"] == "0" else Course.REFUSED)
    countries = [*_countries(resource)]
    exchanged = code in _COURSES
    return Passage(
        at=datetime.fromisoformat(resource["recorded"]),
        course=course,
        asker=_at(countries, 1 if exchanged else 0),
        holder=_at(countries, 0 if exchanged else -1),
        purpose=_purpose(resource),
        patients=tuple(_patients(resource)),
        agent=next(_agents(resource), ""),
        reason=str(resource.get("outcomeDesc", "")),
    )


def _at(countries: Sequence[str], place: int) -> str:
    return countries[place] if countries else ""


def _countries(resource: Resource) -> Iterator[str]:
    """The countries among those who took part, in the order in which this node writes them."""
    for agent in resource.get("agent", ()):
        try:
            yield country_of(agent.get("who"), "AuditEvent.agent.who")
        except CorridorError:  # a person, or a part of the node
            continue


def _purpose(resource: Resource) -> str:
    for said in resource.get("purposeOfEvent", ()):
        codings = said.get("coding") or [{}]
        return str(codings[0].get("code") or said.get("text", ""))
    return ""


def _patients(resource: Resource) -> Iterator[str]:
    for entity in resource.get("entity", ()):
        kind, _, id_ = str(entity.get("what", {}).get("reference", "")).partition("/")
        if kind == "Patient":
            yield id_


def _agents(resource: Resource) -> Iterator[str]:
    for agent in resource.get("agent", ()):
        identifier = agent.get("who", {}).get("identifier", {})
        if identifier.get("system") == AGENT_SYSTEM:
            yield str(identifier.get("value", ""))
