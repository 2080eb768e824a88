"""How far a scanned code can be trusted; what is not known is said, never hidden."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from corridor.domain.link_text import LinkPayload


class Trust(StrEnum):
    """Who vouches for a code.

    A wrong signature under a known key is no degree of trust: such a code is refused.
    """

    TRUSTED = "trusted"
    UNKNOWN_SIGNER = "unknown-signer"
    CERTIFICATE_OVER = "certificate-over"
    UNSIGNED = "unsigned"


@dataclass(frozen=True, slots=True)
class Scanned:
    """What a code says.

    Attributes:
        payload: the health link in it; None for a card, whose content is in the code itself.
        card: the JSON bytes of a health card's FHIR Bundle, empty for a link.
        issuer: as the signature names it; empty where nothing is signed.
        signed_at: when, as the signer says.
        until: after which the code itself is over.
    """

    payload: LinkPayload | None
    trust: Trust
    card: bytes = b""
    issuer: str = ""
    signed_at: datetime | None = None
    until: datetime | None = None
