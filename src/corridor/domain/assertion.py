"""What a system signed: who it is, for which purposes it asks, and that it holds a key."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Assertion:
    """A client assertion whose signature was verified; nothing else of it was judged yet.

    Attributes:
        issuer: `iss`.
        subject: `sub`.
        audiences: `aud`.
        id: `jti`.
        until: `exp`.
        issued_at: `iat`, None where it is not said.
        not_before: `nbf`, None where it is not said.
        person: whom its `ihe_iua` extension says it is about, as it says it; empty where it does not.
        purposes: codes that its `hl7-b2b` or `ihe_iua` extension claims, as they were claimed.
    """

    issuer: str
    subject: str
    audiences: tuple[str, ...]
    id: str
    until: datetime
    issued_at: datetime | None
    not_before: datetime | None
    purposes: tuple[str, ...]
    person: str = ""


@dataclass(frozen=True, slots=True)
class Possession:
    """A proof of possession whose signature was verified by the key inside it (RFC 9449).

    Attributes:
        thumbprint: of that key (RFC 7638), `jkt`.
        method: `htm`.
        address: `htu`.
        token_digest: `ath`, empty where it is not said.
        id: `jti`.
        issued_at: `iat`.
        nonce: that this node gave out, empty where it is not said.
    """

    thumbprint: str
    method: str
    address: str
    token_digest: str
    id: str
    issued_at: datetime
    nonce: str = ""
