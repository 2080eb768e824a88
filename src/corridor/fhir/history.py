"""The history that a clinician gets: what each country said, where it came from, and who was silent."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

import orjson

from corridor.domain.country import Country
from corridor.domain.grade import Grade
from corridor.domain.history import Answer, History, Silence, SilenceReason
from corridor.domain.purpose import SYSTEM as PURPOSE_SYSTEM
from corridor.fhir.bundle import collection, instant
from corridor.fhir.provenance import COUNTRY_SYSTEM, country_reference

MATCH_GRADE = "http://hl7.org/fhir/StructureDefinition/match-grade"
POLICY = "https://corridor.example/policy/cross-border-consent"
TRACE_SYSTEM = "https://www.w3.org/TR/trace-context/"
_CUSTODIAN = {
    "coding": [{"system": "http://terminology.hl7.org/CodeSystem/provenance-participant-type", "code": "custodian"}]
}
_SILENT = {
    SilenceReason.TIMEOUT: ("timeout", "did not answer in time."),
    SilenceReason.UNREACHABLE: ("transient", "could not be reached."),
    SilenceReason.GARBLED: ("incomplete", "sent an answer that cannot be trusted or read; it was left out."),
    SilenceReason.NOT_RENEWED: ("transient", "could not be asked whether what it told may still be shown."),
    SilenceReason.LEASE_OVER: ("incomplete", "does not let what it told be shown any more."),
    SilenceReason.LEFT: ("suppressed", "has left the federation and was not asked."),
    SilenceReason.EXPELLED: ("suppressed", "was expelled from the federation and was not asked."),
    SilenceReason.LAPSED: ("expired", "was not asked: its keys, or the manifest of the federation, have ended."),
    SilenceReason.NOT_ASKED: (
        "incomplete",
        "was not asked: nobody could be looked for, or the person's consent does not name it.",
    ),
}
"""Source: https://hl7.org/fhir/R4/valueset-issue-type.html"""


def bundle(history: History, sources: Mapping[Country, str]) -> bytes:
    """One collection Bundle of everything that came back, each country's resources byte for byte.

    Args:
        history: what one pull brought.
        sources: address of each country's exchange base, without a slash at the end.

    Source: IHE XCA, partial success; https://hl7.org/fhir/R4/provenance.html
    """
    entries: list[tuple[str, bytes]] = []
    for answer in history.answers:
        base = sources.get(answer.country, f"https://corridor.example/country/{answer.country}")
        addresses = [f"{base}/{entry.resource_type}/{entry.id}" for entry in answer.entries]
        entries += zip(addresses, (entry.body for entry in answer.entries), strict=True)
        if addresses:
            entries.append(_named(_provenance(history, answer, addresses)))
    entries.append(_named(_outcome(history)))
    return collection(entries, at=history.at)


def _named(resource: dict[str, Any]) -> tuple[str, bytes]:
    """A resource that was made here, under an id of its own."""
    own_id = str(uuid.uuid4())
    return f"urn:uuid:{own_id}", orjson.dumps({"resourceType": resource["resourceType"], "id": own_id, **resource})


def _provenance(history: History, answer: Answer, addresses: list[str]) -> dict[str, Any]:
    trace = {"identifier": {"system": TRACE_SYSTEM, "value": str(history.trace)}}
    return {
        "resourceType": "Provenance",
        "target": [{"reference": address} for address in addresses],
        "recorded": instant(answer.received_at),
        "policy": [POLICY],
        "reason": [{"coding": [{"system": PURPOSE_SYSTEM, "code": history.purpose.value}]}],
        "agent": [{"type": _CUSTODIAN, "who": country_reference(answer.country)}],
        "entity": [{"role": "source", "what": trace}],
    }


def _outcome(history: History) -> dict[str, Any]:
    asked = len(history.answers) + len(history.silences)
    summary = f"{len(history.answers)} of {asked} countries answered."
    issues = [{"severity": "information", "code": "informational", "details": {"text": summary}}]
    issues += [_graded(answer) for answer in history.answers if answer.grade is not None]
    issues += [_silent(silence) for silence in history.silences]
    return {"resourceType": "OperationOutcome", "issue": issues}


def _graded(answer: Answer) -> dict[str, Any]:
    grade = answer.grade or Grade.POSSIBLE
    sure = "is certain that this is the person." if grade is Grade.CERTAIN else "finds this probable: confirm it."
    issue = _issue(answer.country, ("information", "informational"), sure)
    return issue | {"extension": [{"url": MATCH_GRADE, "valueCode": grade.value}]}


def _silent(silence: Silence) -> dict[str, Any]:
    code, text = _SILENT[silence.reason]
    return _issue(silence.country, ("warning", code), text)


def _issue(country: Country, kind: tuple[str, str], text: str) -> dict[str, Any]:
    severity, code = kind
    details = {"coding": [{"system": COUNTRY_SYSTEM, "code": country}], "text": f"{country} {text}"}
    return {"severity": severity, "code": code, "details": details}
