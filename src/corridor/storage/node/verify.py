"""Proving a node's log whole: everything is hashed again, from the stored bodies up to every signed checkpoint."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson
from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from corridor.domain.audit.checkpoint import Checkpoint
from corridor.domain.audit.leaf import commitment
from corridor.domain.audit.tree import Frontier, leaf_hash
from corridor.domain.errors import CorridorError
from corridor.storage.database import Database
from corridor.storage.node import bodies
from corridor.storage.node.log_rows import Reference, Searchable, searchable, shape_of, tokens_text
from corridor.storage.node.tables import log_checkpoint, log_entry, log_head, log_node, log_reference, log_shape
from corridor.storage.times import to_micros

BATCH = 1000
_LEVELS = 48
"""No log grows beyond 2**48 entries."""

OpenNote = Callable[[str], Checkpoint]


@dataclass(frozen=True, slots=True)
class LogReport:
    """What hashing a log again has shown.

    Attributes:
        size: entries that were found whole.
        checkpoints: signed states that were found true.
        fault: table and key of the first row that is not as it was written, or empty.
    """

    size: int
    checkpoints: int
    fault: str = ""

    @property
    def whole(self) -> bool:
        """True where every row is as it was written."""
        return not self.fault


class _AlteredError(Exception):
    """Names the first row that is not as it was written; ends the walk and never leaves this file."""


@dataclass(slots=True)
class _Batch:
    """Rows of all tables that belong to one run of entries."""

    entries: Sequence[Any]
    references: dict[int, list[Reference]] = field(default_factory=dict)
    nodes: dict[tuple[int, int], bytes] = field(default_factory=dict)
    notes: dict[int, str] = field(default_factory=dict)


async def verify_log(database: Database, open_note: OpenNote) -> LogReport:
    """Hash everything again: bodies, leaves, subtrees, checkpoints with their signatures, and what search sees.

    Args:
        database: of the node.
        open_note: the checkpoint of a note; raises an error of the house where the signature is not the log's.

    Raises:
        UnavailableError: the database cannot be read.
    """
    walk = _Walk(open_note)
    async with database.read() as connection:
        if not database.is_sqlite:  # one picture of the log, although others go on writing
            await connection.execution_options(isolation_level="REPEATABLE READ")
        try:
            head = [(row.id, row.size, bytes(row.root)) for row in await connection.execute(select(log_head))]
            await walk.entries(connection)
            await walk.remainders(connection)
            _check(head == [(1, walk.tree.size, walk.tree.root())], "log_head 1")
        except _AlteredError as altered:
            return LogReport(walk.tree.size, walk.checkpoints, str(altered))
    return LogReport(walk.tree.size, walk.checkpoints)


class _Walk:
    """One pass over the log in the order of its growth."""

    def __init__(self, open_note: OpenNote) -> None:
        self._open_note = open_note
        self._shapes: set[int] = set()
        self._signed = 0
        self.tree = Frontier()
        self.checkpoints = 0

    async def entries(self, connection: AsyncConnection) -> None:
        """Every entry with its references, the subtrees that it completes and the checkpoint above it."""
        while batch := await _load(connection, self.tree.size):
            for entry in batch.entries:
                self._entry(entry, batch)

    async def remainders(self, connection: AsyncConnection) -> None:
        """Rows that belong to no entry, codes that are not what their number says, and a missing last checkpoint."""
        size = self.tree.size
        await self._promised(connection)
        beyond = select(log_reference.c.idx).where(log_reference.c.idx >= size).limit(1)
        _check_none((await connection.execute(beyond)).first(), "log_reference")
        unearned = or_(*(and_(log_node.c.level == level, log_node.c.idx >= size >> level) for level in range(_LEVELS)))
        outside = or_(unearned, log_node.c.level < 1, log_node.c.level >= _LEVELS, log_node.c.idx < 0)
        stray = select(log_node.c.level, log_node.c.idx).where(outside).limit(1)
        _check_none((await connection.execute(stray)).first(), "log_node")
        later = or_(log_checkpoint.c.size > size, log_checkpoint.c.size < 1)
        _check_none(
            (await connection.execute(select(log_checkpoint.c.size).where(later).limit(1))).first(), "log_checkpoint"
        )
        _check(self._signed == size, f"log_checkpoint {size}")
        for row in await connection.execute(select(log_shape)):
            _check(_is_shape(row.shape, row.tokens), f"log_shape {row.shape}")
            self._shapes.discard(row.shape)
        _check(not self._shapes, f"log_shape {next(iter(self._shapes), 0)}")

    async def _promised(self, connection: AsyncConnection) -> None:
        """A checkpoint that this log signed for more entries than there are tells that entries were taken away."""
        outside = or_(log_checkpoint.c.size > self.tree.size, log_checkpoint.c.size < 1)
        row = (await connection.execute(select(log_checkpoint).where(outside).limit(1))).first()
        if row is not None:
            genuine = self._signed_size(row.note) == row.size
            raise _AlteredError(f"log_entry {self.tree.size}" if genuine else f"log_checkpoint {row.size}")

    def _signed_size(self, note: str) -> int:
        try:
            return self._open_note(note).size
        except CorridorError:
            return -1

    def _entry(self, entry: Any, batch: _Batch) -> None:
        index = self.tree.size
        found = _read(entry)
        if found is None or entry.idx != index:
            raise _AlteredError(f"log_entry {index}")
        self._shapes.add(found.shape)
        _check(sorted(found.references) == batch.references.get(index, []), f"log_reference {index}")
        for node in self.tree.append(bytes(entry.leaf_hash))[1:]:
            place = node.level, node.index
            _check(batch.nodes.get(place) == node.hash, f"log_node {node.level} {node.index}")
        note = batch.notes.get(self.tree.size)
        if note is not None:
            _check(self._is_true(note), f"log_checkpoint {self.tree.size}")
            self._signed = self.tree.size
            self.checkpoints += 1

    def _is_true(self, note: str) -> bool:
        try:
            signed = self._open_note(note)
        except CorridorError:
            return False
        return (signed.size, signed.root) == (self.tree.size, self.tree.root())


def _check(condition: bool, row: str) -> None:  # noqa: FBT001  # reads as an assertion
    if not condition:
        raise _AlteredError(row)


def _check_none(row: Any, table: str) -> None:
    _check(row is None, " ".join([table, *(str(each) for each in row or ())]))


def _read(entry: Any) -> Searchable | None:
    """What is searched of an entry, where leaf, salt, body and columns belong together; otherwise None."""
    try:
        body = bodies.unpack(entry.body)
        leaf = orjson.loads(entry.leaf)
        commit, version = leaf["commit"], leaf["v"]
        if leaf_hash(entry.leaf) != entry.leaf_hash or commitment(body, entry.salt) != commit:
            return None
        found = searchable(body, version=version)
    except (CorridorError, ValueError, KeyError, TypeError):
        return None
    columns = (orjson.loads(body).get("id"), to_micros(found.recorded), found.shape)
    return found if columns == (entry.id, entry.recorded, entry.shape) else None


def _is_shape(shape: int, tokens: str) -> bool:
    try:
        read = orjson.loads(tokens)
    except ValueError:
        return False
    return isinstance(read, list) and shape_of(read) == shape and tokens_text(read) == tokens


async def _load(connection: AsyncConnection, first: int) -> _Batch | None:
    """The next run of entries, or None where there are no more."""
    columns = log_entry.c
    wanted = select(log_entry).order_by(columns.idx).limit(BATCH)  # at first without a bound: no index is overlooked
    entries = (await connection.execute(wanted.where(columns.idx >= first) if first else wanted)).all()
    if not entries:
        return None
    batch, end = _Batch(entries), first + len(entries)
    await _load_references(connection, batch, (first, end - 1))
    for row in await connection.execute(_between(log_checkpoint, log_checkpoint.c.size, (first + 1, end))):
        batch.notes[row.size] = row.note
    for row in await connection.execute(select(log_node).where(_completed(first, end))):
        batch.nodes[row.level, row.idx] = bytes(row.hash)
    return batch


async def _load_references(connection: AsyncConnection, batch: _Batch, ends: tuple[int, int]) -> None:
    wanted = _between(log_reference, log_reference.c.idx, ends).order_by(*log_reference.primary_key.columns)
    for row in await connection.execute(wanted):
        batch.references.setdefault(row.idx, []).append((row.target_type, row.target_id, row.parameters))
    for references in batch.references.values():
        references.sort()


def _between(table: Any, column: ColumnElement[int], ends: tuple[int, int]) -> Select[Any]:
    return select(table).where(column.between(*ends))


def _completed(first: int, end: int) -> ColumnElement[bool]:
    """Subtrees whose last leaf is one of [first, end)."""
    return or_(
        *(
            and_(log_node.c.level == level, log_node.c.idx.between(first >> level, (end >> level) - 1))
            for level in range(1, end.bit_length() + 1)
        )
    )
