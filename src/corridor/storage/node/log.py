"""The node's log as a hash tree in its own database: one writer, grown in the transaction that it records."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import uuid6
from sqlalchemy import Select, Table, and_, insert, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from corridor.domain.audit.checkpoint import Checkpoint
from corridor.domain.audit.fact import AuditFact
from corridor.domain.audit.leaf import SALT_BYTES, leaf
from corridor.domain.audit.proof import needed
from corridor.domain.audit.tree import Frontier, frontier, leaf_hash
from corridor.domain.country import Country
from corridor.domain.errors import UnavailableError
from corridor.fhir.audit_event import render
from corridor.storage.database import Database
from corridor.storage.node import bodies
from corridor.storage.node.log_rows import searchable, tokens_text
from corridor.storage.node.tables import log_checkpoint, log_entry, log_head, log_node, log_reference, log_shape
from corridor.storage.times import to_micros

Place = tuple[int, int]
"""Level and index of a complete subtree."""

Hashes = dict[Place, bytes]

_HEAD = select(log_head.c.size, log_head.c.root).where(log_head.c.id == 1).with_for_update()
_GROW = update(log_head).where(log_head.c.id == 1)


@dataclass(frozen=True, slots=True)
class LogVoice:
    """How a node's log speaks.

    Attributes:
        node: the country whose log it is.
        origin: the log's name, as its checkpoints carry it.
        sign: a checkpoint as a signed note.
    """

    node: Country
    origin: str
    sign: Callable[[Checkpoint], str]


@dataclass(slots=True)
class LogTransaction:
    """An open transaction that holds the log's head; the facts are appended when it ends."""

    connection: AsyncConnection
    facts: list[AuditFact] = field(default_factory=list)


class NodeLog:
    """The log of one node; whatever writes records or facts does so through one of these.

    Args:
        database: of the node.
        voice: how its log speaks.
    """

    def __init__(self, database: Database, voice: LogVoice) -> None:
        self.database = database
        self._voice = voice
        self._tree: Frontier | None = None
        self._shapes: set[int] = set()

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[LogTransaction]:
        """A transaction that is alone at this node; its facts are in the log when it is durable.

        Raises:
            UnavailableError: the database cannot be written, or the log in it is damaged.
        """
        async with self.database.write() as connection:
            tree = await self._held(connection)
            self._tree = None  # until the commit is certain nothing in memory is trusted
            transaction = LogTransaction(connection)
            yield transaction
            if transaction.facts:
                await self._append(connection, tree, transaction.facts)
        self._tree = tree

    async def _held(self, connection: AsyncConnection) -> Frontier:
        """The tree as it is in the database, whose head is locked from here on."""
        head = (await connection.execute(_HEAD)).one()
        if self._tree is None or self._tree.size != head.size:
            self._tree = await _stored(connection, head.size)
            self._shapes = {*(await connection.execute(select(log_shape.c.shape))).scalars()}
        if self._tree.root() != head.root:
            raise UnavailableError("The log is damaged; nothing can be written or disclosed.")
        return self._tree

    async def _append(self, connection: AsyncConnection, tree: Frontier, facts: Sequence[AuditFact]) -> None:
        rows: dict[Table, list[dict[str, Any]]] = {log_entry: [], log_reference: [], log_node: []}
        for fact in facts:
            await self._add(connection, rows, (tree, fact))
        for table, each in rows.items():
            if each:
                await connection.execute(insert(table), each)
        note = self._voice.sign(Checkpoint(self._voice.origin, tree.size, tree.root()))
        await connection.execute(insert(log_checkpoint), [{"size": tree.size, "note": note}])
        await connection.execute(_GROW, {"size": tree.size, "root": tree.root()})

    async def _add(
        self, connection: AsyncConnection, rows: dict[Table, list[dict[str, Any]]], grown: tuple[Frontier, AuditFact]
    ) -> None:
        tree, fact = grown
        index, id, salt = tree.size, str(uuid6.uuid7()), secrets.token_bytes(SALT_BYTES)  # noqa: A001  # FHIR's word
        body = render(fact, id=id, node=self._voice.node)
        line = leaf(fact, node=self._voice.node, body=body, salt=salt)
        found = searchable(body)
        nodes = tree.append(leaf_hash(line))
        entry = {"idx": index, "leaf": line, "leaf_hash": nodes[0].hash, "salt": salt, "body": bodies.pack(body)}
        rows[log_entry].append(entry | {"id": id, "recorded": to_micros(found.recorded), "shape": found.shape})
        rows[log_node] += [{"level": each.level, "idx": each.index, "hash": each.hash} for each in nodes[1:]]
        rows[log_reference] += [
            {"target_type": kind, "target_id": target, "idx": index, "parameters": parameters}
            for kind, target, parameters in found.references
        ]
        if found.shape not in self._shapes:
            await _keep_shape(connection, {"shape": found.shape, "tokens": tokens_text(found.tokens)})
            self._shapes.add(found.shape)


async def fetch_hashes(connection: AsyncConnection, places: Sequence[Place]) -> Hashes:
    """The hashes of complete subtrees, all in at most two statements.

    Raises:
        UnavailableError: one is missing, so the log is damaged.
    """
    found: Hashes = {}
    leaves = [index for level, index in places if level == 0]
    inner = [place for place in places if place[0]]
    if leaves:
        rows = await connection.execute(_leaf_hashes(leaves))
        found |= {(0, row.idx): row.leaf_hash for row in rows}
    if inner:
        rows = await connection.execute(_inner_hashes(inner))
        found |= {(row.level, row.idx): row.hash for row in rows}
    if len(found) != len(set(places)):
        raise UnavailableError("The log is damaged; nothing can be written or disclosed.")
    return found


async def _stored(connection: AsyncConnection, size: int) -> Frontier:
    places = needed(lambda fetch: frontier(size, fetch))
    hashes = await fetch_hashes(connection, places)
    return frontier(size, lambda level, index: hashes[level, index])


async def _keep_shape(connection: AsyncConnection, row: dict[str, Any]) -> None:
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    await connection.execute(dialect.insert(log_shape).on_conflict_do_nothing(), row)


def _leaf_hashes(indexes: Sequence[int]) -> Select[Any]:
    return select(log_entry.c.idx, log_entry.c.leaf_hash).where(log_entry.c.idx.in_(indexes))


def _inner_hashes(places: Sequence[Place]) -> Select[Any]:
    columns = log_node.c
    wanted = or_(*(and_(columns.level == level, columns.idx == index) for level, index in places))
    return select(columns.level, columns.idx, columns.hash).where(wanted)
