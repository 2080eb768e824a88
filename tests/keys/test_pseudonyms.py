import re
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corridor.domain.country import Country
from corridor.domain.errors import ConflictError, InvalidError, UnavailableError
from corridor.keys.files import KeyUse, create_key, ensure_key, read_key, sealing_key, signing_key
from corridor.keys.pseudonyms import FilePseudonyms

PE, VE = Country("PE"), Country("VE")


@pytest.fixture(scope="module")
def pseudonyms(tmp_path_factory: pytest.TempPathFactory) -> FilePseudonyms:
    path = tmp_path_factory.mktemp("keys") / "pseudonym"
    create_key(path, KeyUse.PSEUDONYM, bytes(32))
    return FilePseudonyms(path)


def test_a_pseudonym_is_always_the_same_and_a_valid_id(pseudonyms: FilePseudonyms) -> None:
    first = pseudonyms.pseudonym(PE, "Patient/1")
    assert first == pseudonyms.pseudonym(PE, "Patient/1")
    assert re.fullmatch(r"[0-9a-f]{32}", first)


@given(st.text(), st.text())
def test_names_and_countries_share_no_pseudonym(pseudonyms: FilePseudonyms, one: str, other: str) -> None:
    assert (pseudonyms.pseudonym(PE, one) == pseudonyms.pseudonym(PE, other)) is (one == other)
    assert pseudonyms.pseudonym(PE, one) != pseudonyms.pseudonym(VE, one)


def test_another_node_gives_other_pseudonyms(pseudonyms: FilePseudonyms, tmp_path: Path) -> None:
    create_key(tmp_path / "key", KeyUse.PSEUDONYM)
    assert FilePseudonyms(tmp_path / "key").pseudonym(PE, "Patient/1") != pseudonyms.pseudonym(PE, "Patient/1")


def test_a_key_file_is_its_owners_alone(tmp_path: Path) -> None:
    path = tmp_path / "key"
    secret = create_key(path, KeyUse.LOG)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert len(secret.value) == 32
    assert read_key(path, KeyUse.LOG) == secret


def test_a_key_file_is_never_overwritten(tmp_path: Path) -> None:
    secret = create_key(tmp_path / "key", KeyUse.LOG)
    with pytest.raises(ConflictError):
        create_key(tmp_path / "key", KeyUse.LOG)
    assert ensure_key(tmp_path / "key", KeyUse.LOG) == secret


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o610, 0o660, 0o777])
def test_a_key_that_others_can_reach_is_refused(tmp_path: Path, mode: int) -> None:
    create_key(tmp_path / "key", KeyUse.LOG)
    (tmp_path / "key").chmod(mode)
    with pytest.raises(InvalidError):
        read_key(tmp_path / "key", KeyUse.LOG)


def test_a_key_is_not_read_for_another_use(tmp_path: Path) -> None:
    create_key(tmp_path / "key", KeyUse.LOG)
    with pytest.raises(InvalidError):
        signing_key(tmp_path / "key")
    with pytest.raises(InvalidError):
        sealing_key(tmp_path / "key")


def test_signing_and_sealing_keys_are_read_as_such(tmp_path: Path) -> None:
    create_key(tmp_path / "signing", KeyUse.SIGNING, bytes([1]) * 32)
    create_key(tmp_path / "sealing", KeyUse.SEALING, bytes([2]) * 32)
    assert signing_key(tmp_path / "signing").private_bytes_raw() == bytes([1]) * 32
    assert sealing_key(tmp_path / "sealing").private_bytes_raw() == bytes([2]) * 32


def test_a_key_of_another_length_is_no_signing_key(tmp_path: Path) -> None:
    create_key(tmp_path / "key", KeyUse.SIGNING, b"short")
    with pytest.raises(InvalidError):
        signing_key(tmp_path / "key")


@pytest.mark.parametrize("content", [b"", b"corridor-key-1 log", b"corridor-key-1 log !", b"x log AAAA", b"\xff\xff"])
def test_a_file_that_holds_no_key_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "key"
    path.write_bytes(content)
    path.chmod(0o600)
    with pytest.raises(InvalidError):
        read_key(path, KeyUse.LOG)


def test_a_file_that_is_not_there_is_said_to_be_away(tmp_path: Path) -> None:
    with pytest.raises(UnavailableError) as caught:
        read_key(tmp_path / "away", KeyUse.LOG)
    assert str(tmp_path) not in caught.value.message
    with pytest.raises(UnavailableError):
        create_key(tmp_path / "no" / "folder", KeyUse.LOG)


def test_the_secret_has_no_readable_form(tmp_path: Path) -> None:
    assert "…" in repr(create_key(tmp_path / "key", KeyUse.LOG))
