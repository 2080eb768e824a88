"""The node's log as a hash tree in its own database: one writer, grown in the transaction that it records."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from sqlalchemy import bindparam, insert, select, update

from corridor.domain.audit.fact import AuditFact
from corridor.domain.audit.proof import needed
from corridor.domain.audit.tree import Frontier, frontier
from corridor.domain.errors import UnavailableError
from corridor.storage.database import Database
from corridor.storage.drivers import Transaction
from corridor.storage.node.log_at_once import AT_ONCE, values
from corridor.storage.node.log_growth import Growth, LogVoice, grow
from corridor.storage.node.tables import log_checkpoint, log_entry, log_head, log_node, log_reference, log_shape
from corridor.storage.statements import Statement

__all__ = ["LogTransaction", "LogVoice", "NodeLog"]

_FOLLOWED = 1000
"""Entries of other processes that are read one by one; after more of them the tree's edge is read anew."""

_SEEN = Statement(
    select(log_head.c.size, log_head.c.root, log_entry.c.leaf_hash.label("hash"))
    .select_from(log_head.outerjoin(log_entry, log_entry.c.idx >= bindparam("first")))
    .where(log_head.c.id == 1)
    .order_by(log_entry.c.idx)
    .limit(_FOLLOWED)
)
"""The head, beside each leaf since; at one instant, held or not."""

_NOWHERE = 2**62
"""No log has grown as far."""
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
        self._alone = True
        """Whether nobody else wrote between the last two turns: then the head is not asked for, only compared."""

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[LogTransaction]:
        """A transaction that is alone at this node; its facts are in the log when it is durable.

        Raises:
            UnavailableError: the database cannot be written, or the log in it is damaged.
        """
        async with self.database.transaction(holding=log_head) as statements:
            known, self._tree = self._tree, None  # until the commit is certain nothing in memory is trusted
            transaction = LogTransaction(statements)
            yield transaction
            tree = await self._ended(transaction, known)
        self._tree = tree

    async def append(self, take: Callable[[], Sequence[AuditFact]]) -> None:
        """Append facts with nothing else; they are durable when this returns.

        Args:
            take: asked for the facts when the log is free, so that those that came meanwhile are among them.

        Raises:
            UnavailableError: as `begin`.
        """
        facts: Sequence[AuditFact] = ()
        if not self.database.is_sqlite:
            async with self.database.statements() as statements:
                facts = take()
                known, self._tree = self._tree, None
                if known and (tree := await self._followed(statements, facts, known)):
                    self._tree = tree
                    return
        async with self.begin() as transaction:
            transaction.facts += facts or take()

    async def _ended(self, transaction: LogTransaction, known: Frontier | None) -> Frontier:
        """The tree with a transaction's facts; what is remembered of it is held against the head, which is locked."""
        statements, facts = transaction.statements, transaction.facts
        if known and facts and not self.database.is_sqlite and (tree := await self._followed(statements, facts, known)):
            return tree
        held = await self._held(statements, known)
        if not facts:
            return held
        if tree := await self._grown(statements, facts, held):
            return tree
        raise UnavailableError("The log is damaged; nothing can be written or disclosed.")

    async def _followed(self, statements: Transaction, facts: Sequence[AuditFact], known: Frontier) -> Frontier | None:
        """Let the log grow from what is remembered of it, and from what others appended where there are others."""
        return await self._grown(statements, facts, known if self._alone else await self._held(statements, known))

    async def _held(self, statements: Transaction, known: Frontier | None) -> Frontier:
        """The tree as it is in the database."""
        seen = await statements.rows(_SEEN, {"first": known.size if known else _NOWHERE})
        if not seen:
            raise UnavailableError("The log is damaged; nothing can be written or disclosed.")
        size, leaves = seen[0]["size"], [row["hash"] for row in seen if row["hash"] is not None]
        self._alone = known is not None and known.size == size
        if known is None or known.size + len(leaves) != size:
            tree = await _stored(statements, size)
            self._shapes = {row["shape"] for row in await statements.rows(_SHAPES)}
        else:
            tree = known.copy()
            for each in leaves:
                tree.append(each)
        if tree.root() != seen[0]["root"]:
            raise UnavailableError("The log is damaged; nothing can be written or disclosed.")
        return tree

    async def _grown(self, statements: Transaction, facts: Sequence[AuditFact], old: Frontier) -> Frontier | None:
        """Let the log grow; None, and nothing is written, where it is not, or no longer, as it was."""
        tree = old.copy()
        growth = grow(tree, facts, voice=self._voice, shapes=self._shapes)
        if self.database.is_sqlite:
            await _write_apart(statements, growth)
        elif not await statements.rows(AT_ONCE, values(growth, old_size=old.size, old_root=old.root())):
            return None
        self._shapes |= growth.shapes
        return tree


async def _write_apart(statements: Transaction, growth: Growth) -> None:
    await statements.run(_KEEP_SHAPE, growth.rows[log_shape])
    for table, statement in _ADD.items():
        await statements.run(statement, growth.rows[table])
    await statements.run(_SIGN, [{"size": growth.size, "note": growth.note}])
    await statements.run(_GROW, [{"new_size": growth.size, "new_root": growth.root}])


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
