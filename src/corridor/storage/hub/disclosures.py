"""Who shared with whom, and how far each country's log was proven."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.dialects import postgresql, sqlite

from corridor.domain.country import Country
from corridor.domain.disclosure import Decision, Disclosure
from corridor.flows.ports.disclosures import DisclosureCount, DisclosureFilter, LogProof
from corridor.storage.database import Database
from corridor.storage.hub.tables import disclosure, log_proof
from corridor.storage.times import from_micros, to_micros

_KIND = [disclosure.c[name] for name in ("hour", "reporter", "asker", "holder", "purpose", "decision")]


class SqlDisclosures:
    """Port `Disclosures` on SQLite and PostgreSQL.

    Args:
        database: of the hub.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._dialect: Any = sqlite if database.is_sqlite else postgresql

    async def add(self, disclosures: Sequence[Disclosure]) -> None:
        """See the port."""
        if not disclosures:
            return
        once = self._dialect.insert(disclosure).on_conflict_do_nothing()
        async with self._database.write() as connection:
            await connection.execute(once, [_row(line) for line in disclosures])

    async def counts(self, wanted: DisclosureFilter) -> tuple[DisclosureCount, ...]:
        """See the port."""
        count = func.count().label("count")
        newest = (disclosure.c.hour.desc(), *_KIND[1:])
        query = select(*_KIND, count).where(*_conditions(wanted)).group_by(*_KIND).order_by(*newest)
        async with self._database.read() as connection:
            return tuple(_count(row) for row in await connection.execute(query))

    async def proof(self, country: Country) -> LogProof | None:
        """See the port."""
        async with self._database.read() as connection:
            row = (await connection.execute(select(log_proof).where(log_proof.c.country == country))).first()
        return _proof(row) if row else None

    async def keep_proof(self, proof: LogProof, since: int) -> bool:
        """See the port."""
        row = {"size": proof.size, "whole": proof.whole, "seen_at": to_micros(proof.seen_at), "note": proof.note}
        insert = self._dialect.insert(log_proof).values(country=proof.country, **row)
        replace = insert.on_conflict_do_update(index_elements=["country"], set_=row, where=log_proof.c.size == since)
        async with self._database.write() as connection:
            kept = await connection.execute(replace.returning(log_proof.c.country))
            return kept.first() is not None

    async def proofs(self) -> tuple[LogProof, ...]:
        """See the port."""
        async with self._database.read() as connection:
            rows = await connection.execute(select(log_proof).order_by(log_proof.c.country))
            return tuple(_proof(row) for row in rows)


def _row(line: Disclosure) -> dict[str, Any]:
    return {
        "reporter": line.reporter,
        "id": line.id,
        "hour": to_micros(line.hour),
        "asker": line.asker,
        "holder": line.holder,
        "purpose": line.purpose,
        "decision": line.decision.value,
    }


def _conditions(wanted: DisclosureFilter) -> list[ColumnElement[bool]]:
    equal = {"asker": wanted.asker, "holder": wanted.holder, "purpose": wanted.purpose, "decision": wanted.decision}
    found: list[ColumnElement[bool]] = [disclosure.c[name] == value for name, value in equal.items() if value]
    if wanted.start:
        found.append(disclosure.c.hour >= to_micros(wanted.start))
    if wanted.end:
        found.append(disclosure.c.hour < to_micros(wanted.end))
    return found


def _count(row: Any) -> DisclosureCount:
    hour, reporter, asker, holder, purpose, decision, count = row
    return DisclosureCount(
        hour=from_micros(hour),
        reporter=Country(reporter),
        asker=Country(asker),
        holder=Country(holder),
        purpose=purpose,
        decision=Decision(decision),
        count=count,
    )


def _proof(row: Any) -> LogProof:
    return LogProof(Country(row.country), row.size, bool(row.whole), from_micros(row.seen_at), row.note)
