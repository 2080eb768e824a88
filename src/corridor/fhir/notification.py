"""What a subscriber is told: notifications, the answers of `$status` and of `$events`.

Source: HL7 Subscriptions R5 Backport 1.2.0, profiles backport-subscription-notification-r4 and
backport-subscription-status-r4.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import uuid4

import orjson

from corridor.domain.record import Record
from corridor.domain.subscription import Delivery, Payload, Subscription, SubscriptionEvent, SubscriptionState
from corridor.fhir.bundle import instant
from corridor.fhir.subscription import BACKPORT

Resource = dict[str, Any]
Focus = Mapping[tuple[str, str], Record]
"""Current versions by type and id, of the events that are told in full."""


class NotificationType(StrEnum):
    """Why a status is sent (http://hl7.org/fhir/uv/subscriptions-backport/ValueSet/subscription-notification-type)."""

    HANDSHAKE = "handshake"
    HEARTBEAT = "heartbeat"
    EVENT = "event-notification"
    QUERY_STATUS = "query-status"
    QUERY_EVENT = "query-event"


_SENT = frozenset({NotificationType.HANDSHAKE, NotificationType.HEARTBEAT, NotificationType.EVENT})


@dataclass(frozen=True, slots=True)
class Occasion:
    """Why and when something is told.

    Attributes:
        last: number of the newest event.
        base_url: of the FHIR base, without a slash at the end.
        focus: resources to send along; those that are missing or deleted are told without a body.
    """

    kind: NotificationType
    last: int
    at: datetime
    base_url: str
    focus: Focus = field(default_factory=dict)


def notification(subscription: Subscription, events: Sequence[SubscriptionEvent], occasion: Occasion) -> bytes:
    """The Bundle that is posted to the endpoint, or the answer of `$events`; `events` are in order of number."""
    base_url = occasion.base_url
    status = _status(subscription, events, kind=occasion.kind, last=occasion.last, base_url=base_url)
    entries = [_first(status, subscription.id, base_url)]
    if subscription.payload is not Payload.EMPTY:
        entries += [_entry(each, base_url, occasion.focus) for each in events]
    head: Resource = {
        "resourceType": "Bundle",
        "id": str(uuid4()),
        "meta": {"profile": [BACKPORT + "backport-subscription-notification-r4"]},
        "type": "history",
        "timestamp": instant(occasion.at),
    }
    return orjson.dumps(head)[:-1] + b',"entry":[%b]}' % b",".join(entries)


def statuses(asked: Sequence[tuple[Subscription, Delivery | None]], *, base_url: str) -> bytes:
    """The searchset that `$status` answers."""
    found = [
        _status(
            subscription,
            (),
            kind=NotificationType.QUERY_STATUS,
            last=delivery.last if delivery else 0,
            base_url=base_url,
        )
        for subscription, delivery in asked
    ]
    entries = [{"fullUrl": f"urn:uuid:{each['id']}", "resource": each, "search": {"mode": "match"}} for each in found]
    bundle: Resource = {"resourceType": "Bundle", "type": "searchset", "total": len(entries)}
    return orjson.dumps(bundle | ({"entry": entries} if entries else {}))


def _status(
    subscription: Subscription,
    events: Sequence[SubscriptionEvent],
    *,
    kind: NotificationType,
    last: int,
    base_url: str,
) -> Resource:
    state = SubscriptionState.REQUESTED if kind is NotificationType.HANDSHAKE else subscription.state
    told = [_told(each, subscription.payload, base_url) for each in events]
    return {
        "resourceType": "Parameters",
        "id": str(uuid4()),
        "meta": {"profile": [BACKPORT + "backport-subscription-status-r4"]},
        "parameter": [
            {
                "name": "subscription",
                "valueReference": {"reference": f"{base_url}/Subscription/{subscription.id}"},
            },
            *_topic(subscription, kind),
            {"name": "status", "valueCode": state.value},
            {"name": "type", "valueCode": kind.value},
            {"name": "events-since-subscription-start", "valueString": str(last)},
            *told,
        ],
    }


def _topic(subscription: Subscription, kind: NotificationType) -> list[Resource]:
    """What a subscription is about; an empty notification does not even say that."""
    if subscription.payload is Payload.EMPTY and kind in _SENT:
        return []
    return [{"name": "topic", "valueCanonical": subscription.topic}]


def _told(event: SubscriptionEvent, payload: Payload, base_url: str) -> Resource:
    parts: list[Resource] = [
        {"name": "event-number", "valueString": str(event.number)},
        {"name": "timestamp", "valueInstant": instant(event.at)},
    ]
    if payload is not Payload.EMPTY:
        parts.append({"name": "focus", "valueReference": {"reference": _url(event, base_url)}})
    return {"name": "notification-event", "part": parts}


def _first(status: Resource, id: str, base_url: str) -> bytes:
    request = {"method": "GET", "url": f"{base_url}/Subscription/{id}/$status"}
    url = f"urn:uuid:{status['id']}"
    return orjson.dumps({"fullUrl": url, "resource": status, "request": request, "response": {"status": "200"}})


def _entry(event: SubscriptionEvent, base_url: str, focus: Focus) -> bytes:
    found = focus.get((event.resource_type, event.id))
    name = f"{event.resource_type}/{event.id}"
    method, status = ("DELETE", "204") if event.deleted else ("PUT", "200")
    entry: Resource = {
        "fullUrl": _url(event, base_url),
        "request": {"method": method, "url": name},
        "response": {"status": status},
    }
    body = found.body if found and not event.deleted else None
    rendered = orjson.dumps(entry)
    return rendered if body is None else rendered[:-1] + b',"resource":%b}' % body


def _url(event: SubscriptionEvent, base_url: str) -> str:
    return f"{base_url}/{event.resource_type}/{event.id}"
