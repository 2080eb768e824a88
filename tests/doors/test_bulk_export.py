"""Exports over HTTP, on a whole running node of each kind."""

from __future__ import annotations

import time
from base64 import b64decode
from pathlib import Path
from typing import Any

import orjson
import pytest

from tests.doors.outcomes import refused
from tests.doors.running import BASE, Node, Reply, path_of
from tests.doors.samples import Town

ASYNC = {"prefer": "respond-async"}
PATIENCE_SECONDS = 30


def kick_off(node: Node, path: str, **more: Any) -> str:
    """Ask for an export; the address at which it tells how far it is."""
    answer = node.ask("GET", f"/fhir/{path}", prefer="respond-async", **more)
    return followed(answer)


def followed(answer: Reply) -> str:
    assert (answer.status, answer.body) == (202, b""), answer
    where = answer.headers["content-location"]
    assert where.startswith(f"{BASE}/")
    return path_of(where)


def finished(node: Node, where: str) -> Reply:
    """The manifest, once it is there."""
    until = time.monotonic() + PATIENCE_SECONDS
    while (answer := node.ask("GET", where)).status == 202:
        assert "resources" in answer.headers["x-progress"]
        assert int(answer.headers["retry-after"]) > 0
        assert time.monotonic() < until
        time.sleep(0.1)
    assert answer.status == 200, answer
    assert answer.headers["content-type"] == "application/json"
    return answer


def lines(node: Node, manifest: Any, section: str = "output") -> dict[str, list[Any]]:
    """What the files of a manifest hold, by type."""
    found: dict[str, list[Any]] = {}
    for each in manifest[section]:
        answer = node.ask("GET", path_of(each["url"]))
        assert answer.status == 200
        assert answer.headers["content-type"].startswith("application/fhir+ndjson")
        found[each["type"]] = [orjson.loads(line) for line in answer.body.splitlines()]
        assert len(found[each["type"]]) == each["count"]
    return found


def exported(node: Node, path: str) -> dict[str, list[Any]]:
    return lines(node, finished(node, kick_off(node, path)).json)


def group(node: Node, *patients: str, **more: Any) -> str:
    members = [{"entity": {"reference": f"Patient/{each}"}} for each in patients]
    return node.make({"resourceType": "Group", "type": "person", "actual": True, "member": members, **more})


def person(node: Node, family: str) -> str:
    return node.make({"resourceType": "Patient", "name": [{"family": family}]})


def weight(node: Node, patient: str, kilograms: str) -> str:
    """An Observation written with line breaks and with a decimal that ends in a zero."""
    body = (
        '{"resourceType": "Observation",\r\n "status": "final",\n "code": {"text": "Peso\\nkg"},'
        f' "subject": {{"reference": "Patient/{patient}"}}, "valueQuantity": {{"value": {kilograms}}}}}'
    )
    answer = node.ask("POST", "/fhir/Observation", body.encode())
    assert answer.status == 201, answer
    return str(answer.json["id"])


def test_everything_that_is_here_is_exported_type_by_type(node: Node, town: Town) -> None:
    manifest = finished(node, kick_off(node, "$export"))
    found = lines(node, manifest.json)
    assert {"Patient", "Practitioner", "Organization", "Medication"} <= found.keys()
    assert "AuditEvent" not in found
    assert town.ids["patient"] in {each["id"] for each in found["Patient"]}
    assert manifest.json["requiresAccessToken"] is True
    assert manifest.json["request"] == f"{BASE}/$export"
    assert manifest.json["deleted"] == manifest.json["error"] == []
    assert "expires" in manifest.headers


def test_a_body_with_line_breaks_is_one_line_and_its_decimals_stay(node: Node) -> None:
    ana = person(node, "Export")
    weight(node, ana, "72.50")
    manifest = finished(node, kick_off(node, f"Group/{group(node, ana)}/$export?_type=Observation")).json
    content = node.ask("GET", path_of(manifest["output"][0]["url"])).body
    assert content.count(b"\n") == 1
    assert b"72.50" in content
    assert orjson.loads(content)["code"]["text"] == "Peso\nkg"


def test_patients_are_exported_with_what_belongs_to_them_and_nothing_else(node: Node, town: Town) -> None:
    found = exported(node, "Patient/$export")
    assert "Organization" not in found
    assert town.ids["patient"] in {each["id"] for each in found["Patient"]}


