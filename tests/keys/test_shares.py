"""A holder's share lies in a file of its owner and proves every answer."""

import json
from pathlib import Path

import pytest

from corridor.domain.errors import InvalidError
from corridor.domain.identity import dleq, oprf
from corridor.domain.secret import Secret
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
    with pytest.raises(InvalidError):
        write_share(path, Secret(KEY), index=2, epoch=1)
    assert path.read_bytes() == before


def test_a_share_that_others_can_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "share.json"
    write_share(path, Secret(KEY), index=1, epoch=1)
    path.chmod(0o640)
    with pytest.raises(InvalidError, match="read by others"):
        FileShares(path)


GOOD = {"epoch": 1, "index": 1, "share": KEY.hex()}
BAD = [
    b"",
    b"\xff",
    b"[]",
    json.dumps({**GOOD, "share": "zz"}).encode(),
    json.dumps({**GOOD, "share": "00" * 32}).encode(),
    json.dumps({**GOOD, "share": "ff" * 32}).encode(),
    json.dumps({**GOOD, "index": "1"}).encode(),
    json.dumps({**GOOD, "more": 1}).encode(),
]


@pytest.mark.parametrize("content", BAD)
def test_a_malformed_share_file_is_refused_in_our_own_words(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "share.json"
    path.write_bytes(content)
    path.chmod(0o600)
    with pytest.raises(InvalidError):
        FileShares(path)


def test_a_missing_share_file_is_refused_in_our_own_words(tmp_path: Path) -> None:
    with pytest.raises(InvalidError):
        FileShares(tmp_path / "none.json")
    with pytest.raises(InvalidError):
        write_share(tmp_path / "no" / "share.json", Secret(KEY), index=1, epoch=1)
