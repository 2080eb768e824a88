from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corridor.domain.country import country
from corridor.domain.errors import InvalidError


@given(st.from_regex(r"[A-Z]{2}", fullmatch=True))
def test_two_capital_letters_are_a_country(code: str) -> None:
    assert country(code) == code


@pytest.mark.parametrize(
    "code", ["", "P", "pe", "Pe", "PER", "PE ", " PE", "PE\n", "P1", "ÑE", "\N{FULLWIDTH LATIN CAPITAL LETTER P}E"]
)
def test_anything_else_is_none(code: str) -> None:
    with pytest.raises(InvalidError):
        country(code)


@given(st.text(max_size=4).filter(lambda code: not re.fullmatch("[A-Z]{2}", code)))
def test_whatever_else_is_written_is_refused_with_one_error(code: str) -> None:
    with pytest.raises(InvalidError):
        country(code)
