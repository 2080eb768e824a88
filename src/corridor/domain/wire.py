"""What nodes, hub and key holders write to each other, as compact JSON that both sides read from here.

Bytes travel as base64. Whatever is not written here is refused, and nothing is read beyond the limits given here.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, TypeVar

import msgspec
from msgspec import Meta

from corridor.domain.disclosure import Decision
from corridor.domain.errors import MalformedError

ELEMENTS_MAX = 2_000
PERSONS_MAX = 500
LINES_MAX = 1_000
ENVELOPE_BYTES_MAX = 68 * 1024
QUOTA_BYTES_MAX = 16 * 1024

_Alpha2 = Annotated[str, Meta(pattern="^[A-Z]{2}$")]
_Purpose = Annotated[str, Meta(pattern="^[A-Z0-9-]{1,32}$")]
_Handle = Annotated[str, Meta(pattern="^[A-Za-z0-9_-]{22,128}$")]
_Epoch = Annotated[int, Meta(ge=0, le=2**31 - 1)]
_Size = Annotated[int, Meta(ge=0, le=2**53)]
_Bytes16 = Annotated[bytes, Meta(min_length=16, max_length=16)]
_Bytes32 = Annotated[bytes, Meta(min_length=32, max_length=32)]
_Token = tuple[Annotated[int, Meta(ge=0, le=255)], _Bytes16]
_Tokens = Annotated[tuple[_Token, ...], Meta(max_length=400)]
_Flags = Annotated[tuple[int, ...], Meta(min_length=4, max_length=6)]
_Elements = Annotated[tuple[_Bytes32, ...], Meta(min_length=1, max_length=ELEMENTS_MAX)]


class Words(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whatever travels; each kind below is one body."""


class PersonWords(Words, frozen=True):
    """One person to register."""

    handle: _Bytes16
    tokens: _Tokens
    flags: _Flags


class RegisterWords(Words, frozen=True):
    """`POST /register`."""

    epoch: _Epoch
    persons: Annotated[tuple[PersonWords, ...], Meta(max_length=PERSONS_MAX)]


class RemoveWords(Words, frozen=True):
    """`POST /remove`."""

    handles: Annotated[tuple[_Bytes16, ...], Meta(max_length=PERSONS_MAX)]


class LocateWords(Words, frozen=True):
    """`POST /locate`."""

    epoch: _Epoch
    tokens: _Tokens
    flags: _Flags
    envelopes: dict[_Alpha2, Annotated[bytes, Meta(min_length=1, max_length=ENVELOPE_BYTES_MAX)]]
    purpose: _Purpose


class LocatedWords(Words, frozen=True):
    """The answer to `POST /locate`."""

    handles: dict[_Alpha2, _Handle]


class RedeemWords(Words, frozen=True):
    """`POST /redeem`."""

    handle: _Handle


class RedeemedWords(Words, frozen=True):
    """The answer to `POST /redeem`; a decoy has neither candidates nor an envelope."""

    candidates: Annotated[tuple[_Bytes16, ...], Meta(max_length=3)]
    envelope: Annotated[bytes, Meta(max_length=ENVELOPE_BYTES_MAX)]


class LineWords(Words, frozen=True):
    """One line for the coordinator; the reporter is whoever signed."""

    id: Annotated[str, Meta(pattern="^[0-9a-f]{32}$")]
    hour: Annotated[datetime, Meta(tz=True)]
    asker: _Alpha2
    holder: _Alpha2
    purpose: _Purpose
    decision: Decision


class ReportWords(Words, frozen=True):
    """`POST /report`: `since` is the size that the proof starts from."""

    lines: Annotated[tuple[LineWords, ...], Meta(max_length=LINES_MAX)]
    since: _Size
    size: _Size
    note: Annotated[str, Meta(max_length=64 * 1024)]
    proof: Annotated[tuple[_Bytes32, ...], Meta(max_length=128)]


class LogSizeWords(Words, frozen=True):
    """The answer to `GET /log-size`."""

    size: _Size


class DoneWords(Words, frozen=True):
    """The answer where there is nothing to say but that it was done."""


class EvaluateWords(Words, frozen=True):
    """`POST /oprf/evaluate`; a quota is needed beyond what an asker may have evaluated every day."""

    epoch: _Epoch
    blinded: _Elements
    generation: _Epoch = 0
    quota: Annotated[bytes, Meta(max_length=QUOTA_BYTES_MAX)] = b""


class EvaluatedWords(Words, frozen=True):
    """The answer to `POST /oprf/evaluate`."""

    evaluated: _Elements
    proof: Annotated[bytes, Meta(min_length=64, max_length=64)]


Kind = TypeVar("Kind", bound=Words)


def read_words(body: bytes, kind: type[Kind]) -> Kind:
    """A body of one kind.

    Raises:
        MalformedError: anything else, whatever it is.
    """
    try:
        return msgspec.json.decode(body, type=kind)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        raise MalformedError("The body is not what is read here.") from None


def write_words(words: Words, *, fill_bytes: int = 0) -> bytes:
    """A body, followed by blanks up to a multiple of `fill_bytes` where one is given."""
    body = msgspec.json.encode(words)
    return body + b" " * (-len(body) % fill_bytes) if fill_bytes else body
