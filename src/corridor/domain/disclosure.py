"""What a node tells the coordinator of an exchange: hour, pair of countries, purpose, decision, and nothing else."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import msgspec

from corridor.domain.country import Country
from corridor.domain.errors import InvalidError


class Decision(StrEnum):
    """How an exchange ended, as the reporting side knows it."""

    ASKED = "asked"
    DISCLOSED = "disclosed"
    REFUSED = "refused"
    NOTHING = "nothing"
    SILENT = "silent"
    FORBIDDEN = "forbidden"
    """Somebody named a purpose that the federation never permits; at home, asker and holder are the same country."""
    PAUSED = "paused"
    """Somebody at home tried one name after the other and may ask nothing until a person looked at it."""


@dataclass(frozen=True, slots=True)
class Disclosure:
    """One line of the coordinator's view.

    Attributes:
        id: 32 random hex digits, so that a repeated push counts once.
        hour: aware UTC, cut to the hour.
        reporter: the country that says so; asker or holder.
        purpose: PurposeOfUse code.
    """

    id: str
    hour: datetime
    reporter: Country
    asker: Country
    holder: Country
    purpose: str
    decision: Decision

    def to_json(self) -> bytes:
        """Compact JSON; `disclosure_of` reads it back to an equal value."""
        return msgspec.json.encode(self)


def disclosure_of(content: bytes) -> Disclosure:
    """The disclosure that `to_json` wrote.

    Raises:
        InvalidError: the bytes are anything else.
    """
    try:
        return msgspec.json.decode(content, type=Disclosure)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise InvalidError("A report of an exchange is malformed.") from None


def line(
    route: tuple[Country, Country], *, reporter: Country, purpose: str, decision: Decision, at: datetime
) -> Disclosure:
    """A new line for one exchange of a route (asker, holder); the instant is cut to its hour."""
    asker, holder = route
    hour = at.replace(minute=0, second=0, microsecond=0)
    return Disclosure(secrets.token_hex(16), hour, reporter, asker, holder, purpose, decision)


@dataclass(frozen=True, slots=True)
class LogState:
    """How far a country's log has grown, with the proof that it only grew.

    Attributes:
        since: number of leaves that the proof starts from: what the hub last saw.
        size: number of leaves.
        note: signed checkpoint (C2SP signed-note text).
        proof: RFC 6962 consistency proof between the two.
    """

    since: int
    size: int
    note: str
    proof: tuple[bytes, ...]
