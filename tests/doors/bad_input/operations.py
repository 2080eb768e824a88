"""What operations are sent."""

from __future__ import annotations

from typing import Any

from tests.doors.bad_input.bundles import LINKED, PERSON
from tests.doors.bad_input.row import FHIR_JSON, NDJSON, Row, get, post, send

MATCHING: tuple[tuple[str, Any, str], ...] = (
    ("nothing", "", "structure"),
    ("half of it", "{", "structure"),
    ("an Observation", LINKED, "invalid"),
    ("Parameters without anything", {"resourceType": "Parameters"}, "invalid"),
    ("Parameters of a bad shape", {"resourceType": "Parameters", "parameter": {}}, "structure"),
    ("nobody to find", {"resourceType": "Parameters", "parameter": [{"name": "resource"}]}, "invalid"),
    (
        "an Observation to find",
        {"resourceType": "Parameters", "parameter": [{"name": "resource", "resource": LINKED}]},
        "invalid",
    ),
    (
        "a count of a text",
        {
            "resourceType": "Parameters",
            "parameter": [{"name": "resource", "resource": PERSON}, {"name": "count", "valueString": "x"}],
        },
        "invalid",
    ),
)
ASYNC = {"prefer": "respond-async", "accept": FHIR_JSON}


def bulk(name: str, path: str, status: int = 400, code: str = "invalid", **more: Any) -> Row:
    """A request that takes its time."""
    return send(
        more.pop("method", "GET"), path, (status, code), name=name, headers=ASYNC | more.pop("headers", {}), **more
    )


