"""The text of a health link: written strictly, read as the region really writes it.

Source: SMART Health Links 1.0.0; IHE VHL 1.0.0-comment; INTEROP sections 1.2, 2.3 and 2.4 of the project's reading.
"""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import msgspec

from corridor.domain.errors import InvalidError
from corridor.domain.link import LinkKind
from corridor.domain.secret import Secret

KEY_BYTES = 32
LONGEST_TEXT = 8 * 1024
_SCHEMES = {"shlink": LinkKind.SHL, "vhlink": LinkKind.VHL}
_TEXT = re.compile(r"(?:https?://[^#\s]+#)?(shlink|vhlink):/{1,2}([A-Za-z0-9+/_=%-]+)")
_FLAGS = frozenset("LPU")
_MILLISECONDS = 10**11
"""Numbers from here up are no seconds: that instant lies in the year 5138."""


@dataclass(frozen=True, slots=True)
class LinkPayload:
    """What a link says.

    Attributes:
        url: of the manifest, or of the one file where `U` is among the flags.
        key: 32 bytes.
        flags: letters among L, P and U, in alphabetical order.
        lenient: what had to be read otherwise than the standard writes it, as codes.
    """

    kind: LinkKind
    url: str
    key: Secret
    flags: str = ""
    label: str = ""
    until: datetime | None = None
    lenient: tuple[str, ...] = ()

    @property
    def wants_passcode(self) -> bool:
        """Whether one is asked for."""
        return "P" in self.flags

    @property
    def direct(self) -> bool:
        """Whether the address is that of the file itself."""
        return "U" in self.flags


def write_link(payload: LinkPayload) -> str:
    """The text of a link: scheme, colon, slash, base64url of minified JSON."""
    return f"{payload.kind}ink:/{_encoded(msgspec.json.encode(members(payload)))}"


def members(payload: LinkPayload) -> dict[str, Any]:
    """The JSON members of a payload, those that say nothing left out."""
    written: dict[str, Any] = {"url": payload.url, "key": _encoded(payload.key.value)}
    if payload.until:
        written["exp"] = int(payload.until.timestamp())
    if payload.flags:
        written["flag"] = payload.flags
    if payload.label:
        written["label"] = payload.label
    return written | {"v": 1}


def read_link(text: str) -> LinkPayload:
    """The payload of a link, alone or behind the address of a viewer.

    Taken as well: two slashes, standard base64 with padding, times in milliseconds or as text, flags in any order.

    Raises:
        InvalidError: not a health link, or one without an address or a key.
    """
    found = _TEXT.fullmatch(text.strip()) if len(text) <= LONGEST_TEXT else None
    if found is None:
        raise InvalidError("This is not a health link.")
    encoded = found[2].replace("%3D", "=").replace("%2B", "+").replace("%2F", "/")
    other = re.search(r"[+/=]", encoded) is not None
    slashes = "://" in found[0].rpartition("#")[2]
    lenient = (*(["standard-base64"] if other else []), *(["two-slashes"] if slashes else []))
    try:
        read = msgspec.json.decode(_decoded(encoded))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise InvalidError("This health link is damaged.") from None
    return payload_of(read, _SCHEMES[found[1]], lenient=lenient)


def payload_of(read: object, kind: LinkKind, *, lenient: tuple[str, ...] = ()) -> LinkPayload:
    """The payload of its JSON members; errors as for `read_link`."""
    if not isinstance(read, dict) or not isinstance(read.get("url"), str):
        raise InvalidError("This health link has no address.")
    flags = "".join(sorted(_FLAGS & set(str(read.get("flag", "")))))
    until, loose = _until(read.get("exp"))
    return LinkPayload(
        kind=kind,
        url=read["url"],
        key=_key(read.get("key")),
        flags=flags,
        label=str(read.get("label", ""))[:200],
        until=until,
        lenient=(*lenient, *loose),
    )


def _key(written: object) -> Secret:
    key = _decoded(written) if isinstance(written, str) else b""
    if len(key) != KEY_BYTES:
        raise InvalidError("This health link has no usable key.")
    return Secret(key)


def _until(written: object) -> tuple[datetime | None, tuple[str, ...]]:
    if written is None or written == "":
        return None, ()
    loose: tuple[str, ...] = () if type(written) is int else ("exp-not-a-number",)
    try:
        seconds = float(str(written))
        if seconds >= _MILLISECONDS:
            seconds, loose = seconds / 1000, (*loose, "exp-in-milliseconds")
        return datetime.fromtimestamp(seconds, UTC), loose
    except (ValueError, OverflowError, OSError):
        raise InvalidError("This health link ends at a time that cannot be read.") from None


def _encoded(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def _decoded(encoded: str) -> bytes:
    """Base64 in either alphabet, padded or not.

    Raises:
        InvalidError: neither.
    """
    plain = encoded.replace("-", "+").replace("_", "/").rstrip("=")
    try:
        return base64.b64decode(plain + "=" * (-len(plain) % 4), validate=True)
    except (binascii.Error, ValueError):
        raise InvalidError("This health link is damaged.") from None
