"""Stored bytes, compressed one by one with a dictionary that was trained on real resources.

Every compressed body names its dictionary, so rows of different releases lie side by side.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from importlib.resources import files

import zstandard

from corridor.domain.errors import UnavailableError
from corridor.storage.seals import CLEAR, Seals

LEVEL = 3
NEWEST = 1
"""Number of the dictionary that is written with; every older one stays in the package to be read with."""


def _dictionary(number: int) -> zstandard.ZstdCompressionDict:
    content = files("corridor.storage.node").joinpath(f"bodies-{number}.dictionary").read_bytes()
    return zstandard.ZstdCompressionDict(content)


_DICTIONARIES = {number: _dictionary(number) for number in range(1, NEWEST + 1)}
_DICTIONARIES[NEWEST].precompute_compress(level=LEVEL)
_PACKER = zstandard.ZstdCompressor(level=LEVEL, dict_data=_DICTIONARIES[NEWEST], write_checksum=True)
_PACKER_TO_SEAL = zstandard.ZstdCompressor(level=LEVEL, dict_data=_DICTIONARIES[NEWEST])
"""A seal tells better than a checksum whether anything was damaged."""


def _unpackers() -> dict[int, zstandard.ZstdDecompressor]:
    return {number: zstandard.ZstdDecompressor(dict_data=each) for number, each in _DICTIONARIES.items()}


_UNPACKERS = _unpackers()


def pack(body: bytes, seals: Seals = CLEAR, person: str | None = None) -> bytes:
    """The body as it is stored: packed, then sealed under the person's key."""
    packer = _PACKER_TO_SEAL if seals.closed else _PACKER
    return seals.seal(packer.compress(body), person)


def unpack(packed: bytes, seals: Seals = CLEAR) -> bytes:
    """The body as it was, byte for byte.

    Raises:
        UnavailableError: the row is damaged, or was written by a later release.
        GoneError: the person was erased.
    """
    return _unpacked(_UNPACKERS, seals.open(packed))


def unpack_all(packed: Sequence[bytes], seals: Seals) -> list[bytes]:
    """As `unpack`, for many at once.

    Raises: as `unpack`.
    """
    decompress = _UNPACKERS[NEWEST].decompress
    opened = seals.open_all(packed)
    try:
        return [decompress(each) for each in opened]
    except zstandard.ZstdError:  # one is of an older release, or no body at all
        return [_unpacked(_UNPACKERS, each) for each in opened]


def unpacker(seals: Seals) -> Callable[[bytes], bytes]:
    """An `unpack` for another thread: what decompresses serves one thread at a time."""
    unpackers = _unpackers()
    return lambda packed: _unpacked(unpackers, seals.open(packed))


def _unpacked(unpackers: Mapping[int, zstandard.ZstdDecompressor], packed: bytes) -> bytes:
    try:
        body: bytes = unpackers[NEWEST].decompress(packed)
    except zstandard.ZstdError:  # of an older release, or no body at all
        return _of_its_own(unpackers, packed)
    return body


def _of_its_own(unpackers: Mapping[int, zstandard.ZstdDecompressor], packed: bytes) -> bytes:
    try:
        number = zstandard.get_frame_parameters(packed).dict_id
        body: bytes = unpackers[number].decompress(packed)
    except (zstandard.ZstdError, KeyError):
        raise UnavailableError("A stored record cannot be read.") from None
    return body