def test_a_group_is_exported_without_anybody_else(node: Node) -> None:
    ana, luz, eva = (person(node, each) for each in ("Ana", "Luz", "Eva"))
    weights = [weight(node, each, "60") for each in (ana, luz, eva)]
    gone = {"entity": {"reference": f"Patient/{luz}"}, "inactive": True}
    name = node.make(
        {
            "resourceType": "Group",
            "type": "person",
            "actual": True,
            "member": [{"entity": {"reference": f"Patient/{ana}"}}, gone],
        }
    )
    found = exported(node, f"Group/{name}/$export")
    assert {kind: [each["id"] for each in some] for kind, some in found.items()} == {
        "Patient": [ana],
        "Observation": [weights[0]],
    }


def test_an_empty_group_gives_no_file(node: Node) -> None:
    name = node.make({"resourceType": "Group", "type": "person", "actual": True})
    assert finished(node, kick_off(node, f"Group/{name}/$export")).json["output"] == []


def test_types_narrow_an_export(node: Node, town: Town) -> None:
    assert town.ids
    assert exported(node, "$export?_type=Medication,Organization").keys() == {"Medication", "Organization"}
    assert exported(node, "$export?_type=Medication&_type=Organization").keys() == {"Medication", "Organization"}


def test_filters_and_elements_narrow_an_export_and_are_on_record_without_names(node: Node) -> None:
    ana = person(node, "Filtrada")
    node.make({"resourceType": "Patient", "name": [{"family": "Filtrada"}], "gender": "male"})
    weight(node, ana, "72.50")
    filters = f"_typeFilter=Patient%3Ffamily%3Dfiltrada%26gender:missing%3Dtrue,Observation%3Fpatient%3D{ana}"
    manifest = finished(node, kick_off(node, f"$export?_type=Patient,Observation&{filters}&_elements=value")).json
    found = lines(node, manifest)
    assert [each["id"] for each in found["Patient"]] == [ana]
    assert found["Observation"][0].keys() == {"resourceType", "id", "meta", "status", "code", "valueQuantity"}
    where = next(each["url"] for each in manifest["output"] if each["type"] == "Observation")
    assert b"72.50" in node.ask("GET", path_of(where)).body
    events = node.get("AuditEvent?type=110106&_count=50", role="auditor").json["entry"]
    told = [each["resource"]["entity"][0].get("query", "") for each in events]
    assert any("_elements" in b64decode(each).decode() for each in told)
    assert not any("filtrada" in b64decode(each).decode() for each in told)


def test_since_tells_what_changed_and_what_was_deleted(node: Node) -> None:
    ana, luz = person(node, "Antes"), person(node, "Antes")
    first = finished(node, kick_off(node, "$export?_type=Patient")).json["transactionTime"]
    eva = person(node, "Después")
    assert node.ask("DELETE", f"/fhir/Patient/{luz}").status == 204
    manifest = finished(node, kick_off(node, f"$export?_type=Patient&_since={first}")).json
    assert [each["id"] for each in lines(node, manifest)["Patient"]] == [eva]
    (bundle,) = lines(node, manifest, "deleted")["Bundle"]
    assert [each["request"] for each in bundle["entry"]] == [{"method": "DELETE", "url": f"Patient/{luz}"}]
    manifest = finished(node, kick_off(node, f"$export?_type=Patient&_until={first}")).json
    found = {each["id"] for each in lines(node, manifest)["Patient"]}
    assert ana in found
    assert not found & {eva, luz}


def test_an_order_in_a_body_names_patients(node: Node) -> None:
    ana, luz = person(node, "Ana"), person(node, "Luz")
    order = {
        "resourceType": "Parameters",
        "parameter": [
            {"name": "_type", "valueString": "Patient,Observation"},
            {"name": "_outputFormat", "valueString": "ndjson"},
            {"name": "_since", "valueInstant": "2020-01-01T00:00:00Z"},
            {"name": "patient", "valueReference": {"reference": f"Patient/{luz}"}},
        ],
    }
    for path in ("Patient/$export", f"Group/{group(node, ana, luz)}/$export"):
        answer = node.ask("POST", f"/fhir/{path}", order, prefer="respond-async")
        found = lines(node, finished(node, followed(answer)).json)
        assert {kind: [each["id"] for each in some] for kind, some in found.items()} == {"Patient": [luz]}


def test_a_job_is_taken_back_and_its_files_are_gone(node: Node) -> None:
    where = kick_off(node, "$export?_type=Patient")
    files = [path_of(each["url"]) for each in finished(node, where).json["output"]]
    assert node.ask("DELETE", where).status == 202
    refused(node.ask("GET", where), 404, "not-found")
    refused(node.ask("DELETE", where), 404, "not-found")
    for each in files:
        refused(node.ask("GET", each), 404, "not-found")


