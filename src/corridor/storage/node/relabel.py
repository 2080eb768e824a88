"""Labelling stored records anew: what of them may cross, by the value sets of this release (ADR 46)."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sqlalchemy import bindparam, delete, func, select

from corridor.domain.category import Category
from corridor.domain.record import Projection
from corridor.fhir.projection import project_bytes
from corridor.storage.database import Database
from corridor.storage.drivers import Transaction
from corridor.storage.node import bodies
from corridor.storage.node.elements import NO_OFFSET, fixed
from corridor.storage.node.reindex import ALONE
from corridor.storage.node.rows import projection_row
from corridor.storage.node.tables import projection, record
from corridor.storage.seals import Seals
from corridor.storage.statements import Listed, Row, Statement
from corridor.storage.times import from_micros

BATCH = 200
"""Records that are read in one transaction; meanwhile nobody else writes."""

_LIVING = select(record.c.key, record.c.id, record.c.patient_id, record.c.body).where(record.c.body.is_not(None))
_NEXT = Statement(
    _LIVING.where(record.c.key > bindparam("after")).order_by(record.c.key).limit(fixed(BATCH)).offset(NO_OFFSET)
)
_COUNT = Statement(select(func.count().label("total")).select_from(record).where(record.c.body.is_not(None)))
_TOLD = Statement(
    select(projection, record.c.id)
    .join_from(projection, record, projection.c.key == record.c.key)
    .where(Listed(projection.c.key, "keys"))
)
_FORGET = Statement(delete(projection).where(Listed(projection.c.key, "keys")))


async def relabel(database: Database, source: str, advance: Callable[[int], None]) -> int:
    """Write anew what may cross of every record; safe to stop, to repeat, and beside a node that serves.

    Args:
        database: of the node.
        source: `meta.source` of what crosses.
        advance: told of the records of each batch.

    Returns:
        Of how many records something else may cross now, or nothing any more.

    Raises:
        UnavailableError: the database cannot be written.
    """
    changed = after = 0
    while True:
        async with database.transaction() as transaction:
            await transaction.rows(ALONE)
            rows = await transaction.rows(_NEXT, {"after": after})
            if not rows:
                return changed
            changed += await _relabelled(transaction, rows, source=source, seals=database.seals)
        after = rows[-1]["key"]
        advance(len(rows))


async def living(database: Database) -> int:
    """How many records there are to look at."""
    count: int = (await database.rows(_COUNT, {}))[0]["total"]
    return count


async def _relabelled(transaction: Transaction, rows: Sequence[Row], *, source: str, seals: Seals) -> int:
    found = await transaction.rows(_TOLD, {"keys": [row["key"] for row in rows]})
    told = {row["key"]: _read(row, seals) for row in found}
    made = {row["key"]: _made(row, source, seals) for row in rows}
    stale = [row for row in rows if made[row["key"]] != told.get(row["key"])]
    fresh = [
        projection_row(projected, row, seals=seals) | {"key": row["key"]}
        for row in stale
        if (projected := made[row["key"]]) is not None
    ]
    if stale:
        await transaction.run(_FORGET, [{"keys": [row["key"] for row in stale]}])
    if fresh:
        await transaction.fill({projection: fresh})
    return len(stale)


def _made(row: Row, source: str, seals: Seals) -> Projection | None:
    return project_bytes(bodies.unpack_row(row, seals), patient_id=row["patient_id"], source=source)


def _read(row: Row, seals: Seals) -> Projection:
    own, *also = row["category"].split(" ")
    effective = None if row["effective"] is None else from_micros(row["effective"])
    return Projection(
        bodies.unpack_projection(row, seals), Category(own), effective, frozenset(Category(each) for each in also)
    )
