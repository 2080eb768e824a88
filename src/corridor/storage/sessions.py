"""Who is signed in; node and hub each bring a table of their own."""

from __future__ import annotations

import secrets
import time
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import Table, delete, insert, select, update

from corridor.domain.open_sign_in import OpenSignIn
from corridor.domain.principal import Principal, Role
from corridor.storage.database import Database
from corridor.storage.times import from_micros, to_micros

TOKEN_BYTES = 32
REMEMBERED_SECONDS = 60.0
REMEMBERED = 10_000
"""Sign-ins that are kept in memory at most."""

NOTED = timedelta(seconds=REMEMBERED_SECONDS)
"""Uses that are closer together are written down once."""

IDLE = timedelta(minutes=30)
"""After which a sign-in that nobody used has ended.

Source: NIST SP 800-63B-4 section 2.2.3 asks for an hour at most; ASVS 5.0, 7.3.1.
"""


@dataclass(frozen=True, slots=True)
class _Known:
    principal: Principal
    ends_at: datetime
    fresh_until: float


class SqlSessions:
    """Port `Sessions` on SQLite and PostgreSQL: a token is known by its digest alone.

    That a sign-in was used is written down when it is looked up, once a minute at most.

    Args:
        database: of the node or hub.
        table: with digest, until, seen_at, account, role and pseudonym.
        idle: how long a sign-in lasts that nobody uses.
    """

    def __init__(self, database: Database, table: Table, *, idle: timedelta = IDLE) -> None:
        self._database = database
        self._table = table
        self._idle = idle
        self._remembered: OrderedDict[bytes, _Known] = OrderedDict()

    async def open(self, principal: Principal, *, at: datetime, until: datetime) -> str:
        """See the port; what ended before is forgotten."""
        token = secrets.token_urlsafe(TOKEN_BYTES)
        who = {"account": principal.account, "role": principal.role.value, "pseudonym": principal.pseudonym}
        times = {"until": to_micros(until), "seen_at": to_micros(at)}
        async with self._database.write() as connection:
            await connection.execute(delete(self._table).where(self._table.c.until <= to_micros(at)))
            await connection.execute(insert(self._table).values(digest=_digest(token), **times, **who))
        return token

    async def who(self, token: str, *, at: datetime) -> Principal | None:
        """See the port."""
        digest = _digest(token)
        known = self._remembered.get(digest)
        if known is None or known.fresh_until < time.monotonic():
            known = await self._look_up(digest, at)
        return known.principal if known and at < known.ends_at else None

    async def close(self, token: str) -> None:
        """See the port."""
        digest = _digest(token)
        self._remembered.pop(digest, None)
        async with self._database.write() as connection:
            await connection.execute(delete(self._table).where(self._table.c.digest == digest))
        self._remembered.pop(digest, None)  # a reader may have remembered it while the row was being deleted

    async def close_all(self, account: str) -> int:
        """See the port."""
        ended = delete(self._table).where(self._table.c.account == account).returning(self._table.c.digest)
        async with self._database.write() as connection:
            rows = (await connection.execute(ended)).all()
        for row in rows:
            self._remembered.pop(bytes(row.digest), None)
        return len(rows)

    async def of(self, account: str, *, at: datetime) -> Sequence[OpenSignIn]:
        """See the port."""
        columns = self._table.c
        living = (columns.until > to_micros(at), columns.seen_at > to_micros(at - self._idle))
        wanted = select(columns.digest, columns.seen_at, columns.until).where(columns.account == account, *living)
        async with self._database.read() as connection:
            rows = (await connection.execute(wanted.order_by(columns.seen_at.desc()))).all()
        return [OpenSignIn(bytes(row.digest).hex(), from_micros(row.seen_at), from_micros(row.until)) for row in rows]

    async def _look_up(self, digest: bytes, at: datetime) -> _Known | None:
        async with self._database.read() as connection:
            row = (await connection.execute(select(self._table).where(self._table.c.digest == digest))).first()
        self._remembered.pop(digest, None)
        if row is None or at >= min(from_micros(row.until), from_micros(row.seen_at) + self._idle):
            return None
        if at - from_micros(row.seen_at) >= NOTED:
            await self._note_use(digest, at)
        principal = Principal(row.account, Role(row.role), row.pseudonym)
        ends_at = min(from_micros(row.until), max(at, from_micros(row.seen_at)) + self._idle)
        known = _Known(principal, ends_at, time.monotonic() + REMEMBERED_SECONDS)
        self._remembered[digest] = known
        if len(self._remembered) > REMEMBERED:
            self._remembered.popitem(last=False)
        return known

    async def _note_use(self, digest: bytes, at: datetime) -> None:
        used = update(self._table).where(self._table.c.digest == digest).values(seen_at=to_micros(at))
        async with self._database.write() as connection:
            await connection.execute(used)


def _digest(token: str) -> bytes:
    return sha256(token.encode("utf-8", "surrogatepass")).digest()
