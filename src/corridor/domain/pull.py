"""One pull as it is kept: who asked whom since when, and what each country came to; never what was told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from corridor.domain.country import Country

WAITING = "waiting"
ANSWERED = "answered"
INTERRUPTED = "interrupted"
"""This node stopped before the country was heard."""

KEPT = timedelta(days=2)
"""A pull that is over is forgotten after that; the log keeps what happened."""


@dataclass(frozen=True, slots=True)
class PullLeg:
    """One country of a pull.

    Attributes:
        consent_id: local id of the consent that it was asked on; empty where it was not asked or in an emergency.
        state: `waiting`, `answered`, `interrupted` or the reason of a silence.
        facts: number of resources it told.
    """

    country: Country
    consent_id: str = ""
    state: str = WAITING
    facts: int = 0
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class PullRecord:
    """One pull.

    Attributes:
        id: opaque; the address of its page.
        agent: pseudonym of who asked; nobody else may look.
        role: in which they asked.
        purpose: PurposeOfUse code.
        trace: as it travelled.
        opening: id of the emergency that it was made in, or empty.
        legs: by country.
    """

    id: str
    patient_id: str
    agent: str
    role: str
    request_id: str
    purpose: str
    trace: str
    started_at: datetime
    opening: str = ""
    legs: tuple[PullLeg, ...] = ()
