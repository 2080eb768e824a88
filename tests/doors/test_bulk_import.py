"""Imports over HTTP, on a whole running node of each kind: uploads, files of the import folder, and bad lines."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest

from tests.doors.outcomes import refused
from tests.doors.running import Node, Reply, path_of
from tests.doors.test_bulk_export import finished, followed

NDJSON = "application/fhir+ndjson"


def patient(id: str, family: str = "Importada", **more: Any) -> dict[str, Any]:
    return {"resourceType": "Patient", "id": id, "name": [{"family": family}], **more}


def weight(id: str, of: str, kilograms: str) -> bytes:
    head = {"resourceType": "Observation", "id": id, "status": "final", "code": {"text": "Peso"}}
    body = orjson.dumps({**head, "subject": {"reference": f"Patient/{of}"}, "valueQuantity": {"value": 0}})
    return body.replace(b'"value":0', b'"value":' + kilograms.encode())


def ndjson(*lines: Any) -> bytes:
    return b"".join((each if isinstance(each, bytes) else orjson.dumps(each)) + b"\n" for each in lines)


def upload(node: Node, content: Any, **more: Any) -> Reply:
    return node.ask("POST", "/fhir/$import", content, prefer="respond-async", content_type=NDJSON, **more)


def imported(node: Node, *lines: Any) -> Any:
    """The manifest of an upload."""
    return finished(node, followed(upload(node, ndjson(*lines)))).json


def errors(node: Node, manifest: Any) -> list[tuple[str, str]]:
    """Code and text of everything that was refused."""
    found = []
    for each in manifest["error"]:
        for line in node.ask("GET", path_of(each["url"])).body.splitlines():
            found += [(issue["code"], issue["diagnostics"]) for issue in orjson.loads(line)["issue"]]
    return found


def test_an_upload_is_kept_line_by_line_with_decimals_as_written(node: Node) -> None:
    manifest = imported(node, patient("up-1"), weight("up-2", "up-1", "72.50"), b"", patient("up-3"))
    assert manifest["output"] == [{"count": 3, "written": 3, "unchanged": 0, "refused": 0}]
    assert manifest["error"] == []
    assert b"72.50" in node.get("Observation/up-2").body


def test_the_same_again_makes_no_new_version_and_a_change_makes_one(node: Node) -> None:
    lines = [patient("again-1"), patient("again-2")]
    imported(node, *lines)
    manifest = imported(node, lines[0], patient("again-2", family="Otra"), patient("again-3"))
    assert manifest["output"] == [{"count": 3, "written": 2, "unchanged": 1, "refused": 0}]
    versions = [node.get(f"Patient/again-{n}").json["meta"]["versionId"] for n in (1, 2, 3)]
    assert versions == ["1", "2", "1"]


def test_the_same_resource_twice_in_a_file_ends_as_its_last_line(node: Node) -> None:
    manifest = imported(node, patient("twice", family="Uno"), patient("twice", family="Dos"))
    assert manifest["output"][0]["written"] == 2
    assert node.get("Patient/twice").json["name"][0]["family"] == "Dos"


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (b"{", "structure"),
        (b"[]", "invalid"),
        (b"null", "invalid"),
        (b'"text"', "invalid"),
        (b"\xff\xfe", "structure"),
        (b'{"resourceType":"Patient"}', "invalid"),
        (b'{"resourceType":"Patient","id":7}', "invalid"),
        (b'{"resourceType":"Patient","id":"a b"}', "value"),
        (b'{"resourceType":"Patient","id":"' + b"a" * 65 + b'"}', "value"),
        (b'{"resourceType":"Patient","id":"x","gender":"femenino"}', "code-invalid"),
        (b'{"resourceType":"Patient","id":"x","birthDate":"1990-02-30"}', "value"),
        (b'{"resourceType":"Patient","id":"x","id":"y"}', "structure"),
        (b'{"resourceType":"Patient","id":"x","altura":1}', "structure"),
        (b'{"resourceType":"AuditEvent","id":"x"}', "not-supported"),
        (b'{"resourceType":"Bundle","id":"x","type":"collection"}', "not-supported"),
        (b'{"resourceType":"Paciente","id":"x"}', "not-supported"),
        (b'{"id":"x"}', "invalid"),
        (b'{"resourceType":"Observation","id":"x"}', "required"),
        (b'{"resourceType":"Patient","id":"x","active":true' + b" " * 300_000 + b"}", "too-long"),
        (b'{"resourceType":"Patient","id":"x","contact":' + b"[" * 70 + b"]" * 70 + b"}", "structure"),
    ],
)
def test_one_bad_line_is_told_by_its_number_and_the_others_are_kept(node: Node, line: bytes, code: str) -> None:
    manifest = imported(node, patient("good-1"), line, patient("good-2"))
    told = manifest["output"][0]
    assert (told["count"], told["refused"]) == (2, 1)
    found = errors(node, manifest)
    assert code in {each for each, _ in found}
    assert all(text.startswith("upload, line 2: ") for _, text in found)
    assert node.get("Patient/good-2").status == 200
    assert node.get("Patient/x").status == 404


def test_an_empty_upload_is_done_at_once(node: Node) -> None:
    assert imported(node)["output"] == [{"count": 0, "written": 0, "unchanged": 0, "refused": 0}]


def test_a_line_without_its_line_break_is_read(node: Node) -> None:
    manifest = finished(node, followed(upload(node, orjson.dumps(patient("last-line"))))).json
    assert manifest["output"][0]["written"] == 1


def test_an_upload_in_pieces_is_read(node: Node) -> None:
    content = ndjson(*(patient(f"piece-{n}") for n in range(1200)))
    pieces = (content[at : at + 777] for at in range(0, len(content), 777))
    headers = {"authorization": f"Bearer {node.tokens['programme']}", "content-type": NDJSON, "prefer": "respond-async"}
    manifest = finished(node, followed(node.send("POST", "/fhir/$import", pieces, headers))).json
    assert manifest["output"][0]["written"] == 1200
    assert node.get("Patient?_id=piece-1199&_summary=count").json["total"] == 1


def test_a_packed_upload_is_unpacked(node: Node) -> None:
    content = gzip.compress(ndjson(patient("packed-1"), patient("packed-2")))
    manifest = finished(node, followed(upload(node, content, content_encoding="gzip"))).json
    assert manifest["output"][0]["written"] == 2


def test_a_packed_upload_counts_as_large_as_it_is(node: Node) -> None:
    content = gzip.compress(b" " * (node.settings.max_import_bytes + 1))
    refused(upload(node, content, content_encoding="gzip"), 413, "too-long")


def test_an_upload_that_is_too_large_is_refused_and_leaves_nothing(node: Node) -> None:
    before = {each.name for each in Path(node.settings.bulk_folder).iterdir()}
    refused(upload(node, b" " * (node.settings.max_import_bytes + 1)), 413, "too-long")
    assert {each.name for each in Path(node.settings.bulk_folder).iterdir()} == before


@pytest.fixture
def folder(node: Node) -> Iterator[Path]:
    """The node's import folder."""
    folder = Path(node.settings.import_folder)
    folder.mkdir(exist_ok=True)
    yield folder
    for each in folder.iterdir():
        each.unlink()


