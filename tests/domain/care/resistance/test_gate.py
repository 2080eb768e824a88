from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corridor.domain.care.resistance.gate import only_mutations
from corridor.domain.care.resistance.known import resistance_mutations

NAMES = (Path(__file__).parents[1] / "data" / "names.txt").read_text("utf-8").split()
LISTED = sorted(f"{position}{letter}" for _, position, letter in resistance_mutations() if letter.isupper())


@pytest.mark.parametrize("name", NAMES)
def test_no_name_passes_beside_a_mutation(name: str) -> None:
    for text in (name, f"K103N {name}", f"RT: K103N, {name.title()}", f"{name} M184V", f"RT_{name}: K103N"):
        assert not only_mutations(text)


@given(st.lists(st.sampled_from(LISTED), min_size=1, max_size=12))
def test_every_list_of_known_mutations_passes(listed: list[str]) -> None:
    assert only_mutations(", ".join(listed))
    assert only_mutations("RT: " + "; ".join(listed))


@given(st.integers(1000, 10**12))
def test_no_number_of_a_document_or_telephone_passes(number: int) -> None:
    assert not only_mutations(f"K103N {number}")
    assert not only_mutations(str(number))


@pytest.mark.parametrize(
    "text", ["", " ", "2020-01-01", "10/02/1990", "@", "K103N\x00", "J123K", "A1A A2A A3A", "RT 12"]
)
def test_what_is_no_list_does_not_pass(text: str) -> None:
    assert not only_mutations(text)
