from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corridor.domain.care.lexicon import lexicon
from corridor.domain.care.words import permits, permits_unit

NAMES = set((Path(__file__).parent / "data" / "names.txt").read_text("utf-8").split())
"""Given names, surnames and places that are common in the region."""


@pytest.mark.parametrize(
    "text",
    [
        "Tenofovir 300 mg + Lamivudina 300 mg + Dolutegravir 50 mg",
        "LPV/r 200/50 mg 2 tab c/12h",
        "DTG/3TC/TDF 50/300/300",
        "tomar 1 tableta cada día por la noche",
        "HIV 1 RNA [#/volume] (viral load) in Serum or Plasma by NAA with probe detection",
        "K65R, M184V, T69ins, D67del",
        "HLA-B*57:01 positivo",
        "<20 copias/mL",
        "12 500 cop/ml",
        "No detectable",
        "Tuberculosis pulmonar",
        "1j (TDF + 3TC + DTG)",
        "+++",
    ],
)
def test_clinical_text_crosses(text: str) -> None:
    assert permits(text)


@pytest.mark.parametrize(
    "text",
    [
        "María Pérez",
        "TDF/3TC/DTG para María",
        "0412-555-1234",
        "+58 412 555 1234",
        "12345678",
        "V-12.345.678",
        "55 12 30 10",
        "10-10-1990",
        "DNI 45678912",
        "J. M. R.",
        "De la O",
        "maria@example.org",
        "https://example.org/tb",
        "Hospital Vargas",
        "Иван",
        "TDF\x00",
        "DTG " * 400,
    ],
)
def test_anything_that_could_say_who_stays_home(text: str) -> None:
    assert not permits(text)


def test_one_bare_number_crosses_only_as_a_result() -> None:
    assert not permits("43500")
    assert permits("43500", measured=True)
    assert not permits("45678912", measured=True)


def test_no_name_of_a_person_or_place_is_a_clinical_word() -> None:
    assert lexicon().words.isdisjoint(NAMES)


@pytest.mark.parametrize(
    "unit", ["{copies}/mL", "10*6/L", "10*-1.{copies}/mL", "[IU]/mL", "mg", "mL/min/{1.73_m2}", "%"]
)
def test_units_cross(unit: str) -> None:
    assert permits_unit(unit)


@pytest.mark.parametrize("unit", ["{María}", "12345678", "mg Pérez", "mg" * 40])
def test_a_unit_that_is_no_unit_stays_home(unit: str) -> None:
    assert not permits_unit(unit)


@given(
    st.text(alphabet="abcdefghijklmnopqrstuvwxyz", min_size=1),
    st.sampled_from(["TDF/3TC/DTG", "1 tab", "<20 copias/mL"]),
)
def test_a_clinical_text_with_one_unknown_word_stays_home(word: str, text: str) -> None:
    assert permits(f"{text} {word}x9z") is False