def order(*parameters: dict[str, Any]) -> dict[str, Any]:
    return {"resourceType": "Parameters", "parameter": [*parameters]}


def file(url: str, **more: str) -> dict[str, Any]:
    parts = [{"name": "url", "valueUri": url}, *({"name": name, "valueCode": value} for name, value in more.items())]
    return {"name": "input", "part": parts}


def ask(node: Node, *parameters: dict[str, Any], **more: Any) -> Reply:
    return node.ask("POST", "/fhir/$import", order(*parameters), prefer="respond-async", **more)


def test_files_of_the_import_folder_are_taken_in_by_address(node: Node, folder: Path) -> None:
    (folder / "patients.ndjson").write_bytes(ndjson(patient("file-1"), weight("file-3", "file-1", "60")))
    (folder / "more.ndjson").write_bytes(ndjson(patient("file-2")))
    answer = ask(
        node,
        {"name": "inputFormat", "valueCode": "application/fhir+ndjson"},
        file("file:patients.ndjson", type="Patient"),
        file(f"file://{folder}/more.ndjson"),
    )
    manifest = finished(node, followed(answer)).json
    assert [(each["inputUrl"], each["count"], each["refused"]) for each in manifest["output"]] == [
        ("file:patients.ndjson", 1, 1),
        (f"file://{folder}/more.ndjson", 1, 0),
    ]
    assert errors(node, manifest) == [("invalid", "patients.ndjson, line 2: The file was said to hold Patient alone.")]
    assert [node.get(f"Patient/file-{n}").status for n in (1, 2)] == [200, 200]


