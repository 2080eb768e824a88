"""Systems that may ask by themselves, and the tokens they hold."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy import bindparam, delete, insert, select, update

from corridor.domain.client import Client
from corridor.domain.errors import ConflictError, NotFoundError
from corridor.domain.grant import MARK, Grant
from corridor.domain.principal import Principal, Role
from corridor.domain.purpose import Purpose
from corridor.domain.scope import scopes, written
from corridor.storage.database import Database
from corridor.storage.node.client_tables import access_token, client
from corridor.storage.statements import Row, Statement
from corridor.storage.times import to_micros

TOKEN_BYTES = 32
_ACCOUNT = "system/"
"""Before a system's id: a person's account may have the same name."""
_SWEEP = timedelta(minutes=1)

_FIND = Statement(select(client).where(client.c.id == bindparam("id"), client.c.removed_at.is_(None)))
_WHO = Statement(
    select(
        access_token.c.client,
        access_token.c.scopes,
        access_token.c.purpose,
        access_token.c.bound_to,
        access_token.c.person,
        client.c.role,
        client.c.pseudonym,
    )
    .join(client, client.c.id == access_token.c.client)
    .where(
        access_token.c.digest == bindparam("digest"),
        access_token.c.until > bindparam("now"),
        client.c.removed_at.is_(None),
    )
)
_OPEN = Statement(insert(access_token))
_SWEPT = Statement(delete(access_token).where(access_token.c.until < bindparam("now")))


class SqlClients:
    """Port `Clients` on SQLite and PostgreSQL.

    Args:
        database: of the node.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    async def find(self, id: str) -> Client | None:
        """See the port."""
        rows = await self._database.rows(_FIND, {"id": id.replace("\x00", "\ufffd")})
        return _client(rows[0]) if rows else None

    async def add(self, new: Client, *, at: datetime) -> None:
        """Register a system.

        Raises:
            ConflictError: the id was given before, even to a system that is removed.
        """
        row = {
            **{name: getattr(new, name) for name in ("id", "name", "pseudonym", "keys")},
            "role": new.role.value,
            "scopes": written(new.scopes),
            "purposes": " ".join(sorted(new.purposes)),
            "bound": int(new.bound),
            "added_at": to_micros(at),
        }
        async with self._database.write() as connection:
            if (await connection.execute(select(client.c.id).where(client.c.id == new.id))).first():
                raise ConflictError("A client of this id is registered, or was.")
            await connection.execute(insert(client), [row])

    async def listed(self) -> Sequence[Client]:
        """Every system that is registered, by id."""
        wanted = select(client).where(client.c.removed_at.is_(None)).order_by(client.c.id)
        async with self._database.read() as connection:
            return [_client(row._mapping) for row in await connection.execute(wanted)]  # noqa: SLF001  # SQLAlchemy's public name

    async def remove(self, id: str, *, at: datetime) -> None:
        """End a registration, and every token that rests on it, at once.

        Raises:
            NotFoundError: no such system is registered.
        """
        ended = update(client).where(client.c.id == id, client.c.removed_at.is_(None)).values(removed_at=to_micros(at))
        async with self._database.write() as connection:
            if not (await connection.execute(ended)).rowcount:
                raise NotFoundError("No client of this id is registered.")
            await connection.execute(delete(access_token).where(access_token.c.client == id))


class SqlPasses:
    """Port `Passes` on SQLite and PostgreSQL; nothing is remembered, so that what ends has ended.

    Args:
        database: of the node.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._swept_at: datetime | None = None

    async def open(self, client: Client, grant: Grant, *, until: datetime) -> str:
        """See the port."""
        token = MARK + secrets.token_urlsafe(TOKEN_BYTES)
        row = {
            "digest": _digest(token),
            "client": client.id,
            "scopes": written(grant.scopes),
            "purpose": grant.purpose.value,
            "bound_to": grant.bound_to,
            "person": grant.person,
            "until": to_micros(until),
        }
        async with self._database.transaction() as statements:
            if self._swept_at is None or until - self._swept_at > _SWEEP:
                # All tokens live equally long: what ends an hour before this one has ended.
                await statements.run(_SWEPT, [{"now": to_micros(until - timedelta(hours=1))}])
                self._swept_at = until
            await statements.run(_OPEN, [row])
        return token

    async def who(self, token: str, *, at: datetime) -> Principal | None:
        """See the port."""
        rows = await self._database.rows(_WHO, {"digest": _digest(token), "now": to_micros(at)})
        if not rows:
            return None
        row = rows[0]
        grant = Grant(scopes(row["scopes"]), Purpose(row["purpose"]), row["bound_to"], row["person"])
        return Principal(_ACCOUNT + row["client"], Role(row["role"]), row["pseudonym"], grant)


def _client(row: Row | Any) -> Client:
    return Client(
        id=row["id"],
        name=row["name"],
        role=Role(row["role"]),
        pseudonym=row["pseudonym"],
        scopes=scopes(row["scopes"]),
        purposes=frozenset(Purpose(each) for each in row["purposes"].split()),
        keys=row["keys"],
        bound=bool(row["bound"]),
    )


def _digest(token: str) -> bytes:
    return sha256(token.encode("utf-8", "surrogatepass")).digest()
