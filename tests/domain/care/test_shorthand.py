from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corridor.domain.care.lexicon import lexicon
from corridor.domain.care.regimen import read_text
from corridor.domain.care.shorthand import shorthand

DRUGS = sorted(name for name, drug in lexicon().drugs.items() if drug.family in {"hiv", "tuberculosis"})


@pytest.mark.parametrize(
    ("drugs", "written"),
    [
        ("3TC DTG TDF", "TDF + 3TC + DTG"),
        ("3TC AZT LPV RTV", "AZT + 3TC + LPV/r"),
        ("DRV DTG ETR RTV", "DRV/r + DTG + ETR"),
        ("COBI EVG FTC TAF", "TAF + FTC + EVG/c"),
        ("3TC COBI DRV", "3TC + DRV/c"),
        ("COBI DRV EVG RTV", "DRV/r + EVG/c"),
        ("DTG RTV", "RTV + DTG"),
        ("EMB INH PZA RIF", "RIF + INH + PZA + EMB"),
        ("DTG LEN ? RIF", "DTG + LEN + RIF + ?"),
        ("", ""),
    ],
)
def test_regimens_are_written_as_clinicians_write_them(drugs: str, written: str) -> None:
    assert shorthand(drugs.split()) == written


@given(st.lists(st.sampled_from(DRUGS), unique=True, max_size=5))
def test_what_is_written_can_be_read_again_and_does_not_depend_on_order(drugs: list[str]) -> None:
    assert shorthand(drugs) == shorthand(reversed(drugs))
    assert set(read_text(shorthand(drugs)).components) == set(drugs)