def test_a_whole_folder_is_taken_in(node: Node, folder: Path) -> None:
    for n in (1, 2):
        (folder / f"{n}.ndjson").write_bytes(ndjson(patient(f"folder-{n}")))
    (folder / "notes.txt").write_bytes(b"not this")
    manifest = finished(node, followed(ask(node, {"name": "inputSource", "valueUri": "file:."}))).json
    assert [each["inputUrl"] for each in manifest["output"]] == ["file:./1.ndjson", "file:./2.ndjson"]
    assert [each["written"] for each in manifest["output"]] == [1, 1]


@pytest.mark.parametrize(
    "url",
    [
        "file:../node.toml",
        "file:///etc/passwd",
        "file:link.ndjson",
        "file:missing.ndjson",
        "file://other/patients.ndjson",
        "https://example.org/patients.ndjson",
        "patients.ndjson",
        "file:%2e%2e/node.toml",
        "file:",
    ],
)
def test_nothing_outside_of_the_import_folder_is_read(node: Node, folder: Path, url: str) -> None:
    (folder / "link.ndjson").symlink_to("/etc/passwd")
    refused(ask(node, file(url)), 400, "invalid")


@pytest.mark.parametrize(
    ("parameter", "code"),
    [
        ({"name": "storageDetail", "valueCode": "file"}, "not-supported"),
        ({"name": "inputFormat", "valueCode": "text/csv"}, "not-supported"),
        ({"name": "input"}, "invalid"),
        ({"name": "input", "part": [{"name": "type", "valueCode": "Patient"}]}, "invalid"),
        (file("file:a.ndjson", type="Claim"), "not-supported"),
        (file("file:a.ndjson", colour="red"), "invalid"),
        ({"name": "inputSource", "valueUri": "file:nowhere"}, "invalid"),
    ],
)
def test_an_order_that_cannot_be_read_is_refused(node: Node, parameter: dict[str, Any], code: str) -> None:
    refused(ask(node, parameter), 400, code)


def test_an_order_of_nothing_is_refused(node: Node) -> None:
    refused(node.ask("POST", "/fhir/$import", {"resourceType": "Parameters"}, prefer="respond-async"), 400, "invalid")
    refused(node.ask("POST", "/fhir/$import", b"{", prefer="respond-async"), 400, "structure")
    assert node.ask("POST", "/fhir/$import", b"a", prefer="respond-async", content_type="text/csv").status == 415
    assert upload(node, b"{}", content_encoding="br").status == 415
    assert node.ask("GET", "/fhir/$import").status == 405


@pytest.mark.parametrize("role", ["clinician", "auditor", "operator"])
def test_only_the_programme_imports(node: Node, role: str) -> None:
    refused(upload(node, ndjson(patient("nobody")), role=role), 403, "forbidden")
    refused(ask(node, file("file:a.ndjson"), role=role), 403, "forbidden")
    assert node.get("Patient/nobody").status == 404


def test_an_import_is_asked_for_asynchronously(node: Node) -> None:
    refused(node.ask("POST", "/fhir/$import", b"{}", content_type=NDJSON), 400, "invalid")


def test_an_import_and_what_it_wrote_are_on_record(node: Node) -> None:
    imported(node, patient("on-record"))
    found = node.get("AuditEvent?patient=Patient/on-record", role="auditor").json["entry"]
    events = [each["resource"] for each in found if each["search"]["mode"] == "match"]
    assert [(each["action"], each["agent"][-1]["role"][0]["text"]) for each in events] == [("C", "programme")]
