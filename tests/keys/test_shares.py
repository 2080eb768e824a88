"""A holder's share lies in a file of its owner and proves every answer."""

import base64
import json
from pathlib import Path

import pytest

from corridor.domain.errors import ConflictError, InvalidError, UnavailableError
from corridor.domain.identity import dleq, oprf
from corridor.domain.secret import Secret
from corridor.keys.files import KeyUse, create_key
from corridor.keys.shares import FileShares, write_share

KEY = oprf.derive_key(bytes(32), b"share")


def test_a_written_share_answers_and_proves(tmp_path: Path) -> None:
    path = tmp_path / "share.json"
    write_share(path, Secret(KEY), index=4, epoch=7)
    shares = FileShares(path)
    asked = [oprf.blind(b"a").element, oprf.blind(b"b").element]
    answered, proof = shares.evaluate(asked)
    dleq.verify(oprf.public_key(KEY), asked, answered, proof=proof)
    assert (shares.index, shares.epoch) == (4, 7)
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
        FileShares(path)


BAD = [
    b"no json",
    b"\xff",
    b"[]",
    json.dumps([1, 1, "zz"]).encode(),
    json.dumps([1, 1, base64.b64encode(bytes(32)).decode()]).encode(),
    json.dumps([1, 1, base64.b64encode(b"\xff" * 32).decode()]).encode(),
    json.dumps([1, 1, base64.b64encode(KEY[:31]).decode()]).encode(),
    json.dumps([1, "1", base64.b64encode(KEY).decode()]).encode(),
    json.dumps([1, 1, base64.b64encode(KEY).decode(), 1]).encode(),
]


@pytest.mark.parametrize("content", BAD)
def test_a_malformed_share_file_is_refused_in_our_own_words(tmp_path: Path, content: bytes) -> None:
    create_key(tmp_path / "share", KeyUse.SHARE, content)
    with pytest.raises(InvalidError):
        FileShares(tmp_path / "share")


def test_a_key_of_another_use_is_no_share(tmp_path: Path) -> None:
    create_key(tmp_path / "sealing", KeyUse.SEALING)
    with pytest.raises(InvalidError):
        FileShares(tmp_path / "sealing")


def test_a_missing_share_file_is_told_in_our_own_words(tmp_path: Path) -> None:
    with pytest.raises(UnavailableError):
        FileShares(tmp_path / "none.json")
    with pytest.raises(UnavailableError):
        write_share(tmp_path / "no" / "share.json", Secret(KEY), index=1, epoch=1)
