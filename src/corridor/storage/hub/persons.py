"""The register of blind tokens."""

from __future__ import annotations

import hmac
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import bindparam, delete, func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from corridor.domain.country import Country
from corridor.domain.matching_request import PersonEntry
from corridor.domain.secret import Secret
from corridor.flows.ports.persons import Candidate
from corridor.storage.database import Database
from corridor.storage.hub.tables import person, token
from corridor.storage.statements import Listed, Row, Statement

_STORED_BYTES = 8
"""Of a keyed token: where thirty million are stored, unlike ones meet in one search of twenty thousand million."""

_CHUNK = 300
"""Values in one statement; well below what either database takes."""

_NEWEST = Statement(select(func.max(person.c.key).label("newest")))
"""The number of the person registered last: one look at the end of an index, where counting reads everyone."""

_AGREEING = Statement(
    select(person.c.key, person.c.country, person.c.handle, person.c.flags, token.c.value)
    .join_from(token, person, token.c.person == person.c.key)
    .where(Listed(token.c.value, "sought"), person.c.country != bindparam("besides"))
)


class SqlPersons:
    """Port `Persons` on SQLite and PostgreSQL.

    Args:
        database: of the hub.
        key: the hub's own; without it the stored tokens compare with nothing.
    """

    def __init__(self, database: Database, key: Secret) -> None:
        self._database = database
        self._key = key

    async def put(self, country: Country, epoch: int, persons: Sequence[PersonEntry]) -> None:
        """See the port."""
        async with self._database.write() as connection:
            keys = await _keys(connection, country, persons)
            for start in range(0, len(persons), _CHUNK):
                part = [keys[entry.handle] for entry in persons[start : start + _CHUNK]]
                await connection.execute(delete(token).where(token.c.person.in_(part), token.c.epoch == epoch))
            rows = [row for entry in persons for row in self._rows(entry, epoch, keys[entry.handle])]
            if rows:
                await connection.execute(insert(token), rows)

    async def remove(self, country: Country, handles: Sequence[bytes]) -> None:
        """See the port."""
        async with self._database.write() as connection:
            for start in range(0, len(handles), _CHUNK):
                part = handles[start : start + _CHUNK]
                theirs = (person.c.country == country) & person.c.handle.in_(part)
                gone = (await connection.execute(select(person.c.key).where(theirs))).scalars().all()
                await connection.execute(delete(token).where(token.c.person.in_(gone)))
                await connection.execute(delete(person).where(person.c.key.in_(gone)))

    async def forget(self, countries: Sequence[Country]) -> None:
        """See the port."""
        async with self._database.write() as connection:
            theirs = select(person.c.key).where(person.c.country.in_(countries))
            await connection.execute(delete(token).where(token.c.person.in_(theirs)))
            await connection.execute(delete(person).where(person.c.country.in_(countries)))

    async def agreeing(
        self, epoch: int, tokens: Sequence[tuple[int, bytes]], *, besides: Country
    ) -> tuple[Candidate, ...]:
        """See the port."""
        places: dict[int, int] = {}
        for place, each in enumerate(tokens):
            places.setdefault(stored_token(self._key, epoch, each), place)
        found: dict[int, list[Row]] = defaultdict(list)
        for row in await self._database.rows(_AGREEING, {"sought": [*places], "besides": besides}):
            found[row["key"]].append(row)
        return tuple(_candidate(rows, places) for rows in found.values())

    async def size(self) -> int:
        """See the port."""
        [row] = await self._database.rows(_NEWEST, {})
        return row["newest"] or 0

    async def count(self) -> dict[Country, int]:
        """See the port."""
        wanted = select(person.c.country, func.count()).group_by(person.c.country).order_by(person.c.country)
        async with self._database.read() as connection:
            return {Country(country): count for country, count in await connection.execute(wanted)}

    def _rows(self, entry: PersonEntry, epoch: int, key: int) -> list[dict[str, int]]:
        return [
            {"value": stored_token(self._key, epoch, each), "person": key, "epoch": epoch}
            for each in dict.fromkeys(entry.tokens)
        ]


def stored_token(key: Secret, epoch: int, token: tuple[int, bytes]) -> int:
    """What the hub stores of a token: 64 bits, of which nobody learns the token or its kind without the hub's key."""
    kind, value = token
    message = epoch.to_bytes(4, "big") + kind.to_bytes(1, "big") + value
    return int.from_bytes(hmac.digest(key.value, message, "sha256")[:_STORED_BYTES], "big", signed=True)


async def _keys(connection: AsyncConnection, country: Country, persons: Sequence[PersonEntry]) -> dict[bytes, int]:
    """The row of each person by handle, written or brought up to date."""
    flags = {entry.handle: bytes(entry.flags) for entry in persons}
    known = await _known(connection, country, list(flags))
    for handle in known.keys() & flags.keys():
        changed = person.update().where(person.c.key == known[handle]).values(flags=flags[handle])
        await connection.execute(changed)
    new = [{"country": country, "handle": handle, "flags": flags[handle]} for handle in flags.keys() - known.keys()]
    if new:
        await connection.execute(insert(person), new)
    return known | await _known(connection, country, [row["handle"] for row in new])


async def _known(connection: AsyncConnection, country: Country, handles: Sequence[Any]) -> dict[bytes, int]:
    known: dict[bytes, int] = {}
    for start in range(0, len(handles), _CHUNK):
        theirs = (person.c.country == country) & person.c.handle.in_(handles[start : start + _CHUNK])
        rows = await connection.execute(select(person.c.handle, person.c.key).where(theirs))
        known |= {bytes(handle): key for handle, key in rows}
    return known


def _candidate(rows: Sequence[Row], places: Mapping[int, int]) -> Candidate:
    first = rows[0]
    agreeing = tuple(sorted(places[row["value"]] for row in rows))
    return Candidate(Country(first["country"]), bytes(first["handle"]), tuple(first["flags"]), agreeing)
