"""An envelope opens for one country, for one purpose, unaltered, and its size tells nothing."""

from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from corridor.domain.country import Country
from corridor.domain.errors import InvalidError, UnavailableError
from corridor.domain.identity.demographics import Demographics
from corridor.keys.envelopes import (
    BUCKET_BYTES,
    CONTENT_BYTES_MAX,
    OVERHEAD_BYTES,
    FileEnvelopes,
    padded,
    seal,
    unpadded,
    unseal,
)
from corridor.keys.files import KeyUse, create_key

VE, PE = Country("VE"), Country("PE")
SOMEONE = Demographics(("Ana",), ("Pérez",), (1990, 2, None))
KEY = X25519PrivateKey.generate()
PUBLIC = KEY.public_key().public_bytes_raw()


def two_nodes(tmp_path: Path) -> tuple[FileEnvelopes, FileEnvelopes]:
    keys: dict[Country, bytes] = {}
    for country in (VE, PE):
        create_key(tmp_path / country, KeyUse.SEALING)
    caracas, lima = (
        FileEnvelopes(tmp_path / country, country=country, sealing_key_of=keys.get) for country in (VE, PE)
    )
    keys |= {VE: caracas.public_key, PE: lima.public_key}
    return caracas, lima


def test_the_country_it_is_sealed_for_reads_the_description(tmp_path: Path) -> None:
    caracas, lima = two_nodes(tmp_path)
    envelope = lima.seal(VE, SOMEONE, purpose="TREAT")
    assert caracas.open(envelope, purpose="TREAT") == SOMEONE


def test_nobody_else_and_no_other_purpose_opens_it(tmp_path: Path) -> None:
    caracas, lima = two_nodes(tmp_path)
    envelope = lima.seal(VE, SOMEONE, purpose="TREAT")
    with pytest.raises(InvalidError):
        lima.open(envelope, purpose="TREAT")
    with pytest.raises(InvalidError):
        caracas.open(envelope, purpose="ETREAT")
    with pytest.raises(InvalidError):
        caracas.open(seal(caracas.public_key, b"no person", b"VE\0TREAT"), purpose="TREAT")


def test_a_country_that_takes_no_part_is_not_found(tmp_path: Path) -> None:
    _, lima = two_nodes(tmp_path)
    with pytest.raises(UnavailableError):
        lima.seal(Country("BR"), SOMEONE, purpose="TREAT")


@given(content=st.binary(max_size=BUCKET_BYTES - 4), context=st.binary(max_size=40))
@settings(max_examples=30, deadline=None)
def test_what_was_sealed_comes_back_and_every_envelope_has_one_size(content: bytes, context: bytes) -> None:
    envelope = seal(PUBLIC, content, context)
    assert len(envelope) == BUCKET_BYTES + OVERHEAD_BYTES
    assert unseal(KEY, envelope, context) == content
    assert seal(PUBLIC, content, context) != envelope


@given(place=st.integers(0, BUCKET_BYTES + OVERHEAD_BYTES - 1), bit=st.integers(0, 7))
@settings(max_examples=50, deadline=None)
def test_an_altered_envelope_does_not_open(place: int, bit: int) -> None:
    envelope = bytearray(seal(PUBLIC, b"content", b"context"))
    envelope[place] ^= 1 << bit
    with pytest.raises(InvalidError):
        unseal(KEY, bytes(envelope), b"context")


@pytest.mark.parametrize("envelope", [b"", b"short", bytes(48), bytes(5000)])
def test_garbage_does_not_open(envelope: bytes) -> None:
    with pytest.raises(InvalidError):
        unseal(KEY, envelope, b"")


@pytest.mark.parametrize("framed", [b"", bytes(3), bytes(BUCKET_BYTES)[:-1], b"\xff" * BUCKET_BYTES])
def test_padding_that_cannot_be_is_refused(framed: bytes) -> None:
    with pytest.raises(InvalidError):
        unpadded(framed or b"\0\0\0\1")


def test_content_beyond_all_buckets_is_refused() -> None:
    assert unpadded(padded(b"x" * CONTENT_BYTES_MAX)) == b"x" * CONTENT_BYTES_MAX
    with pytest.raises(InvalidError):
        padded(bytes(CONTENT_BYTES_MAX + 1))


@pytest.mark.parametrize("key", [b"", bytes(31), bytes(33), bytes(32)])
def test_a_malformed_public_key_is_refused(key: bytes) -> None:
    with pytest.raises(InvalidError):
        seal(key, b"content", b"")


def test_a_key_file_that_is_missing_or_of_another_use_is_refused(tmp_path: Path) -> None:
    create_key(tmp_path / "signing.key", KeyUse.SIGNING)
    with pytest.raises(InvalidError):
        FileEnvelopes(tmp_path / "signing.key", country=VE, sealing_key_of={}.get)
    with pytest.raises(UnavailableError):
        FileEnvelopes(tmp_path / "none.key", country=VE, sealing_key_of={}.get)
