"""A node signs with the key that is expected of it, in whichever file it lies."""

from __future__ import annotations

from pathlib import Path

import pytest
from cryptography.exceptions import InvalidSignature

from corridor.domain.errors import CorridorError, InvalidError, SignatureError
from corridor.keys.files import KeyUse, create_key, signing_key
from corridor.keys.own_signing import OwnSigning, create_next, own_key
from corridor.keys.public_keys import verifying_key


def public(folder: Path) -> bytes:
    """The public part of the first key."""
    return signing_key(folder / "signing.key").public_key().public_bytes_raw()


def test_a_key_that_is_made_while_a_node_runs_is_found_when_it_is_expected(tmp_path: Path) -> None:
    create_key(tmp_path / "signing.key", KeyUse.SIGNING)
    expected = [public(tmp_path)]
    signing = OwnSigning(tmp_path, lambda: expected[-1])
    verifying_key(expected[0]).verify(signing.sign(b"x"), b"x")
    expected.append(create_next(tmp_path))
    verifying_key(expected[1]).verify(signing.sign(b"x"), b"x")
    with pytest.raises(InvalidSignature):
        verifying_key(expected[0]).verify(signing.sign(b"x"), b"x")
    expected.append(b"z" * 32)
    verifying_key(expected[0]).verify(signing.sign(b"x"), b"x")


def test_of_two_keys_either_may_have_signed_and_no_third(tmp_path: Path) -> None:
    create_key(tmp_path / "signing.key", KeyUse.SIGNING)
    first, second, third = public(tmp_path), create_next(tmp_path), create_next(tmp_path)
    for each in (first, second):
        verifying_key(first + second).verify(own_key(tmp_path, each).sign(b"x"), b"x")
    with pytest.raises(InvalidSignature):
        verifying_key(first + second).verify(own_key(tmp_path, third).sign(b"x"), b"x")


def test_a_key_that_is_not_there_is_not_replaced_by_another(tmp_path: Path) -> None:
    with pytest.raises(CorridorError):
        own_key(tmp_path, None)
    create_key(tmp_path / "signing.key", KeyUse.SIGNING)
    assert own_key(tmp_path, None).public_key().public_bytes_raw() == public(tmp_path)
    with pytest.raises(InvalidError):
        own_key(tmp_path, b"z" * 32)


@pytest.mark.parametrize("raw", [b"", b"x" * 31, b"x" * 33, b"x" * 65])
def test_what_is_no_key_verifies_nothing(raw: bytes) -> None:
    with pytest.raises(SignatureError):
        verifying_key(raw)
