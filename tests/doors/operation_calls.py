"""One good call of each operation that a node states, with the status that keeps the promise."""

from __future__ import annotations

from typing import Any

from tests.doors.walk import Walk

CATEGORY = "https://corridor.example/fhir/CodeSystem/category"
SET = "https://corridor.example/fhir/ValueSet/hiv-stages"
ATC = "http://www.whocc.no/atc"
PATIENT = {"resourceType": "Patient", "name": [{"family": "Peña"}], "gender": "female"}
CALLS: dict[tuple[str, str], tuple[str, str, Any, int]] = {
    ("", "export"): ("GET", "$export?_type=Location", None, 202),
    ("", "import"): ("POST", "$import", b'{"resourceType":"Location","status":"active","name":"x"}\n', 202),
    ("Patient", "export"): ("GET", "Patient/$export?_type=Patient", None, 202),
    ("Group", "export"): ("GET", "Group/{here}/$export?_type=Patient", None, 202),
    ("Patient", "match"): (
        "POST",
        "Patient/$match",
        {"resourceType": "Parameters", "parameter": [{"name": "resource", "resource": PATIENT}]},
        200,
    ),
    ("Patient", "ihe-pix"): (
        "GET",
        "Patient/$ihe-pix?sourceIdentifier=http://pe.corridor.example/fhir|Patient/{here}",
        None,
        200,
    ),
    ("Patient", "pull-history"): ("POST", "Patient/{here}/$pull-history", None, 403),
    ("Patient", "withdraw-consent"): ("POST", "Patient/{here}/$withdraw-consent", None, 200),
    ("Patient", "everything"): ("GET", "Patient/{here}/$everything", None, 200),
    ("Patient", "summary"): ("GET", "Patient/{here}/$summary", None, 200),
    ("Patient", "generate-shl"): ("POST", "Patient/{here}/$generate-shl?flag=U", None, 403),
    ("Patient", "generate-vhl"): ("GET", "Patient/{here}/$generate-vhl?label=x", None, 403),
    ("Observation", "lastn"): ("GET", "Observation/$lastn?patient={patient}", None, 200),
    ("ValueSet", "expand"): ("GET", f"ValueSet/$expand?url={SET}", None, 200),
    ("ValueSet", "validate-code"): ("GET", f"ValueSet/$validate-code?url={SET}&system=urn:x&code=x", None, 200),
    ("CodeSystem", "lookup"): ("GET", f"CodeSystem/$lookup?system={CATEGORY}&code=cd4", None, 200),
    ("CodeSystem", "validate-code"): ("GET", f"CodeSystem/$validate-code?url={CATEGORY}&code=cd4", None, 200),
    ("CodeSystem", "subsumes"): ("GET", f"CodeSystem/$subsumes?system={ATC}&codeA=J05A&codeB=J05AR27", None, 200),
    ("ConceptMap", "translate"): ("GET", f"ConceptMap/$translate?system={ATC}&code=J05AR27", None, 200),
    ("Subscription", "status"): ("GET", "Subscription/{here}/$status", None, 200),
    ("Subscription", "events"): ("GET", "Subscription/{here}/$events", None, 200),
}
"""Method, address, body and status by type and name; `{here}` is a resource of the type, made for the call.

A programme may not pull a history or make a health link, which are a clinician's acts: the door is there and says so.
"""

HEADERS = {
    "export": {"prefer": "respond-async"},
    "import": {"prefer": "respond-async", "content_type": "application/fhir+ndjson"},
}


def called(walk: Walk, kind: str, name: str) -> tuple[int, int, bytes]:
    """Status of the answer, the status that keeps the promise, and the answer's body.

    Raises:
        AssertionError: the operation has no call in the table above.
    """
    if name == "validate":
        resource = walk.town.resource(kind) if kind != "AuditEvent" else {"resourceType": kind, "id": "x"}
        answer = walk.ask("POST", f"{kind}/$validate", resource, kind=kind)
        return answer.status, 200, answer.body
    assert (kind, name) in CALLS, f"operation_calls.py has no call of {kind} ${name}"
    method, path, body, expected = CALLS[kind, name]
    here = walk.one(kind) if "{here}" in path else ""
    filled = path.replace("{here}", here).replace("{patient}", walk.town.ids["patient"])
    answer = walk.ask(method, filled, body, kind=kind, **HEADERS.get(name, {}))
    return answer.status, expected, answer.body
