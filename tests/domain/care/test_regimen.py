from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corridor.domain.care.lexicon import ATC_SYSTEM, RXNORM_SYSTEM, lexicon
from corridor.domain.care.regimen import Reading, read_code, read_text

CASES = json.loads((Path(__file__).parent / "data" / "regimen_strings.json").read_text("utf-8"))["cases"]
WRITTEN = json.loads((Path(__file__).parent / "data" / "regimen_written.json").read_text("utf-8"))["cases"]
HIV_DRUGS = sorted(name for name, drug in lexicon().drugs.items() if drug.family == "hiv")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["raw"][:40])
def test_a_regimen_as_programmes_write_it_is_read_with_its_cautions(case: dict[str, Any]) -> None:
    reading = read_text(case["raw"])
    if case["expected_components"] is None:
        assert reading.unread or not reading.components
    else:
        assert reading.components == tuple(sorted(case["expected_components"]))
    assert set(case["flags"]) <= set(reading.flags)


@pytest.mark.parametrize("case", WRITTEN, ids=lambda case: case["raw"][:40])
def test_what_is_written_in_the_region_is_read_and_what_is_not_taken_stands_aside(case: dict[str, Any]) -> None:
    reading = read_text(case["raw"])
    assert (list(reading.components), list(reading.unread)) == (case["expected_components"], case["unread"])
    assert list(reading.flags) == case["flags"]


def test_a_booster_is_read_only_where_it_is_written() -> None:
    assert read_text("DRV c/12h").components == ("DRV",)
    assert read_text("DRV/c").components == ("COBI", "DRV")
    assert read_text("Darunavir 800/r 100").components == ("DRV", "RTV")


def test_of_a_very_long_text_the_beginning_is_read_and_said_so() -> None:
    reading = read_text("TLD " + "x" * 5_000_000)
    assert reading.components == ("3TC", "DTG", "TDF")
    assert "too_long" in reading.flags
    assert reading.unread[-1] == "…"


@pytest.mark.parametrize(
    ("system", "code", "components"),
    [
        (ATC_SYSTEM, "J05AR27", ("3TC", "DTG", "TDF")),
        (ATC_SYSTEM, "J05AR10", ("LPV", "RTV")),
        (ATC_SYSTEM, "J05AX12", ("DTG",)),
        (ATC_SYSTEM, "J04AM06", ("EMB", "INH", "PZA", "RIF")),
        (RXNORM_SYSTEM, "1999667", ("BIC", "FTC", "TAF")),
        ("http://moh.gov.et/fhir/hiv/CodeSystem/arv-treatment-code-system", "2j", ("3TC", "DTG", "TDF")),
    ],
)
def test_a_published_code_is_read(system: str, code: str, components: tuple[str, ...]) -> None:
    reading = read_code(system, code)
    assert reading is not None
    assert reading.components == components


def test_an_unknown_code_is_not_guessed() -> None:
    assert read_code(ATC_SYSTEM, "N02BE01X") is None
    assert read_code("urn:local", "1j") is None


def test_hepatitis_and_covid_drugs_are_not_antiretroviral_treatment() -> None:
    for code in ("J05AF10", "J05AE30"):
        reading = read_code(ATC_SYSTEM, code)
        assert reading is not None
        assert reading.components == ()
        assert "not_art" in reading.flags
        assert reading.kind == "other"


def test_a_text_that_speaks_of_unnamed_hiv_drugs_is_still_a_regimen() -> None:
    assert read_text("esquema antirretroviral").kind == "regimen"
    assert read_text("TAR habitual, no recuerda").components == ()


def test_tuberculosis_drugs_are_their_own_kind() -> None:
    assert read_text("isoniazida 300 mg + piridoxina").kind == "tuberculosis"
    assert read_text("RHZE").components == ("EMB", "INH", "PZA", "RIF")
    assert read_text("TLD + rifampicina").kind == "regimen"


def test_what_is_not_read_is_kept() -> None:
    assert read_text("TDF/3TC/zzyzx").unread == ("zzyzx",)


@given(
    st.lists(
        st.sampled_from(sorted(name for name, drug in lexicon().drugs.items() if drug.family == "hiv")), unique=True
    )
)
def test_any_combination_of_abbreviations_is_read_back(names: list[str]) -> None:
    assert read_text(" + ".join(names)).components == tuple(sorted(names))


@given(st.text())
def test_reading_never_fails(text: str) -> None:
    assert isinstance(read_text(text), Reading)
