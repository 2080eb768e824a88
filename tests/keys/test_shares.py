"""A holder's share lies in a file of its owner and proves every answer."""

import base64
import json
from pathlib import Path

import pytest

from corridor.domain.errors import ConflictError, InvalidError, UnavailableError
from corridor.domain.identity import dleq, oprf
from corridor.domain.secret import Secret
from corridor.keys.files import KeyUse, create_key
from corridor.keys.shares import FileShare, FolderShares, share_file, write_share

KEY = oprf.derive_key(bytes(32), b"share")


def test_a_written_share_answers_and_proves(tmp_path: Path) -> None:
    path = tmp_path / "share.json"
    write_share(path, Secret(KEY), index=4, epoch=7)
    shares = FileShare(path)
    asked = [oprf.blind(b"a").element, oprf.blind(b"b").element]
    answered, proof = shares.evaluate(asked)
    dleq.verify(oprf.public_key(KEY), asked, answered, proof=proof)
    assert shares.answer(asked) == answered
    assert (shares.index, shares.epoch, shares.generation) == (4, 7, 0)
    assert path.stat().st_mode & 0o777 == 0o600
    assert KEY.hex() not in repr(vars(shares))


def test_a_share_is_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "share.json"
    write_share(path, Secret(KEY), index=1, epoch=1)
    before = path.read_bytes()
    with pytest.raises(ConflictError):
        write_share(path, Secret(KEY), index=2, epoch=1)
    assert path.read_bytes() == before


def test_a_share_that_others_can_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "share.json"
    write_share(path, Secret(KEY), index=1, epoch=1)
    path.chmod(0o640)
    with pytest.raises(InvalidError, match="owner alone"):
        FileShare(path)


BAD = [
    b"no json",
    b"\xff",
    b"[]",
    json.dumps([1, 1, "zz"]).encode(),
    json.dumps([1, 1, base64.b64encode(bytes(32)).decode()]).encode(),
    json.dumps([1, 1, base64.b64encode(b"\xff" * 32).decode()]).encode(),
    json.dumps([1, 1, base64.b64encode(KEY[:31]).decode()]).encode(),
    json.dumps([1, "1", base64.b64encode(KEY).decode()]).encode(),
    json.dumps([1, 1, base64.b64encode(KEY).decode(), "1"]).encode(),
    json.dumps([1, 1, base64.b64encode(KEY).decode(), 1, 1]).encode(),
]


@pytest.mark.parametrize("content", BAD)
def test_a_malformed_share_file_is_refused_in_our_own_words(tmp_path: Path, content: bytes) -> None:
    create_key(tmp_path / "share", KeyUse.SHARE, content)
    with pytest.raises(InvalidError):
        FileShare(tmp_path / "share")


def test_a_key_of_another_use_is_no_share(tmp_path: Path) -> None:
    create_key(tmp_path / "sealing", KeyUse.SEALING)
    with pytest.raises(InvalidError):
        FileShare(tmp_path / "sealing")


def test_a_missing_share_file_is_told_in_our_own_words(tmp_path: Path) -> None:
    with pytest.raises(UnavailableError):
        FileShare(tmp_path / "none.json")
    with pytest.raises(UnavailableError):
        write_share(tmp_path / "no" / "share.json", Secret(KEY), index=1, epoch=1)


def test_a_share_that_comes_later_is_found_and_one_that_nobody_needs_is_deleted(tmp_path: Path) -> None:
    shares = FolderShares(tmp_path)
    assert shares.of(1, 0) is None
    for generation in range(3):
        path = share_file(tmp_path, 1, generation)
        write_share(path, Secret(KEY), index=2, epoch=1, generation=generation)
    write_share(share_file(tmp_path, 2, 0), Secret(KEY), index=2, epoch=2)
    assert [shares.of(1, generation) is not None for generation in range(4)] == [True, True, True, False]
    assert shares.retire(1, 2) == 2
    assert sorted(path.name for path in tmp_path.iterdir()) == ["share-1-2.json", "share-2-0.json"]
    assert shares.of(1, 0) is None


def test_a_folder_with_a_share_that_others_can_read_is_refused(tmp_path: Path) -> None:
    write_share(share_file(tmp_path, 1, 0), Secret(KEY), index=1, epoch=1)
    share_file(tmp_path, 1, 0).chmod(0o644)
    with pytest.raises(InvalidError, match="owner alone"):
        FolderShares(tmp_path)
