"""Sealing a database that was written in clear: batch after batch, from wherever it was stopped (ADR 38)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from typing import Any

import orjson
from sqlalchemy import bindparam, delete, func, insert, select, tuple_, update

from corridor.domain.country import Country
from corridor.domain.errors import InvalidError, UnavailableError
from corridor.storage.database import Database
from corridor.storage.drivers import Transaction
from corridor.storage.node import bodies
from corridor.storage.node.elements import NO_OFFSET, fixed
from corridor.storage.node.fact_tables import set_text, text_set
from corridor.storage.node.key_ring import KeyRing
from corridor.storage.node.numbers import Known, Numbers
from corridor.storage.node.people import blind_key, patient_keys
from corridor.storage.node.reindex import ALONE, Reading, index_again
from corridor.storage.node.seal_tables import sealing
from corridor.storage.node.sealing_words import FIRST, TABLES, seal_words
from corridor.storage.node.tables import FACTS, history, person_key, projection, record
from corridor.storage.node.writing_over import write_over
from corridor.storage.statements import Listed, Row, Statement

BATCH = 200
"""Rows that are sealed in one transaction; so many at most are done again after a stop."""

RECORDS, HISTORY, BESIDE, WHOLE = "records", "history", "words", "whole"

_STATE = Statement(select(sealing.c.store, sealing.c.stage, sealing.c.place))
_BEGIN = Statement(insert(sealing))
_MOVE = Statement(
    update(sealing).where(sealing.c.id == 1).values(stage=bindparam("new_stage"), place=bindparam("new_place"))
)
_ANY = Statement(select(record.c.key).limit(fixed(1)).offset(NO_OFFSET))
_RECORDS = Statement(
    select(record.c.key, record.c.resource_type, record.c.id, record.c.patient_id, record.c.body)
    .where(record.c.key > bindparam("after"), record.c.body.is_not(None))
    .order_by(record.c.key)
    .limit(fixed(BATCH))
    .offset(NO_OFFSET)
)
_HISTORY_KEY = (history.c.id, history.c.resource_type, history.c.version)
_HISTORY = Statement(
    select(*_HISTORY_KEY, history.c.patient_id, history.c.body)
    .where(tuple_(*_HISTORY_KEY) > tuple_(bindparam("p_id"), bindparam("p_type"), bindparam("p_version")))
    .order_by(*_HISTORY_KEY)
    .limit(fixed(BATCH))
    .offset(NO_OFFSET)
)
_SEAL_RECORD = Statement(update(record).where(record.c.key == bindparam("own")).values(body=bindparam("sealed")))
_SEAL_HISTORY = Statement(
    update(history)
    .where(
        history.c.id == bindparam("p_id"),
        history.c.resource_type == bindparam("p_type"),
        history.c.version == bindparam("p_version"),
    )
    .values(body=bindparam("sealed"))
)
_PROJECTIONS = Statement(
    select(record.c.id, projection.c.key, projection.c.patient_id, projection.c.category, projection.c.template)
    .join_from(projection, record, projection.c.key == record.c.key)
    .where(Listed(projection.c.key, "keys"))
)
_SEAL_PROJECTION = Statement(
    update(projection).where(projection.c.key == bindparam("own")).values(template=bindparam("sealed"))
)
_DROP_FACTS = [Statement(delete(table).where(Listed(table.c.key, "keys"))) for table in FACTS]
_DROP_KEYS = Statement(delete(person_key).where(Listed(person_key.c.patient_id, "people")))
_ADD_KEYS = Statement(insert(person_key))
_LEFT = select(record.c.texts)
_DROP_TEXTS = [
    Statement(delete(set_text).where(set_text.c.number.not_in(_LEFT))),
    Statement(delete(text_set).where(text_set.c.number.not_in(_LEFT))),
]
_COUNTS = [Statement(select(func.count().label("total")).select_from(each)) for each in (record, history, *TABLES)]
CLEANED = (*TABLES, record, history, projection, person_key, set_text, text_set, *FACTS)


@dataclass(frozen=True, slots=True)
class SealDesk:
    """What sealing needs.

    Attributes:
        home: the node's country, for papers that name no issuer.
        zone: read for dates that name none.
    """

    database: Database
    ring: KeyRing
    home: Country
    zone: tzinfo


@dataclass(frozen=True, slots=True)
class _Step:
    """One batch, in an open transaction that holds the log's head."""

    transaction: Transaction
    numbers: Numbers
    desk: SealDesk


async def check_sealed(database: Database, ring: KeyRing) -> None:
    """Let pass a database that is sealed with these keys; an empty one is from now on.

    Raises:
        UnavailableError: it is not sealed, or only in part.
        InvalidError: it is sealed with other keys.
    """
    async with database.transaction() as transaction:
        rows = await transaction.rows(_STATE)
        if not rows and not await transaction.rows(_ANY):
            await transaction.run(_BEGIN, [{"id": 1, "store": ring.keys.id, "stage": WHOLE, "place": ""}])
            return
    if not rows or rows[0]["stage"] != WHOLE:
        raise UnavailableError("Names in this database are not encrypted yet. Run `corridor node encrypt` first.")
    _check_store(rows[0], ring)


