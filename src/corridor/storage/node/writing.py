"""Writing resources: the next version of each, with its facts and its projection, in a few statements a Bundle."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime

from sqlalchemy import bindparam, delete, func, insert, select

from corridor.domain.record import Draft, Record
from corridor.storage.drivers import Transaction
from corridor.storage.node.indexing import index
from corridor.storage.node.numbers import Known, Numbers
from corridor.storage.node.outbox import due_now, queue
from corridor.storage.node.ready import Given, Prepared, add_record
from corridor.storage.node.rows import Row, Rows, deleted_row
from corridor.storage.node.tables import FACTS, history, outbox, person_key, projection, record
from corridor.storage.seals import Seals
from corridor.storage.statements import Listed, Statement

REGISTER = "register"
"""Outbox kind: a person whose tokens at the hub must be made, renewed or removed."""

_HISTORY = ("id", "resource_type", "version", "updated_at", "patient_id", "body")
_OLD_COLUMNS = (record.c.key, record.c.resource_type, record.c.id, record.c.version, record.c.patient_id)
_NEWEST = select(func.max(record.c.key).label("last")).subquery("newest")
_OLD = Statement(
    select(_NEWEST.c.last, *_OLD_COLUMNS, record.c.body.is_not(None).label("living")).select_from(
        _NEWEST.outerjoin(record, Listed(record.c.id, "ids"))
    )
)
"""What is there under some ids, and beside it the last key of all: a row that is nothing else where nothing is."""
_COPY = Statement(
    insert(history).from_select(
        _HISTORY, select(*(record.c[name] for name in _HISTORY)).where(Listed(record.c.key, "keys"))
    )
)
_RETIRE = [Statement(delete(table).where(Listed(table.c.key, "keys"))) for table in (*FACTS, projection, record)]
_FORGET_PERSON = Statement(delete(person_key).where(person_key.c.patient_id == bindparam("person")))
_ADD_RECORD = Statement(insert(record))

Name = tuple[str, str]
"""Type and id."""


class Writing:
    """Writes within one open transaction that is alone at this node.

    Args:
        transaction: an open one that holds the log's head.
        prepared: drafts that were made ready before.
        known: numbers of what earlier transactions met.
        seals: of the database.
    """

    def __init__(self, transaction: Transaction, prepared: Prepared, known: Known, *, seals: Seals) -> None:
        self._transaction = transaction
        self._prepared = prepared
        self._seals = seals
        self._numbers = Numbers(transaction, known)
        self._last_key: int | None = None
        self._living: set[str] = set()

    @property
    def met(self) -> dict[Hashable, int]:
        """Numbers that the transaction met, to be learnt once it is durable."""
        return self._numbers.met

    def is_living(self, reference: str) -> bool:
        """Whether a `Type/id` was met here and lives; False where it was not looked at."""
        return reference in self._living

    async def write(self, drafts: Sequence[Draft], at: datetime) -> list[Record]:
        """The next version of each, in order; a resource that occurs twice gets two versions."""
        records: list[Record] = []
        for group in _distinct(drafts):
            records += await self._write(group, at)
        return records

    async def delete(self, resource_type: str, id: str, at: datetime) -> Record | None:
        """A version that says deleted, or None where nothing living is there."""
        old = (await self._present([(resource_type, id)])).get((resource_type, id))
        if old is None or not old["living"]:
            return None
        self._living.discard(f"{resource_type}/{id}")
        await self._retire([old])
        row = deleted_row(old, version=old["version"] + 1, at=at)
        await self._transaction.run(_ADD_RECORD, [row])
        if resource_type == "Patient":
            await queue(self._transaction, [_promise(id)])
        return Record(resource_type, id, row["version"], at, None, row["patient_id"])

    async def _write(self, drafts: Sequence[Draft], at: datetime) -> list[Record]:
        named = {reference.partition("/")[2] for draft in drafts for reference in draft.references}
        present = await self._present([(draft.resource_type, draft.id) for draft in drafts], beside=named)
        fresh = self._free_keys(len(drafts) - len(present))
        if present:
            await self._retire([*present.values()])
        standing = [present.get((draft.resource_type, draft.id)) for draft in drafts]
        rows, records = Rows(), []
        keys = [old["key"] if old else next(fresh) for old in standing]
        ready = await self._prepared.of(drafts)
        found = await index(self._numbers, [each.found_by for each in ready], keys, rows=rows)
        for each, key, old, sets in zip(ready, keys, standing, found, strict=True):
            draft, version = each.draft, old["version"] + 1 if old else 1
            body = add_record(rows, each, Given(key, version, at, sets), seals=self._seals)
            created = old is None or not old["living"]
            records.append(Record(draft.resource_type, draft.id, version, at, body, draft.patient_id, created))
        persons = [draft.id for draft in drafts if draft.resource_type == "Patient"]
        for promised in due_now(map(_promise, persons)):
            rows.add(outbox, promised)
        await self._transaction.fill(rows.by_table)
        return records

    async def _present(self, names: Sequence[Name], *, beside: AbstractSet[str] = frozenset()) -> dict[Name, Row]:
        """What is there under names; what others refer to is looked at on the same journey."""
        wanted = set(names)
        rows = await self._transaction.rows(_OLD, {"ids": sorted({id for _, id in names} | beside)})  # noqa: A001  # FHIR's word
        if self._last_key is None:  # looked at while that row, which may be retired, is still there
            self._last_key = rows[0]["last"] or 0
        found = {(row["resource_type"], row["id"]): row for row in rows}
        self._living.update(f"{kind}/{id}" for (kind, id), row in found.items() if row["living"])  # noqa: A001  # FHIR's word
        return {name: row for name, row in found.items() if name in wanted}

    async def _retire(self, old: Sequence[Row]) -> None:
        """Move versions to the history and drop everything that was said about them."""
        keys = {"keys": [row["key"] for row in old]}
        for statement in (_COPY, *_RETIRE):
            await self._transaction.run(statement, [keys])
        persons = [{"person": row["id"]} for row in old if row["resource_type"] == "Patient"]
        await self._transaction.run(_FORGET_PERSON, persons)

    def _free_keys(self, count: int) -> Iterator[int]:
        """New keys; nobody else gives any while the log's head is held."""
        first = (self._last_key or 0) + 1
        self._last_key = first - 1 + count
        return iter(range(first, first + count))


def _promise(person: str) -> Row:
    return {"kind": REGISTER, "key": person, "payload": b""}


def _distinct(drafts: Sequence[Draft]) -> Iterator[list[Draft]]:
    """The drafts in groups that keep their order and hold no resource twice."""
    group: list[Draft] = []
    names: set[Name] = set()
    for draft in drafts:
        name = (draft.resource_type, draft.id)
        if name in names:
            yield group
            group, names = [], set()
        group.append(draft)
        names.add(name)
    if group:
        yield group
