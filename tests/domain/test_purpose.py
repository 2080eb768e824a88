from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corridor.domain.errors import ForbiddenError
from corridor.domain.purpose import EXCHANGE, FORBIDDEN, LOCAL_SYSTEM, SYSTEM, Purpose, purpose, system


@pytest.mark.parametrize("code", list(Purpose))
def test_a_known_code_is_a_purpose(code: str) -> None:
    assert purpose(code) == code


@pytest.mark.parametrize("code", sorted(FORBIDDEN))
def test_what_is_forbidden_is_never_a_purpose(code: str) -> None:
    with pytest.raises(ForbiddenError):
        purpose(code)


@given(st.text(max_size=20).filter(lambda code: code not in set(Purpose)))
def test_anything_else_is_refused_without_being_repeated(code: str) -> None:
    with pytest.raises(ForbiddenError) as refused:
        purpose(code)
    assert refused.value.message == "The purpose of use is not one that this federation permits."


def test_a_history_crosses_a_border_for_treatment_alone() -> None:
    assert set(EXCHANGE) == {Purpose.TREAT, Purpose.ETREAT}
    assert not FORBIDDEN & set(Purpose)


@pytest.mark.parametrize(
    ("code", "expected"),
    [("TREAT", SYSTEM), ("HLEGAL", SYSTEM), ("IMMIG", LOCAL_SYSTEM), ("LAWENFORCE", LOCAL_SYSTEM)],
)
def test_what_hl7_has_no_code_for_is_of_our_own_system(code: str, expected: str) -> None:
    assert system(code) == expected