def test_a_file_is_read_in_parts(node: Node, town: Town) -> None:
    assert town.ids
    manifest = finished(node, kick_off(node, "$export?_type=Medication")).json
    where = path_of(manifest["output"][0]["url"])
    whole = node.ask("GET", where).body
    part = node.ask("GET", where, range="bytes=5-14", accept_encoding="gzip")
    assert (part.status, part.body) == (206, whole[5:15])
    assert node.ask("HEAD", where).headers["content-length"] == str(len(whole))
    size, tag = len(whole), node.ask("HEAD", where).headers["etag"]
    for asked, wanted in (
        ("5-", whole[5:]),
        ("-7", whole[-7:]),
        (f"0-{size + 9}", whole),
        (f"{size - 1}-", whole[-1:]),
    ):
        assert node.ask("GET", where, range=f"bytes={asked}").body == wanted
    for asked in ("7-5", "-", "x", "1-2,5-6"):
        every = node.ask("GET", where, range=f"bytes={asked}")
        assert (every.status, every.body) == (200, whole)
    for asked in (f"{size}-", "-0"):
        beyond = node.ask("GET", where, range=f"bytes={asked}")
        assert (beyond.status, beyond.headers["content-range"]) == (416, f"bytes */{size}")
    assert node.ask("GET", where, range="bytes=5-14", if_range=tag).status == 206
    assert node.ask("GET", where, range="bytes=5-14", if_range='"another"').status == 200


def test_files_on_the_disk_name_nobody(node: Node, town: Town) -> None:
    assert town.ids
    finished(node, kick_off(node, "$export"))
    stored = [each.read_bytes() for each in Path(node.settings.bulk_folder).rglob("*.ndjson")]
    assert len(stored) > 1
    assert not [each for each in stored if b"resourceType" in each or b"family" in each]


def test_nobody_else_sees_a_job(node: Node) -> None:
    where = kick_off(node, "$export?_type=Patient")
    file = path_of(finished(node, where).json["output"][0]["url"])
    for role in ("clinician", "auditor", "operator"):
        refused(node.ask("GET", where, role=role), 404, "not-found")
        refused(node.ask("DELETE", where, role=role), 404, "not-found")
        refused(node.ask("GET", file, role=role), 404, "not-found")
    refused(node.ask("GET", where, role=""), 401, "login")
    refused(node.ask("GET", file, role=""), 401, "login")


@pytest.mark.parametrize("role", ["clinician", "auditor", "operator"])
@pytest.mark.parametrize("path", ["$export", "Patient/$export", "Group/any/$export"])
def test_only_the_programme_exports(node: Node, role: str, path: str) -> None:
    refused(node.ask("GET", f"/fhir/{path}", role=role, prefer="respond-async"), 403, "forbidden")


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("$export?_since=yesterday", 400, "invalid"),
        ("$export?_since=2026-01-01", 400, "invalid"),
        ("$export?_since=2026-02-30T00:00:00Z", 400, "invalid"),
        ("$export?_since=2026-01-01T00:00:00+00:00", 400, "invalid"),
        ("$export?_since=2026-01-01T00:00:00Z&_since=2026-01-01T00:00:00Z", 400, "invalid"),
        ("$export?_until=", 400, "invalid"),
        ("$export?_type=Pacient", 400, "not-supported"),
        ("$export?_type=Patient,Claim", 400, "not-supported"),
        ("$export?_type=AuditEvent", 403, "forbidden"),
        ("$export?_outputFormat=text/csv", 400, "not-supported"),
        ("$export?_typeFilter=", 400, "not-supported"),
        ("$export?_typeFilter=Patient", 400, "invalid"),
        ("$export?_typeFilter=Pacient%3Factive%3Dtrue", 400, "not-supported"),
        ("$export?_typeFilter=Patient%3Fshoe%3D42", 400, "not-supported"),
        ("$export?_typeFilter=Patient%3Fbirthdate%3Dsoon", 400, "invalid"),
        ("$export?_typeFilter=Patient%3F_sort%3Dfamily", 400, "invalid"),
        ("$export?_typeFilter=Patient%3Forganization.name%3Dx", 400, "not-supported"),
        ("$export?_typeFilter=AuditEvent%3Faction%3DR", 403, "forbidden"),
        ("$export?_type=Group&_typeFilter=Patient%3Factive%3Dtrue", 400, "invalid"),
        ("$export?_elements=", 400, "invalid"),
        ("$export?_elements=shoe", 400, "invalid"),
        ("$export?_elements=Patient.name.family", 400, "invalid"),
        ("$export?_type=Group&_elements=Patient.name", 400, "invalid"),
        ("$export?includeAssociatedData=LatestProvenanceResources", 400, "not-supported"),
        ("$export?organizeOutputBy=Patient", 400, "not-supported"),
        ("$export?tpye=Patient", 400, "not-supported"),
        ("$export?patient=Patient/a", 400, "invalid"),
        ("Patient/$export?patient=Patient/a", 400, "invalid"),
        ("Group/nobody/$export", 404, "not-found"),
        ("Group/%C3%B1/$export", 404, "not-found"),
        ("Group/%00/$export", 404, "not-found"),
    ],
)
def test_an_order_that_cannot_be_carried_out_is_refused_at_once(node: Node, path: str, status: int, code: str) -> None:
    refused(node.ask("GET", f"/fhir/{path}", prefer="respond-async"), status, code)


