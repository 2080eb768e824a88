"""Somebody at home who wants to be told when records change."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Payload(StrEnum):
    """How much a notification says."""

    EMPTY = "empty"
    ID_ONLY = "id-only"
    FULL = "full-resource"


class SubscriptionState(StrEnum):
    """Where a subscription stands (http://hl7.org/fhir/subscription-status)."""

    REQUESTED = "requested"
    ACTIVE = "active"
    ERROR = "error"
    OFF = "off"


@dataclass(frozen=True, slots=True)
class ChangeFilter:
    """Which changes: of one type, where `query` (as it stands in an address) holds; an empty one holds for all."""

    resource_type: str
    query: str = ""


@dataclass(frozen=True, slots=True)
class Subscription:
    """A subscription as it was asked for.

    Attributes:
        topic: whose events are told, counted; empty for a plain subscription of R4, which follows one search.
        filters: any of them; none follows every change.
        endpoint: address that notifications are posted to.
        headers: lines `Name: value` that are sent along; they may hold a secret.
        heartbeat_seconds: 0 for none.
        timeout_seconds: how long the endpoint may take to answer.
        most: events in one notification.
        end: when it ends by itself.
    """

    id: str
    state: SubscriptionState
    topic: str
    filters: tuple[ChangeFilter, ...]
    endpoint: str
    payload: Payload
    headers: tuple[str, ...] = ()
    heartbeat_seconds: int = 0
    timeout_seconds: int = 20
    most: int = 20
    end: datetime | None = None

    def __repr__(self) -> str:
        """Without the headers, which may hold a secret."""
        return f"Subscription({self.id}, {self.state})"


@dataclass(frozen=True, slots=True)
class Change:
    """One resource that was created, changed or deleted.

    Attributes:
        position: in the log; later changes have higher ones.
        patient_ids: whom it was about.
    """

    position: int
    resource_type: str
    id: str
    deleted: bool
    at: datetime
    patient_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SubscriptionEvent:
    """A change that a subscription is told of; numbers run from 1 without a gap."""

    number: int
    resource_type: str
    id: str
    deleted: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class Delivery:
    """How far a subscription has been told.

    Attributes:
        endpoint: that shook hands; another one has to shake hands first.
        last: number of its newest event; 0 before the first.
        told: number of the newest event that the endpoint took.
        attempt: failures in a row.
        failing_since: first of them, or None.
        sent_at: when the endpoint last took anything.
    """

    id: str
    endpoint: str
    last: int
    told: int
    attempt: int
    failing_since: datetime | None
    sent_at: datetime
