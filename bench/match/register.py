"""A hub's register as large as a country's, written by COPY.

Everybody in it is a person of the Andean corpus, with as many tokens as they would have. The tokens that somebody who
is sought has too are those of the protocol, made with the key of this very federation, whose shares all lie on this
machine; all others are random, because nobody will ever ask for them. So each search finds whom it would find in a
register that was made by the whole protocol, for a thousandth of the work.
"""

from __future__ import annotations

import secrets
from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context

import asyncpg

from bench.andean_people import REGISTRY, dice, person, written_down
from corridor.domain.country import Country
from corridor.domain.identity.features import Feature, features
from corridor.domain.identity.flags import flags
from corridor.domain.identity.known_key import direct_tokens
from corridor.domain.secret import Secret
from corridor.storage.database import Database
from corridor.storage.hub.persons import stored_token

CHUNK = 2_000
"""People in one COPY."""

_WORKERS, _AHEAD = 2, 4
_SEED = 77_000_000
_HANDLE_BYTES = 16
_SIZE = "SELECT pg_total_relation_size('token') AS bytes, (SELECT count(*) FROM token) AS tokens"

Row = tuple[bytes, list[int]]
"""Flags and stored tokens of one person."""

Sought = Mapping[tuple[int, str], int]
"""What is stored of the tokens that somebody asks for, by feature."""


@dataclass(frozen=True, slots=True)
class Keys:
    """What a stored token is made with.

    Attributes:
        whole: the token key, which in service nobody has.
        hub: the hub's own.
    """

    epoch: int
    whole: Secret
    hub: Secret

    def tokens(self, wanted: Sequence[Feature]) -> list[tuple[int, bytes]]:
        """The tokens of features, made at once."""
        return [(each.kind, each.value) for each in direct_tokens(wanted, self.whole)]

    def stored(self, wanted: Collection[Feature]) -> dict[tuple[int, str], int]:
        """What the hub stores of each feature."""
        return {
            (feature.kind, feature.text): stored_token(self.hub, self.epoch, token)
            for feature, token in zip(wanted, self.tokens([*wanted]), strict=True)
        }


async def grow(
    url: str, people: int, *, sought: Sought, epoch: int, countries: Iterable[Country], told: Callable[[int], None]
) -> None:
    """Add people to a hub's register until it holds so many, evenly from these countries."""
    connection = await asyncpg.connect(Database(url).dsn)
    try:
        last = int(await connection.fetchval("SELECT coalesce(max(key), 0) FROM person"))
        homes = tuple(countries)
        for rows in _chunks(last, people, sought):
            keys = range(last + 1, last + 1 + len(rows))
            named = [
                (key, homes[key % len(homes)], secrets.token_bytes(_HANDLE_BYTES), row[0])
                for key, row in zip(keys, rows, strict=True)
            ]
            values = [(value, key, epoch) for key, row in zip(keys, rows, strict=True) for value in row[1]]
            await connection.copy_records_to_table(
                "person", records=named, columns=["key", "country", "handle", "flags"]
            )
            await connection.copy_records_to_table("token", records=values, columns=["value", "person", "epoch"])
            last += len(rows)
            told(len(rows))
        await connection.execute("SELECT setval(pg_get_serial_sequence('person', 'key'), $1)", last)
        await connection.execute("VACUUM (ANALYZE)")
    finally:
        await connection.close()


async def bytes_a_token(url: str) -> float:
    """Bytes on disk of the table of tokens with its indexes, a token."""
    connection = await asyncpg.connect(Database(url).dsn)
    try:
        row = await connection.fetchrow(_SIZE)
    finally:
        await connection.close()
    return float(row["bytes"] / row["tokens"])


def _chunks(first: int, last: int, sought: Sought) -> Iterator[list[Row]]:
    """People in order; a few chunks are made ahead and no more are in memory."""
    with ProcessPoolExecutor(_WORKERS, get_context("spawn"), initializer=_know, initargs=(dict(sought),)) as pool:
        made: deque[Future[list[Row]]] = deque()
        for at in range(first, last, CHUNK):
            made.append(pool.submit(_made, at, min(CHUNK, last - at)))
            if len(made) > _AHEAD:
                yield made.popleft().result()
        for each in made:
            yield each.result()


_KNOWN: dict[tuple[int, str], int] = {}


def _know(sought: dict[tuple[int, str], int]) -> None:
    _KNOWN.update(sought)


def _made(first: int, count: int) -> list[Row]:
    """People who are the same whenever the register grows past them; tokens that nobody asks for are random."""
    rng = dice(_SEED + first)
    rows = []
    for _ in range(count):
        who = written_down(rng, person(rng), REGISTRY)
        own = {(each.kind, each.text) for each in features(who)}
        values = [_KNOWN[each] if each in _KNOWN else rng.getrandbits(64) - 2**63 for each in own]
        rows.append((bytes(flags(who).integers()), values))
    return rows
