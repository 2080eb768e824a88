"""Stored bytes, compressed one by one with a dictionary that was trained on real resources.

Every compressed body names its dictionary, so rows of different releases lie side by side.
"""

from __future__ import annotations

from importlib.resources import files

import zstandard

from corridor.domain.errors import UnavailableError

LEVEL = 3
NEWEST = 1
"""Number of the dictionary that is written with; every older one stays in the package to be read with."""


def _dictionary(number: int) -> zstandard.ZstdCompressionDict:
    content = files("corridor.storage.node").joinpath(f"bodies-{number}.dictionary").read_bytes()
    return zstandard.ZstdCompressionDict(content)


_DICTIONARIES = {number: _dictionary(number) for number in range(1, NEWEST + 1)}
_DICTIONARIES[NEWEST].precompute_compress(level=LEVEL)
_PACKER = zstandard.ZstdCompressor(level=LEVEL, dict_data=_DICTIONARIES[NEWEST], write_checksum=True)
_UNPACKERS = {number: zstandard.ZstdDecompressor(dict_data=each) for number, each in _DICTIONARIES.items()}


def pack(body: bytes) -> bytes:
    """The body as it is stored."""
    return _PACKER.compress(body)


def unpack(packed: bytes) -> bytes:
    """The body as it was, byte for byte.

    Raises:
        UnavailableError: the row is damaged, or was written by a later release.
    """
    try:
        number = zstandard.get_frame_parameters(packed).dict_id
        return _UNPACKERS[number].decompress(packed)
    except (zstandard.ZstdError, KeyError):
        raise UnavailableError("A stored record cannot be read.") from None
