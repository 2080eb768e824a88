import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from demo.load import Report, load

SERVED = ("Patient", "Observation", "Organization")


class Country(ThreadingHTTPServer):
    """Keeps what it received, in order."""

    def __init__(self, handler: type[BaseHTTPRequestHandler]) -> None:
        super().__init__(("127.0.0.1", 0), handler)
        self.received: list[Any] = []


class Node(BaseHTTPRequestHandler):
    """A small country: it serves three types and refuses every Observation without a status."""

    server: Country

    def do_GET(self) -> None:
        self._answer(200, {"rest": [{"resource": [{"type": kind} for kind in SERVED]}]})

    def do_PUT(self) -> None:
        resource = self._body()
        self.server.received.append(self.path)
        if resource["resourceType"] == "Observation" and "status" not in resource:
            text = f"Observation/{resource['id']} has no status."
            self._answer(422, {"issue": [{"code": "required", "details": {"text": text}}]})
        else:
            self._answer(201, {})

    def do_POST(self) -> None:
        resource = self._body()
        self.server.received.append(resource)
        if resource["type"] == "batch":
            refused = {"status": "404 Not Found", "outcome": {"issue": [{"code": "not-found", "diagnostics": "None."}]}}
            statuses = [{"response": {"status": "201 Created"}}, {"response": refused}]
            self._answer(200, {"entry": statuses})
        elif any(entry["resource"]["resourceType"] not in SERVED for entry in resource["entry"]):
            self._answer(422, {"issue": [{"code": "not-supported", "diagnostics": "Type."}]})
        else:
            self._answer(200, {"entry": []})

    def log_message(self, *_: object) -> None:
        """Say nothing on standard error."""

    def _body(self) -> Any:
        assert self.headers["Authorization"] == "Bearer secret"
        assert self.headers["Content-Type"] == "application/fhir+json"
        return json.loads(self.rfile.read(int(self.headers["Content-Length"])))

    def _answer(self, status: int, content: dict[str, Any]) -> None:
        body = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@pytest.fixture
def node() -> Iterator[Country]:
    server = Country(Node)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def _load(node: Country, folder: Path, *contents: dict[str, Any]) -> Report:
    for place, content in enumerate(contents):
        (folder / f"{place}.json").write_text(json.dumps(content), encoding="utf-8")
    return load(f"http://127.0.0.1:{node.server_port}/fhir", "secret", sorted(folder.glob("*.json")))


def test_single_resources_are_put_and_referred_ones_go_first(node: Country, tmp_path: Path) -> None:
    report = _load(
        node,
        tmp_path,
        {"resourceType": "Observation", "id": "a", "status": "final"},
        {"resourceType": "Patient", "id": "p"},
        {"resourceType": "Organization", "id": "o"},
    )
    assert (report.accepted, report.refused) == (3, 0)
    assert node.received == ["/fhir/Organization/o", "/fhir/Patient/p", "/fhir/Observation/a"]


def test_refusals_are_grouped_by_why(node: Country, tmp_path: Path) -> None:
    report = _load(
        node, tmp_path, {"resourceType": "Observation", "id": "a"}, {"resourceType": "Observation", "id": "b"}
    )
    assert report.accepted == 0
    assert report.reasons == {"422 required: …/… has no status.": 2}


def test_a_type_that_the_base_does_not_serve_is_counted_and_not_sent(node: Country, tmp_path: Path) -> None:
    report = _load(node, tmp_path, {"resourceType": "Questionnaire", "id": "q"})
    assert node.received == []
    assert report.reasons == {"Questionnaire: not a type that this base serves": 1}


def test_a_transaction_goes_as_it_is(node: Country, tmp_path: Path) -> None:
    entry = {"resource": {"resourceType": "Patient"}, "request": {"method": "POST", "url": "Patient"}}
    content = {"resourceType": "Bundle", "type": "transaction", "entry": [entry]}
    report = _load(node, tmp_path, content)
    assert node.received == [content]
    assert (report.accepted, report.cut) == (1, {})


def test_a_transaction_that_is_refused_goes_once_more_in_the_part_that_is_served(node: Country, tmp_path: Path) -> None:
    observation = {"resourceType": "Observation", "status": "final", "encounter": {"reference": "urn:uuid:gone"}}
    entries = [
        {"fullUrl": "urn:uuid:q", "resource": {"resourceType": "Questionnaire"}},
        {"fullUrl": "urn:uuid:p", "resource": {"resourceType": "Patient", "id": "p"}},
        {"fullUrl": "urn:uuid:o", "resource": observation | {"subject": {"reference": "urn:uuid:p"}}},
    ]
    report = _load(node, tmp_path, {"resourceType": "Bundle", "type": "transaction", "entry": entries})
    sent = [entry["resource"] for entry in node.received[1]["entry"]]
    assert sent[1] == {"resourceType": "Observation", "status": "final", "subject": {"reference": "urn:uuid:p"}}
    assert (report.accepted, report.refused) == (2, 1)
    assert report.cut == {"422 not-supported: Type.": 1}


def test_a_batch_is_counted_entry_by_entry(node: Country, tmp_path: Path) -> None:
    entries = [{"resource": {"resourceType": "Patient"}}, {"resource": {"resourceType": "Patient"}}]
    report = _load(node, tmp_path, {"resourceType": "Bundle", "type": "batch", "entry": entries})
    assert (report.accepted, report.refused) == (1, 1)
    assert report.reasons == {"404 not-found: None.": 1}


def test_a_document_is_unpacked_to_a_transaction_of_what_the_base_serves(node: Country, tmp_path: Path) -> None:
    entries = [
        {"fullUrl": "urn:uuid:1", "resource": {"resourceType": "Composition", "id": "c"}},
        {"fullUrl": "urn:uuid:2", "resource": {"resourceType": "Patient", "id": "p"}},
        {"fullUrl": "urn:uuid:3", "resource": {"resourceType": "Observation"}},
    ]
    report = _load(node, tmp_path, {"resourceType": "Bundle", "type": "document", "entry": entries})
    requests = [entry["request"] for entry in node.received[0]["entry"]]
    assert node.received[0]["type"] == "transaction"
    assert requests == [{"method": "PUT", "url": "Patient/p"}, {"method": "POST", "url": "Observation"}]
    assert (report.accepted, report.refused) == (2, 1)
