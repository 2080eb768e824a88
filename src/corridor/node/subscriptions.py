"""Asking how far a subscription was told: `$status` and `$events`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from starlette.requests import Request
from starlette.responses import Response

from corridor.domain.errors import InvalidError, NotFoundError, UnsupportedError
from corridor.domain.subscription import Payload
from corridor.fhir.answer_form import ANSWER_FORM
from corridor.fhir.notification import NotificationType, Occasion, notification, statuses
from corridor.fhir.search_text import shown
from corridor.flows.read_subscription import Told
from corridor.node.national import National, fhir_reply
from corridor.node.read import is_id
from corridor.node.reading import begin

_DIGITS = 15


@dataclass(frozen=True, slots=True)
class SubscriptionOperations:
    """The act behind these operations, wired in."""

    read_subscription: Callable[..., Awaitable[Told]]
    now: Callable[[], datetime]


async def status(request: Request, *, national: National, subscriptions: SubscriptionOperations) -> Response:
    """How far subscriptions were told: the one of the address, or those named by `id`.

    Source: HL7 Subscriptions R5 Backport 1.2.0, operation `status`.
    """
    who, pairs = await begin(request, national)
    _check_known(pairs, {"id", "status"})
    ids = [value for name, value in pairs if name == "id"]
    if "id" in request.path_params:
        ids = [request.path_params["id"]]
    if not ids:
        raise InvalidError("Name the subscriptions by id.", ("id",))
    told = [await subscriptions.read_subscription(who, _checked(each)) for each in dict.fromkeys(ids)]
    for each in told:
        _check_topic(each)
    wanted = {value for name, value in pairs if name == "status"}
    found = [(each.subscription, each.delivery) for each in told if not wanted or each.subscription.state in wanted]
    return fhir_reply(statuses(found, base_url=national.base_url))


async def events(request: Request, *, national: National, subscriptions: SubscriptionOperations) -> Response:
    """Events of a subscription by number, for a subscriber that missed some.

    Source: HL7 Subscriptions R5 Backport 1.2.0, operation `events`.
    """
    who, pairs = await begin(request, national)
    _check_known(pairs, {"eventsSinceNumber", "eventsUntilNumber", "content"})
    given = dict(pairs)
    first, last = _number(given, "eventsSinceNumber") or 1, _number(given, "eventsUntilNumber")
    id = _checked(request.path_params["id"])  # noqa: A001  # FHIR's own word
    told = await subscriptions.read_subscription(who, id, numbers=(first, last))
    _check_topic(told)
    if given.get("content", told.subscription.payload) not in {told.subscription.payload, Payload.EMPTY}:
        raise UnsupportedError("Events are told as the subscription asks for them, or empty.", ("content",))
    occasion = Occasion(
        NotificationType.QUERY_EVENT,
        told.delivery.last if told.delivery else 0,
        subscriptions.now(),
        national.base_url,
        {(each.resource_type, each.id): each for each in told.focus},
    )
    return fhir_reply(notification(told.subscription, told.events, occasion))


def _check_topic(told: Told) -> None:
    if not told.subscription.topic:
        raise UnsupportedError("A plain subscription of R4 counts no events: its resource tells its status.")


def _checked(id: str) -> str:
    if not is_id(id):
        raise NotFoundError("There is no such subscription.")
    return id


def _check_known(pairs: Sequence[tuple[str, str]], known: set[str]) -> None:
    for name, _ in pairs:
        if name not in known | ANSWER_FORM:
            raise UnsupportedError("The operation has no such parameter.", (shown(name),))


def _number(given: dict[str, str], name: str) -> int | None:
    value = given.get(name)
    if value is None:
        return None
    if not (value.isascii() and value.isdecimal() and len(value) <= _DIGITS and int(value)):
        raise InvalidError("An event's number is a whole number from 1.", (name,))
    return int(value)
