"""Subscriptions as R4 itself has them: a search, and the resource or an empty call, over real HTTP."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import orjson
import pytest

from demo.parties import Party
from tests.databases import KINDS, Databases
from tests.doors.running import BASE, Node, running_node
from tests.doors.test_subscriptions import open_one, state, until

PATIENT = {"resourceType": "Patient", "name": [{"family": "Quispe"}]}
JSON = "application/fhir+json"


@dataclass
class Listener:
    """A subscriber: keeps method, path, media type and body of what it took, and refuses while `away`."""

    taken: list[tuple[str, str, str, bytes]] = field(default_factory=list)
    secrets: list[str] = field(default_factory=list)
    away: bool = False
    refused: int = 0
    port: int = 0

    def names(self) -> list[str]:
        """Paths below the hook, in the order of their coming."""
        return [path.removeprefix("/hook") for _, path, _, _ in self.taken]


@pytest.fixture
def listener() -> Iterator[Listener]:
    heard = Listener()

    class Hook(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            if heard.away:
                heard.refused += 1
                self.send_response(503)
            else:
                heard.taken.append((self.command, self.path, self.headers.get("content-type", ""), body))
                heard.secrets.append(self.headers.get("x-key", ""))
                self.send_response(200)
            self.end_headers()

        def do_PUT(self) -> None:
            self.do_POST()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Hook)
    heard.port = server.server_port
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield heard
    server.shutdown()
    server.server_close()


@pytest.fixture(params=KINDS)
def url(request: pytest.FixtureRequest, databases: Databases) -> str:
    return databases.migrated(str(request.param), "node")


def serving(lima: Party, url: str, listener: Listener, *, abroad: bool = False) -> Any:
    origin = (f"http://127.0.0.1:{listener.port}",)
    allowed = {"subscribers_abroad": origin} if abroad else {"subscribers": origin}
    return running_node(lima, url, worker_seconds=0.05, **allowed)


def wish(port: int, criteria: str, **channel: Any) -> dict[str, Any]:
    endpoint = f"http://127.0.0.1:{port}/hook"
    return {
        "resourceType": "Subscription",
        "status": "requested",
        "reason": "a test",
        "criteria": criteria,
        "channel": {"type": "rest-hook", "endpoint": endpoint, **channel},
    }


def weigh(node: Node, patient: str, kilograms: str, *, status: str = "final") -> str:
    body = (
        f'{{"resourceType":"Observation","status":"{status}","code":{{"text":"Peso"}},'
        f'"subject":{{"reference":"Patient/{patient}"}},"valueQuantity":{{"value":{kilograms}}}}}'
    )
    answer = node.ask("POST", "/fhir/Observation", body.encode())
    assert answer.status == 201
    return str(answer.json["id"])


def test_each_resource_that_the_search_finds_is_put_where_the_subscriber_keeps_it(
    lima: Party, url: str, listener: Listener
) -> None:
    with serving(lima, url, listener) as node:
        patient = node.make(PATIENT)
        criteria = f"Observation?status=final&subject={BASE}/Patient/{patient}"
        open_one(node, wish(listener.port, criteria, payload=JSON, header=["X-Key: open sesame"]))
        assert listener.taken == []
        weigh(node, patient, "60.0", status="preliminary")
        first, second = weigh(node, patient, "72.50"), weigh(node, patient, "71.00")
        until(lambda: len(listener.taken) == 2)
        assert listener.names() == [f"/Observation/{first}", f"/Observation/{second}"]
        method, _, media_type, body = listener.taken[0]
        assert (method, media_type, listener.secrets[0]) == ("PUT", JSON, "open sesame")
        assert b"72.50" in body
        assert orjson.loads(body)["id"] == first
        node.ask("DELETE", f"/fhir/Observation/{first}")
        third = weigh(node, patient, "70.0")
        until(lambda: len(listener.taken) == 3)
        assert listener.names()[2] == f"/Observation/{third}"


def test_without_a_payload_the_subscriber_is_called_and_told_nothing(lima: Party, url: str, listener: Listener) -> None:
    with serving(lima, url, listener, abroad=True) as node:
        open_one(node, wish(listener.port, "Patient"))
        node.make(PATIENT)
        until(lambda: listener.taken == [("POST", "/hook", "", b"")])


def test_across_a_border_nothing_but_a_call_is_sent(lima: Party, url: str, listener: Listener) -> None:
    with serving(lima, url, listener, abroad=True) as node:
        refused = node.make(wish(listener.port, "Patient?gender=female", payload=JSON))
        until(lambda: state(node, refused) == "error")
        node.make(PATIENT | {"gender": "female"})
    assert listener.taken == []


@pytest.mark.parametrize("narrow", ["Observation?patient=x", "Observation?code=20447-9", "Patient?_id=x"])
def test_a_call_across_a_border_never_tells_of_whom_or_of_what(
    narrow: str, lima: Party, url: str, listener: Listener
) -> None:
    with serving(lima, url, listener, abroad=True) as node:
        refused = node.make(wish(listener.port, narrow))
        until(lambda: state(node, refused) == "error")
    assert listener.taken == []


def test_nothing_is_lost_while_the_subscriber_is_away(lima: Party, url: str, listener: Listener) -> None:
    with serving(lima, url, listener) as node:
        open_one(node, wish(listener.port, "Patient?family=quispe", payload=JSON))
        listener.away = True
        people = [node.make(PATIENT) for _ in range(3)]
        until(lambda: listener.refused > 0)
    listener.away = False
    with serving(lima, url, listener):
        until(lambda: listener.names() == [f"/Patient/{each}" for each in people])


def test_what_was_sent_is_on_record_before(lima: Party, url: str, listener: Listener) -> None:
    with serving(lima, url, listener) as node:
        made = open_one(node, wish(listener.port, "Patient", payload=JSON))
        patient = node.make(PATIENT)
        until(lambda: len(listener.taken) == 1)
        found = node.get(f"AuditEvent?entity=Patient/{patient}&type=110106", role="auditor").json["entry"]
        told = [each["resource"]["agent"][-1]["who"]["identifier"]["value"] for each in found]
        assert told == [f"Subscription/{made}"]


def test_a_plain_subscription_counts_no_events(lima: Party, url: str, listener: Listener) -> None:
    with serving(lima, url, listener) as node:
        made = open_one(node, wish(listener.port, "Patient"))
        for path in (f"Subscription/{made}/$status", f"Subscription/{made}/$events"):
            assert node.get(path).status == 400


HEARTBEAT = "http://hl7.org/fhir/uv/subscriptions-backport/StructureDefinition/backport-heartbeat-period"
FILTER = {
    "extension": [
        {"url": HEARTBEAT.replace("heartbeat-period", "filter-criteria"), "valueString": "Patient?active=true"}
    ]
}


@pytest.mark.parametrize(
    "wrong",
    [
        wish(9, "Spaceship?x=1"),
        wish(9, "AuditEvent?action=R"),
        wish(9, "Subscription?status=active"),
        wish(9, "Patient?shoe=42"),
        wish(9, "Patient?birthdate=soon"),
        wish(9, "/Patient?active=true"),
        wish(9, "https://example.org/fhir/Patient?active=true"),
        wish(9, "Patient?active=true", payload="application/fhir+xml"),
        wish(9, "Patient?active=true", payload="text/plain"),
        wish(9, "Patient?active=true", extension=[{"url": HEARTBEAT, "valueUnsignedInt": 60}]),
        wish(9, "Patient?active=true") | {"_criteria": FILTER},
    ],
)  # fmt: skip
def test_what_cannot_be_told_is_refused_when_it_is_written(wrong: dict[str, Any], node: Node) -> None:
    before = node.rows()
    answer = node.ask("POST", "/fhir/Subscription", wrong)
    assert (answer.status, answer.json["resourceType"]) == (400, "OperationOutcome"), answer.body
    assert node.rows() == before
