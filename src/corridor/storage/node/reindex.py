"""Making records findable that were written by a release that knew fewer search parameters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import tzinfo

import orjson
from sqlalchemy import bindparam, select, update

from corridor.domain.record import Draft
from corridor.fhir.facts import find_facts
from corridor.storage.database import Database
from corridor.storage.drivers import Transaction
from corridor.storage.node import bodies
from corridor.storage.node.elements import NO_OFFSET, fixed
from corridor.storage.node.indexing import find_by, index
from corridor.storage.node.numbers import Known, Numbers
from corridor.storage.node.rows import Rows
from corridor.storage.node.tables import log_head, record
from corridor.storage.seals import Seals
from corridor.storage.statements import Row, Statement

NOT_INDEXED = -1
"""Stands for the code set of a record that a migration left to be indexed anew."""

ALONE = Statement(select(log_head.c.size).where(log_head.c.id == 1).with_for_update())
"""Whoever has asked this is alone with the records until the transaction ends."""

_BATCH = 500
_WAITING = Statement(
    select(record.c.key, record.c.resource_type, record.c.id, record.c.patient_id, record.c.body)
    .where(record.c.codes == fixed(NOT_INDEXED))
    .limit(fixed(_BATCH))
    .offset(NO_OFFSET)
)
_SAY = Statement(
    update(record)
    .where(record.c.key == bindparam("own"))
    .values({name: bindparam(name) for name in ("effective", "effective_end", "codes", "texts", "links")})
)


async def reindex(database: Database, zone: tzinfo) -> int:
    """Index every record that waits for it; safe to stop and to repeat.

    Args:
        database: of the node.
        zone: read for dates that name none.

    Returns:
        How many records there were.
    """
    known, done = Known(), 0
    while True:
        async with database.transaction() as transaction:
            await transaction.rows(ALONE)
            rows = await transaction.rows(_WAITING)
            numbers = Numbers(transaction, known)
            await index_again(transaction, rows, numbers=numbers, read=Reading(zone, database.seals))
        known.learn(numbers.met)
        done += len(rows)
        if len(rows) < _BATCH:
            return done


@dataclass(frozen=True, slots=True)
class Reading:
    """How stored records are read."""

    zone: tzinfo
    seals: Seals


async def index_again(transaction: Transaction, rows: Sequence[Row], *, numbers: Numbers, read: Reading) -> None:
    """Index stored records whose facts were dropped before.

    Args:
        transaction: an open one that holds the log's head.
        rows: with the key, type, id, patient and body of each.
        numbers: of the transaction.
        read: how they are read.
    """
    facts, keys = Rows(), [row["key"] for row in rows]
    await read.seals.prepare({row["patient_id"] for row in rows if row["patient_id"]})
    found = [find_by(_draft(row, read), read.seals) for row in rows]
    numbered = await index(numbers, found, keys, rows=facts)
    await transaction.fill(facts.by_table)
    said = [
        {"own": key, "effective": each.effective[0], "effective_end": each.effective[1]}
        | {"codes": sets.codes, "texts": sets.texts, "links": sets.links}
        for key, each, sets in zip(keys, found, numbered, strict=True)
    ]
    await transaction.run(_SAY, said)


def _draft(row: Row, read: Reading) -> Draft:
    """What indexing looks at of a stored record."""
    found = find_facts(orjson.loads(bodies.unpack_row(row, read.seals)), read.zone)
    return Draft(
        resource_type=row["resource_type"],
        id=row["id"],
        head=b"",
        tail=b"",
        patient_id=row["patient_id"],
        code=found.code,
        effective=found.effective,
        facts=found.facts,
    )