@pytest.mark.parametrize(
    "parameter",
    [
        {"name": "patient", "valueReference": {"reference": "Patient/nobody-here"}},
        {"name": "patient", "valueReference": {"reference": "Group/g"}},
        {"name": "patient", "valueReference": {"display": "Ana"}},
        {"name": "_since", "valueBoolean": True},
        {"name": "_type"},
    ],
)
def test_a_body_that_cannot_be_read_is_refused(node: Node, parameter: dict[str, Any]) -> None:
    order = {"resourceType": "Parameters", "parameter": [parameter]}
    refused(node.ask("POST", "/fhir/Patient/$export", order, prefer="respond-async"), 400, "invalid")


def test_other_bodies_are_refused(node: Node) -> None:
    refused(node.ask("POST", "/fhir/$export", b"{", prefer="respond-async"), 400, "structure")
    refused(node.ask("POST", "/fhir/$export", {"resourceType": "Patient"}, prefer="respond-async"), 400, "invalid")
    answer = node.ask("POST", "/fhir/$export", b"a,b", prefer="respond-async", content_type="text/csv")
    assert answer.status == 415


def test_a_patient_who_is_not_in_the_group_is_refused(node: Node) -> None:
    ana, luz = person(node, "Ana"), person(node, "Luz")
    named = {"name": "patient", "valueReference": {"reference": f"Patient/{luz}"}}
    order = {"resourceType": "Parameters", "parameter": [named]}
    answer = node.ask("POST", f"/fhir/Group/{group(node, ana)}/$export", order, prefer="respond-async")
    refused(answer, 400, "invalid")


@pytest.mark.parametrize("prefer", ["", "return=minimal", "respond-sync"])
def test_an_export_is_asked_for_asynchronously(node: Node, prefer: str) -> None:
    (issue,) = refused(node.ask("GET", "/fhir/$export", prefer=prefer), 400, "invalid")
    assert "respond-async" in issue["diagnostics"]


def test_a_head_begins_nothing(node: Node) -> None:
    answer = node.ask("HEAD", "/fhir/$export", prefer="respond-async")
    assert (answer.status, answer.headers["allow"]) == (405, "GET, POST")


@pytest.mark.parametrize("name", ["..%2Fx", "Patient.ndjson", "%2e%2e", "a%00", "upload.ndjson"])
def test_a_file_that_is_not_of_the_job_is_not_there(node: Node, name: str) -> None:
    where = kick_off(node, "$export?_type=Practitioner")
    finished(node, where)
    refused(node.ask("GET", f"{where.replace('status', 'file')}/{name}"), 404, "not-found")
    refused(node.ask("GET", f"/fhir/$bulk-file/{name}/{name}"), 404, "not-found")
    refused(node.ask("GET", f"/fhir/$bulk-status/{name}"), 404, "not-found")


def test_exports_and_downloads_are_on_record(node: Node) -> None:
    ana = person(node, "Registrada")
    name = group(node, ana)
    finished_export = finished(node, kick_off(node, f"Group/{name}/$export?_type=Patient"))
    node.ask("GET", path_of(finished_export.json["output"][0]["url"]))
    found = node.get(f"AuditEvent?entity=Group/{name}&_count=50", role="auditor").json["entry"]
    events = [each["resource"] for each in found if each["resource"]["type"]["code"] == "110106"]
    assert len(events) == 2
    named = {
        entity["what"]["reference"]
        for each in events
        for entity in each["entity"]
        if "reference" in entity.get("what", {})
    }
    assert named == {f"Group/{name}", f"Patient/{ana}"}
