"""Events of subscriptions and how far they were taken."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, exists, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from corridor.domain.subscription import Change, Delivery, SubscriptionEvent
from corridor.storage.database import Database
from corridor.storage.node.subscription_tables import (
    subscription_delivery,
    subscription_event,
    subscription_position,
)
from corridor.storage.times import from_micros, to_micros

_delivery, _event, _position = subscription_delivery.c, subscription_event.c, subscription_position.c


class SqlSubscriptions:
    """Port `Subscriptions` on SQLite and PostgreSQL.

    Args:
        database: of the node.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._dialect: Any = sqlite if database.is_sqlite else postgresql

    async def position(self) -> int:
        """See the port."""
        async with self._database.read() as connection:
            return int((await connection.execute(select(_position.position))).scalar() or 0)

    async def open(self, id: str, endpoint: str, *, at: datetime, position: int) -> None:
        """See the port."""
        now = to_micros(at)
        row = {"endpoint": endpoint, "open": True, "attempt": 0, "failing_since": None, "sent_at": now, "due_at": now}
        async with self._database.write() as connection:
            opened = exists().where(_delivery.open)
            if not (await connection.execute(select(opened))).scalar_one():
                await self._go_on(connection, position)
            await self._put(connection, id, row)

    async def keep(self, changes: Mapping[str, Sequence[Change]], *, position: int) -> None:
        """See the port."""
        async with self._database.write() as connection:
            for id, found in changes.items():  # noqa: A001  # FHIR's own word
                mine = _delivery.id == id
                last = (await connection.execute(select(_delivery.last).where(mine))).scalar() or 0
                rows = [_row(id, number, each) for number, each in enumerate(found, last + 1)]
                await connection.execute(insert(subscription_event), rows)
                await connection.execute(update(subscription_delivery).where(mine).values(last=last + len(rows)))
            await self._go_on(connection, position)

    async def delivery(self, id: str) -> Delivery | None:
        """See the port."""
        found = await self._deliveries(_delivery.id == id, _delivery.open)
        return found[0] if found else None

    async def due(self, *, at: datetime, limit: int) -> tuple[Delivery, ...]:
        """See the port."""
        waiting = and_(_delivery.open, _delivery.last > _delivery.told, _delivery.due_at <= to_micros(at))
        return (await self._deliveries(waiting))[:limit]

    async def quiet(self, *, since: datetime) -> tuple[Delivery, ...]:
        """See the port; one that fails is tried no oftener than its pause says."""
        idle = and_(_delivery.last == _delivery.told, _delivery.sent_at <= to_micros(since))
        return await self._deliveries(_delivery.open, idle, _delivery.attempt == 0)

    async def events(self, id: str, *, first: int, last: int) -> tuple[SubscriptionEvent, ...]:
        """See the port."""
        wanted = select(subscription_event).where(
            _event.subscription == id, _event.number >= first, _event.number <= last
        )
        async with self._database.read() as connection:
            rows = await connection.execute(wanted.order_by(_event.number))
            return tuple(
                SubscriptionEvent(row.number, row.resource_type, row.id, bool(row.deleted), from_micros(row.at))
                for row in rows
            )

    async def told(self, id: str, *, number: int, at: datetime) -> None:
        """See the port."""
        now = to_micros(at)
        await self._change(id, {"told": number, "attempt": 0, "failing_since": None, "sent_at": now, "due_at": now})

    async def failed(self, id: str, *, at: datetime, until: datetime) -> None:
        """See the port."""
        since = func.coalesce(_delivery.failing_since, to_micros(at))
        await self._change(id, {"attempt": _delivery.attempt + 1, "failing_since": since, "due_at": to_micros(until)})

    async def postpone(self, id: str, *, at: datetime, until: datetime) -> int:
        """See the port."""
        async with self._database.write() as connection:
            before = select(_delivery.attempt).where(_delivery.id == id)
            attempt = int((await connection.execute(before)).scalar() or 0) + 1
            row = {"open": False, "attempt": attempt, "due_at": to_micros(until), "sent_at": to_micros(at)}
            await self._put(connection, id, {"endpoint": "", "failing_since": None, **row})
        return attempt

    async def postponed(self, id: str) -> datetime | None:
        """See the port."""
        wanted = select(_delivery.due_at).where(_delivery.id == id, ~_delivery.open)
        async with self._database.read() as connection:
            due = (await connection.execute(wanted)).scalar()
        return None if due is None else from_micros(due)

    async def forget(self, *, before: datetime) -> None:
        """See the port; an idle look writes nothing."""
        taken = (
            select(_delivery.told).where(_delivery.id == _event.subscription).correlate(subscription_event)
        ).scalar_subquery()
        old = and_(_event.at < to_micros(before), _event.number <= taken)
        async with self._database.read() as connection:
            if (await connection.execute(select(_event.number).where(old).limit(1))).first() is None:
                return
        async with self._database.write() as connection:
            await connection.execute(delete(subscription_event).where(old))

    async def close(self, id: str) -> None:
        """See the port."""
        await self._change(id, {"open": False})

    async def _deliveries(self, *wanted: ColumnElement[bool]) -> tuple[Delivery, ...]:
        query = select(subscription_delivery).where(*wanted).order_by(_delivery.due_at, _delivery.id)
        async with self._database.read() as connection:
            return tuple(_read(row) for row in await connection.execute(query))

    async def _change(self, id: str, values: Mapping[str, Any]) -> None:
        async with self._database.write() as connection:
            await connection.execute(update(subscription_delivery).where(_delivery.id == id).values(**values))

    async def _put(self, connection: AsyncConnection, id: str, row: Mapping[str, Any]) -> None:
        """Change a subscription's row, or make it; its numbers stay."""
        made = self._dialect.insert(subscription_delivery).values(id=id, last=0, told=0, **row)
        await connection.execute(made.on_conflict_do_update(index_elements=["id"], set_=dict(row)))

    async def _go_on(self, connection: AsyncConnection, position: int) -> None:
        made = self._dialect.insert(subscription_position).values(id=1, position=position)
        await connection.execute(made.on_conflict_do_update(index_elements=["id"], set_={"position": position}))


def _row(subscription: str, number: int, change: Change) -> dict[str, Any]:
    return {
        "subscription": subscription,
        "number": number,
        "resource_type": change.resource_type,
        "id": change.id,
        "deleted": change.deleted,
        "at": to_micros(change.at),
    }


def _read(row: Any) -> Delivery:
    return Delivery(
        row.id,
        row.endpoint,
        row.last,
        row.told,
        row.attempt,
        None if row.failing_since is None else from_micros(row.failing_since),
        from_micros(row.sent_at),
    )
