"""`corridor consent decide` as a stranger may call it: whatever is given, a decision or one plain sentence and 2."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from corridor.apps.consent_commands import consent
from corridor.fhir.consent_file import MAX_BYTES
from tests.apps.test_consent_commands import ASK, PERMITTED, decided

ONE = PERMITTED["consents"][0]
SAID = json.dumps(ONE).encode()


def other(**changed: Any) -> bytes:
    return json.dumps([ONE, ONE | {"id": "c2"} | changed]).encode()


NO_JSON = "neither JSON nor lines of JSON"
SEVERAL = "several people"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        pytest.param(b"", NO_JSON, id="empty"),
        pytest.param(b" \n\t\n", NO_JSON, id="blank"),
        pytest.param(b"{", NO_JSON, id="cut off"),
        pytest.param(b"half\nof it", NO_JSON, id="text"),
        pytest.param(b"\xff\xfe" + json.dumps(ONE).encode("utf-16-le"), NO_JSON, id="UTF-16"),
        pytest.param(gzip.compress(SAID), NO_JSON, id="gzip"),
        pytest.param(b"\0" * 1000, NO_JSON, id="zeros"),
        pytest.param(b"[" * 200_000, NO_JSON, id="deep"),
        pytest.param(b'{"resourceType":"Consent","x":NaN}', NO_JSON, id="NaN"),
        pytest.param(b'{"resourceType":"Consent","id":"\\ud800"}', NO_JSON, id="half a sign"),
        pytest.param(b'<Consent xmlns="http://hl7.org/fhir"/>', "is XML", id="XML"),
        pytest.param(b'<?xml version="1.0"?>\n<Consent/>', "is XML", id="XML with a head"),
        pytest.param(b"1", "holds a Consent", id="number"),
        pytest.param(b'"x"', "holds a Consent", id="string"),
        pytest.param(b"null", "holds a Consent", id="null"),
        pytest.param(b'{"resourceType":"Bundle","entry":{}}', "entries of a Bundle", id="no entries"),
        pytest.param(b" " * (MAX_BYTES + 1), "larger than is read", id="huge"),
        pytest.param(other(patient={"reference": "Patient/somebody-else"}), SEVERAL, id="two people"),
        pytest.param(other(patient={"identifier": {"system": "urn:x", "value": "9"}}), SEVERAL, id="or so it seems"),
        pytest.param(
            SAID + b"\n" + json.dumps(ONE | {"patient": {"reference": "Patient/9"}}).encode(),
            SEVERAL,
            id="two in lines",
        ),
    ],
)
def test_a_file_that_cannot_be_decided_on_is_said_so(tmp_path: Path, content: bytes, said: str) -> None:
    result = decided(tmp_path, content)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith("corridor: ")
    assert said in result.stderr
    assert len(result.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        pytest.param(b"\xef\xbb\xbf" + SAID, "permitted", id="with a byte order mark"),
        pytest.param(SAID + b"\r\n\r\n" + SAID + b"\r\n", "permitted", id="lines of Windows"),
        pytest.param(other(sourceAttachment={"title": "a\u2028b\x85c"}), "permitted", id="odd breaks in a text"),
        pytest.param(other(patient={"display": "María"}), "permitted", id="only a name"),
        pytest.param(SAID + b"\n" + other()[1:-1], "unreadable", id="a line of two"),
        pytest.param(b'[null, 3, "x", []]', "unreadable", id="no objects"),
        pytest.param(b'{"resourceType":"OperationOutcome"}', "unreadable", id="an answer of a server"),
        pytest.param(
            b'{"resourceType":"Bundle","entry":[null,{"resource":null},{}]}', "unreadable", id="empty entries"
        ),
        pytest.param(other(patient=5), "unreadable", id="of a number"),
        pytest.param(b'{"resourceType":"Bundle","type":"searchset"}', "no-consent", id="nobody found"),
    ],
)
def test_a_file_that_is_odd_is_decided(tmp_path: Path, content: bytes, reason: str) -> None:
    result = decided(tmp_path, content)
    assert result.exit_code == 0, result.output
    assert json.loads(result.output)["reason"] == reason


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"purpose": "HRESCH"}, "unknown-purpose"),
        ({"purpose": "IMMIG"}, "forbidden-purpose"),
        ({"purpose": ""}, "unknown-purpose"),
        ({"categories": []}, "nothing-asked"),
        ({"categories": ["genome"]}, "not-covered"),
        ({"withdrawals": ["9999-12-31T23:59:59.999999Z"]}, "withdrawn"),
        ({"withdrawals": ["0001-01-01T00:00:00+14:00"]}, "permitted"),
        ({"dataTo": "9999-12-31"}, "permitted"),
        ({"dataTo": "0001-01-01T00:00:00+14:00"}, "permitted"),
    ],
)
def test_an_ask_that_is_odd_is_decided(tmp_path: Path, changed: dict[str, Any], reason: str) -> None:
    result = decided(tmp_path, SAID, ask=b"\xef\xbb\xbf" + json.dumps(ASK | changed).encode())
    assert result.exit_code == 0, result.output
    assert json.loads(result.output)["reason"] == reason


@pytest.mark.parametrize("at", ["9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00", "2026-03-01T12:00Z"])
def test_the_edges_of_the_calendar_are_instants(tmp_path: Path, at: str) -> None:
    assert decided(tmp_path, SAID, at=at).exit_code == 0


@pytest.mark.parametrize("missing", ["nothing", "", "folder"])
def test_a_file_that_is_not_there_is_said_so(tmp_path: Path, missing: str) -> None:
    (tmp_path / "folder").mkdir()
    path = str(tmp_path / missing)
    options = ["decide", "--consents", path, "--ask", path, "--at", PERMITTED["at"]]
    result = CliRunner().invoke(consent, options)
    assert result.exit_code == 2
    assert "cannot be read" in result.stderr


def test_both_may_not_come_on_standard_input() -> None:
    options = ["decide", "--consents", "-", "--ask", "-", "--at", PERMITTED["at"]]
    result = CliRunner().invoke(consent, options, input=json.dumps(ASK))
    assert result.exit_code == 2
    assert "one of them alone" in result.stderr