async def seal_everything(desk: SealDesk, advance: Callable[[int], None]) -> int:
    """Seal every row that is not; safe to stop at any instant and to repeat.

    Args:
        desk: of the node, which is not running.
        advance: told of the rows of each batch.

    Returns:
        How many rows this run looked at.

    Raises:
        InvalidError: the database is sealed with other keys.
        UnavailableError: it cannot be written.
    """
    known, done = Known(), 0
    while True:
        async with desk.database.transaction() as transaction:
            await transaction.rows(ALONE)
            state = await _state(transaction, desk.ring)
            if state["stage"] == WHOLE:
                break
            step = _Step(transaction, Numbers(transaction, known), desk)
            count = await _STAGES[state["stage"]](step, state["place"])
        known.learn(step.numbers.met)
        done += count
        advance(count)
    await write_over(desk.database, [each.name for each in CLEANED])
    return done


async def waiting(database: Database) -> int:
    """How many rows there are to look at in all."""
    return sum([(await database.rows(each, {}))[0]["total"] for each in _COUNTS])


async def _state(transaction: Transaction, ring: KeyRing) -> Row:
    rows = await transaction.rows(_STATE)
    if rows:
        _check_store(rows[0], ring)
        return rows[0]
    begun = {"store": ring.keys.id, "stage": RECORDS, "place": "0"}
    await transaction.run(_BEGIN, [{"id": 1, **begun}])
    return begun


def _check_store(row: Row, ring: KeyRing) -> None:
    if row["store"] != ring.keys.id:
        raise InvalidError("These data keys are not the ones that this database is sealed with.")


async def _seal_records(step: _Step, place: str) -> int:
    transaction, desk = step.transaction, step.desk
    rows = await transaction.rows(_RECORDS, {"after": int(place)})
    if not rows:
        for each in _DROP_TEXTS:
            await transaction.run(each, [{}])
        await _move(transaction, HISTORY, ["", "", 0])
        return 0
    keys = {"keys": [row["key"] for row in rows]}
    for each in _DROP_FACTS:
        await transaction.run(each, [keys])
    await index_again(transaction, rows, numbers=step.numbers, read=Reading(desk.zone, desk.ring))
    await transaction.run(_SEAL_RECORD, [{"own": row["key"], "sealed": _sealed(row, desk.ring)} for row in rows])
    await _seal_projections(transaction, keys, desk.ring)
    await _blind_people(transaction, [row for row in rows if row["resource_type"] == "Patient"], desk)
    await transaction.run(_MOVE, [{"new_stage": RECORDS, "new_place": str(rows[-1]["key"])}])
    return len(rows)


async def _seal_projections(transaction: Transaction, keys: dict[str, Any], ring: KeyRing) -> None:
    found = await transaction.rows(_PROJECTIONS, keys)
    await transaction.run(_SEAL_PROJECTION, [{"own": row["key"], "sealed": _may_cross(row, ring)} for row in found])


async def _blind_people(transaction: Transaction, rows: Sequence[Row], desk: SealDesk) -> None:
    await transaction.run(_DROP_KEYS, [{"people": [row["id"] for row in rows]}])
    fresh = [
        {"value": blind_key(value, desk.ring), "patient_id": row["id"]}
        for row in rows
        for value in patient_keys(bodies.unpack_row(row, desk.ring), desk.home)
    ]
    await transaction.run(_ADD_KEYS, fresh)


async def _seal_history(step: _Step, place: str) -> int:
    transaction, ring = step.transaction, step.desk.ring
    after = dict(zip(("p_id", "p_type", "p_version"), orjson.loads(place), strict=True))
    rows = await transaction.rows(_HISTORY, after)
    if not rows:
        await _move(transaction, BESIDE, [FIRST, ""])
        return 0
    await ring.prepare({row["patient_id"] for row in rows if row["patient_id"]})
    sealed = [{**_named(row), "sealed": _sealed(row, ring)} for row in rows if row["body"] is not None]
    await transaction.run(_SEAL_HISTORY, sealed)
    last = rows[-1]
    await _move(transaction, HISTORY, [last["id"], last["resource_type"], last["version"]])
    return len(rows)


def _named(row: Row) -> dict[str, Any]:
    return {"p_id": row["id"], "p_type": row["resource_type"], "p_version": row["version"]}


async def _seal_beside(step: _Step, place: str) -> int:
    name, after = orjson.loads(place)
    count, reached = await seal_words(step.transaction, step.desk.ring, (name, after))
    await _move(step.transaction, BESIDE if reached[0] else WHOLE, reached)
    return count


_STAGES = {RECORDS: _seal_records, HISTORY: _seal_history, BESIDE: _seal_beside}


async def _move(transaction: Transaction, stage: str, place: Sequence[Any]) -> None:
    await transaction.run(_MOVE, [{"new_stage": stage, "new_place": orjson.dumps(place).decode()}])


def _sealed(row: Row, ring: KeyRing) -> bytes:
    return bodies.pack_record(bodies.unpack_row(row, ring), id=row["id"], patient_id=row["patient_id"], seals=ring)


def _may_cross(row: Row, ring: KeyRing) -> bytes:
    names = {name: row[name] for name in ("id", "patient_id", "category")}
    return bodies.pack_projection(bodies.unpack_projection(row, ring), ring, **names)
