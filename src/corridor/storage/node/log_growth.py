"""What a log writes when facts are appended: every row, with the tree's new size and root."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import uuid6
from sqlalchemy import Table

from corridor.domain.audit.checkpoint import Checkpoint
from corridor.domain.audit.fact import AuditFact
from corridor.domain.audit.leaf import SALT_BYTES, leaf
from corridor.domain.audit.tree import Frontier, leaf_hash
from corridor.domain.country import Country
from corridor.storage.node import bodies
from corridor.storage.node.log_forms import written
from corridor.storage.node.log_rows import tokens_text
from corridor.storage.node.tables import log_entry, log_node, log_reference, log_shape
from corridor.storage.times import to_micros

Row = dict[str, Any]


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


@dataclass(frozen=True, slots=True)
class Growth:
    """New rows of a log.

    Attributes:
        rows: by table; those of `log_shape` may be there already.
        size: of the tree with them.
        root: of the tree with them.
        note: the checkpoint that says so, signed.
    """

    rows: Mapping[Table, Sequence[Row]]
    size: int
    root: bytes
    note: str

    @property
    def shapes(self) -> set[int]:
        """Numbers of the shapes that were not known before."""
        return {row["shape"] for row in self.rows[log_shape]}


def grow(tree: Frontier, facts: Sequence[AuditFact], *, voice: LogVoice, shapes: Collection[int]) -> Growth:
    """Let the tree grow by facts.

    Args:
        tree: is changed.
        facts: in order.
        voice: of the log.
        shapes: that the log has rows of.
    """
    rows: dict[Table, list[Row]] = {table: [] for table in (log_shape, log_entry, log_reference, log_node)}
    fresh: dict[int, str] = {}
    for fact in facts:
        index, id, salt = tree.size, str(uuid6.uuid7()), secrets.token_bytes(SALT_BYTES)  # noqa: A001  # FHIR's word
        body, found = written(fact, id=id, node=voice.node)
        line, shape = leaf(fact, node=voice.node, body=body, salt=salt), found.shape
        nodes = tree.append(leaf_hash(line))
        entry = {
            "idx": index,
            "leaf": line,
            "leaf_hash": nodes[0].hash,
            "salt": salt,
            "body": bodies.pack(body),
        }
        rows[log_entry].append(entry | {"id": id, "recorded": to_micros(found.recorded), "shape": shape})
        rows[log_node] += [{"level": each.level, "idx": each.index, "hash": each.hash} for each in nodes[1:]]
        rows[log_reference] += [
            {"target_id": target, "target_type": kind, "idx": index, "parameters": parameters}
            for kind, target, parameters in found.references
        ]
        if shape not in shapes:
            fresh[shape] = tokens_text(found.tokens)
    rows[log_shape] += [{"shape": shape, "tokens": text} for shape, text in fresh.items()]
    root = tree.root()
    return Growth(rows, tree.size, root, voice.sign(Checkpoint(voice.origin, tree.size, root)))
