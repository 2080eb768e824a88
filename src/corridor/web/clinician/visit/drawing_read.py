"""A signature as a browser sends it: a small PNG, checked and stripped of everything but the picture."""

from __future__ import annotations

import base64
import binascii
import zlib
from collections.abc import Iterator

from corridor.domain.consent_text import SIGNATURE_BYTES_MAX
from corridor.domain.errors import InvalidError

_START = "data:image/png;base64,"
_MAGIC = b"\x89PNG\r\n\x1a\n"
_KEPT = frozenset({b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND"})
_WIDEST, _HIGHEST = 1600, 800
_LARGEST_RAW = _HIGHEST * (4 * _WIDEST + 1)
_HEADER_BYTES = 13
_BAD = "The signature cannot be read as a picture of up to 30 kB."


def read_drawing(url: str) -> bytes:
    """The PNG of a `data:` URL, of at most 1600 by 800 points, with something drawn on it.

    Raises:
        InvalidError: anything else.

    Source: PNG, third edition, https://www.w3.org/TR/png-3/
    """
    try:
        content = base64.b64decode(url.removeprefix(_START), validate=True) if url.startswith(_START) else b""
    except binascii.Error:
        content = b""
    if not content.startswith(_MAGIC) or len(content) > SIGNATURE_BYTES_MAX:
        raise InvalidError(_BAD, ("signature",))
    chunks = list(_chunks(content[len(_MAGIC) :]))
    _check(chunks)
    return _MAGIC + b"".join(_chunk(name, body) for name, body in chunks if name in _KEPT)


def _chunks(rest: bytes) -> Iterator[tuple[bytes, bytes]]:
    while rest:
        size = int.from_bytes(rest[:4], "big")
        name, body, check = rest[4:8], rest[8 : 8 + size], rest[8 + size : 12 + size]
        if len(body) != size or int.from_bytes(check, "big") != zlib.crc32(name + body):
            raise InvalidError(_BAD, ("signature",))
        yield name, body
        rest = rest[12 + size :]


def _chunk(name: bytes, body: bytes) -> bytes:
    return len(body).to_bytes(4, "big") + name + body + zlib.crc32(name + body).to_bytes(4, "big")


def _check(chunks: list[tuple[bytes, bytes]]) -> None:
    names = [name for name, _ in chunks]
    if names[:1] != [b"IHDR"] or names[-1:] != [b"IEND"] or len(chunks[0][1]) != _HEADER_BYTES:
        raise InvalidError(_BAD, ("signature",))
    header = chunks[0][1]
    width, height = int.from_bytes(header[:4], "big"), int.from_bytes(header[4:8], "big")
    if not (0 < width <= _WIDEST and 0 < height <= _HIGHEST) or not _is_drawn(chunks, height):
        raise InvalidError(_BAD, ("signature",))


def _is_drawn(chunks: list[tuple[bytes, bytes]], height: int) -> bool:
    """Whether the lines differ: an empty canvas has the same bytes in each line."""
    packed = b"".join(body for name, body in chunks if name == b"IDAT")
    try:
        raw = zlib.decompressobj().decompress(packed, _LARGEST_RAW)
    except zlib.error:
        raise InvalidError(_BAD, ("signature",)) from None
    line = len(raw) // height
    # The first byte of a line is its filter, and the first line is often filtered unlike the others.
    return len({raw[at + 1 : at + line] for at in range(line, line * height, max(line, 1))}) > 1
