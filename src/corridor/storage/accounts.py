"""Who may sign in, and who is signed in; node and hub each bring tables of their own."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime
from hashlib import sha256

from sqlalchemy import Table, delete, insert, select

from corridor.domain.errors import ConflictError
from corridor.domain.principal import Principal, Role
from corridor.storage.database import Database
from corridor.storage.times import from_micros, to_micros

TOKEN_BYTES = 32
REMEMBERED_SECONDS = 60.0
REMEMBERED = 10_000
"""Sign-ins that are kept in memory at most."""


class SqlAccounts:
    """Port `Accounts` on SQLite and PostgreSQL.

    Args:
        database: of the node or hub.
        table: with name, password, role and pseudonym.
        keep: the text to store instead of a password.
        check: whether a password is the stored one; None is nobody's and takes as long.
    """

    def __init__(
        self,
        database: Database,
        table: Table,
        *,
        keep: Callable[[str], str],
        check: Callable[[str | None, str], bool],
    ) -> None:
        self._database = database
        self._table = table
        self._keep = keep
        self._check = check

    async def verify(self, account: str, password: str) -> Principal | None:
        """See the port."""
        wanted = select(self._table).where(self._table.c.name == account.replace("\x00", "\ufffd"))
        async with self._database.read() as connection:
            row = (await connection.execute(wanted)).first()
        right = await asyncio.to_thread(self._check, row.password if row else None, password)
        return Principal(row.name, Role(row.role), row.pseudonym) if row and right else None

    async def create(self, account: str, password: str, role: Role) -> Principal:
        """A new account with a pseudonym of its own.

        Raises:
            ConflictError: the name is taken.
        """
        principal = Principal(account, role, secrets.token_hex(16))
        row = {"name": account, "password": self._keep(password), "role": role.value, "pseudonym": principal.pseudonym}
        async with self._database.write() as connection:
            taken = await connection.execute(select(self._table.c.name).where(self._table.c.name == account))
            if taken.first():
                raise ConflictError("An account of this name exists.")
            await connection.execute(insert(self._table), [row])
        return principal


class SqlSessions:
    """Port `Sessions` on SQLite and PostgreSQL: a token is known by its digest alone.

    Args:
        database: of the node or hub.
        table: with digest, until, account, role and pseudonym.
    """

    def __init__(self, database: Database, table: Table) -> None:
        self._database = database
        self._table = table
        self._remembered: OrderedDict[bytes, tuple[Principal, datetime, float]] = OrderedDict()

    async def open(self, principal: Principal, *, until: datetime) -> str:
        """See the port."""
        token = secrets.token_urlsafe(TOKEN_BYTES)
        who = {"account": principal.account, "role": principal.role.value, "pseudonym": principal.pseudonym}
        row = insert(self._table).values(digest=_digest(token), until=to_micros(until), **who)
        async with self._database.write() as connection:
            await connection.execute(row)
        return token

    async def who(self, token: str, *, at: datetime) -> Principal | None:
        """See the port."""
        digest = _digest(token)
        known = self._remembered.get(digest)
        if known is None or known[2] < time.monotonic():
            known = await self._look_up(digest)
        return known[0] if known and at < known[1] else None

    async def close(self, token: str) -> None:
        """See the port."""
        digest = _digest(token)
        self._remembered.pop(digest, None)
        async with self._database.write() as connection:
            await connection.execute(delete(self._table).where(self._table.c.digest == digest))
        self._remembered.pop(digest, None)  # a reader may have remembered it while the row was being deleted

    async def forget_ended(self, *, at: datetime) -> None:
        """Delete the sign-ins that have ended."""
        async with self._database.write() as connection:
            await connection.execute(delete(self._table).where(self._table.c.until <= to_micros(at)))

    async def _look_up(self, digest: bytes) -> tuple[Principal, datetime, float] | None:
        async with self._database.read() as connection:
            row = (await connection.execute(select(self._table).where(self._table.c.digest == digest))).first()
        if row is None:
            self._remembered.pop(digest, None)
            return None
        principal = Principal(row.account, Role(row.role), row.pseudonym)
        known = (principal, from_micros(row.until), time.monotonic() + REMEMBERED_SECONDS)
        self._remembered[digest] = known
        if len(self._remembered) > REMEMBERED:
            self._remembered.popitem(last=False)
        return known


def _digest(token: str) -> bytes:
    return sha256(token.encode("utf-8", "surrogatepass")).digest()
