"""What the node says of itself without a login is true."""

from __future__ import annotations

from tests.doors.outcomes import refused
from tests.doors.running import Node
from tests.doors.samples import Town


def test_everything_else_wants_a_login(node: Node, town: Town) -> None:
    for method, path in (
        ("GET", "Patient"), ("GET", f"Patient/{town.ids['patient']}"), ("GET", "AuditEvent"), ("POST", "Patient"),
        ("PUT", "Patient/x"), ("DELETE", "Patient/x"), ("POST", ""), ("POST", "Patient/$match"),
        ("POST", "Patient/_search"), ("POST", "Patient/x/$pull-history"), ("GET", "Patient/x/_history/1"),
        ("POST", "Patient/x/$withdraw-consent"),
    ):  # fmt: skip
        for authorization in ("", "Bearer wrong", "Bearer", "Basic cm9zYTp4", "Bearer \u00e4\u00f6"):
            headers = {"authorization": authorization} if authorization else {}
            answer = node.ask(method, f"/fhir/{path}", {} if method in {"POST", "PUT"} else None, role="", **headers)
            refused(answer, 401, "login")
            assert answer.headers["www-authenticate"] == "Bearer"


def test_the_statement_is_spoken_in_no_other_form(node: Node) -> None:
    refused(node.get("metadata", role="", accept="text/turtle"), 406, "not-supported")
    refused(node.get("metadata?_format=ttl", role=""), 406, "not-supported")
    assert node.get("metadata?_format=json", role="", accept="text/turtle").status == 200


def test_health_says_that_the_node_runs_and_nothing_of_anyone(node: Node) -> None:
    answer = node.send("GET", "/health")
    assert (answer.status, answer.json["status"]) == (200, "ok")
    assert set(answer.json) == {"status", "waiting"}


def test_every_answer_bears_the_id_of_its_request(node: Node) -> None:
    assert node.get("metadata", role="", x_request_id="lab-77").headers["x-request-id"] == "lab-77"
    for wrong in ("a b", "x" * 65, "\u00e4", "<script>"):
        made = node.get("metadata", role="", x_request_id=wrong).headers["x-request-id"]
        assert made != wrong
        assert len(made) == 16
