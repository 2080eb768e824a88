"""One act on the node's database: everything in one transaction, its audit entries included."""

from __future__ import annotations

from collections.abc import AsyncIterator, Hashable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, tzinfo
from functools import lru_cache

import orjson
from sqlalchemy import bindparam, case, select

from corridor.domain.audit.fact import AuditFact
from corridor.domain.category import Category
from corridor.domain.consent import Consent, Withdrawal
from corridor.domain.country import Country
from corridor.domain.disclosure import Disclosure
from corridor.domain.record import Draft, Record
from corridor.fhir.consent import read_or_deny
from corridor.flows.ports.unit import Projected
from corridor.storage.node import bodies
from corridor.storage.node.grants import SqlGrants
from corridor.storage.node.log import LogTransaction, NodeLog
from corridor.storage.node.numbers import Known
from corridor.storage.node.openings import SqlOpenings
from corridor.storage.node.outbox import queue
from corridor.storage.node.pages import COLUMNS, record_of
from corridor.storage.node.pauses import SqlPauses
from corridor.storage.node.presences import SqlPresences
from corridor.storage.node.pulls import SqlPulls
from corridor.storage.node.ready import Prepared
from corridor.storage.node.rows import NOBODY
from corridor.storage.node.tables import projection, record, registration
from corridor.storage.node.tables import withdrawal as withdrawals
from corridor.storage.node.ties import SqlTies
from corridor.storage.node.writing import Writing
from corridor.storage.seals import Seals
from corridor.storage.statements import Listed, Row, Statement
from corridor.storage.times import from_micros, to_micros

REPORT = "report"
"""Outbox kind: a line for the coordinator, as `Disclosure.to_json` writes it."""

_MEDICATION = "Medication/"
_CURRENT = Statement(
    select(*COLUMNS).where(record.c.id == bindparam("id"), record.c.resource_type == bindparam("kind"))
)
_STANDING = Statement(
    select(record.c.resource_type, record.c.id, record.c.version, record.c.body.is_not(None).label("living")).where(
        Listed(record.c.id, "ids")
    )
)
_LIVING = Statement(
    select(record.c.resource_type, record.c.id).where(Listed(record.c.id, "ids"), record.c.body.is_not(None))
)
_CONSENTS = Statement(
    select(record.c.id, record.c.patient_id, record.c.updated_at, record.c.body)
    .where(record.c.patient_id == bindparam("person"), record.c.resource_type == "Consent", record.c.body.is_not(None))
    .order_by(record.c.key)
)
_PROJECTED = select(
    record.c.resource_type,
    record.c.id,
    projection.c.patient_id,
    projection.c.category,
    projection.c.effective,
    projection.c.template,
).join_from(projection, record, projection.c.key == record.c.key)
_PROJECTION = Statement(
    _PROJECTED.where(projection.c.patient_id == bindparam("person")).order_by(
        case((record.c.resource_type == "Patient", 0), else_=1),
        record.c.resource_type,
        case((projection.c.effective.is_(None), 1), else_=0),
        projection.c.effective,
        record.c.id,
    )
)
_MEDICATIONS = Statement(
    _PROJECTED.where(
        projection.c.patient_id == NOBODY, record.c.resource_type == "Medication", Listed(record.c.id, "ids")
    ).order_by(record.c.id)
)
_WITHDRAWALS = Statement(
    select(withdrawals.c.at).where(withdrawals.c.patient_id == bindparam("person")).order_by(withdrawals.c.at)
)
_WITHDRAW = Statement(lambda dialect: dialect.insert(withdrawals).on_conflict_do_nothing())
_PATIENT_OF = Statement(select(registration.c.patient_id).where(registration.c.handle == bindparam("handle")))


class SqlUnits:
    """Port `Units` on SQLite and PostgreSQL.

    Args:
        log: of the node; audit entries of a unit are appended to it.
        home: the node's country.
        zone: in which days of consents begin and end.
    """

    def __init__(self, log: NodeLog, home: Country, zone: tzinfo = UTC) -> None:
        self._log, self._home, self._zone = log, home, zone
        self._known = Known()

    @asynccontextmanager
    async def begin(self, drafts: Sequence[Draft] = ()) -> AsyncIterator[SqlUnit]:
        """See the port.

        Raises:
            UnavailableError: the database cannot be written; then nothing was.
        """
        seals = self._log.database.seals
        prepared = Prepared(seals, self._home)
        if drafts:
            await prepared.prepare(drafts)
        async with self._log.begin() as transaction:
            unit = SqlUnit(transaction, prepared, self._known, seals=seals, zone=self._zone)
            yield unit
        self._known.learn(unit.met)


