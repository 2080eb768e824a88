from __future__ import annotations

import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corridor.domain.errors import CorridorError, InvalidError, MalformedError, TooLargeError, UnsupportedError
from corridor.fhir.parse import MAX_DEPTH, parse, parse_object
from corridor.fhir.submission import read_submission


def nested(depth: int) -> bytes:
    return b'{"resourceType":"Patient","x":' + b"[" * depth + b"]" * depth + b"}"


BAD = [
    (b"", MalformedError),
    (b"{", MalformedError),
    (b"<Patient/>", MalformedError),
    (b"\xef\xbb\xbf{}", MalformedError),
    (b'{"resourceType":"Patient","id":"\xff"}', MalformedError),
    (b'{"resourceType":"Patient","active":NaN}', MalformedError),
    (b'{"resourceType":"Patient","x":1e400}', MalformedError),
    (b'{"resourceType":"Patient","x":' + b"9" * 5000 + b"}", MalformedError),
    (b'{"resourceType":"Patient","x":01}', MalformedError),
    (b'{"resourceType":"Patient","x":"\\ud800"}', MalformedError),
    (b'{"resourceType":"Patient","id":"a","id":"b"}', MalformedError),
    (b'{"resourceType":"Patient","name":[{"text":"a","\\u0074ext":"b"}]}', MalformedError),
    (nested(MAX_DEPTH), MalformedError),
    (b"[" * 100_000 + b"]" * 100_000, MalformedError),
    (b"[]", InvalidError),
    (b"null", InvalidError),
    (b'"Patient"', InvalidError),
    (b"{}", InvalidError),
    (b'{"resourceType":7}', InvalidError),
    (b'{"resourceType":"Patient","id":"a\\u0000b"}', InvalidError),
    (b'{"resourceType":"Patient","id":"a\\bb"}', InvalidError),
    (b'{"resourceType":"Patiente"}', UnsupportedError),
    (b'{"resourceType":"patient"}', UnsupportedError),
]


@pytest.mark.parametrize(("raw", "error"), BAD, ids=range(len(BAD)))
def test_what_cannot_be_kept_is_refused(raw: bytes, error: type[CorridorError]) -> None:
    with pytest.raises(error):
        parse(raw)


def test_what_looks_like_a_control_character_but_is_none_is_kept() -> None:
    assert parse(b'{"resourceType":"Patient","id":"a\\\\u0000b"}')["id"] == "a\\u0000b"
    assert parse(b'{"resourceType":"Patient","id":"a\\n\\t\\u00e9"}')["id"] == "a\n\té"


def test_depth_is_allowed_up_to_the_limit() -> None:
    assert parse(nested(MAX_DEPTH - 1))["resourceType"] == "Patient"


def test_a_body_larger_than_the_caller_reads_is_refused_unread() -> None:
    with pytest.raises(TooLargeError):
        parse(b"not json at all", max_bytes=10)


@given(st.binary(max_size=200))
def test_any_bytes_give_an_object_or_an_error_of_ours(raw: bytes) -> None:
    with suppress(CorridorError):
        assert isinstance(parse_object(raw), dict)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(st.characters(codec="utf-8", min_codepoint=32)),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("abcé", max_size=3), inner, max_size=3),
    max_leaves=20,
)


@given(st.dictionaries(st.text("abc", max_size=4), JSON, max_size=5), st.sampled_from([None, 2]))
def test_json_is_read_whatever_its_spacing(content: dict[str, object], indent: int | None) -> None:
    assert parse_object(json.dumps(content, indent=indent).encode()) == content


@pytest.mark.parametrize("depth", [70, 5_000, 200_000])
def test_a_deeply_nested_bundle_is_refused(depth: int) -> None:
    deep = b'{"a":' * depth + b"1" + b"}" * depth
    for raw in (
        b'{"resourceType":"Bundle","type":"batch","entry":[{"resource":' + deep + b"}]}",
        b'{"resourceType":"Bundle","type":"batch","entry":[],"x":' + deep + b"}",
    ):
        with pytest.raises((MalformedError, InvalidError)):
            read_submission(raw)
