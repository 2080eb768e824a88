"""Patches: broken, misplaced, of what only the server writes, and with a will to harm."""

from __future__ import annotations

from typing import Any

from tests.doors.bad_input.row import FHIR_JSON, MERGE_PATCH, XML, Row, patch

ONE = [{"op": "replace", "path": "/gender", "value": "other"}]


def op(kind: str, path: Any, **more: Any) -> list[dict[str, Any]]:
    """One operation of a JSON Patch."""
    return [{"op": kind, "path": path, **more}]


def fhirpath(name: str, *parts: dict[str, Any], status: int = 422, code: str = "processing", **more: Any) -> Row:
    """A FHIRPath Patch of one operation."""
    operation = {"name": "operation", "part": [*parts]}
    return patch(name, {"resourceType": "Parameters", "parameter": [operation]}, status, code, kind=FHIR_JSON, **more)


def part(name: str, **value: Any) -> dict[str, Any]:
    """A part of an operation."""
    return {"name": name, **value}


def at(kind: str, path: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Kind and path of an operation."""
    return part("type", valueCode=kind), part("path", valueString=path)


VALUE = part("value", valueString="a")
BAD: dict[str, Any] = {"status": 400, "code": "invalid"}
JSON_ROWS = (
    patch("a patch of nothing", b"", 400, "structure"),
    patch("half a patch", "[{", 400, "structure"),
    patch("a patch that is not UTF-8", b'[{"op":"\xff"}]', 400, "structure"),
    patch("a patch with a mark", b"\xef\xbb\xbf[]", 400, "structure"),
    patch("a patch with a key twice", '[{"op":"add","op":"remove","path":"/a"}]', 400, "structure"),
    patch("a patch that is an object", ONE[0]),
    patch("a patch that is a text", '"remove"'),
    patch("operations that are texts", ["remove"]),
    patch("operations that are null", [None]),
    patch("an operation without a name", [{"path": "/gender"}], at="[0].op"),
    patch("an operation of another name", op("erase", "/gender"), at="[0].op"),
    patch("an operation in capitals", op("REMOVE", "/gender"), at="[0].op"),
    patch("an operation that is a number", [{"op": 1, "path": "/gender"}], at="[0].op"),
    patch("an operation that is a list", [{"op": ["remove"], "path": "/gender"}], at="[0].op"),
    patch("an operation without a path", [{"op": "remove"}], at="[0].path"),
    patch("a path without a slash", op("remove", "gender"), at="[0].path"),
    patch("a path of FHIRPath", op("remove", "Patient.gender"), at="[0].path"),
    patch("a path that is a number", op("remove", 0), at="[0].path"),
    patch("a path that is a list", op("remove", ["gender"]), at="[0].path"),
    patch("an addition of nothing", op("add", "/gender"), at="[0].value"),
    patch("a replacement by nothing", op("replace", "/gender"), at="[0].value"),
    patch("a test of nothing", op("test", "/gender"), at="[0].value"),
    patch("a move from nowhere", op("move", "/gender"), at="[0].from"),
    patch("a copy from a number", [{"op": "copy", "path": "/gender", "from": 1}], at="[0].from"),
    patch("the second operation of two", [*ONE, {"op": "erase", "path": "/gender"}], at="[1].op"),
    patch("more operations than a patch has", op("test", "/active", value=True) * 1001),
    patch("a removal of what is not there", op("remove", "/shoe"), 422, "processing", at="[0].path"),
    patch("a replacement of what is not there", op("replace", "/name/9", value={}), 422, "processing", at="[0].path"),
    patch("an addition below what is not there", op("add", "/a/b", value=1), 422, "processing", at="[0].path"),
    patch("an addition beyond the end", op("add", "/name/9", value={"text": "a"}), 422, "processing", at="[0].path"),
    patch("an addition at a word", op("add", "/name/first", value={"text": "a"}), 422, "processing", at="[0].path"),
    patch("an index with a nought", op("remove", "/name/00"), 422, "processing", at="[0].path"),
    patch("an index below nought", op("remove", "/name/-1"), 422, "processing", at="[0].path"),
    patch("an index in Arabic digits", op("remove", "/name/\u0660"), 422, "processing", at="[0].path"),
    patch("a step into a text", op("add", "/gender/0", value="a"), 422, "processing", at="[0].path"),
    patch("an escape that is none, of a pointer", op("remove", "/~2"), 422, "processing", at="[0].path"),
    patch("a move into itself", [{"op": "move", "from": "/name", "path": "/name/0"}], 422, "processing"),
    patch("a test that fails", op("test", "/birthDate", value="1991-04-17"), 422, "processing", at="[0]"),
    patch("a test of what is not there", op("test", "/shoe", value=None), 422, "processing", at="[0]"),
    patch("a removal of all", op("remove", ""), 422, "processing"),
    patch("a replacement of all by a number", op("replace", "", value=7), 422, "processing"),
    patch(
        "a replacement of all by another type", op("replace", "", value={"resourceType": "Person"}), 422, "processing"
    ),
    patch("another id", op("replace", "/id", value="a1"), 422, "processing", at="id"),
    patch("no id", op("remove", "/id"), 422, "processing", at="id"),
    patch("another type", op("replace", "/resourceType", value="Person"), 422, "processing", at="resourceType"),
    patch("no type at all", op("remove", "/resourceType"), 422, "processing", at="resourceType"),
    patch("another version", op("replace", "/meta/versionId", value="7"), 422, "processing", at="meta.versionId"),
    patch("another last change", op("replace", "/meta/lastUpdated", value="2020-01-01T00:00:00Z"), 422, "processing"),
    patch(
        "a gender in Spanish by patch",
        op("replace", "/gender", value="femenino"),
        400,
        "code-invalid",
        at="Patient.gender",
    ),
    patch("an unknown element by patch", op("add", "/shoe", value=38), 400, "structure", at="Patient.shoe"),
    patch("no names by patch", op("replace", "/name", value=[]), 400, "structure", at="Patient.name"),
    patch("a bad date by patch", op("replace", "/birthDate", value="17/04/1991"), 400, "value", at="Patient.birthDate"),
    patch("a control character by patch", op("replace", "/gender", value="\u0000"), 400, "invalid"),
    patch(
        "a script by patch",
        op("add", "/text", value={"status": "generated", "div": "<div><script>a</script></div>"}),
        400,
        "invariant",
    ),
    patch(
        "a value that is too deep",
        "[" + '{"op":"add","path":"/a","value":' + "[" * 80 + "]" * 80 + "}]",
        400,
        "structure",
    ),
    patch(
        "copies of copies",
        op("add", "/extension", value=[{"url": "u", "valueCode": "a"}])
        + [{"op": "copy", "from": "", "path": f"/k{n}"} for n in range(60)],
        413,
        "too-long",
    ),
    patch("a patch that is too large", op("add", "/language", value="a" * 300_000), 413, "too-long"),
)
MERGE_ROWS = (
    patch("a merge of nothing", b"", 400, "structure", kind=MERGE_PATCH),
    patch("a merge of a list", [], kind=MERGE_PATCH),
    patch("a merge of a text", '"a"', kind=MERGE_PATCH),
    patch("a merge of null", "null", kind=MERGE_PATCH),
    patch("a merge of another id", {"id": "a1"}, 422, "processing", kind=MERGE_PATCH, at="id"),
    patch("a merge of no id", {"id": None}, 422, "processing", kind=MERGE_PATCH, at="id"),
    patch("a merge of another type", {"resourceType": "Person"}, 422, "processing", kind=MERGE_PATCH),
    patch("a merge of another version", {"meta": {"versionId": "7"}}, 422, "processing", kind=MERGE_PATCH),
    patch("a merge of a bad code", {"gender": "femenino"}, 400, "code-invalid", kind=MERGE_PATCH, at="Patient.gender"),
    patch("a merge of an unknown element", {"shoe": 38}, 400, "structure", kind=MERGE_PATCH, at="Patient.shoe"),
    patch("a merge that empties a list", {"name": []}, 400, "structure", kind=MERGE_PATCH, at="Patient.name"),
    patch("a merge of plain JSON that is a text", '"a"', kind="application/json"),
    patch("a merge that is too deep", '{"a":' * 70 + "1" + "}" * 70, 400, "structure", kind=MERGE_PATCH),
    patch("a merge with a key twice", '{"gender":"male","gender":"female"}', 400, "structure", kind=MERGE_PATCH),
)
PATH_ROWS = (
    patch("Parameters without operations", {"resourceType": "Parameters"}, kind=FHIR_JSON),
    patch(
        "Parameters of another name",
        {"resourceType": "Parameters", "parameter": [{"name": "patch", "valueCode": "a"}]},
        kind=FHIR_JSON,
    ),
    patch(
        "Parameters that are no R4",
        {"resourceType": "Parameters", "parameter": [{"value": 1}]},
        400,
        "structure",
        kind=FHIR_JSON,
    ),
    patch(
        "a hundred and one operations",
        {
            "resourceType": "Parameters",
            "parameter": [{"name": "operation", "part": [*at("delete", "Patient.photo")]}] * 101,
        },
        kind=FHIR_JSON,
    ),
    patch("half a FHIRPath Patch in XML", "<Parameters", 400, "structure", kind=XML),
    fhirpath("an operation of no parts", status=400, code="structure"),
    fhirpath("an operation of another kind", *at("remove", "Patient.name"), **BAD),
    fhirpath("an operation without its path", part("type", valueCode="delete"), **BAD),
    fhirpath("an operation with a part too many", *at("delete", "Patient.photo"), VALUE, **BAD),
    fhirpath("an operation with a part twice", *at("delete", "Patient.photo"), part("path", valueString="a"), **BAD),
    fhirpath("an addition without a name", *at("add", "Patient"), VALUE, **BAD),
    fhirpath("an insertion at a word", *at("insert", "Patient.name"), part("index", valueString="0"), VALUE, **BAD),
    fhirpath("an insertion below nought", *at("insert", "Patient.name"), part("index", valueInteger=-1), VALUE, **BAD),
    fhirpath("a path that is not closed", *at("delete", "Patient.name.where("), **BAD),
    fhirpath("a path of a picture", *at("delete", "\U0001f4a5"), **BAD),
    fhirpath("a path that is empty", part("type", valueCode="delete"), part("path", valueInteger=1), **BAD),
    fhirpath("a path that is very long", *at("delete", "Patient." + "a" * 1000), **BAD),
    fhirpath("a path of many brackets", *at("delete", "(" * 100 + "Patient" + ")" * 100), **BAD),
    fhirpath("a path that matches for ever", *at("delete", "Patient.name.where(text.matches('(a+)+$'))"), **BAD),
    fhirpath("a path that repeats", *at("delete", "Patient.repeat(children())"), **BAD),
    fhirpath("a path to all below", *at("delete", "Patient.descendants()"), **BAD),
    fhirpath("a path that resolves", *at("delete", "Patient.managingOrganization.resolve().name"), **BAD),
    fhirpath("a path to another type", *at("replace", "Observation.status"), VALUE),
    fhirpath("a path that computes", *at("delete", "Patient.name.count()")),
    fhirpath("a path to an unknown variable", *at("delete", "Patient.name.where(%nobody)")),
    fhirpath("a path to several", *at("delete", "Patient.name.given")),
    fhirpath("a replacement of nothing that is there", *at("replace", "Patient.photo"), VALUE),
    fhirpath("a deletion of the whole", *at("delete", "Patient")),
    fhirpath("a deletion of the id", *at("delete", "Patient.id")),
    fhirpath("a replacement of the id", *at("replace", "Patient.id"), part("value", valueId="a1")),
    fhirpath("a replacement of the version", *at("replace", "Patient.meta.versionId"), part("value", valueId="7")),
    fhirpath("an addition of what is there", *at("add", "Patient"), part("name", valueString="gender"), VALUE),
    fhirpath("an addition of an unknown element", *at("add", "Patient"), part("name", valueString="shoe"), VALUE),
    fhirpath("an addition to a text", *at("add", "Patient.gender"), part("name", valueString="a"), VALUE),
    fhirpath("an insertion beyond the end", *at("insert", "Patient.name"), part("index", valueInteger=9), VALUE),
    fhirpath("an insertion into one", *at("insert", "Patient.gender"), part("index", valueInteger=0), VALUE),
    fhirpath(
        "a move beyond the end",
        *at("move", "Patient.name"),
        part("source", valueInteger=0),
        part("destination", valueInteger=9),
    ),
    fhirpath(
        "a bad code by path",
        *at("replace", "Patient.gender"),
        part("value", valueCode="femenino"),
        status=400,
        code="code-invalid",
    ),
    fhirpath(
        "a text where a concept belongs, by path",
        *at("add", "Patient"),
        part("name", valueString="maritalStatus"),
        VALUE,
        status=400,
        code="structure",
        at="Patient.maritalStatus",
    ),
)
DOOR_ROWS = (
    patch("a patch in XML Patch", "<diff/>", 415, "not-supported", kind="application/xml-patch+xml"),
    patch("a patch in plain text", "[]", 415, "not-supported", kind="text/plain"),
    patch("a patch in a form", "a=b", 415, "not-supported", kind="application/x-www-form-urlencoded"),
    patch("a patch of no kind", "[]", 415, "not-supported", kind=""),
    patch("a patch of nobody", ONE, 404, "not-found", path="/Patient/nobody"),
    patch("a patch of what can be no id", ONE, 404, "not-found", path="/Patient/a_b"),
    patch("a patch of no type", ONE, 404, "not-found", path="/Sheep/1"),
    patch("a patch of all", ONE, path="/Patient"),
    patch("a patch under an empty condition", ONE, path="/Patient?"),
    patch("a patch under an unknown condition", ONE, 400, "not-supported", path="/Patient?shoe=38"),
    patch("a patch under a condition of a page", ONE, path="/Patient?identifier=a&_count=1"),
    patch("a patch under nobody's condition", ONE, 404, "not-found", path="/Patient?identifier=urn:x|nobody"),
    patch("a patch of a version", ONE, 405, "not-supported", path="/Patient/{patient}/_history/1"),
    patch("a patch of the base", ONE, 405, "not-supported", path=""),
    patch("a patch of the statement", ONE, 405, "not-supported", path="/metadata"),
    patch("a patch of the audit", ONE, 403, "forbidden", path="/AuditEvent/1"),
    patch("a patch under an old version", ONE, 412, "conflict", headers={"if-match": 'W/"77"'}),
    patch("a patch under a word", ONE, headers={"if-match": "now"}),
    patch("a patch under two versions", ONE, headers={"if-match": 'W/"1", W/"2"'}),
    patch("a patch by nobody", ONE, 401, "login", role=""),
    patch("a patch by an auditor", ONE, 403, "forbidden", role="auditor"),
    patch("a patch by an operator", ONE, 403, "forbidden", role="operator"),
    patch("a patch for who reads turtle", ONE, 406, "not-supported", headers={"accept": "text/turtle"}),
)  # fmt: skip

ROWS: tuple[Row, ...] = (*JSON_ROWS, *MERGE_ROWS, *PATH_ROWS, *DOOR_ROWS)
