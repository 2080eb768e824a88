"""Pulls under way, in the transaction of a unit."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, delete, exists, insert, select, update

from corridor.domain.country import Country
from corridor.domain.pull import KEPT, WAITING, PullLeg, PullRecord
from corridor.storage.drivers import Transaction
from corridor.storage.node.pull_tables import pull, pull_leg
from corridor.storage.statements import Row, Statement
from corridor.storage.times import from_micros, to_micros

_WAITED_FOR = exists().where(pull_leg.c.pull == pull.c.id, pull_leg.c.state == WAITING)
_OVER = select(pull.c.id).where(pull.c.started_at < bindparam("oldest"), ~_WAITED_FOR)
_FORGET_LEGS = Statement(delete(pull_leg).where(pull_leg.c.pull.in_(_OVER)))
_FORGET = Statement(delete(pull).where(pull.c.started_at < bindparam("oldest"), ~_WAITED_FOR))
_BEGIN = Statement(insert(pull))
_LEG = Statement(insert(pull_leg))
_CLOSE = Statement(
    update(pull_leg)
    .where(pull_leg.c.pull == bindparam("of"), pull_leg.c.country == bindparam("who"), pull_leg.c.state == WAITING)
    .values(state=bindparam("became"), facts=bindparam("told"), at=bindparam("then"))
)
_FIND = Statement(select(pull).where(pull.c.id == bindparam("name")))
_LEGS = Statement(select(pull_leg).where(pull_leg.c.pull == bindparam("name")).order_by(pull_leg.c.country))
_WAITING = Statement(select(pull).where(_WAITED_FOR).order_by(pull.c.started_at))


class SqlPulls:
    """Port `Pulls` on SQLite and PostgreSQL.

    Args:
        transaction: of the unit.
    """

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    async def begin(self, pull: PullRecord) -> None:
        """See the port."""
        oldest = {"oldest": to_micros(pull.started_at - KEPT)}
        await self._transaction.run(_FORGET_LEGS, [oldest])
        await self._transaction.run(_FORGET, [oldest])
        await self._transaction.run(_BEGIN, [_row(pull)])
        if pull.legs:
            await self._transaction.run(_LEG, [_leg_row(pull.id, leg) for leg in pull.legs])

    async def close(self, id: str, country: Country, *, state: str, facts: int, at: datetime) -> None:
        """See the port."""
        row = {"of": id, "who": country, "became": state, "told": facts, "then": to_micros(at)}
        await self._transaction.run(_CLOSE, [row])

    async def find(self, id: str) -> PullRecord | None:
        """See the port."""
        rows = [] if "\x00" in id else await self._transaction.rows(_FIND, {"name": id})
        return (await self._read(rows))[0] if rows else None

    async def waiting(self) -> tuple[PullRecord, ...]:
        """See the port."""
        return await self._read(await self._transaction.rows(_WAITING, {}))

    async def _read(self, rows: Sequence[Row]) -> tuple[PullRecord, ...]:
        found = []
        for row in rows:
            legs = await self._transaction.rows(_LEGS, {"name": row["id"]})
            found.append(_record(row, legs))
        return tuple(found)


def _row(pull: PullRecord) -> dict[str, object]:
    words = ("id", "patient_id", "agent", "role", "request_id", "purpose", "trace", "opening")
    return {name: getattr(pull, name) for name in words} | {"started_at": to_micros(pull.started_at)}


def _leg_row(id: str, leg: PullLeg) -> dict[str, object]:
    row = {"pull": id, "country": leg.country, "consent_id": leg.consent_id, "state": leg.state, "facts": leg.facts}
    return row | {"at": to_micros(leg.at) if leg.at else None}


def _record(row: Row, legs: Sequence[Row]) -> PullRecord:
    return PullRecord(
        id=row["id"],
        patient_id=row["patient_id"],
        agent=row["agent"],
        role=row["role"],
        request_id=row["request_id"],
        purpose=row["purpose"],
        trace=row["trace"],
        started_at=from_micros(row["started_at"]),
        opening=row["opening"],
        legs=tuple(map(_leg, legs)),
    )


def _leg(row: Row) -> PullLeg:
    at = from_micros(row["at"]) if row["at"] is not None else None
    return PullLeg(Country(row["country"]), row["consent_id"], row["state"], row["facts"], at)
