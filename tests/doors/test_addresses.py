"""That searches are written as addresses in the way that every form is."""

import re
from urllib.parse import parse_qsl, unquote_to_bytes, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corridor.domain.errors import InvalidError
from corridor.fhir import conditions
from corridor.fhir.search import read_search
from corridor.node import asked
from corridor.node.asked import encoded, pairs_of_address
from corridor.node.formats import check_encoding

WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)


@given(st.lists(st.tuples(WORDS, WORDS), max_size=5))
def test_pairs_are_encoded_as_a_form_is(pairs: list[tuple[str, str]]) -> None:
    assert encoded(pairs) == urlencode(pairs)
    assert parse_qsl(encoded(pairs), keep_blank_values=True) == pairs


@given(st.text("ab%&=+;2Fé\x00 ", max_size=20))
def test_an_address_is_read_as_every_form_is(text: str) -> None:
    query = text.encode()
    assert pairs_of_address(query) == parse_qsl(query.decode("latin-1"), keep_blank_values=True)


@given(st.binary(max_size=6) | st.text("ab%0aF1é\x00", max_size=8).map(str.encode))
def test_what_is_no_text_is_refused_however_it_is_escaped(query: bytes) -> None:
    try:
        decoded = unquote_to_bytes(query).decode()
        broken = re.search(rb"%(?![0-9A-Fa-f]{2})", query) is not None or "\0" in decoded
    except UnicodeDecodeError:
        broken = True
    if broken:
        with pytest.raises(InvalidError):
            check_encoding(query)
    else:
        check_encoding(query)


def test_a_long_address_with_one_broken_byte_at_its_end_is_refused_and_not_puzzled_over() -> None:
    with pytest.raises(InvalidError):
        check_encoding(b"a" * 8_000 + b"\xff")


def test_reading_the_address_of_a_search_keeps_nothing_of_who_is_sought() -> None:
    caches = [each for module in (asked, conditions) for each in vars(module).values() if hasattr(each, "cache_info")]

    def kept_after(query: bytes) -> list[int]:
        pairs = pairs_of_address(query)
        read_search("Patient", pairs)
        assert parse_qsl(encoded(pairs)) == pairs
        return [each.cache_info().currsize for each in caches]

    names = kept_after(b"name=a+b&family=c+d&birthdate=1990-01-01&identifier=e%7C1&_id=f&general-practitioner.name=g")
    assert names == kept_after(
        b"name=Mar%C3%ADa+Rojas&family=Rojas+Gil&birthdate=1991-02-03&identifier=urn%3Aoid%3A1%7C4711"
        b"&_id=f2&general-practitioner.name=Gil+Pe%C3%B1a"
    )
