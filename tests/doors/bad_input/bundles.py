"""Bundles."""

from __future__ import annotations

from typing import Any

from tests.doors.bad_input.row import Row, post

GOOD = {
    "resource": {"resourceType": "Patient", "name": [{"family": "Urdaneta", "given": ["Yusneidi"]}]},
    "request": {"method": "POST", "url": "Patient"},
}
"""An entry that would be written if the others were good."""


def entry(method: Any, url: Any, resource: Any = None, **more: Any) -> dict[str, Any]:
    """An entry with its request."""
    request = {"method": method, "url": url, **more}
    return {"request": request} | ({"resource": resource} if resource is not None else {})


def together(name: str, *entries: Any, status: int = 400, code: str = "invalid", **more: Any) -> Row:
    """A transaction whose first entry is good."""
    bundle = {"resourceType": "Bundle", "type": "transaction", "entry": [GOOD, *entries]}
    return post(name, bundle, status, code, path=more.pop("path", ""), **more)


def bundle(name: str, status: int = 400, code: str = "structure", **members: Any) -> Row:
    """A Bundle of a strange shape."""
    return post(name, {"resourceType": "Bundle", **members}, status, code, path="")


PERSON = {"resourceType": "Patient", "active": True}
LINKED = {"resourceType": "Observation", "status": "final", "code": {"text": "a"}}
SHAPES = (
    bundle("a Bundle without a type", 400, "required", entry=[GOOD]),
    bundle("a Bundle of a strange type", 400, "code-invalid", type="parcel", entry=[GOOD]),
    bundle("a Bundle of type batch-response", 400, "invalid", type="batch-response"),
    bundle("a collection", 400, "invalid", type="collection", entry=[{"resource": PERSON}]),
    bundle("a document", 400, "invalid", type="document", entry=[{"resource": PERSON}]),
    bundle("a message", 400, "invalid", type="message", entry=[{"resource": PERSON}]),
    bundle("a Bundle whose type is a list", 400, "code-invalid", type=["batch"], entry=[GOOD]),
    bundle("a Bundle whose entries are one", type="batch", entry=GOOD),
    bundle("a Bundle whose entries are null", type="batch", entry=[None]),
    bundle("a Bundle whose entries are texts", type="batch", entry=["Patient"]),
    bundle("a Bundle with an unknown element", type="transaction", entry=[GOOD], shoe=38),
    bundle("a Bundle with no entries in its list", type="transaction", entry=[]),
    bundle("a Bundle with a total of minus one", 400, "value", type="transaction", entry=[GOOD], total=-1),
    post(
        "ten thousand entries",
        {"resourceType": "Bundle", "type": "batch", "entry": [{"request": {"method": "GET", "url": "a"}}] * 10_000},
        413,
        "too-long",
        path="",
    ),
    post(
        "six thousand entries",
        '{"resourceType":"Bundle","type":"batch","entry":[' + ",".join(["{}"] * 6000) + "]}",
        400,
        "invalid",
        path="",
    ),
    post("a Patient at the base", PERSON, 400, "invalid", path=""),
    post("a list at the base", [GOOD], 400, "structure", path=""),
    post("half a Bundle at the base", '{"resourceType":"Bundle","type":"batch","entry":[', path=""),
    post("a Bundle of two lists of entries", '{"resourceType":"Bundle","type":"batch","entry":[],"entry":[]}', path=""),
    post("a Bundle to the Bundles", {"resourceType": "Bundle", "type": "batch"}, 404, "not-found", path="/Bundle"),
    post("a Bundle at the type", {"resourceType": "Bundle", "type": "batch"}, 400, "invalid"),
)
ENTRIES = (
    together("an entry without a request, further down", {"resource": PERSON}),
    together("an entry of nothing", {}, code="structure"),
    together("a request of nothing", {"request": {}}, code="structure"),
    together("a method in small", entry("post", "Patient", PERSON), code="code-invalid"),
    together("a method of no kind", entry("COPY", "Patient/1"), code="code-invalid"),
    together("a method that is a number", entry(1, "Patient"), code="code-invalid"),
    together("an address that is empty", entry("POST", "", PERSON), code="value"),
    together("an address that is a number", entry("POST", 1, PERSON), code="structure"),
    together("an address with a blank", entry("GET", "Patient/a b"), code="value"),
    together("an address of another base", entry("PUT", "https://evil.example/fhir/Patient/1", PERSON | {"id": "1"})),
    together("an address that climbs", entry("GET", "../admin")),
    together("an address of a file", entry("GET", "file:///etc/passwd")),
    together("an address of an operation", entry("POST", "Patient/$match", PERSON), code="not-supported"),
    together("an address of no type", entry("POST", "Sheep", {"resourceType": "Sheep"})),
    together("an id in an address that is none", entry("PUT", "Patient/a_b", PERSON | {"id": "a_b"})),
    together("another id than in the address", entry("PUT", "Patient/a1", PERSON | {"id": "a2"})),
    together("another type than in the address", entry("PUT", "Patient/a1", LINKED | {"id": "a1"})),
    together("a create without a resource", entry("POST", "Patient")),
    together("an update without a resource", entry("PUT", "Patient/a1")),
    together("a read with a resource", entry("GET", "Patient/a1", PERSON)),
    together("a delete with a resource", entry("DELETE", "Patient/a1", PERSON)),
    together("a resource that is a list", entry("POST", "Patient", [PERSON]), code="invalid"),
    together("a resource that is null", entry("POST", "Patient") | {"resource": None}, code="invalid"),
    together("a resource of no type", entry("POST", "Patient", {"active": True}), code="invalid"),
    together(
        "a resource with a bad code",
        entry("POST", "Patient", {"resourceType": "Patient", "gender": "femenino"}),
        code="code-invalid",
        at="Bundle.entry[1].resource.gender",
    ),
    together(
        "a resource with a bad date",
        entry("POST", "Patient", {"resourceType": "Patient", "birthDate": "17/04/1991"}),
        code="value",
        at="Bundle.entry[1].resource.birthDate",
    ),
    together(
        "a Bundle for a resource",
        entry("POST", "Bundle", {"resourceType": "Bundle", "type": "batch"}),
        code="not-supported",
    ),
    together("the same id written twice", *[entry("PUT", "Patient/a1", PERSON | {"id": "a1"})] * 2),
    together(
        "one fullUrl for two",
        *[entry("POST", "Patient", PERSON) | {"fullUrl": "urn:uuid:0b6e1e5c-6a3f-4f39-9a38-2f0f7f7b9a11"}] * 2,
    ),
    together(
        "a link to an entry that is not there",
        entry(
            "POST", "Observation", LINKED | {"subject": {"reference": "urn:uuid:0b6e1e5c-6a3f-4f39-9a38-2f0f7f7b9a12"}}
        ),
        status=422,
        code="processing",
    ),
    together(
        "a link to somebody who is not there",
        entry("POST", "Observation", LINKED | {"subject": {"reference": "Patient/nobody"}}),
        status=422,
        code="processing",
    ),
    together(
        "a conditional link to nobody",
        entry("POST", "Observation", LINKED | {"subject": {"reference": "Patient?identifier=urn:x|nobody"}}),
        status=412,
        code="conflict",
    ),
    together(
        "a condition of nothing known", entry("POST", "Patient", PERSON, ifNoneExist="shoe=38"), code="not-supported"
    ),
    together("a condition of nothing", entry("POST", "Patient", PERSON, ifNoneExist="?")),
    together("a tag that is none", entry("PUT", "Patient/{patient}", PERSON | {"id": "{patient}"}, ifMatch="3")),
    together(
        "a version that nobody holds",
        entry("PUT", "Patient/{patient}", PERSON | {"id": "{patient}"}, ifMatch='W/"77"'),
        status=412,
        code="conflict",
    ),
    together("an instant that is none", entry("GET", "Patient/{patient}", ifModifiedSince="ayer"), code="value"),
    together("a read of somebody who is not there", entry("GET", "Patient/nobody"), status=404, code="not-found"),
    together("a search of a bad date", entry("GET", "Patient?birthdate=quizas")),
    together("a write to the log", entry("POST", "AuditEvent", {"resourceType": "AuditEvent"}), code="not-supported"),
    together("a patch that is no patch", entry("PATCH", "Patient/{patient}", PERSON)),
    together("a transaction by an auditor", role="auditor", status=403, code="forbidden"),
    together("a transaction by nobody", role="", status=401, code="login"),
    together("a transaction in plain text", status=415, code="not-supported", headers={"content-type": "text/plain"}),
    together("a transaction for who reads turtle", status=406, code="not-supported", headers={"accept": "text/turtle"}),
)
ROWS: tuple[Row, ...] = (*SHAPES, *ENTRIES)
