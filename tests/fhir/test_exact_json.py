"""Numbers come out of the exact reader and writer as they went in."""

from __future__ import annotations

import copy
import string
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corridor.domain.errors import MalformedError
from corridor.fhir.exact_json import Number, read_exact, write_exact

DIGITS = st.text(string.digits, min_size=1, max_size=30)
WHOLE = DIGITS.map(lambda text: text.lstrip("0") or "0")
NUMBERS = st.builds(
    lambda sign, whole, rest, power: f"{sign}{whole}{rest}{power}",
    st.sampled_from(["", "-"]),
    WHOLE,
    st.one_of(st.just(""), DIGITS.map(lambda text: f".{text}")),
    st.one_of(st.just(""), st.integers(-99, 99).map(lambda power: f"e{power}")),
)


@given(st.lists(NUMBERS, min_size=1))
def test_every_number_is_written_as_it_was_read(numbers: list[str]) -> None:
    raw = f'{{"a":[{",".join(numbers)}]}}'.encode()
    assert write_exact(copy.deepcopy(read_exact(raw))) == raw


@pytest.mark.parametrize("text", ["72.50", "-0", "-0.0", "1E5", "1.10e-3", "12345678901234567890123", "0.1000000000"])
def test_a_number_keeps_its_text_and_compares_by_value(text: str) -> None:
    (number,) = read_exact(f"[{text}]".encode())
    assert isinstance(number, Number)
    assert number == Decimal(text)
    assert write_exact(number) == text.encode()


def test_what_is_no_number_is_kept_too() -> None:
    raw = '{"a":"ñ","b":[true,false,null,7],"c":{}}'.encode()
    assert write_exact(read_exact(raw)) == raw


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{",
        b"[NaN]",
        b"[Infinity]",
        b'{"a":1,"a":2}',
        b"\xff",
        b"\xef\xbb\xbf{}",
        b"[" * 65 + b"]" * 65,
        b"[" * 100_000 + b"]" * 100_000,
        b"[1e99999999999999999999]",
        b'"\\ud800"',
    ],
)
def test_what_is_not_json_is_refused(raw: bytes) -> None:
    with pytest.raises(MalformedError):
        read_exact(raw)


def test_a_foreign_value_is_refused() -> None:
    with pytest.raises(MalformedError):
        write_exact({"a": object()})
