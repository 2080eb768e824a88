"""The port `Staff`, and which accounts are for development alone."""

from __future__ import annotations

import secrets
from datetime import datetime

from sqlalchemy import Table, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from corridor.domain.principal import Principal, Role
from corridor.storage.database import Database
from corridor.storage.times import to_micros

_ACCOUNT = "staff/"
"""Before the pseudonym of somebody who has no account here: no account is called so."""


class SqlStaff:
    """Port `Staff` on SQLite and PostgreSQL.

    Args:
        database: of the node or hub.
        table: with issuer, subject, pseudonym, role, first_at and last_at.
    """

    def __init__(self, database: Database, table: Table) -> None:
        self._database = database
        self._table = table

    async def known(self, issuer: str, subject: str, role: Role, *, at: datetime) -> Principal:
        """See the port."""
        pseudonym = await self._seen(issuer, subject, role, at=at)
        if pseudonym is None:
            try:
                pseudonym = await self._new(issuer, subject, role, at=at)
            except IntegrityError:  # signed in for the first time twice at once
                pseudonym = await self._seen(issuer, subject, role, at=at)
        return Principal(f"{_ACCOUNT}{pseudonym}", role, str(pseudonym))

    async def account_of(self, issuer: str, subject: str) -> str | None:
        """The account of somebody who signed in before, or None."""
        columns = self._table.c
        wanted = select(columns.pseudonym).where(columns.issuer == issuer, columns.subject == subject)
        async with self._database.read() as connection:
            found = (await connection.execute(wanted)).scalar()
        return f"{_ACCOUNT}{found}" if found else None

    async def _seen(self, issuer: str, subject: str, role: Role, *, at: datetime) -> str | None:
        staff = self._table
        whom = (staff.c.issuer == issuer, staff.c.subject == subject)
        async with self._database.write() as connection:
            await connection.execute(update(staff).where(*whom).values(role=role.value, last_at=to_micros(at)))
            return (await connection.execute(select(staff.c.pseudonym).where(*whom))).scalar()

    async def _new(self, issuer: str, subject: str, role: Role, *, at: datetime) -> str:
        pseudonym, now = secrets.token_hex(16), to_micros(at)
        row = {"issuer": issuer, "subject": subject, "pseudonym": pseudonym, "role": role.value}
        async with self._database.write() as connection:
            await connection.execute(insert(self._table), [row | {"first_at": now, "last_at": now}])
        return pseudonym


async def mark_for_development(database: Database, table: Table, account: str) -> None:
    """Keep in mind that an account was made where anybody may know its password."""
    async with database.write() as connection:
        await connection.execute(insert(table), [{"name": account}])


async def accounts_for_development(database: Database, table: Table) -> int:
    """How many accounts were made so."""
    async with database.read() as connection:
        return (await connection.execute(select(func.count()).select_from(table))).scalar_one()
