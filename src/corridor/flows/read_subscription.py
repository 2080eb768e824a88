"""A programme asks how far its subscriptions were told, and for events that it missed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from corridor.domain.access import Interaction
from corridor.domain.asking import Asking
from corridor.domain.errors import GoneError, InvalidError, NotFoundError
from corridor.domain.record import Record
from corridor.domain.subscription import Delivery, Payload, Subscription, SubscriptionEvent
from corridor.flows.audit_reading import Reading, audit_reading
from corridor.flows.ports.audit import Audit
from corridor.flows.ports.clock import Clock
from corridor.flows.ports.records import Records
from corridor.flows.ports.subscriptions import Subscriptions

MOST = 500
"""Events in one answer."""


@dataclass(frozen=True, slots=True)
class SubscriptionDesk:
    """What asking needs.

    Attributes:
        read: a stored Subscription as what it asks for.
    """

    records: Records
    subscriptions: Subscriptions
    audit: Audit
    clock: Clock
    read: Callable[[bytes], Subscription]


@dataclass(frozen=True, slots=True)
class Told:
    """How far a subscription was told.

    Attributes:
        events: those that were asked for.
        focus: their resources as they stand now, by type and id, where the subscription is told in full.
    """

    subscription: Subscription
    delivery: Delivery | None
    events: tuple[SubscriptionEvent, ...] = ()
    focus: tuple[Record, ...] = ()


async def read_subscription(
    asking: Asking, id: str, *, numbers: tuple[int, int | None] | None = None, desk: SubscriptionDesk
) -> Told:
    """A subscription, how far it was told, and events by number; who asked is durable before it is returned.

    Args:
        asking: who asks.
        id: of the Subscription.
        numbers: first and last of the events wanted, or None for no events; None as last means the newest.
        desk: the ports.

    Raises:
        ForbiddenError: the role may not do this; audited, as the rest is.
        NotFoundError: there is no such subscription.
        GoneError: it was deleted.
        InvalidError: more events than one answer carries.

    Source: HL7 Subscriptions R5 Backport 1.2.0, operations `status` and `events`.
    """

    async def act() -> Told:
        record = await desk.records.read("Subscription", id)
        if record is None:
            raise NotFoundError("There is no such subscription.")
        if record.body is None:
            raise GoneError("The subscription was deleted.")
        subscription, delivery = desk.read(record.body), await desk.subscriptions.delivery(id)
        if numbers is None or delivery is None:
            return Told(subscription, delivery)
        return await _with_events(Told(subscription, delivery), numbers, desk)

    asked = "$status" if numbers is None else "$events"
    reading = Reading(Interaction.READ, "Subscription", f"{asked}?id={id}", act, _patients)
    return await audit_reading(asking, reading, desk=desk)


def _patients(told: Told) -> list[str | None]:
    return [each.patient_id for each in told.focus]


async def _with_events(told: Told, numbers: tuple[int, int | None], desk: SubscriptionDesk) -> Told:
    newest = told.delivery.last if told.delivery else 0
    first, last = numbers[0], min(newest, numbers[1] or newest)
    if last - first >= MOST:
        raise InvalidError(f"One answer carries at most {MOST} events: name the numbers.", ("eventsUntilNumber",))
    events = await desk.subscriptions.events(told.subscription.id, first=first, last=last)
    focus = []
    if told.subscription.payload is Payload.FULL:
        found = [await desk.records.read(each.resource_type, each.id) for each in events if not each.deleted]
        focus = [each for each in found if each is not None and each.body is not None]
    return Told(told.subscription, told.delivery, events, tuple(focus))
