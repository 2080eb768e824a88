import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from corridor.apps.consent_commands import consent

CASES = {
    case["name"]: case
    for case in json.loads((Path(__file__).parents[1] / "consent_cases" / "scope.json").read_text(encoding="utf-8"))
}
PERMITTED = CASES["what was permitted is permitted"]
KEYS = ["decision", "reason", "categories", "provisions", "filters", "until", "unreadable"]


def decided(
    folder: Path, consents: bytes, *, ask: Any = PERMITTED["ask"], at: str = PERMITTED["at"], json_too: bool = True
) -> Result:
    (folder / "consents").write_bytes(consents)
    (folder / "ask").write_bytes(ask if isinstance(ask, bytes) else json.dumps(ask).encode())
    options = ["decide", "--consents", str(folder / "consents"), "--ask", str(folder / "ask"), "--at", at]
    return CliRunner().invoke(consent, [*options, "--json"] if json_too else options)


def bundled() -> bytes:
    entries = [{"resource": {"resourceType": "Patient", "id": "p1"}}]
    entries += [{"resource": each} for each in PERMITTED["consents"]]
    return json.dumps({"resourceType": "Bundle", "type": "searchset", "entry": entries}).encode()


@pytest.mark.parametrize(
    "content",
    [
        json.dumps(PERMITTED["consents"][0]).encode(),
        json.dumps(PERMITTED["consents"][0], indent=2).encode(),
        json.dumps(PERMITTED["consents"]).encode(),
        b"\n".join(json.dumps(each).encode() for each in PERMITTED["consents"] * 2),
        bundled(),
    ],
    ids=["one", "one over many lines", "list", "ndjson", "bundle"],
)
def test_every_form_of_a_file_is_decided_alike(tmp_path: Path, content: bytes) -> None:
    result = decided(tmp_path, content)
    assert result.exit_code == 0, result.output
    found = json.loads(result.output)
    assert list(found) == KEYS
    assert found == PERMITTED["expected"] | {"unreadable": []}


def test_a_person_reads_the_same_in_a_few_lines(tmp_path: Path) -> None:
    result = decided(tmp_path, json.dumps(PERMITTED["consents"]).encode(), json_too=False)
    assert result.output.splitlines() == [
        "permit: permitted",
        "  categories: regimen, viral-load",
        "  permit by c1, provision 0",
        "  decide again after 2026-12-31T23:59:59Z",
    ]


@pytest.mark.parametrize(
    "odd",
    [
        b'{"resourceType":"Consent","id":"odd","status":"active"}',
        b'{"resourceType":"Consent","id":"odd","id":"odd"}',
        b'{"id":"odd"}',
        b'{"resourceType":"Patient","id":"odd"}',
    ],
)
def test_one_consent_that_cannot_be_read_denies_and_is_named(tmp_path: Path, odd: bytes) -> None:
    content = b"\n".join([json.dumps(PERMITTED["consents"][0]).encode(), odd])
    result = decided(tmp_path, content)
    assert result.exit_code == 0, result.output
    found = json.loads(result.output)
    assert (found["decision"], found["reason"]) == ("deny", "unreadable")
    assert found["provisions"] == [{"consent": "odd", "provision": 0, "type": "deny"}]
    assert [each["consent"] for each in found["unreadable"]] == ["odd"]
    assert found["unreadable"][0]["why"]


def test_a_line_that_is_no_json_denies_by_its_place(tmp_path: Path) -> None:
    result = decided(tmp_path, json.dumps(PERMITTED["consents"][0]).encode() + b"\n{half of a consent")
    found = json.loads(result.output)
    assert (found["decision"], found["reason"]) == ("deny", "unreadable")
    assert found["unreadable"][0]["consent"] == "2"


def test_no_consent_at_all_denies(tmp_path: Path) -> None:
    found = json.loads(decided(tmp_path, b"[]").output)
    assert (found["decision"], found["reason"]) == ("deny", "no-consent")


ASK = PERMITTED["ask"]
WRONG_ASKS: list[Any] = [
    b"",
    b"{",
    b"[]",
    b"\xff",
    {},
    {"asker": "PE"},
    ASK | {"asker": "Peru"},
    ASK | {"holder": 1},
    ASK | {"purpose": ["TREAT", "IMMIG"]},
    ASK | {"purposes": "TREAT"},
    ASK | {"categories": "regimen"},
    ASK | {"dataFrom": "yesterday"},
    ASK | {"dataFrom": "2026-02-01", "dataTo": "2026-01-01"},
    ASK | {"withdrawals": ["2026-02-01"]},
]


@pytest.mark.parametrize("ask", WRONG_ASKS, ids=str)
def test_an_ask_that_cannot_be_read_is_said_so(tmp_path: Path, ask: Any) -> None:
    result = decided(tmp_path, b"[]", ask=ask)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr.startswith("corridor: ")


@pytest.mark.parametrize(
    "at",
    [
        "",
        "now",
        "-1",
        "1772366400",
        "2026-03-01",
        "2026-03-01T12:00:00",
        "2026-02-30T12:00:00Z",
        "2026-03-01 12:00:00Z",
        "2026-03-01T25:00:00Z",
        "2026-03-01T12:00:00+99:00",
        "٢٠٢٦-03-01T12:00:00Z",
    ],
)
def test_an_instant_without_date_time_and_zone_is_none(tmp_path: Path, at: str) -> None:
    assert decided(tmp_path, b"[]", at=at).exit_code == 2
