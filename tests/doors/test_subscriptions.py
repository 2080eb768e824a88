"""A programme's system is told of changes, over real HTTP, through outages and restarts."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import orjson
import pytest

from corridor.fhir.subscription import BACKPORT, TOPIC
from demo.parties import Party
from tests.databases import KINDS, Databases
from tests.doors.running import Node, running_node

PATIENT = {"resourceType": "Patient", "name": [{"family": "Quispe"}], "gender": "female"}


@dataclass
class Listener:
    """A subscriber: keeps what it took, and refuses while `away`."""

    taken: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    away: bool = False
    refused: int = 0
    port: int = 0
    answering: threading.Event = field(default_factory=threading.Event)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook"

    def types(self) -> list[str]:
        """Why each notification was sent, in the order of their coming."""
        return [parameter(each, "type")["valueCode"] for each in self.taken]

    def numbers(self) -> list[int]:
        """Numbers of all events that were told."""
        return [int(part(each, "event-number")["valueString"]) for told in self.taken for each in events(told)]


@pytest.fixture
def listener() -> Iterator[Listener]:
    heard = Listener()

    class Hook(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            if self.path == "/slow":
                heard.answering.wait(60)
            if heard.away:
                heard.refused += 1
                self.send_response(503)
            else:
                heard.headers.append({name.lower(): value for name, value in self.headers.items()})
                heard.taken.append(orjson.loads(body))
                self.send_response(204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Hook)
    heard.port = server.server_port
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield heard
    heard.answering.set()
    server.shutdown()
    server.server_close()


@pytest.fixture(params=KINDS)
def url(request: pytest.FixtureRequest, databases: Databases) -> str:
    return databases.migrated(str(request.param), "node")


def serving(lima: Party, url: str, listener: Listener, *, abroad: bool = False) -> Any:
    origin = (f"http://127.0.0.1:{listener.port}",)
    allowed = {"subscribers_abroad": origin} if abroad else {"subscribers": origin}
    return running_node(lima, url, worker_seconds=0.05, **allowed)


def wish(
    listener: Listener, *, content: str = "id-only", filters: tuple[str, ...] = (), **channel: Any
) -> dict[str, Any]:
    criteria = [{"url": BACKPORT + "backport-filter-criteria", "valueString": each} for each in filters]
    return {
        "resourceType": "Subscription",
        "status": "requested",
        "reason": "a test",
        "criteria": TOPIC,
        **({"_criteria": {"extension": criteria}} if criteria else {}),
        "channel": {
            "type": "rest-hook",
            "endpoint": listener.url,
            "payload": "application/fhir+json",
            "_payload": {"extension": [{"url": BACKPORT + "backport-payload-content", "valueCode": content}]},
            **channel,
        },
    }


def until(holds: Callable[[], bool]) -> None:
    give_up = time.monotonic() + 20
    while not holds():
        assert time.monotonic() < give_up, "it never came"
        time.sleep(0.02)


def parameter(bundle: dict[str, Any], name: str) -> dict[str, Any]:
    status = bundle["entry"][0]["resource"]
    return next(each for each in status["parameter"] if each["name"] == name)


def events(bundle: dict[str, Any]) -> list[dict[str, Any]]:
    status = bundle["entry"][0]["resource"]
    return [each for each in status["parameter"] if each["name"] == "notification-event"]


def part(event: dict[str, Any], name: str) -> dict[str, Any]:
    return next(each for each in event["part"] if each["name"] == name)


def state(node: Node, id: str) -> str:
    return str(node.get(f"Subscription/{id}").json["status"])


def open_one(node: Node, wanted: dict[str, Any]) -> str:
    made = node.make(wanted)
    until(lambda: state(node, made) == "active")
    return made


def test_a_subscription_shakes_hands_and_is_told_of_every_change(lima: Party, url: str, listener: Listener) -> None:
    with serving(lima, url, listener) as node:
        told_as = open_one(node, wish(listener, header=["X-Key: open sesame"]))
        assert listener.types() == ["handshake"]
        assert listener.headers[0]["x-key"] == "open sesame"
        assert listener.headers[0]["content-type"] == "application/fhir+json"
        patient = node.make(PATIENT)
        until(lambda: listener.numbers() == [1])
        node.ask("PUT", f"/fhir/Patient/{patient}", {**PATIENT, "id": patient, "gender": "other"})
        until(lambda: listener.numbers() == [1, 2])
        node.ask("DELETE", f"/fhir/Patient/{patient}")
        until(lambda: listener.numbers() == [1, 2, 3])
        told = listener.taken[1]
        assert part(events(told)[0], "focus")["valueReference"]["reference"].endswith(f"/fhir/Patient/{patient}")
        assert "resource" not in told["entry"][1]
        assert listener.taken[-1]["entry"][1]["request"]["method"] == "DELETE"
        answer = node.get(f"Subscription/{told_as}/$status").json
        assert parameter(answer, "events-since-subscription-start")["valueString"] == "3"
        assert parameter(answer, "status")["valueCode"] == "active"


def test_an_endpoint_that_does_not_answer_holds_up_nobody_else(lima: Party, url: str, listener: Listener) -> None:
    patience = {"url": BACKPORT + "backport-timeout", "valueUnsignedInt": 60}
    with serving(lima, url, listener) as node:
        told = open_one(node, wish(listener))
        slow = node.make(wish(listener, endpoint=f"http://127.0.0.1:{listener.port}/slow", extension=[patience]))
        node.make(PATIENT)
        until(lambda: listener.numbers() == [1])
        node.make(PATIENT)
        until(lambda: listener.numbers() == [1, 2])
        assert [state(node, each) for each in (told, slow)] == ["active", "requested"]
        listener.answering.set()
        until(lambda: state(node, slow) == "active")


def test_a_secret_in_a_header_is_told_to_its_endpoint_and_shown_to_nobody(
    lima: Party, url: str, listener: Listener
) -> None:
    with serving(lima, url, listener) as node:
        made = node.ask("POST", "/fhir/Subscription", wish(listener, header=["Authorization: Bearer open sesame"]))
        id = made.json["id"]  # noqa: A001  # FHIR's word
        until(lambda: state(node, id) == "active")
        asked = (f"Subscription/{id}", f"Subscription?_id={id}", f"Subscription/{id}/_history")
        shown = [made, *map(node.get, asked)]
        assert not [each for each in shown if b"sesame" in each.body]
        assert listener.headers[0]["authorization"] == "Bearer open sesame"
        stored = node.get(f"Subscription/{id}").json
        stored["channel"]["header"].append("X-Key: other")
        assert node.ask("PUT", f"/fhir/Subscription/{id}", {**stored, "status": "requested"}).status == 200
        until(lambda: state(node, id) == "active")
        node.make(PATIENT)
        until(lambda: listener.numbers() == [1])
        assert [listener.headers[-1][name] for name in ("authorization", "x-key")] == ["Bearer open sesame", "other"]


@pytest.mark.parametrize("change", ["endpoint", "name", "subscription"])
def test_a_sealed_header_is_of_no_use_to_anybody_else(change: str, lima: Party, url: str, listener: Listener) -> None:
    with serving(lima, url, listener) as node:
        stored = node.ask("POST", "/fhir/Subscription", wish(listener, header=["X-Key: open sesame"])).json
        channel = stored["channel"]
        if change == "endpoint":
            channel["endpoint"] += "/elsewhere"
        if change == "name":
            channel["header"] = [channel["header"][0].replace("X-Key", "X-Other")]
        if change == "subscription":
            stored["id"] = "another"
        answer = node.ask("PUT", f"/fhir/Subscription/{stored['id']}", {**stored, "status": "requested"})
        assert (answer.status, answer.json["issue"][0]["expression"]) == (400, ["Subscription.channel.header"])


@pytest.mark.parametrize(("content", "told"), [("empty", 0), ("id-only", 1), ("full-resource", 1)])
def test_a_notification_holds_as_much_as_was_asked_for(
    content: str, told: int, lima: Party, url: str, listener: Listener
) -> None:
    with serving(lima, url, listener) as node:
        told_as = open_one(node, wish(listener, content=content))
        node.make(PATIENT)
        until(lambda: listener.numbers() == [1])
        said = listener.taken[-1]
        assert len(said["entry"]) == 1 + told
        topics = [each["name"] for sent in listener.taken for each in sent["entry"][0]["resource"]["parameter"]]
        assert ("topic" in topics) is (content != "empty")
        assert ("Quispe" in orjson.dumps(said).decode()) is (content == "full-resource")
        missed = node.get(f"Subscription/{told_as}/$events?eventsSinceNumber=1").json
        assert ("Quispe" in orjson.dumps(missed).decode()) is (content == "full-resource")
        assert parameter(missed, "type")["valueCode"] == "query-event"


def test_filters_are_searches_and_a_deletion_is_told_by_whom_it_was_about(
    lima: Party, url: str, listener: Listener
) -> None:
    with serving(lima, url, listener) as node:
        hers, his = node.make(PATIENT), node.make(PATIENT)
        open_one(node, wish(listener, filters=(f"Condition?patient=Patient/{hers}&code=http://x|b20",)))

        def condition(patient: str, code: str) -> str:
            coding = [{"system": "http://x", "code": code}]
            about = {"reference": f"Patient/{patient}"}
            return node.make({"resourceType": "Condition", "subject": about, "code": {"coding": coding}})

        node.make(PATIENT)
        condition(his, "b20")
        condition(hers, "a15")
        wanted = condition(hers, "b20")
        until(lambda: listener.numbers() == [1])
        node.ask("DELETE", f"/fhir/Condition/{wanted}")
        until(lambda: listener.numbers() == [1, 2])
        focus = {part(each, "focus")["valueReference"]["reference"] for told in listener.taken for each in events(told)}
        assert {each.rpartition("/")[2] for each in focus} == {wanted}


def test_nothing_is_lost_while_the_subscriber_is_away_and_the_node_starts_again(
    lima: Party, url: str, listener: Listener
) -> None:
    with serving(lima, url, listener) as node:
        open_one(node, wish(listener))
        listener.away = True
        for _ in range(3):
            node.make(PATIENT)
        until(lambda: listener.refused > 0)
    listener.away = False
    with serving(lima, url, listener) as node:
        node.make(PATIENT)
        until(lambda: sorted(listener.numbers()) == [1, 2, 3, 4])


def test_a_quiet_subscription_hears_a_heartbeat(lima: Party, url: str, listener: Listener) -> None:
    with serving(lima, url, listener) as node:
        beat = [{"url": BACKPORT + "backport-heartbeat-period", "valueUnsignedInt": 5}]
        open_one(node, wish(listener, extension=beat))
        until(lambda: listener.types() == ["handshake", "heartbeat"])


@pytest.mark.parametrize("content", ["id-only", "full-resource"])
def test_across_a_border_nothing_goes_but_that_something_changed(
    content: str, lima: Party, url: str, listener: Listener
) -> None:
    with serving(lima, url, listener, abroad=True) as node:
        refused = node.make(wish(listener, content=content))
        until(lambda: state(node, refused) == "error")
        assert "sends" in node.get(f"Subscription/{refused}").json["error"]
        open_one(node, wish(listener, content="empty"))
        patient = node.make(PATIENT)
        until(lambda: listener.numbers() == [1])
        assert patient not in orjson.dumps(listener.taken).decode()
        assert listener.types() == ["handshake", "event-notification"]


def test_nothing_is_sent_where_the_operator_allows_nothing(lima: Party, url: str, listener: Listener) -> None:
    with running_node(lima, url, worker_seconds=0.05) as node:
        refused = node.make(wish(listener, content="empty"))
        until(lambda: state(node, refused) == "error")
    assert not listener.taken


@pytest.mark.parametrize("role", ["clinician", "auditor", "operator"])
def test_the_programme_alone_subscribes(role: str, lima: Party, databases: Databases) -> None:
    with running_node(lima, databases.migrated("sqlite", "node")) as node:
        assert node.ask("POST", "/fhir/Subscription", wish(Listener(port=9)), role=role).status == 403
        assert node.get("Subscription", role=role).status == 403


WRONG: dict[str, Callable[[dict[str, Any]], Any]] = {
    "another topic": lambda it: it.update(criteria="http://example.org/topic"),
    "another channel": lambda it: it["channel"].update(type="email"),
    "no endpoint": lambda it: it["channel"].pop("endpoint"),
    "a file as endpoint": lambda it: it["channel"].update(endpoint="file:///etc/passwd"),
    "a secret in the endpoint": lambda it: it["channel"].update(endpoint="http://me:key@example.org/"),
    "no payload content": lambda it: it["channel"].pop("_payload"),
    "XML": lambda it: it["channel"].update(payload="application/fhir+xml"),
    "two lines in a header": lambda it: it["channel"].update(header=["X: a\r\nY: b"]),
    "a header of ours": lambda it: it["channel"].update(header=["Host: example.org"]),
    "an unknown type": lambda it: it.update(_criteria=filtered("Spaceship?x=1")),
    "the log": lambda it: it.update(_criteria=filtered("AuditEvent?action=R")),
    "an unknown parameter": lambda it: it.update(_criteria=filtered("Condition?colour=red")),
    "a heartbeat too fast": lambda it: it["channel"].update(
        extension=[{"url": BACKPORT + "backport-heartbeat-period", "valueUnsignedInt": 1}]
    ),
}


def filtered(text: str) -> dict[str, Any]:
    return {"extension": [{"url": BACKPORT + "backport-filter-criteria", "valueString": text}]}


@pytest.mark.parametrize("wrong", WRONG)
def test_what_cannot_be_told_is_refused_when_it_is_written(wrong: str, node: Node) -> None:
    wanted = wish(Listener(port=9))
    WRONG[wrong](wanted)
    before = node.rows()
    answer = node.ask("POST", "/fhir/Subscription", wanted)
    assert answer.status == 400, answer.body
    assert answer.json["resourceType"] == "OperationOutcome"
    assert node.rows() == before


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("Subscription/none/$status", 404),
        ("Subscription/none/$events", 404),
        ("Subscription/a_b/$status", 404),
        ("Subscription/$status", 400),
        ("Subscription/none/$events?eventsSinceNumber=0", 400),
        ("Subscription/none/$events?eventsSinceNumber=x", 400),
        ("Subscription/none/$status?colour=red", 400),
    ],
)
def test_what_cannot_be_asked_is_refused(path: str, status: int, node: Node) -> None:
    answer = node.get(path)
    assert (answer.status, answer.json["resourceType"]) == (status, "OperationOutcome")


def test_an_operation_that_is_not_offered_is_said_to_be_none(lima: Party, url: str, listener: Listener) -> None:
    with serving(lima, url, listener) as node:
        answer = node.get("Subscription/$get-ws-binding-token")
        assert (answer.status, answer.json["issue"][0]["code"]) == (404, "not-found")
        assert "no such operation" in answer.json["issue"][0]["diagnostics"]