ROWS: tuple[Row, ...] = (
    *(post(f"a match of {name}", body, 400, code, path="/Patient/$match") for name, body, code in MATCHING),
    get("identifiers of nobody named", "/Patient/$ihe-pix"),
    get("identifiers of a number without its system", "/Patient/$ihe-pix?sourceIdentifier=41778290"),
    get("identifiers of a system nobody has", "/Patient/$ihe-pix?sourceIdentifier=urn:no|1", 400, "code-invalid"),
    get("identifiers by what is not known", "/Patient/$ihe-pix?sourceIdentifier=urn:no|1&shoe=1", 400, "not-supported"),
    get("identifiers by an auditor", "/Patient/$ihe-pix?sourceIdentifier=urn:no|1", 403, "forbidden", role="auditor"),
    get("identifiers by nobody", "/Patient/$ihe-pix?sourceIdentifier=urn:no|1", 401, "login", role=""),
    get("people of a domain that is not known", "/Patient?identifier=urn:no|", 404, "not-found"),
    post("identifiers of half", "{", path="/Patient/$ihe-pix"),
    get("everything of nobody", "/Patient/nobody/$everything", 404, "not-found"),
    get("everything of what can be no id", "/Patient/a_b/$everything", 404, "not-found"),
    get("a summary of nobody", "/Patient/nobody/$summary", 404, "not-found"),
    get("everything since a word", "/Patient/{patient}/$everything?_since=ayer"),
    get("everything of no type", "/Patient/{patient}/$everything?_type=Sheep", 400, "not-supported"),
    get("everything in a bad count", "/Patient/{patient}/$everything?_count=all"),
    get("everything from a bad day", "/Patient/{patient}/$everything?start=17/04/1991"),
    get("everything by what is not known", "/Patient/{patient}/$everything?shoe=38", 400, "not-supported"),
    get("everything with a broken cursor", "/Patient/{patient}/$everything?_cursor=x"),
    get("everything by an auditor", "/Patient/{patient}/$everything", 403, "forbidden", role="auditor"),
    get("everything by nobody", "/Patient/{patient}/$everything", 401, "login", role=""),
    get("the newest of all", "/Observation/$lastn", 400, "invalid"),
    get("the newest of a bad number", "/Observation/$lastn?patient={patient}&max=all"),
    get("the newest of none", "/Observation/$lastn?patient={patient}&max=0"),
    get("the newest by what is not known", "/Observation/$lastn?patient={patient}&shoe=1", 400, "not-supported"),
    get("a summary of all", "/Patient/$summary"),
    get("a summary by what is not known", "/Patient/{patient}/$summary?shoe=1", 400, "not-supported"),
    get("a summary by an auditor", "/Patient/{patient}/$summary", 403, "forbidden", role="auditor"),
    post("a check of nothing", "", 400, "invalid", path="/Patient/$validate"),
    post("a check of half", "{", path="/Patient/$validate"),
    post("a check of no type", PERSON, 404, "not-found", path="/Sheep/$validate"),
    post(
        "a check in plain text",
        "a",
        415,
        "not-supported",
        path="/Patient/$validate",
        headers={"content-type": "text/plain"},
    ),
    get("an expansion of nothing", "/ValueSet/$expand"),
    get("an expansion of what is not here", "/ValueSet/$expand?url=http://example.org/vs", 404, "not-found"),
    get("an expansion of a bad count", "/ValueSet/$expand?url=x&count=all"),
    get("an expansion by what is not known", "/ValueSet/$expand?url=x&shoe=1", 400, "not-supported"),
    get("a code in nothing", "/ValueSet/$validate-code?code=a"),
    get("a translation of nothing", "/ConceptMap/$translate"),
    get("a translation by what is not known", "/ConceptMap/$translate?shoe=1", 400, "not-supported"),
    get("a code of nothing, looked up", "/CodeSystem/$lookup"),
    post("a pull without a purpose", "{", path="/Patient/{patient}/$pull-history", role="clinician"),
    post("a withdrawal of half", "{", path="/Patient/{patient}/$withdraw-consent"),
    get("an operation of the base that is none", "/$nothing", 404, "not-found"),
    bulk("an export of no type", "/$export?_type=Sheep", 400, "not-supported"),
    bulk("an export since a word", "/$export?_since=ayer"),
    bulk("an export in CSV", "/$export?_outputFormat=text/csv", 400, "not-supported"),
    bulk("an export of what is not known", "/$export?shoe=1", 400, "not-supported"),
    bulk("an export filtered by no search", "/$export?_typeFilter=Patient", 400, "invalid"),
    bulk("an export filtered by an order", "/$export?_typeFilter=Patient%3F_sort%3Dname", 400, "invalid"),
    bulk("an export filtered by what is not known", "/$export?_typeFilter=Patient%3Fshoe%3D1", 400, "not-supported"),
    bulk("an export of no element", "/$export?_elements=shoe", 400, "invalid"),
    bulk("an export at once", "/$export", headers={"prefer": "return=minimal"}),
    bulk("an export of no Group", "/Group/nobody/$export", 404, "not-found"),
    bulk("an export by a clinician", "/$export", 403, "forbidden", role="clinician"),
    bulk("an export by nobody", "/$export", 401, "login", role=""),
    bulk("a job of nobody", "/$bulk-status/nobody", 404, "not-found"),
    bulk("a file of nobody", "/$bulk-file/nobody/Patient.ndjson", 404, "not-found"),
    bulk("a file that climbs", "/$bulk-file/a/..%2f..%2fetc", 404, "not-found"),
    bulk(
        "an import of half", "/$import", 400, "structure", method="POST", body=b"{", headers={"content-type": FHIR_JSON}
    ),
    bulk("an import at once", "/$import", method="POST", body=b"{}\n", headers={"content-type": NDJSON, "prefer": "a"}),
    bulk(
        "an import in CSV",
        "/$import",
        415,
        "not-supported",
        method="POST",
        body=b"a,b",
        headers={"content-type": "text/csv"},
    ),
    bulk(
        "an import by a clinician",
        "/$import",
        403,
        "forbidden",
        method="POST",
        body=b"{}\n",
        role="clinician",
        headers={"content-type": NDJSON},
    ),
)
