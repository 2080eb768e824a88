"""Health links: what a person takes along so that another clinic can open their summary, and for how long."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from corridor.domain.errors import InvalidError
from corridor.domain.purpose import EXCHANGE, Purpose
from corridor.domain.secret import Secret

LONGEST = timedelta(days=90)
"""No link works longer: what it shows is the summary of the day on which it was made."""

LONGEST_PACKAGE = timedelta(days=30)
"""A package cannot be taken back, so that it says sooner that it is old."""

TRIES = 10
"""Wrong passcodes in the whole life of a link, from however many places they come."""

LONGEST_LABEL = 80
LONGEST_RECIPIENT = 120
SHORTEST_PASSCODE, LONGEST_PASSCODE = 6, 64
TICKET = timedelta(minutes=15)
"""How long the address of a file works once a manifest gave it out; the standard allows an hour."""

PURPOSES = EXCHANGE | {Purpose.PATRQT}
"""What a person may give a link for."""


class LinkKind(StrEnum):
    """Which standard a link follows: SMART Health Links, or IHE Verifiable Health Links."""

    SHL = "shl"
    VHL = "vhl"


class LinkState(StrEnum):
    """Whether a link opens, and why it does not any more."""

    ACTIVE = "active"
    EXPIRED = "expired"
    REVOKED = "revoked"
    WITHDRAWN = "withdrawn"
    LOCKED = "locked"


@dataclass(frozen=True, slots=True)
class LinkTerms:
    """What is asked for when a link is made.

    Attributes:
        until: when it ends.
        label: at most 80 characters, shown before it is opened; names neither the person nor an illness.
        passcode: to be asked for; None only for a link that opens for whoever holds it.
        language: of the summary: `es`, `en` or `pt`.
        purposes: PurposeOfUse codes that the person allows.
        agreed: the person said yes in front of the clinician just now; else a consent must be on record.
    """

    kind: LinkKind
    until: datetime
    label: str = ""
    passcode: Secret | None = None
    language: str = "es"
    purposes: tuple[Purpose, ...] = (Purpose.TREAT,)
    agreed: bool = False


@dataclass(frozen=True, slots=True)
class HealthLink:
    """One link as its node keeps it: it knows neither the key nor the passcode.

    Attributes:
        id: by which people and the audit speak of it.
        folder: 256 random bits as URL-safe text, the secret part of its address.
        passcode: slow hash of the passcode, empty where none is asked for.
        tries_left: wrong passcodes that are still borne.
        ticket_key: 32 bytes that sign the addresses of its file.
        revocation: SHA-256 of the code by which the person takes it back.
        maker: pseudonym of the clinician who made it.
        openings: how often it was opened.
    """

    id: str
    folder: str
    kind: LinkKind
    patient_id: str
    label: str
    made_at: datetime
    until: datetime
    purposes: tuple[str, ...]
    consent_id: str
    passcode: str
    tries_left: int
    ticket_key: bytes
    revocation: bytes
    maker: str
    revoked_at: datetime | None = None
    openings: int = 0
    opened_at: datetime | None = None

    def state(self, now: datetime) -> LinkState:
        """What the link itself says; whether a consent was withdrawn is known elsewhere."""
        if self.revoked_at is not None:
            return LinkState.REVOKED
        if self.until <= now:
            return LinkState.EXPIRED
        return LinkState.LOCKED if self.passcode and self.tries_left < 1 else LinkState.ACTIVE


@dataclass(frozen=True, slots=True)
class MadeLink:
    """A link on the day it is made, with what the node forgets at once.

    Attributes:
        text: the link itself, with its key: `shlink:/…` or `vhlink:/…`.
        code: what its QR carries: the link, or the signed `HC1:…` of a verifiable one.
        revocation: by which the person takes it back.
    """

    link: HealthLink
    text: Secret
    code: Secret
    revocation: Secret


@dataclass(frozen=True, slots=True)
class Package:
    """A summary that opens without any network.

    Attributes:
        content: compact JWE, its key derived from the passcode.
        passcode: drawn here, long enough that trying is hopeless.
    """

    content: str
    passcode: Secret
    made_at: datetime
    until: datetime


def is_passcode(text: str) -> bool:
    """Whether a text is long enough where only its letters and digits count, as they do when it is typed."""
    return sum(map(str.isalnum, text)) >= SHORTEST_PASSCODE and len(text) <= LONGEST_PASSCODE


def check_terms(terms: LinkTerms, *, now: datetime) -> None:
    """Let pass what a link may be.

    Raises:
        InvalidError: an end in the past or too far away, a label or a passcode of the wrong length, no purpose.
    """
    if not now < terms.until <= now + LONGEST:
        raise InvalidError(f"A link ends within {LONGEST.days} days.", ("exp",))
    if len(terms.label) > LONGEST_LABEL or not terms.label.isprintable():
        raise InvalidError(f"A label has at most {LONGEST_LABEL} characters.", ("label",))
    if terms.passcode is not None and not is_passcode(terms.passcode.value.decode(errors="replace")):
        raise InvalidError(
            f"A passcode has {SHORTEST_PASSCODE} to {LONGEST_PASSCODE} letters or digits.", ("passcode",)
        )
    if not terms.purposes or not PURPOSES.issuperset(terms.purposes):
        raise InvalidError("A link is given for treatment, or at the person's own request.", ("purposeOfUse",))
