"""`corridor regimen read`, `viral-load read` and `timeline`, as somebody types them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from corridor.apps.cli import app

CASES = Path(__file__).parents[1] / "domain" / "care" / "data"
REGIMENS = json.loads((CASES / "regimen_strings.json").read_text("utf-8"))["cases"]
VIRAL_LOADS = json.loads((CASES / "vl_strings.json").read_text("utf-8"))["cases"]
RUNNER = CliRunner()


def said(*words: str, stdin: bytes = b"") -> str:
    """What a command prints; it must succeed."""
    result = RUNNER.invoke(app, words, input=stdin)
    assert result.exit_code == 0, result.output
    return result.output


def lines(output: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in output.splitlines()]


def test_every_published_regimen_is_read_in_the_order_in_which_it_was_asked() -> None:
    raws = [case["raw"] for case in REGIMENS]
    rows = lines(said("regimen", "read", *raws, "--json"))
    assert [row["raw"] for row in rows] == raws
    for case, row in zip(REGIMENS, rows, strict=True):
        assert list(row) == ["raw", "components", "flags", "unread"]
        assert set(case["flags"]) <= set(row["flags"])
        if case["expected_components"] is not None:
            assert row["components"] == case["expected_components"]


def test_every_published_viral_load_is_read_with_its_unit_in_one_text() -> None:
    raws = [f"{case['raw']} {case['unit_field']}".strip() for case in VIRAL_LOADS]
    rows = lines(said("viral-load", "read", *raws, "--json"))
    for case, raw, row in zip(VIRAL_LOADS, raws, rows, strict=True):
        assert list(row) == ["raw", "kind", "value_copies_ml", "comparator", "lower", "upper"]
        assert (row["raw"], row["kind"], row["comparator"]) == (raw, case["kind"], case["comparator"])
        assert case["lower"] is None or row["lower"] == case["lower"]
        assert row["upper"] == case["upper"]
        value = case["value_copies_ml"]
        assert row["value_copies_ml"] == (value if value is None else pytest.approx(value, rel=1e-3))


def test_lines_of_standard_input_are_read_one_by_one_whatever_their_code_page() -> None:
    stdin = "TLD\r\n\nDolutegravir sódico\n".encode() + "Dolutegravir sódico\n".encode("cp1252") + b"Atripla"
    rows = lines(said("regimen", "read", "-", "Kivexa", "--json", stdin=stdin))
    assert [row["raw"] for row in rows] == [
        "TLD",
        "",
        "Dolutegravir sódico",
        "Dolutegravir sódico",
        "Atripla",
        "Kivexa",
    ]
    assert rows[2]["components"] == rows[3]["components"] == ["DTG"]


def test_a_result_that_begins_with_a_dash_is_no_option() -> None:
    (row,) = lines(said("viral-load", "read", "-1.00 copies/mL", "--json"))
    assert row["kind"] == "not_detected"


def test_drugs_for_tuberculosis_are_a_flag_and_no_component() -> None:
    beside, alone = lines(said("regimen", "read", "TLD + isoniazida", "RHZE", "--json"))
    assert (beside["components"], beside["flags"]) == (["3TC", "DTG", "TDF"], ["tuberculosis_drug"])
    assert (alone["components"], alone["flags"]) == ([], ["not_art", "tuberculosis_drug"])


def test_without_json_a_line_is_a_sentence() -> None:
    assert said("regimen", "read", "TDF/3TC + zzyzx") == (
        "TDF/3TC + zzyzx: 3TC + TDF  (incomplete_regimen, prep_possible)  not read: zzyzx\n"
    )
    assert said("viral-load", "read", "<20 copias/mL") == "<20 copias/mL: below_loq <20\n"


BUNDLE = {
    "resourceType": "Bundle",
    "type": "collection",
    "entry": [
        {
            "resource": {
                "resourceType": "MedicationStatement",
                "id": "1",
                "status": "completed",
                "medicationCodeableConcept": {"text": "TLD"},
                "effectivePeriod": {"start": "2020-01-01", "end": "2025-01-31"},
            }
        },
        {
            "resource": {
                "resourceType": "Observation",
                "id": "2",
                "status": "final",
                "code": {"coding": [{"system": "http://loinc.org", "code": "20447-9"}]},
                "effectiveDateTime": "2024-06-01",
                "valueString": "positivo",
            }
        },
    ],
}


def test_a_bundle_becomes_a_timeline_with_where_treatment_stands() -> None:
    content = json.dumps(BUNDLE).encode()
    told = json.loads(said("timeline", "-", "--country", "VE", "--today", "2025-02-28", "--json", stdin=content))
    assert list(told) == ["spans", "gaps", "covered_until", "events", "unread", "standing"]
    (span,) = told["spans"]
    assert (span["label"], span["start"], span["end"], span["end_known"]) == (
        "TDF + 3TC + DTG",
        "2020-01-01",
        "2025-01-31",
        "stated",
    )
    assert told["unread"] == [{"source": "Observation/2", "country": "VE", "why": "value", "raw": "positivo"}]
    assert told["standing"]["regimen"]["goes_on"] is False
    assert told["standing"]["suppression"]["event"] == "Observation/2"
    assert told["standing"]["interruptions"] == []
    later = json.loads(said("timeline", "-", "--today", "2025-03-01", "--json", stdin=content))
    assert later["standing"]["interruptions"][0]["days"] == 29


def test_a_bundle_is_read_from_a_file_and_told_in_lines(tmp_path: Path) -> None:
    path = tmp_path / "bundle.json"
    path.write_text(json.dumps(BUNDLE))
    assert said("timeline", str(path)).splitlines() == [
        "2020-01-01 2025-01-31  ZZ  TDF + 3TC + DTG",
        "not read: Observation/2 (value) positivo",
    ]


def test_a_genotype_is_told_among_the_events() -> None:
    code = {"coding": [{"system": "http://loinc.org", "code": "30554-0"}]}
    report = {"resourceType": "Observation", "id": "g", "code": code, "valueString": "M184V, K65R"}
    told = json.loads(said("timeline", "-", "--json", stdin=json.dumps(report).encode()))
    (event,) = told["events"]
    assert (event["kind"], event["raw"]) == ("resistance", "M184V, K65R")
