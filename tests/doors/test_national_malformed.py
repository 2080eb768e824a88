"""A table of requests that are wrong: each is refused in FHIR with the right words, and nothing of it stays."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.doors.outcomes import issues
from tests.doors.running import FHIR_JSON, Body, Node
from tests.doors.samples import Town

TABLE: list[dict[str, Any]] = json.loads(
    (Path(__file__).parent / "malformed_requests.json").read_text(encoding="utf-8")
)
PERSONAL = (b"Urdaneta", b"Yusneidi", b"12345678", b"femenino", b"1991", b"17/04", b"quizas", b"Barboza")
"""What stands in the requests and must never come back."""

CHUNK = 16 * 1024


def test_the_table_is_long() -> None:
    assert len(TABLE) >= 120


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row["name"])
def test_a_wrong_request_is_refused_in_fhir_and_leaves_nothing(node: Node, town: Town, row: dict[str, Any]) -> None:
    row = json.loads(json.dumps(row).replace("{patient}", town.ids["patient"]))
    before = node.rows()
    role = row.get("role", "programme")
    headers = {"authorization": f"Bearer {node.tokens[role]}"} if role else {}
    headers |= {"content-type": FHIR_JSON} | row.get("headers", {})
    answer = node.send(row["method"], row["path"], body(row), headers)
    assert answer.status == row["status"], answer.body
    listed = issues(answer)
    codes = {each["code"] for each in listed}
    assert row["code"] in codes or (row["code"] is None and codes), answer.body
    if "expression" in row:
        assert row["expression"] in [place for each in listed for place in each.get("expression", [])], answer.body
    if row["status"] == 405:
        assert answer.headers["allow"] == row.get("allow", answer.headers["allow"])
    ours = {name: value for name, value in answer.headers.items() if name != "x-request-id"}  # digits of chance
    said = answer.body.replace(answer.headers.get("x-request-id", "-").encode(), b"") + str(ours).encode()
    assert not [each for each in PERSONAL if each in said], answer.body
    assert node.rows() == before


def body(row: dict[str, Any]) -> Body | None:
    """The body that a row describes."""
    if "fill" in row:
        start, unit, times, end = row["fill"]
        whole = f"{start}{unit * times}{end}".encode()
        return chunks(whole) if row.get("chunked") else whole
    if "hex" in row:
        return bytes.fromhex(row["hex"])
    if "text" in row:
        return str(row["text"]).encode()
    return json.dumps(row["body"]).encode() if "body" in row else None


def chunks(whole: bytes) -> Iterator[bytes]:
    """The same in pieces, so that nobody knows how long it will be."""
    for start in range(0, len(whole), CHUNK):
        yield whole[start : start + CHUNK]
