"""A request and its response as they are signed: whole, in memory, and independent of any web framework."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from corridor.domain.errors import SignatureError

SIGNED_WHEN_PRESENT = ("traceparent", "x-request-deadline", "x-clinician")
"""Headers that a signature must cover wherever the request carries them."""

_SINGLE = frozenset({"signature", "signature-input", "content-digest", *SIGNED_WHEN_PRESENT})


@dataclass(frozen=True, slots=True)
class SignedRequest:
    """One request between nodes.

    Attributes:
        method: upper case.
        url: the public URL as the receiver is configured, with path and query exactly as sent.
        headers: names in lower case.
    """

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class SignedResponse:
    """One response between nodes; header names are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Verified:
    """Who signed a request, with the number that may be used once.

    Attributes:
        expires_at: when the signature ends.
        keep_until: the nonce must be remembered until then, clock skew included.
    """

    keyid: str
    nonce: str
    expires_at: datetime
    keep_until: datetime


def header_fields(pairs: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    """Headers by lower-case name, from raw pairs in wire order; repeated lists are joined by a comma.

    Raises:
        SignatureError: a header that signatures depend on came twice.
    """
    fields: dict[str, str] = {}
    for raw_name, raw_value in pairs:
        name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1")
        if name not in fields:
            fields[name] = value
        elif name in _SINGLE:
            raise SignatureError(reason="duplicate-header")
        else:
            fields[name] = f"{fields[name]}, {value}"
    return fields
