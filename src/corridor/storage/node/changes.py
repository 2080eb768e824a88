"""Changes of records as the log tells of them: whatever is written is on record, in the order of its commits."""

from __future__ import annotations

from typing import Any

import orjson
from sqlalchemy import select

from corridor.domain.subscription import Change
from corridor.storage.database import Database
from corridor.storage.node import bodies
from corridor.storage.node.log_rows import tokens_of
from corridor.storage.node.tables import log_entry, log_head, log_shape
from corridor.storage.times import from_micros

_WRITES = frozenset({"create", "update", "delete", "patch"})
_DOMAIN_RESOURCE = "4"
_PATIENT = "1"


class SqlChanges:
    """Port `Changes` on SQLite and PostgreSQL.

    Args:
        database: of the node.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    async def end(self) -> int:
        """See the port."""
        async with self._database.read() as connection:
            return int((await connection.execute(select(log_head.c.size))).scalar() or 0)

    async def after(self, position: int, *, limit: int) -> tuple[tuple[Change, ...], int]:
        """See the port; entries that tell of no write are passed over unread."""
        end = min(await self.end(), position + limit)
        if end <= position:
            return (), position
        async with self._database.read() as connection:
            shapes = await connection.execute(select(log_shape.c.shape, log_shape.c.tokens))
            writing = [row.shape for row in shapes if _writes(row.tokens)]
            wanted = select(log_entry.c.idx, log_entry.c.recorded, log_entry.c.body).where(
                log_entry.c.idx >= position, log_entry.c.idx < end, log_entry.c.shape.in_(writing)
            )
            rows = (await connection.execute(wanted.order_by(log_entry.c.idx))).all()
        return tuple(change for row in rows for change in _changes(row)), end


def _writes(tokens: str) -> bool:
    """Whether events of a shape tell of a write that was done."""
    found = {(parameter, code) for parameter, _, code in tokens_of(tokens)}
    return ("outcome", "0") in found and any(("subtype", code) in found for code in _WRITES)


def _changes(row: Any) -> list[Change]:
    event: dict[str, Any] = orjson.loads(bodies.unpack(row.body))
    entities = event.get("entity", ())
    patients = tuple(_named(each)[1] for each in entities if _role(each) == _PATIENT)
    deleted = event["action"] == "D"
    return [
        Change(row.idx, *_named(each), deleted, from_micros(row.recorded), patients)
        for each in entities
        if _role(each) == _DOMAIN_RESOURCE and "reference" in each["what"]
    ]


def _role(entity: dict[str, Any]) -> str:
    return str(entity.get("role", {}).get("code", ""))


def _named(entity: dict[str, Any]) -> tuple[str, str]:
    resource_type, _, rest = str(entity["what"]["reference"]).partition("/")
    return resource_type, rest.partition("/")[0]
