"""Links are written as the standard has them and read as the region writes them."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corridor.domain.errors import InvalidError
from corridor.domain.link import LinkKind, LinkTerms, check_terms
from corridor.domain.link_text import LinkPayload, read_link, write_link
from corridor.domain.purpose import Purpose
from corridor.domain.secret import Secret

NOW = datetime(2026, 11, 23, tzinfo=UTC)
KEY = base64.urlsafe_b64encode(bytes(32)).decode().rstrip("=")

payloads = st.builds(
    LinkPayload,
    kind=st.sampled_from(LinkKind),
    url=st.text(min_size=1, max_size=80).map(lambda text: "https://pe.example/" + text),
    key=st.binary(min_size=32, max_size=32).map(Secret),
    flags=st.sampled_from(["", "L", "P", "U", "LP", "LU"]),
    label=st.text(max_size=80),
    until=st.none() | st.integers(1, 4_000_000_000).map(lambda seconds: datetime.fromtimestamp(seconds, UTC)),
)


def written(members: Any, *, scheme: str = "shlink:/", standard: bool = False) -> str:
    raw = json.dumps(members).encode()
    encoded = base64.b64encode(raw).decode() if standard else base64.urlsafe_b64encode(raw).decode().rstrip("=")
    return scheme + encoded


@given(payloads)
def test_what_is_written_is_read_back(payload: LinkPayload) -> None:
    assert read_link(write_link(payload)) == payload
    assert read_link(f"https://viewer.example/ver#{write_link(payload)}") == payload


@given(st.text(max_size=300))
def test_any_text_is_a_link_or_is_refused(text: str) -> None:
    for scheme in ("", "shlink:/", "vhlink://"):
        try:
            read_link(scheme + text)
        except InvalidError:
            continue


def test_a_link_is_written_strictly() -> None:
    payload = LinkPayload(LinkKind.VHL, "https://x/l", Secret(bytes(32)), "P", "hoy", NOW)
    scheme, encoded = write_link(payload).split("/")
    assert scheme == "vhlink:"
    members = json.loads(base64.urlsafe_b64decode(encoded + "=="))
    assert members == {
        "url": "https://x/l", "key": KEY, "exp": int(NOW.timestamp()), "flag": "P", "label": "hoy", "v": 1
    }  # fmt: skip
    assert len(members["key"]) == 43


@pytest.mark.parametrize(
    ("exp", "loose"),
    [
        (1_767_225_600, ()),
        ("1767225600", ("exp-not-a-number",)),
        (1_767_225_600_000, ("exp-in-milliseconds",)),
        ("1767225600000", ("exp-not-a-number", "exp-in-milliseconds")),
        (1_767_225_600.5, ("exp-not-a-number",)),
    ],
)
def test_times_are_read_as_issuers_write_them(exp: object, loose: tuple[str, ...]) -> None:
    payload = read_link(written({"url": "https://x", "key": KEY, "exp": exp}))
    assert payload.until is not None
    assert payload.until.replace(microsecond=0) == datetime(2026, 1, 1, tzinfo=UTC)
    assert payload.lenient == loose


def test_standard_base64_and_two_slashes_are_read() -> None:
    members = {"url": "https://x/?a=~~~>>>", "key": base64.b64encode(b"\xff" * 32).decode(), "flag": "UL"}
    payload = read_link(written(members, scheme="shlink://", standard=True))
    assert payload.key.value == b"\xff" * 32
    assert payload.flags == "LU"
    assert payload.direct
    assert set(payload.lenient) == {"standard-base64", "two-slashes"}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "https://x",
        "shlink:/",
        "shlink:/e30",
        "shlink:/####",
        "shlink:/" + "A" * 9000,
        written([]),
        written({"url": 7, "key": KEY}),
        written({"url": "https://x"}),
        written({"url": "https://x", "key": "AAAA"}),
        written({"url": "https://x", "key": [1]}),
        written({"url": "https://x", "key": KEY, "exp": "tomorrow"}),
        written({"url": "https://x", "key": KEY, "exp": 1e300}),
        written({"url": "https://x", "key": KEY, "exp": [1]}),
        "javascript:shlink:/e30",
    ],
)
def test_what_is_no_link_is_refused(text: str) -> None:
    with pytest.raises(InvalidError):
        read_link(text)


def test_a_key_is_never_printed() -> None:
    assert "AAAA" not in repr(read_link(written({"url": "https://x", "key": KEY})))


def terms(**more: Any) -> LinkTerms:
    return LinkTerms(**{"kind": LinkKind.SHL, "until": NOW + timedelta(days=7), **more})


@pytest.mark.parametrize(
    "wrong",
    [
        {"until": NOW},
        {"until": NOW + timedelta(days=91)},
        {"label": "x" * 81},
        {"label": "a\nb"},
        {"passcode": Secret(b"12345")},
        {"passcode": Secret(b"-- -- -- --")},
        {"passcode": Secret(b"1" * 65)},
        {"purposes": ()},
        {"purposes": (Purpose.PUBHLTH,)},
        {"purposes": (Purpose.BTG,)},
    ],
)
def test_terms_that_no_link_may_have_are_refused(wrong: dict[str, Any]) -> None:
    check_terms(terms(), now=NOW)
    with pytest.raises(InvalidError):
        check_terms(terms(**wrong), now=NOW)
