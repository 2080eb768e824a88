"""That searches are written as addresses in the way that every form is."""

from urllib.parse import parse_qsl, urlencode

from hypothesis import given
from hypothesis import strategies as st

from corridor.node.asked import encoded

WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)


@given(st.lists(st.tuples(WORDS, WORDS), max_size=5))
def test_pairs_are_encoded_as_a_form_is(pairs: list[tuple[str, str]]) -> None:
    assert encoded(pairs) == urlencode(pairs)
    assert parse_qsl(encoded(pairs), keep_blank_values=True) == pairs
