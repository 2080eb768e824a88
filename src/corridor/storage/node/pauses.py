"""Pauses: asked about at every act, begun and lifted in the transaction of a unit."""

from __future__ import annotations

import time
from datetime import datetime

from sqlalchemy import bindparam, insert, select, update

from corridor.domain.limits import Pause, Reason
from corridor.storage.database import Database
from corridor.storage.drivers import Transaction
from corridor.storage.node.limit_tables import pause
from corridor.storage.node.sealed_words import opened_words, sealed_words
from corridor.storage.seals import Seals
from corridor.storage.statements import Row, Statement
from corridor.storage.times import from_micros, to_micros

_REMEMBERED_SECONDS = 1.0
_STANDING = Statement(select(pause).where(pause.c.lifted_at.is_(None)).order_by(pause.c.at, pause.c.id))
_FIND = Statement(select(pause).where(pause.c.id == bindparam("name")))
_BEGIN = Statement(insert(pause))
_LIFT = Statement(
    update(pause)
    .where(pause.c.id == bindparam("name"), pause.c.lifted_at.is_(None))
    .values(lifted_at=bindparam("then"), lifted_by=bindparam("who"), note=bindparam("said"))
)


class SqlPaused:
    """Port `Paused` on SQLite and PostgreSQL; who is paused is few, and looked up at most once a second.

    Args:
        database: of the node.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._agents: frozenset[str] = frozenset()
        self._until = 0.0

    async def holds(self, agent: str) -> bool:
        """See the port."""
        if time.monotonic() >= self._until:
            rows = await self._database.rows(_STANDING, {})
            self._agents = frozenset(row["agent"] for row in rows)
            self._until = time.monotonic() + _REMEMBERED_SECONDS
        return agent in self._agents


class SqlPauses:
    """Port `Pauses` on SQLite and PostgreSQL.

    Args:
        transaction: of the unit.
        seals: of the words.
    """

    def __init__(self, transaction: Transaction, seals: Seals) -> None:
        self._transaction, self._seals = transaction, seals

    async def begin(self, pause: Pause) -> bool:
        """See the port."""
        if any(each.agent == pause.agent for each in await self.standing()):
            return False
        row = {
            "id": pause.id,
            "agent": pause.agent,
            "role": pause.role,
            "reason": pause.reason.value,
            "lifted_by": "",
            "note": "",
            "at": to_micros(pause.at),
            "lifted_at": None,
        }
        await self._transaction.run(_BEGIN, [row])
        return True

    async def standing(self) -> tuple[Pause, ...]:
        """See the port."""
        return tuple(map(self._read, await self._transaction.rows(_STANDING, {})))

    async def find(self, id: str) -> Pause | None:
        """See the port."""
        rows = [] if "\x00" in id else await self._transaction.rows(_FIND, {"name": id})
        return self._read(rows[0]) if rows else None

    async def lift(self, id: str, *, by: str, note: str, at: datetime) -> bool:
        """See the port."""
        said = await sealed_words(self._seals, note, None)
        row = {"name": id, "who": by, "said": said, "then": to_micros(at)}
        return bool(await self._transaction.count(_LIFT, row))

    def _read(self, row: Row) -> Pause:
        lifted = row["lifted_at"]
        return Pause(
            id=row["id"],
            agent=row["agent"],
            role=row["role"],
            reason=Reason(row["reason"]),
            at=from_micros(row["at"]),
            lifted_at=None if lifted is None else from_micros(lifted),
            lifted_by=row["lifted_by"],
            note=opened_words(self._seals, row["note"]),
        )
