"""Who may sign in; node and hub each bring a table of their own."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable

from sqlalchemy import Table, delete, insert, select

from corridor.domain.errors import ConflictError
from corridor.domain.principal import Principal, Role
from corridor.storage.database import Database


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

    async def remove(self, account: str) -> bool:
        """Take an account away; False where there was none."""
        async with self._database.write() as connection:
            gone = await connection.execute(delete(self._table).where(self._table.c.name == account))
        return bool(gone.rowcount)
