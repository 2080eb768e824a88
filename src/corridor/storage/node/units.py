"""One act on the node's database: everything in one transaction, its audit entries included."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import case, delete, select
from sqlalchemy.dialects import postgresql, sqlite

from corridor.domain.audit.fact import AuditFact
from corridor.domain.category import Category
from corridor.domain.consent import Consent, Withdrawal
from corridor.domain.country import Country
from corridor.domain.disclosure import Disclosure
from corridor.domain.record import Draft, Record
from corridor.fhir.consent import read_or_deny
from corridor.flows.ports.unit import Projected
from corridor.storage.node import bodies
from corridor.storage.node.log import LogTransaction, NodeLog
from corridor.storage.node.outbox import queue
from corridor.storage.node.search import record_of
from corridor.storage.node.tables import projection, record, registration, return_grant
from corridor.storage.node.tables import withdrawal as withdrawals
from corridor.storage.node.writing import CHUNK, Writing
from corridor.storage.times import from_micros, to_micros

REPORT = "report"
"""Outbox kind: a line for the coordinator, as `Disclosure.to_json` writes it."""

_CURRENT = select(
    record.c.resource_type, record.c.id, record.c.version, record.c.updated_at, record.c.body, record.c.patient_id
)
_PATIENT_FIRST = case((projection.c.resource_type == "Patient", 0), else_=1)
_UNDATED_LAST = case((projection.c.effective.is_(None), 1), else_=0)
_PROJECTION = select(projection).order_by(
    _PATIENT_FIRST, projection.c.resource_type, _UNDATED_LAST, projection.c.effective, projection.c.id
)


class SqlUnits:
    """Port `Units` on SQLite and PostgreSQL.

    Args:
        log: of the node; audit entries of a unit are appended to it.
        home: the node's country.
    """

    def __init__(self, log: NodeLog, home: Country) -> None:
        self._log = log
        self._home = home

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[SqlUnit]:
        """See the port.

        Raises:
            UnavailableError: the database cannot be written; then nothing was.
        """
        async with self._log.begin() as transaction:
            yield SqlUnit(transaction, self._home)


class SqlUnit:
    """Port `Unit` on SQLite and PostgreSQL."""

    def __init__(self, transaction: LogTransaction, home: Country) -> None:
        self._facts = transaction.facts
        self._connection = transaction.connection
        self._writing = Writing(transaction.connection, home)
        self._dialect: Any = sqlite if transaction.connection.dialect.name == "sqlite" else postgresql

    async def read(self, resource_type: str, id: str) -> Record | None:
        """See the port."""
        wanted = _CURRENT.where(record.c.id == id, record.c.resource_type == resource_type)
        row = (await self._connection.execute(wanted)).mappings().first()
        return record_of(row) if row else None

    async def missing(self, references: Sequence[str]) -> tuple[str, ...]:
        """See the port."""
        ids = sorted({each.partition("/")[2] for each in references})
        living: set[str] = set()
        for start in range(0, len(ids), CHUNK):
            some = record.c.id.in_(ids[start : start + CHUNK])
            wanted = select(record.c.resource_type, record.c.id).where(some, record.c.body.is_not(None))
            living |= {f"{row.resource_type}/{row.id}" for row in await self._connection.execute(wanted)}
        return tuple(each for each in references if each not in living)

    async def write(self, drafts: Sequence[Draft], *, at: datetime) -> list[Record]:
        """See the port."""
        return await self._writing.write(drafts, at)

    async def delete(self, resource_type: str, id: str, *, at: datetime) -> Record | None:
        """See the port; a deleted Patient is queued too, so that the hub forgets it."""
        return await self._writing.delete(resource_type, id, at)

    async def consents(self, patient_id: str) -> tuple[Consent, ...]:
        """See the port."""
        theirs = record.c.patient_id == patient_id, record.c.resource_type == "Consent"
        wanted = select(record.c.id, record.c.updated_at, record.c.body).where(*theirs, record.c.body.is_not(None))
        rows = (await self._connection.execute(wanted.order_by(record.c.key))).all()
        return tuple(
            read_or_deny(orjson.loads(bodies.unpack(row.body)), id=row.id, at=from_micros(row.updated_at))
            for row in rows
        )

    async def withdrawals(self, patient_id: str) -> tuple[Withdrawal, ...]:
        """See the port."""
        wanted = select(withdrawals.c.at).where(withdrawals.c.patient_id == patient_id).order_by(withdrawals.c.at)
        return tuple(Withdrawal(from_micros(at)) for at in (await self._connection.execute(wanted)).scalars())

    async def withdraw(self, patient_id: str, withdrawal: Withdrawal) -> None:
        """See the port."""
        insert = self._dialect.insert(withdrawals).values(patient_id=patient_id, at=to_micros(withdrawal.at))
        await self._connection.execute(insert.on_conflict_do_nothing())

    async def projection(self, patient_id: str) -> tuple[Projected, ...]:
        """See the port."""
        rows = await self._connection.execute(_PROJECTION.where(projection.c.patient_id == patient_id))
        return tuple(_projected(row) for row in rows)

    async def patient_of(self, handle: bytes) -> str | None:
        """See the port."""
        wanted = select(registration.c.patient_id).where(registration.c.handle == handle)
        found: str | None = (await self._connection.execute(wanted)).scalar_one_or_none()
        return found

    async def audit(self, fact: AuditFact) -> None:
        """See the port."""
        self._facts.append(fact)

    async def queue(self, kind: str, key: str, payload: bytes) -> None:
        """See the port."""
        await queue(self._connection, [{"kind": kind, "key": key, "payload": payload}])

    async def report(self, disclosure: Disclosure) -> None:
        """See the port."""
        await self.queue(REPORT, disclosure.id, disclosure.to_json())

    async def grant(
        self, country: Country, pseudonym: str, *, patient_id: str, until: datetime, statement: bytes
    ) -> None:
        """See the port; the newest grant for a pseudonym counts."""
        kept = {"patient_id": patient_id, "until": to_micros(until), "statement": statement}
        insert = self._dialect.insert(return_grant).values(country=country, pseudonym=pseudonym, **kept)
        await self._connection.execute(insert.on_conflict_do_update(index_elements=_GRANT_KEY, set_=kept))

    async def granted(self, country: Country, pseudonym: str, *, at: datetime) -> tuple[str, bytes] | None:
        """See the port; grants that have ended are forgotten on the way."""
        columns = return_grant.c
        await self._connection.execute(delete(return_grant).where(columns.until <= to_micros(at)))
        wanted = select(columns.patient_id, columns.statement)
        wanted = wanted.where(columns.country == country, columns.pseudonym == pseudonym)
        row = (await self._connection.execute(wanted)).first()
        return (row.patient_id, bytes(row.statement)) if row else None


_GRANT_KEY = ["country", "pseudonym"]


def _projected(row: Any) -> Projected:
    effective = None if row.effective is None else from_micros(row.effective)
    return Projected(row.resource_type, row.id, Category(row.category), effective, bodies.unpack(row.template))
