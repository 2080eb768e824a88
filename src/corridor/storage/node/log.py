"""The node's log as a hash tree in its own database: one writer, grown in the transaction that it records."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import uuid6
from sqlalchemy import Table, bindparam, insert, select, update

from corridor.domain.audit.checkpoint import Checkpoint
from corridor.domain.audit.fact import AuditFact
from corridor.domain.audit.leaf import SALT_BYTES, leaf
from corridor.domain.audit.proof import needed
from corridor.domain.audit.tree import Frontier, frontier, leaf_hash
from corridor.domain.country import Country
from corridor.domain.errors import UnavailableError
from corridor.storage.database import Database
from corridor.storage.drivers import Transaction
from corridor.storage.node import bodies
from corridor.storage.node.log_forms import written
from corridor.storage.node.log_rows import tokens_text
from corridor.storage.node.tables import log_checkpoint, log_entry, log_head, log_node, log_reference, log_shape
from corridor.storage.statements import Statement
from corridor.storage.times import to_micros

_HEAD = Statement(select(log_head.c.size, log_head.c.root).where(log_head.c.id == 1).with_for_update())
_GROW = Statement(
    update(log_head).where(log_head.c.id == 1).values(size=bindparam("new_size"), root=bindparam("new_root"))
)
_LEAF = Statement(select(log_entry.c.leaf_hash.label("hash")).where(log_entry.c.idx == bindparam("index")))
_NODE = Statement(
    select(log_node.c.hash).where(log_node.c.level == bindparam("level"), log_node.c.idx == bindparam("index"))
)
_SHAPES = Statement(select(log_shape.c.shape))
_KEEP_SHAPE = Statement(lambda dialect: dialect.insert(log_shape).on_conflict_do_nothing())
_SIGN = Statement(insert(log_checkpoint))
_ADD = {table: Statement(insert(table)) for table in (log_entry, log_reference, log_node)}


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

    statements: Transaction
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
        async with self.database.transaction() as statements:
            tree = await self._held(statements)
            self._tree = None  # until the commit is certain nothing in memory is trusted
            transaction = LogTransaction(statements)
            yield transaction
            if transaction.facts:
                await self._append(statements, tree, transaction.facts)
        self._tree = tree

    async def _held(self, statements: Transaction) -> Frontier:
        """The tree as it is in the database, whose head is locked from here on."""
        heads = await statements.rows(_HEAD)
        if not heads:
            raise UnavailableError("The log is damaged; nothing can be written or disclosed.")
        size, root = heads[0]["size"], heads[0]["root"]
        if self._tree is None or self._tree.size != size:
            self._tree = await _stored(statements, size)
            self._shapes = {row["shape"] for row in await statements.rows(_SHAPES)}
        if self._tree.root() != root:
            raise UnavailableError("The log is damaged; nothing can be written or disclosed.")
        return self._tree

    async def _append(self, statements: Transaction, tree: Frontier, facts: Sequence[AuditFact]) -> None:
        rows: dict[Table, list[dict[str, Any]]] = {table: [] for table in _ADD}
        shapes: dict[int, str] = {}
        for fact in facts:
            self._add((rows, shapes), tree, fact)
        await statements.run(_KEEP_SHAPE, [{"shape": shape, "tokens": text} for shape, text in shapes.items()])
        for table, statement in _ADD.items():
            await statements.run(statement, rows[table])
        note = self._voice.sign(Checkpoint(self._voice.origin, tree.size, tree.root()))
        await statements.run(_SIGN, [{"size": tree.size, "note": note}])
        await statements.run(_GROW, [{"new_size": tree.size, "new_root": tree.root()}])
        self._shapes |= shapes.keys()

    def _add(
        self, kept: tuple[dict[Table, list[dict[str, Any]]], dict[int, str]], tree: Frontier, fact: AuditFact
    ) -> None:
        """Let the tree grow by a fact and keep the rows that say so."""
        rows, shapes = kept
        index, id, salt = tree.size, str(uuid6.uuid7()), secrets.token_bytes(SALT_BYTES)  # noqa: A001  # FHIR's word
        body, found = written(fact, id=id, node=self._voice.node)
        line = leaf(fact, node=self._voice.node, body=body, salt=salt)
        nodes = tree.append(leaf_hash(line))
        entry = {"idx": index, "leaf": line, "leaf_hash": nodes[0].hash, "salt": salt, "body": bodies.pack(body)}
        rows[log_entry].append(entry | {"id": id, "recorded": to_micros(found.recorded), "shape": found.shape})
        rows[log_node] += [{"level": each.level, "idx": each.index, "hash": each.hash} for each in nodes[1:]]
        rows[log_reference] += [
            {"target_type": kind, "target_id": target, "idx": index, "parameters": parameters}
            for kind, target, parameters in found.references
        ]
        if found.shape not in self._shapes:
            shapes[found.shape] = tokens_text(found.tokens)


async def _stored(transaction: Transaction, size: int) -> Frontier:
    """The growing edge of the tree as it is in the database."""
    hashes: dict[tuple[int, int], bytes] = {}
    for level, index in needed(lambda fetch: frontier(size, fetch)):
        statement = _NODE if level else _LEAF
        found = await transaction.rows(statement, {"level": level, "index": index} if level else {"index": index})
        if not found:
            raise UnavailableError("The log is damaged; nothing can be written or disclosed.")
        hashes[level, index] = found[0]["hash"]
    return frontier(size, lambda level, index: hashes[level, index])
