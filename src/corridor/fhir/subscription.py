"""Subscriptions, read: those of the topic-based backport for R4, and the plain ones of R4 itself.

Source: HL7 Subscriptions R5 Backport 1.2.0, profile backport-subscription; https://hl7.org/fhir/R4/subscription.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, tzinfo
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from corridor.domain.errors import InvalidError, UnsupportedError
from corridor.domain.subscription import ChangeFilter, Payload, Subscription, SubscriptionState
from corridor.fhir.schema import HELD
from corridor.fhir.search import read_search
from corridor.fhir.search_values import interval

Resource = dict[str, Any]

TOPIC = "https://corridor.example/fhir/SubscriptionTopic/record-change"
"""The one topic of this base: a resource was created, changed or deleted."""

BACKPORT = "http://hl7.org/fhir/uv/subscriptions-backport/StructureDefinition/"
FOLLOWED = frozenset(HELD) - {"AuditEvent", "Subscription"}
"""Types whose changes can be followed."""

TIMEOUT_SECONDS_MAX = 60
MOST_EVENTS = 100
_FILTERS_MAX = 16
_HEADERS_MAX = 8
_HEARTBEAT_SECONDS_MIN = 5
_MEDIA_TYPES = frozenset({"application/fhir+json", "application/json"})
_SEARCH = re.compile(r"[A-Za-z]+(\?.*)?")
_HEADER = re.compile(r"([A-Za-z0-9!#$%&'*+.^_`|~-]{1,64}):[ \t]*([\x21-\x7e][\x20-\x7e]{0,4000})")
_RESERVED = frozenset({"host", "content-length", "content-type", "transfer-encoding", "connection"})


def read_subscription(resource: Resource, *, zone: tzinfo = UTC) -> Subscription:
    """A valid Subscription resource as what it asks for.

    Args:
        resource: valid R4.
        zone: read for dates that name none.

    Raises:
        InvalidError: it does not say what the backport demands, or says what cannot be.
        UnsupportedError: another topic, channel or format, or a type that cannot be followed.
    """
    channel = resource["channel"]
    if channel["type"] != "rest-hook":
        raise UnsupportedError("Notifications are sent by rest-hook.", ("Subscription.channel.type",))
    end = resource.get("end")
    return Subscription(
        id=resource.get("id", ""),
        state=SubscriptionState(resource["status"]),
        endpoint=_endpoint(channel),
        headers=tuple(_headers(channel)),
        end=interval(end)[1] if end else None,
        **(_by_topic if resource["criteria"].partition("|")[0] == TOPIC else _plain)(resource, zone),
    )


def _by_topic(resource: Resource, zone: tzinfo) -> Resource:
    """What is told, and how, of a subscription of the backport."""
    channel = resource["channel"]
    return {
        "topic": TOPIC,
        "filters": tuple(_filters(resource, zone)),
        "payload": _payload(channel),
        "heartbeat_seconds": _heartbeat(channel),
        "timeout_seconds": _amount(channel, "backport-timeout", most=TIMEOUT_SECONDS_MAX) or 20,
        "most": _amount(channel, "backport-max-count", most=MOST_EVENTS) or 20,
    }


def _plain(resource: Resource, zone: tzinfo) -> Resource:
    """The same of a subscription of R4: a search, and each resource that it finds by itself, or nothing but a call.

    Source: https://hl7.org/fhir/R4/subscription.html#2.46.7.1
    """
    criteria, channel = resource["criteria"], resource["channel"]
    if not _SEARCH.fullmatch(criteria):
        message = f"The criteria are the topic of this base, {TOPIC}, or a search such as Observation?status=final."
        raise UnsupportedError(message, ("Subscription.criteria",))
    if any(each["url"].startswith(BACKPORT) for part in (resource, channel) for each in _extensions(part)):
        raise InvalidError("What belongs to topics is said of a subscription to a topic.", ("Subscription.criteria",))
    payload = Payload.FULL if "payload" in channel else Payload.EMPTY
    if payload is Payload.FULL:
        _check_media_type(channel)
    return {"topic": "", "filters": (_filter(criteria, zone),), "payload": payload, "most": 1}


def _extensions(node: Resource) -> Iterator[Resource]:
    """Extensions of an element and of its own primitive values."""
    yield from node.get("extension", ())
    for name, value in node.items():
        if name.startswith("_") and isinstance(value, dict):
            yield from value.get("extension", ())


def _filters(resource: Resource, zone: tzinfo) -> Iterator[ChangeFilter]:
    texts = _values(resource.get("_criteria"), "backport-filter-criteria")
    if len(texts) > _FILTERS_MAX:
        raise InvalidError(f"A subscription has at most {_FILTERS_MAX} filters.", ("Subscription.criteria",))
    for text in texts:
        yield _filter(str(text), zone)


def _filter(text: str, zone: tzinfo) -> ChangeFilter:
    kind, _, query = text.partition("?")
    if kind not in FOLLOWED:
        raise UnsupportedError("Changes of this type are not told.", ("Subscription.criteria",))
    read_search(kind, parse_qsl(query, keep_blank_values=True), strict=True, zone=zone)
    return ChangeFilter(kind, query)


def _endpoint(channel: Resource) -> str:
    endpoint = str(channel.get("endpoint", ""))
    try:
        parts = urlsplit(endpoint)
        usable = parts.scheme in {"http", "https"} and bool(parts.hostname) and not parts.username
        _ = parts.port
    except ValueError:
        usable = False
    if not usable or parts.fragment:
        raise InvalidError("An endpoint is an http or https address.", ("Subscription.channel.endpoint",))
    return endpoint


def _payload(channel: Resource) -> Payload:
    _check_media_type(channel)
    values = _values(channel.get("_payload"), "backport-payload-content")
    if len(values) != 1 or values[0] not in set(Payload):
        wanted = ", ".join(Payload)
        raise InvalidError(f"Say once how much a notification holds: {wanted}.", ("Subscription.channel.payload",))
    return Payload(values[0])


def _check_media_type(channel: Resource) -> None:
    media_type = str(channel.get("payload", "application/fhir+json")).partition(";")[0].strip()
    if media_type not in _MEDIA_TYPES:
        raise UnsupportedError("Notifications are sent as application/fhir+json.", ("Subscription.channel.payload",))


def _headers(channel: Resource) -> Iterator[str]:
    headers = channel.get("header", [])
    for header in headers:
        found = _HEADER.fullmatch(header)
        if len(headers) > _HEADERS_MAX or not found or found[1].lower() in _RESERVED:
            raise InvalidError("A header is written Name: value.", ("Subscription.channel.header",))
        yield f"{found[1]}: {found[2]}"


def _heartbeat(channel: Resource) -> int:
    seconds = _amount(channel, "backport-heartbeat-period", most=31 * 86_400)
    if seconds and seconds < _HEARTBEAT_SECONDS_MIN:
        raise InvalidError(
            f"A heartbeat comes every {_HEARTBEAT_SECONDS_MIN} seconds at most.", ("Subscription.channel",)
        )
    return seconds


def _amount(channel: Resource, name: str, *, most: int) -> int:
    """A number of the channel, cut to the most that this base does; 0 where it names none."""
    values = _values(channel, name)
    if not values:
        return 0
    if len(values) > 1 or not isinstance(values[0], int) or values[0] < 1:
        raise InvalidError(f"The extension {name} is one positive number.", ("Subscription.channel",))
    return min(values[0], most)


def _values(element: Any, name: str) -> list[Any]:
    """Values of the extensions of that name."""
    extensions = element.get("extension", ()) if isinstance(element, dict) else ()
    return [
        value
        for each in extensions
        if each.get("url") == BACKPORT + name
        for key, value in each.items()
        if key.startswith("value")
    ]
