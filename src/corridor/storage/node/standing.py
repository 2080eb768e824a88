"""Drafts compared with what is stored, a whole chunk in one statement."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from corridor.domain.record import Draft
from corridor.fhir.stamp import stamp
from corridor.storage.database import Database
from corridor.storage.node import bodies
from corridor.storage.node.pages import COLUMNS
from corridor.storage.node.tables import record
from corridor.storage.seals import Seals
from corridor.storage.statements import Listed, Row, Statement
from corridor.storage.times import from_micros

_STANDING = Statement(select(*COLUMNS).where(Listed(record.c.id, "ids"), record.c.body.is_not(None)))


class SqlStanding:
    """Port `Standing` on SQLite and PostgreSQL."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def unchanged(self, drafts: Sequence[Draft]) -> tuple[bool, ...]:
        """See the port; of drafts of one resource only the first can be unchanged, as the others come after it."""
        rows = await self._database.rows(_STANDING, {"ids": sorted({each.id for each in drafts})})
        known = {(row["resource_type"], row["id"]): row for row in rows}
        seen: set[tuple[str, str]] = set()
        same = []
        for each in drafts:
            name = (each.resource_type, each.id)
            row = None if name in seen else known.get(name)
            same.append(row is not None and _is_same(each, row, self._database.seals))
            if not same[-1]:
                seen.add(name)
        return tuple(same)


def _is_same(draft: Draft, row: Row, seals: Seals) -> bool:
    stored = bodies.unpack_row(row, seals)
    return stamp(draft.head, draft.tail, version=row["version"], at=from_micros(row["updated_at"])) == stored
