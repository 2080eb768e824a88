"""How far subscriptions were told, on both databases, and a subscriber that is away for three days."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

import orjson
import pytest

from corridor.domain.errors import UnavailableError
from corridor.domain.subscription import Change, Payload, Subscription, SubscriptionState
from corridor.fhir.draft import draft
from corridor.fhir.subscription import BACKPORT, TOPIC
from corridor.fhir.subscription_state import restated
from corridor.flows.deliver_notifications import GIVE_UP, News, NotifyDesk, deliver_notifications
from corridor.flows.restate_subscription import RestateDesk
from corridor.storage.database import Database
from corridor.storage.node.subscriptions import SqlSubscriptions
from tests.contract.samples import HOME, NOW, SIGN
from tests.fakes.clock import FakeClock
from tests.fakes.node import FakeNode

MINUTE = timedelta(minutes=1)


def change(position: int, *, deleted: bool = False) -> Change:
    return Change(position, "Patient", f"p{position}", deleted, NOW, (f"p{position}",))


@pytest.fixture
def subscriptions(database: Database) -> SqlSubscriptions:
    return SqlSubscriptions(database)


async def test_events_are_numbered_from_one_without_a_gap(subscriptions: SqlSubscriptions) -> None:
    await subscriptions.open("s1", "http://a", at=NOW, position=7)
    await subscriptions.open("s2", "http://b", at=NOW, position=99)
    assert await subscriptions.position() == 7
    await subscriptions.keep({"s1": [change(7), change(8)], "s2": [change(8)]}, position=9)
    await subscriptions.keep({"s1": [change(9, deleted=True)]}, position=10)
    told = await subscriptions.events("s1", first=1, last=9)
    assert [(each.number, each.id, each.deleted) for each in told] == [
        (1, "p7", False),
        (2, "p8", False),
        (3, "p9", True),
    ]
    assert [each.number for each in await subscriptions.events("s2", first=1, last=9)] == [1]
    assert await subscriptions.position() == 10


async def test_a_subscription_that_opens_again_goes_on_counting(subscriptions: SqlSubscriptions) -> None:
    await subscriptions.open("s1", "http://a", at=NOW, position=0)
    await subscriptions.keep({"s1": [change(0)]}, position=1)
    await subscriptions.close("s1")
    assert await subscriptions.delivery("s1") is None
    await subscriptions.open("s1", "http://new", at=NOW, position=50)
    found = await subscriptions.delivery("s1")
    assert found is not None
    assert (found.endpoint, found.last, found.told) == ("http://new", 1, 0)
    assert await subscriptions.position() == 50


async def test_what_failed_is_due_when_its_pause_is_over(subscriptions: SqlSubscriptions) -> None:
    await subscriptions.open("s1", "http://a", at=NOW, position=0)
    assert await subscriptions.due(at=NOW, limit=9) == ()
    await subscriptions.keep({"s1": [change(0)]}, position=1)
    await subscriptions.failed("s1", at=NOW, until=NOW + MINUTE)
    await subscriptions.failed("s1", at=NOW + MINUTE, until=NOW + 2 * MINUTE)
    assert await subscriptions.due(at=NOW + MINUTE, limit=9) == ()
    [due] = await subscriptions.due(at=NOW + 2 * MINUTE, limit=9)
    assert (due.attempt, due.failing_since) == (2, NOW)
    await subscriptions.told("s1", number=1, at=NOW + 2 * MINUTE)
    found = await subscriptions.delivery("s1")
    assert found is not None
    assert (found.told, found.attempt, found.failing_since) == (1, 0, None)


async def test_handshakes_that_fail_are_counted(subscriptions: SqlSubscriptions) -> None:
    assert await subscriptions.postponed("s1") is None
    assert await subscriptions.postpone("s1", at=NOW, until=NOW + MINUTE) == 1
    assert await subscriptions.postpone("s1", at=NOW, until=NOW + 2 * MINUTE) == 2
    assert await subscriptions.postponed("s1") == NOW + 2 * MINUTE
    assert await subscriptions.delivery("s1") is None


async def test_only_what_was_taken_is_forgotten(subscriptions: SqlSubscriptions) -> None:
    await subscriptions.open("s1", "http://a", at=NOW, position=0)
    await subscriptions.keep({"s1": [change(0), change(1)]}, position=2)
    await subscriptions.told("s1", number=1, at=NOW)
    await subscriptions.forget(before=NOW + MINUTE)
    assert [each.number for each in await subscriptions.events("s1", first=1, last=9)] == [2]


@dataclass
class Endpoint:
    """Port `Subscribers`: takes nothing until a time."""

    clock: FakeClock
    back_at: datetime
    taken: list[list[int]] = field(default_factory=list)
    tries: int = 0

    def allows(self, _subscription: Subscription) -> bool:
        return True

    async def notify(self, _subscription: Subscription, body: bytes) -> None:
        self.tries += 1
        if self.clock.now() < self.back_at:
            raise UnavailableError("The endpoint did not answer.")
        self.taken.append(orjson.loads(body))


ASKED = {
    "resourceType": "Subscription",
    "status": "active",
    "reason": "a test",
    "criteria": TOPIC,
    "channel": {
        "type": "rest-hook",
        "endpoint": "http://a",
        "_payload": {"extension": [{"url": BACKPORT + "backport-payload-content", "valueCode": "id-only"}]},
    },
}
FOLLOWER = Subscription(
    "s1", SubscriptionState.ACTIVE, "topic", (), "http://a", Payload.ID_ONLY, most=20, heartbeat_seconds=0
)


async def desk_of(subscriptions: SqlSubscriptions, endpoint: Endpoint) -> tuple[NotifyDesk, FakeNode]:
    node = FakeNode(HOME, SIGN)
    async with node.units.begin() as unit:
        asked = draft(orjson.dumps(ASKED), resource_type="Subscription", id="s1", source="http://here")
        await unit.write([asked], at=NOW)

    async def active() -> Sequence[Subscription]:
        return [FOLLOWER] if await stated(node) == "active" else []

    def render(_subscription: Subscription, news: News) -> bytes:
        assert not news.focus
        return orjson.dumps([each.number for each in news.events])

    restate = RestateDesk(node.units, endpoint.clock, partial(restated, source="http://here"))
    desk = NotifyDesk(
        subscriptions=subscriptions,
        subscribers=endpoint,
        records=node.records,
        audit=node.audit,
        clock=endpoint.clock,
        active=active,
        render=render,
        restate=restate,
    )
    return desk, node


async def stated(node: FakeNode) -> str:
    record = await node.records.read("Subscription", "s1")
    assert record is not None
    assert record.body is not None
    return str(orjson.loads(record.body)["status"])


async def test_three_days_of_outage_lose_nothing(subscriptions: SqlSubscriptions) -> None:
    clock = FakeClock(NOW)
    endpoint = Endpoint(clock, NOW + timedelta(days=3))
    desk, _ = await desk_of(subscriptions, endpoint)
    await subscriptions.open("s1", FOLLOWER.endpoint, at=NOW, position=0)
    for turn in range(3 * 24 * 12 + 12):  # every five minutes, something changes every six hours
        if turn % 72 == 0:
            await subscriptions.keep({"s1": [change(turn)]}, position=turn + 1)
        await deliver_notifications(desk=desk)
        clock.advance(minutes=5)
    assert [number for each in endpoint.taken for number in each] == [*range(1, 14)]
    assert len(endpoint.taken) == 1, "what waited comes together"
    assert endpoint.tries < 400, "a subscriber that is away is not pestered"


async def test_a_subscriber_that_never_comes_back_is_given_up_after_two_weeks(
    subscriptions: SqlSubscriptions,
) -> None:
    clock = FakeClock(NOW)
    endpoint = Endpoint(clock, NOW + timedelta(days=999))
    desk, node = await desk_of(subscriptions, endpoint)
    await subscriptions.open("s1", FOLLOWER.endpoint, at=NOW, position=0)
    await subscriptions.keep({"s1": [change(0)]}, position=1)
    while clock.now() < NOW + GIVE_UP:
        await deliver_notifications(desk=desk)
        clock.advance(hours=1)
    assert await stated(node) == "active"
    clock.advance(hours=1)
    await deliver_notifications(desk=desk)
    tries = endpoint.tries
    assert await stated(node) == "error"
    await deliver_notifications(desk=desk)
    assert endpoint.tries == tries
