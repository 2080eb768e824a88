from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from corridor.domain.secret import Secret


@given(st.binary(min_size=4, max_size=64))
def test_no_text_form_of_a_secret_tells_anything_of_it(value: bytes) -> None:
    secret = Secret(value)
    forms = {str(secret), repr(secret), f"{secret}", f"{secret!r}", f"{[secret]}", f"{ ({'key': secret}) }"}
    assert forms == {"…", "Secret(…)", "[Secret(…)]", "{'key': Secret(…)}"}
    assert secret.value == value


def test_an_error_that_carries_a_secret_does_not_show_it() -> None:
    assert "hunter" not in str(ValueError(Secret(b"hunter2-is-the-key")))


def test_secrets_compare_by_what_they_hold() -> None:
    assert Secret(b"same") == Secret(b"same")
    assert Secret(b"same") != Secret(b"other")
