"""One person's history from several countries, with the silence of those that did not answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from corridor.domain.country import Country
from corridor.domain.grade import Grade
from corridor.domain.purpose import Purpose
from corridor.domain.trace import Trace


class SilenceReason(StrEnum):
    """Why a country was not heard; a refusal is never a silence, it looks like an empty answer."""

    TIMEOUT = "timeout"
    UNREACHABLE = "unreachable"
    GARBLED = "garbled"
    NOT_ASKED = "not-asked"
    NOT_RENEWED = "not-renewed"
    """It told something, and cannot be asked now whether that may still be shown."""
    LEASE_OVER = "lease-over"
    """What it told may not be shown any more."""
    LEFT = "left"
    EXPELLED = "expelled"
    LAPSED = "lapsed"


@dataclass(frozen=True, slots=True)
class Entry:
    """One pseudonymised resource as it arrived: its bytes are what the holder signed for."""

    resource_type: str
    id: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Answer:
    """What one country said; no entries means: nothing known, or nothing to be said."""

    country: Country
    entries: tuple[Entry, ...]
    grade: Grade | None
    received_at: datetime


@dataclass(frozen=True, slots=True)
class Silence:
    """A country that did not answer."""

    country: Country
    reason: SilenceReason
    at: datetime


@dataclass(frozen=True, slots=True)
class History:
    """Everything that came back from one pull, answers and silences both ordered by country."""

    patient_id: str
    purpose: Purpose
    trace: Trace
    at: datetime
    answers: tuple[Answer, ...]
    silences: tuple[Silence, ...]
