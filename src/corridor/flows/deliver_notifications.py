"""A node tells subscribers what changed, and goes on trying through days of outage."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from corridor.domain.audit.fact import AuditFact, AuditKind, AuditOutcome
from corridor.domain.errors import CorridorError, ForbiddenError
from corridor.domain.record import Record
from corridor.domain.subscription import Delivery, Payload, Subscription, SubscriptionEvent, SubscriptionState
from corridor.domain.trace import new_trace
from corridor.flows.make_calls import Calls, make_calls
from corridor.flows.ports.audit import Audit
from corridor.flows.ports.clock import Clock
from corridor.flows.ports.records import Records
from corridor.flows.ports.subscribers import Subscribers
from corridor.flows.ports.subscriptions import Subscriptions
from corridor.flows.restate_subscription import RestateDesk, restate_subscription

TOGETHER = 20
"""Subscribers that are told at the same time."""

LONGEST_PAUSE = timedelta(minutes=15)
GIVE_UP = timedelta(days=14)
"""After so long without an answer a subscription is in error, and must be asked for again."""
KEPT = timedelta(days=30)
"""How long `$events` can tell of what was taken."""

_FIRST_PAUSE_SECONDS = 5
_DOUBLINGS = 10


@dataclass(frozen=True, slots=True)
class News:
    """What a subscriber is told.

    Attributes:
        last: number of the newest event there is.
        focus: resources of the events as they stand now, by type and id.
    """

    events: tuple[SubscriptionEvent, ...]
    last: int
    focus: Mapping[tuple[str, str], Record]


@dataclass(frozen=True, slots=True)
class NotifyDesk:
    """What telling needs.

    Attributes:
        active: subscriptions whose endpoint shook hands.
        render: the notification; no events make a heartbeat.
        restate: what writing a state into the resource needs.
        calls: notifications under way.
    """

    subscriptions: Subscriptions
    subscribers: Subscribers
    records: Records
    audit: Audit
    clock: Clock
    active: Callable[[], Awaitable[Sequence[Subscription]]]
    render: Callable[[Subscription, News], bytes]
    restate: RestateDesk
    calls: Calls = field(default_factory=Calls)


async def deliver_notifications(*, desk: NotifyDesk) -> int:
    """Tell every subscriber whose time has come.

    Returns:
        How many took something.

    Source: HL7 Subscriptions R5 Backport 1.2.0 and FHIR R4, rest-hook; every notification with a resource is on record.
    """
    now = desk.clock.now()
    known = {each.id: each for each in await desk.active()}
    if not known:
        return 0
    under_way = desk.calls.under_way
    due = await desk.subscriptions.due(at=now, limit=TOGETHER + len(under_way))
    quiet = await _quiet(desk, known, now)
    waiting = {each.id: each for each in (*quiet, *due) if each.id in known and each.id not in under_way}
    took = await make_calls({name: _tell(known[name], each, desk) for name, each in waiting.items()}, calls=desk.calls)
    await desk.subscriptions.forget(before=now - KEPT)
    return took


async def _quiet(desk: NotifyDesk, known: Mapping[str, Subscription], now: datetime) -> list[Delivery]:
    """Those whose heartbeat is due."""
    beats = [each.heartbeat_seconds for each in known.values() if each.heartbeat_seconds]
    if not beats:
        return []
    found = []
    for each in await desk.subscriptions.quiet(since=now - timedelta(seconds=min(beats))):
        seconds = known[each.id].heartbeat_seconds if each.id in known else 0
        if seconds and now - each.sent_at >= timedelta(seconds=seconds):
            found.append(each)
    return found


async def _tell(subscription: Subscription, delivery: Delivery, desk: NotifyDesk) -> bool:
    first, last = delivery.told + 1, min(delivery.last, delivery.told + subscription.most)
    events = await desk.subscriptions.events(subscription.id, first=first, last=last)
    focus = await _focus(events, desk.records) if subscription.payload is Payload.FULL else {}
    number = events[-1].number if events else delivery.told
    try:
        if not desk.subscribers.allows(subscription):
            raise ForbiddenError("Nothing goes to this address.")
        if focus:
            await _record(subscription, focus, desk)
        await _send(subscription, News(events, delivery.last, focus), desk)
    except CorridorError:
        await _failed(delivery, desk)
        return False
    await desk.subscriptions.told(subscription.id, number=number, at=desk.clock.now())
    return True


async def _send(subscription: Subscription, news: News, desk: NotifyDesk) -> None:
    """A notification of a topic; or of a plain subscription each resource by itself, or nothing but a call.

    Source: https://hl7.org/fhir/R4/subscription.html#2.46.7.1
    """
    if subscription.topic:
        await desk.subscribers.notify(subscription, desk.render(subscription, news))
    elif subscription.payload is Payload.EMPTY:
        await desk.subscribers.notify(subscription, b"")
    for name, record in news.focus.items() if not subscription.topic else ():
        await desk.subscribers.update(subscription, "/".join(name), record.body or b"")


async def _focus(events: Sequence[SubscriptionEvent], records: Records) -> dict[tuple[str, str], Record]:
    found = {}
    for each in events:
        record = None if each.deleted else await records.read(each.resource_type, each.id)
        if record is not None and record.body is not None:
            found[each.resource_type, each.id] = record
    return found


async def _record(subscription: Subscription, focus: Mapping[tuple[str, str], Record], desk: NotifyDesk) -> None:
    """Who is told in full of whose records stands in the log before it is sent."""
    names = ["/".join(each) for each in focus]
    patients = {record.patient_id for record in focus.values() if record.patient_id}
    await desk.audit.append(
        AuditFact(
            kind=AuditKind.EXPORT,
            outcome=AuditOutcome.SUCCESS,
            at=desk.clock.now(),
            trace=new_trace(),
            request_id="",
            agent=f"Subscription/{subscription.id}",
            role="subscription",
            patient_ids=tuple(sorted(patients)),
            resource=names[0],
            together=tuple(names[1:]),
        )
    )


async def _failed(delivery: Delivery, desk: NotifyDesk) -> None:
    now = desk.clock.now()
    if delivery.failing_since and now - delivery.failing_since > GIVE_UP:
        reason = "The endpoint took nothing for two weeks."
        await restate_subscription(delivery.id, SubscriptionState.ERROR, reason, desk=desk.restate)
        return
    seconds = _FIRST_PAUSE_SECONDS * 2 ** min(delivery.attempt, _DOUBLINGS)
    pause = min(LONGEST_PAUSE, timedelta(seconds=seconds))
    await desk.subscriptions.failed(delivery.id, at=now, until=now + pause)
