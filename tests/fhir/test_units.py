"""Units of measurement in base units."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corridor.fhir.units import compute, scale


@pytest.mark.parametrize(
    ("value", "code", "other", "other_code"),
    [
        (72.5, "kg", 72_500, "g"),
        (50, "{copies}/mL", 0.05, "{copies}/uL"),
        (350, "/mm3", 350, "{cells}/uL"),
        (350, "/uL", 0.35, "10*3/uL"),
        (350, "/mm3", 350, "10*6/L"),
        (1.2, "mg/dL", 12, "mg/L"),
        (88.4, "umol/L", 0.0884, "mmol/L"),
        (37, "Cel", 98.6, "[degF]"),
        (120, "mm[Hg]", 12, "cm[Hg]"),
        (0.45, "1", 45, "%"),
        (1, "[IU]/mL", 1000, "[IU]/L"),
        (1, "h", 60, "min"),
    ],
)
def test_one_amount_in_two_units_is_one_number(value: float, code: str, other: float, other_code: str) -> None:
    first, second = scale(code), scale(other_code)
    assert first
    assert second
    assert (first.of(value), first.name) == (second.of(other), second.name)


@pytest.mark.parametrize(
    ("code", "other"),
    [
        ("mg/dL", "mmol/L"),
        ("{copies}/mL", "{Log_copies}/mL"),
        ("{copies}/mL", "[IU]/mL"),
        ("[IU]/mL", "[arb'U]/mL"),
        ("kg", "m"),
    ],
)
def test_what_measures_something_else_is_never_compared(code: str, other: str) -> None:
    first, second = scale(code), scale(other)
    assert first
    assert second
    assert first.name != second.name


@pytest.mark.parametrize(
    "code", ["cells/mm3", "", "[pH]", "B[V]", "tabletas", "10*9999999", "kg" * 30, "mg/dl/", "{", "}{"]
)
def test_what_is_no_unit_of_ucum_or_on_no_straight_line_has_no_scale(code: str) -> None:
    assert scale(code) is None


@pytest.mark.parametrize("code", ["mg/dL", "{copies}/mL", "10*3/uL", "[degF]", "[IU]/L", "{Log_copies}/mL", "mm[Hg]"])
def test_the_table_says_what_the_library_says(code: str) -> None:
    assert scale(code) == compute(code)


def test_a_unit_that_the_table_does_not_have_is_asked_of_the_library() -> None:
    found = scale("ng/(8.h)")
    assert found
    assert found.name == "kg.s-1"
    assert scale("{tests}/mL") == scale("/mL")


@given(st.text(st.sampled_from("kgmLul/.*[]{}()10^-eIUst' "), max_size=12))
def test_any_text_has_a_scale_or_none(code: str) -> None:
    found = scale(code)
    assert found is None or found.of(1.0) == found.of(1.0)
