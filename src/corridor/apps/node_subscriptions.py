"""Wires subscriptions: who is active, which change concerns whom, and the workers that tell them."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from urllib.parse import parse_qsl
from zoneinfo import ZoneInfo

import orjson
from msgspec.structs import replace
from starlette.routing import BaseRoute

from corridor.apps.clock import SystemClock
from corridor.apps.node_rooms import NodeRooms
from corridor.apps.spoken import spoken
from corridor.domain.query import Query, TokenCriterion
from corridor.domain.subscription import Change, ChangeFilter, Subscription, SubscriptionState
from corridor.fhir.notification import NotificationType, Occasion, notification
from corridor.fhir.search import read_search
from corridor.fhir.subscription import FOLLOWED, read_subscription
from corridor.fhir.subscription_state import restated
from corridor.flows import read_subscription as reading
from corridor.flows.activate_subscriptions import ActivateDesk, activate_subscriptions
from corridor.flows.deliver_notifications import News, NotifyDesk, deliver_notifications
from corridor.flows.follow_changes import FollowDesk, follow_changes
from corridor.flows.ports.records import Records
from corridor.flows.ports.subscriptions import Subscriptions
from corridor.flows.restate_subscription import RestateDesk
from corridor.node import subscriptions as doors
from corridor.node.national import National
from corridor.remote.subscribers import HttpSubscribers
from corridor.storage.node.changes import SqlChanges
from corridor.storage.node.sealed_headers import open_headers
from corridor.storage.node.subscriptions import SqlSubscriptions
from corridor.storage.seals import Seals

_PAGE = 500
_ABOUT = frozenset({"patient", "subject"})


@dataclass(frozen=True, slots=True)
class Watch:
    """Reads what the flows ask about subscriptions from the stored resources."""

    records: Records
    subscriptions: Subscriptions
    zone: ZoneInfo
    seals: Seals
    base: str

    async def wished(self) -> Sequence[Subscription]:
        """Subscriptions that are requested or active."""
        states = TokenCriterion("status", ((None, "requested"), (None, "active")))
        query = Query("Subscription", (states,), (), _PAGE, total="none")
        found: list[Subscription] = []
        while True:
            page = await self.records.search(query)
            found += [self.read(each.body) for each in page.records if each.body is not None]
            if not page.after:
                return found
            query = replace(query, after=page.after)

    async def active(self) -> Sequence[Subscription]:
        """Subscriptions whose endpoint shook hands."""
        return [each for each in await self.wished() if await self._is_open(each)]

    async def _is_open(self, subscription: Subscription) -> bool:
        if subscription.state is not SubscriptionState.ACTIVE:
            return False
        delivery = await self.subscriptions.delivery(subscription.id)
        return delivery is not None and delivery.endpoint == subscription.endpoint

    def read(self, body: bytes) -> Subscription:
        """A stored Subscription as what it asks for."""
        found = read_subscription(orjson.loads(body), zone=self.zone)
        return dataclasses.replace(found, headers=open_headers(found.headers, (found.id, found.endpoint), self.seals))

    async def concerns(self, subscription: Subscription, change: Change) -> bool:
        """Whether a change is one that a subscription asked for."""
        if change.resource_type not in FOLLOWED:
            return False
        mine = [each for each in subscription.filters if each.resource_type == change.resource_type]
        if not subscription.filters:
            return True
        return any([await self._holds(each, change) for each in mine])  # `any` takes no asynchronous generator

    async def _holds(self, wanted: ChangeFilter, change: Change) -> bool:
        pairs = parse_qsl(wanted.query, keep_blank_values=True)
        if not pairs:
            return True
        if change.deleted:  # its content can be searched no more; whom it was about is on record
            named = {value.rpartition("/")[2] for name, value in pairs if name.partition(":")[0] in _ABOUT}
            return not named or not named.isdisjoint(change.patient_ids)
        pairs.append(("_id", change.id))
        asked = read_search(wanted.resource_type, pairs, strict=True, zone=self.zone, base=self.base).query
        page = await self.records.search(replace(asked, count=1, total="none", sort=()))
        return bool(page.records)


@dataclass(frozen=True, slots=True)
class SubscriptionWork:
    """Subscriptions of a node, ready for its doors and workers."""

    operations: doors.SubscriptionOperations
    activate: ActivateDesk
    follow: FollowDesk
    notify: NotifyDesk
    subscribers: HttpSubscribers

    async def turn(self) -> int:
        """One look at everything that subscriptions wait for; how much was done."""
        done = await activate_subscriptions(desk=self.activate)
        done += await follow_changes(desk=self.follow)
        return done + await deliver_notifications(desk=self.notify)

    async def close(self) -> None:
        """Break off what is being told, which is told again at the next start, and let go of connections."""
        await self.activate.calls.close()
        await self.notify.calls.close()
        await self.subscribers.close()


def wire_subscriptions(rooms: NodeRooms, national: National) -> SubscriptionWork:
    """Subscriptions of a node whose rooms are open."""
    storage, clock, settings = rooms.storage, rooms.clock, rooms.settings
    subscriptions, changes = SqlSubscriptions(storage.database), SqlChanges(storage.database)
    zone, seals = ZoneInfo(settings.zone), storage.database.seals
    watch = Watch(storage.records, subscriptions, zone, seals, national.base_url)
    subscribers = HttpSubscribers(home=settings.subscribers, abroad=settings.subscribers_abroad)
    restate = RestateDesk(storage.units, clock, partial(restated, source=national.source))
    desk = reading.SubscriptionDesk(storage.records, subscriptions, storage.audit, clock, watch.read)
    return SubscriptionWork(
        operations=doors.SubscriptionOperations(partial(reading.read_subscription, desk=desk), clock.now),
        activate=ActivateDesk(
            subscriptions, subscribers, changes, clock, watch.wished, _handshake(national, clock), restate
        ),
        follow=FollowDesk(changes, subscriptions, watch.active, watch.concerns),
        notify=NotifyDesk(
            subscriptions=subscriptions,
            subscribers=subscribers,
            records=storage.records,
            audit=storage.audit,
            clock=clock,
            active=watch.active,
            render=_rendered(national, clock),
            restate=restate,
        ),
        subscribers=subscribers,
    )


def subscription_routes(work: SubscriptionWork, national: National) -> list[BaseRoute]:
    """The operations of subscriptions."""
    status = partial(doors.status, national=national, subscriptions=work.operations)
    events = partial(doors.events, national=national, subscriptions=work.operations)
    return [
        *spoken("/fhir/Subscription/$status", GET=status, POST=status),
        *spoken("/fhir/Subscription/{id}/$status", GET=status, POST=status),
        *spoken("/fhir/Subscription/{id}/$events", GET=events, POST=events),
    ]


def _handshake(national: National, clock: SystemClock) -> Callable[[Subscription], bytes]:
    def made(subscription: Subscription) -> bytes:
        occasion = Occasion(NotificationType.HANDSHAKE, 0, clock.now(), national.base_url)
        return notification(subscription, (), occasion)

    return made


def _rendered(national: National, clock: SystemClock) -> Callable[[Subscription, News], bytes]:
    def made(subscription: Subscription, news: News) -> bytes:
        kind = NotificationType.EVENT if news.events else NotificationType.HEARTBEAT
        occasion = Occasion(kind, news.last, clock.now(), national.base_url, news.focus)
        return notification(subscription, news.events, occasion)

    return made
