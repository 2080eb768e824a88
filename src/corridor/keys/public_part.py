"""What a ceremony makes known to everyone."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from corridor.domain.country import Country
from corridor.domain.directory import KeyHolder, TokenKey
from corridor.domain.errors import InvalidError
from corridor.domain.identity import dealing
from corridor.domain.identity.group import check_element
from corridor.domain.identity.sharing import PublicDeal
from corridor.keys.files import write_private
from corridor.keys.plan import Plan


@dataclass(frozen=True, slots=True)
class PublicPart:
    """The public part of a key and how it came to be.

    Attributes:
        transcript: 64 hex digits, the same at every party of the ceremony before anybody takes a share.
    """

    key: TokenKey
    transcript: str

    def to_json(self) -> bytes:
        """JSON for the directory; `read_public` reads it."""
        return msgspec.json.format(msgspec.json.encode({"key": self.key, "transcript": self.transcript}), indent=1)


class _Holder(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    country: str
    index: int
    share_key: bytes


class _Key(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    epoch: int
    generation: int
    threshold: int
    group_key: bytes
    holders: tuple[_Holder, ...]


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    key: _Key
    transcript: str


def read_public(content: bytes) -> PublicPart:
    """The public part of a file.

    Raises:
        InvalidError: the bytes are anything else.
    """
    try:
        file = msgspec.json.decode(content, type=_File)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise InvalidError("The public part of the federation's key is malformed.") from None
    holders = tuple(
        KeyHolder(Country(each.country), each.index, check_element(each.share_key)) for each in file.key.holders
    )
    key = TokenKey(file.key.epoch, file.key.generation, file.key.threshold, check_element(file.key.group_key), holders)
    return PublicPart(key, file.transcript)


def public_part(plan: Plan, deals: Mapping[Country, PublicDeal], hashes: Mapping[str, bytes]) -> PublicPart:
    """What comes out of a ceremony's deals.

    Raises:
        InvalidError: new shares would make another key.
    """
    weights, public = plan.weights(), list(deals.values())
    group_key = dealing.group_key(public, weights)
    if plan.renews and group_key != plan.group_key:
        raise InvalidError("The new shares would make another key.")
    holders = tuple(
        KeyHolder(country, index, dealing.public_share(public, index, weights))
        for country, index in sorted(plan.holders.items())
    )
    key = TokenKey(plan.epoch, plan.generation, plan.threshold, group_key, holders)
    said = hashlib.sha256(plan.digest + msgspec.json.encode([*hashes.items()]) + msgspec.json.encode(key))
    return PublicPart(key, said.hexdigest())


def keep_public(folder: Path, part: PublicPart) -> None:
    """Put the public part beside a node's keys: it takes a directory with this key for true from now on.

    Raises:
        InvalidError: another key of this number and generation is there.
        UnavailableError: it cannot be written.
    """
    path = _file(folder, part.key.epoch, part.key.generation)
    if not path.exists():
        write_private(path, part.to_json())
    elif not is_certified(folder, part.key):
        raise InvalidError(f"Another key {part.key.epoch}, generation {part.key.generation}, was made before.")


def is_certified(folder: Path, key: TokenKey) -> bool:
    """Whether a key is the one that came out of a ceremony this node took part in, or was given the public part of."""
    try:
        return read_public(_file(folder, key.epoch, key.generation).read_bytes()).key == key
    except (OSError, InvalidError):
        return False


def _file(folder: Path, epoch: int, generation: int) -> Path:
    return folder / f"public-{epoch}-{generation}.json"


def commitments(deals: Sequence[PublicDeal]) -> dict[str, list[str]]:
    """Every dealer's public commitments, as they are put on record."""
    return {str(each.dealer): [commitment.hex() for commitment in each.commitments] for each in deals}
