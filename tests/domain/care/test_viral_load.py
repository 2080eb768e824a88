from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corridor.domain.care.interval import Interval, around, compared, number
from corridor.domain.care.viral_load import ResultKind, ViralLoad, counted
from corridor.domain.care.viral_load_text import viral_load
from corridor.domain.errors import InvalidError

CASES = json.loads((Path(__file__).parent / "data" / "vl_strings.json").read_text("utf-8"))["cases"]
WRITTEN = json.loads((Path(__file__).parent / "data" / "vl_written.json").read_text("utf-8"))["cases"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["raw"][:40])
def test_a_viral_load_as_laboratories_write_it_is_read(case: dict[str, Any]) -> None:
    unit = "" if case["unit_field"].startswith("SNOMED") else case["unit_field"]
    result = viral_load(case["raw"], unit)
    assert result.kind == case["kind"]
    if case["lower"] is not None:
        assert result.copies_per_ml.lower == case["lower"]
    if case["upper"] is not None:
        assert result.copies_per_ml.upper == case["upper"]
    if case["value_copies_ml"] is not None:
        assert float(result.value_copies_per_ml or 0) == pytest.approx(case["value_copies_ml"], rel=1e-3)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["raw"][:40])
def test_a_unit_written_behind_the_result_is_the_unit_beside_it(case: dict[str, Any]) -> None:
    together = viral_load(f"{case['raw']} {case['unit_field']}".strip())
    apart = viral_load(case["raw"], case["unit_field"])
    assert (together, together.kind) == (apart, case["kind"])


@pytest.mark.parametrize("case", WRITTEN, ids=lambda case: case["raw"][:40])
def test_what_laboratories_of_the_region_print_is_read_and_nothing_is_guessed(case: dict[str, Any]) -> None:
    result = viral_load(case["raw"])
    assert (result.kind, result.comparator or None) == (case["kind"], case["comparator"])
    for told, read in (
        (case["lower"], result.copies_per_ml.lower),
        (case["upper"], result.copies_per_ml.upper),
        (case["value_copies_ml"], result.value_copies_per_ml),
    ):
        assert (read is None) == (told is None)
        assert told is None or float(read or 0) == pytest.approx(told, abs=0.01)


@pytest.mark.parametrize(
    ("text", "unit", "threshold", "expected"),
    [
        ("<839", "copies/mL", 1000, True),
        ("<839", "copies/mL", 200, None),
        ("<20", "copies/mL", 50, True),
        ("<=200", "copies/mL", 200, None),
        ("199", "copies/mL", 200, True),
        ("200", "copies/mL", 200, False),
        ("> 10000000", "copies/mL", 1000, False),
        ("Target Not Detected", "", 1000, True),
        ("Target Not Detected", "", 50, None),
        ("failed", "", 1000, None),
        ("1.250", "copias/mL", 1000, None),
        ("1.250", "copias/mL", 2000, True),
        ("10500", "[IU]/mL", 1000, None),
        ("2.99", "{Log_copies}/mL", 1000, True),
        ("banana", "", 1000, None),
    ],
)
def test_suppression_is_said_only_where_the_result_can_tell(
    text: str, unit: str, threshold: int, expected: object
) -> None:
    assert viral_load(text, unit).suppressed(threshold) is expected


def test_a_number_of_a_fhir_quantity_has_no_spanish_point() -> None:
    assert counted(Decimal("1.250"), "{copies}/mL").kind is ResultKind.QUANTITY
    assert viral_load("1.250.000", "copias/mL").value_copies_per_ml == 1250000


@given(st.text(), st.text(max_size=12))
def test_reading_a_viral_load_never_fails(text: str, unit: str) -> None:
    assert isinstance(viral_load(text, unit), ViralLoad)


@given(st.decimals(min_value=0, max_value=10**8, places=2), st.integers(1, 10**6))
def test_the_interval_of_a_number_never_contradicts_it(value: Decimal, threshold: int) -> None:
    said = counted(value, "{copies}/mL").suppressed(threshold)
    assert said is None or said is (value < threshold)


def test_an_interval_holds_what_its_digits_say() -> None:
    assert around(Decimal("72.5")) == Interval(Decimal("72.5"), Decimal("72.6"))
    assert compared(Decimal(20), "<") == Interval(Decimal(0), Decimal(20))
    assert compared(Decimal(20), ">=") == Interval(Decimal(20), None)


@pytest.mark.parametrize("text", ["", "x", "NaN", "Infinity", "1E+99"])
def test_what_is_no_everyday_number_is_refused(text: str) -> None:
    with pytest.raises(InvalidError):
        number(text)


def test_a_comparator_that_fhir_does_not_know_is_refused() -> None:
    with pytest.raises(InvalidError):
        compared(Decimal(1), "~")