class SqlUnit(SqlGrants):
    """Port `Unit` on SQLite and PostgreSQL."""

    def __init__(
        self, transaction: LogTransaction, prepared: Prepared, known: Known, *, seals: Seals, zone: tzinfo
    ) -> None:
        super().__init__(transaction.statements)
        self._facts, self._zone = transaction.facts, zone
        self._seals = seals
        self._writing = Writing(transaction.statements, prepared, known, seals=seals)
        self.pulls = SqlPulls(transaction.statements)
        self.openings = SqlOpenings(transaction.statements, seals)
        self.pauses = SqlPauses(transaction.statements, seals)
        self.presences = SqlPresences(transaction.statements, seals)
        self.ties = SqlTies(transaction.statements)

    @property
    def met(self) -> dict[Hashable, int]:
        """Numbers of what is shared that the unit met, to be learnt once it is durable."""
        return self._writing.met

    async def read(self, resource_type: str, id: str) -> Record | None:
        """See the port."""
        if "\x00" in id or "\x00" in resource_type:
            return None
        rows = await self._statements.rows(_CURRENT, {"id": id, "kind": resource_type})
        return record_of(rows[0], self._seals) if rows else None

    async def standing(self, names: Sequence[tuple[str, str]]) -> Mapping[tuple[str, str], tuple[int, bool]]:
        """See the port."""
        asked = sorted({id for _, id in names if "\x00" not in id})  # noqa: A001  # FHIR's word
        rows = await self._statements.rows(_STANDING, {"ids": asked})
        return {(row["resource_type"], row["id"]): (row["version"], bool(row["living"])) for row in rows}

    async def missing(self, references: Sequence[str]) -> tuple[str, ...]:
        """See the port."""
        references = [each for each in references if not self._writing.is_living(each)]
        if not references:
            return ()
        rows = await self._statements.rows(_LIVING, {"ids": sorted({each.partition("/")[2] for each in references})})
        living = {f"{row['resource_type']}/{row['id']}" for row in rows}
        return tuple(each for each in references if each not in living)

    async def write(self, drafts: Sequence[Draft], *, at: datetime) -> list[Record]:
        """See the port."""
        return await self._writing.write(drafts, at)

    async def delete(self, resource_type: str, id: str, *, at: datetime) -> Record | None:
        """See the port; a deleted Patient is queued too, so that the hub forgets it."""
        return await self._writing.delete(resource_type, id, at)

    async def consents(self, patient_id: str) -> tuple[Consent, ...]:
        """See the port."""
        rows = await self._statements.rows(_CONSENTS, {"person": patient_id})
        found = [(bodies.unpack_row(row, self._seals), row) for row in rows]
        return tuple(_consent(body, row["id"], updated_at=row["updated_at"], zone=self._zone) for body, row in found)

    async def withdrawals(self, patient_id: str) -> tuple[Withdrawal, ...]:
        """See the port."""
        rows = await self._statements.rows(_WITHDRAWALS, {"person": patient_id})
        return tuple(Withdrawal(from_micros(row["at"])) for row in rows)

    async def withdraw(self, patient_id: str, withdrawal: Withdrawal) -> None:
        """See the port."""
        await self._statements.run(_WITHDRAW, [{"patient_id": patient_id, "at": to_micros(withdrawal.at)}])

    async def projection(self, patient_id: str) -> tuple[Projected, ...]:
        """See the port."""
        rows = [self._projected(row) for row in await self._statements.rows(_PROJECTION, {"person": patient_id})]
        named = sorted(
            {slot[len(_MEDICATION) :] for row in rows for slot in _slots(row) if slot.startswith(_MEDICATION)}
        )
        if named:
            rows += [self._projected(row) for row in await self._statements.rows(_MEDICATIONS, {"ids": named})]
        return tuple(rows)

    def _projected(self, row: Row) -> Projected:
        effective = None if row["effective"] is None else from_micros(row["effective"])
        own, also = _categories(row["category"])
        template = bodies.unpack_projection(row, self._seals)
        return Projected(row["resource_type"], row["id"], own, effective, template, also)

    async def patient_of(self, handle: bytes) -> str | None:
        """See the port."""
        rows = await self._statements.rows(_PATIENT_OF, {"handle": handle})
        return rows[0]["patient_id"] if rows else None

    async def audit(self, fact: AuditFact) -> None:
        """See the port."""
        self._facts.append(fact)

    async def queue(self, kind: str, key: str, payload: bytes) -> None:
        """See the port."""
        await queue(self._statements, [{"kind": kind, "key": key, "payload": payload}])

    async def report(self, disclosure: Disclosure) -> None:
        """See the port."""
        await self.queue(REPORT, disclosure.id, disclosure.to_json())


@lru_cache(maxsize=256)
def _categories(kept: str) -> tuple[Category, frozenset[Category]]:
    """What a row is, and what it tells of besides."""
    own, *also = kept.split(" ")
    return Category(own), frozenset(map(Category, also))


@lru_cache(maxsize=2048)
def _consent(body: bytes, name: str, *, updated_at: int, zone: tzinfo) -> Consent:
    """One version of a Consent, read and compiled once; its very bytes are what it is remembered by."""
    return read_or_deny(orjson.loads(body), id=name, at=from_micros(updated_at), zone=zone)


def _slots(row: Projected) -> list[str]:
    """Every `Type/id` that the row's template refers to, its own included."""
    return [slot.decode() for slot in row.template.split(b"\0")[1::2]]
