"""A draft as rows: its record, the facts that are rows of their own, and what of it may cross a border."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Table

from corridor.domain.record import Draft, Projection
from corridor.storage.node import bodies
from corridor.storage.node.fact_tables import fact_date, fact_quantity, fact_reference, fact_string, fact_token
from corridor.storage.node.numbers import Role, SetNumbers
from corridor.storage.node.parts import Parts, Unit
from corridor.storage.node.tables import projection
from corridor.storage.seals import Seals
from corridor.storage.times import to_micros

Row = Mapping[str, Any]

NOBODY = ""
"""Stands for the patient of a projection that belongs to none; no FHIR id is empty."""


@dataclass(slots=True)
class Rows:
    """Rows to insert, by table."""

    by_table: dict[Table, list[Row]] = field(default_factory=dict)

    def add(self, table: Table, row: Row) -> None:
        """One more row of a table."""
        self.by_table.setdefault(table, []).append(row)


class Given(msgspec.Struct, frozen=True):
    """What a draft gets when it is written."""

    key: int
    version: int
    at: datetime


def record_row(draft: Draft, given: Given, *, parts: Parts, sets: SetNumbers, body: bytes) -> Row:
    """The draft as a row of the record table."""
    return {
        "key": given.key,
        "updated_at": to_micros(given.at),
        "effective": parts.effective[0],
        "effective_end": parts.effective[1],
        "codes": sets.codes,
        "texts": sets.texts,
        "links": sets.links,
        "version": given.version,
        "resource_type": draft.resource_type,
        "id": draft.id,
        "patient_id": draft.patient_id,
        "body": bodies.pack_record(body, id=draft.id, patient_id=draft.patient_id, seals=parts.seals),
    }


def roles_of(parts: Parts) -> list[Role]:
    """The role of each value that is a row of its own, in their order."""
    return [(parts.resource_type, tuple(sorted(set(names)))) for names in parts.rows.values()]


def units_of(parts: Parts) -> list[Unit]:
    """The units of a draft's amounts."""
    return [values[2] for table, values in parts.rows if table is fact_quantity]


def add_facts(rows: Rows, parts: Parts, roles: Sequence[int], *, units: Mapping[Unit, int], key: int) -> None:
    """Add a row for every value that is one of its own."""
    for (table, values), role in zip(parts.rows, roles, strict=True):
        row = dict(zip(_NAMES[table], values, strict=True))
        if table is fact_quantity:
            row["unit"] = units[row["unit"]]
        elif table is fact_string:
            row["text"] = parts.seals.close_text(row["text"], parts.patient_id)
        row["key"], row["role"] = key, role
        rows.add(table, row)


def add_projection(rows: Rows, draft: Draft, *, key: int, seals: Seals) -> None:
    """Add what may cross a border; a Medication is nobody's and goes with whoever refers to it."""
    if draft.projection is not None:
        rows.add(
            projection,
            projection_row(draft.projection, {"key": key, "id": draft.id, "patient_id": draft.patient_id}, seals=seals),
        )


def projection_row(projected: Projection, of: Row, *, seals: Seals) -> Row:
    """What may cross a border as a row.

    Args:
        projected: what may.
        of: key, id and patient of its record.
        seals: of the node.
    """
    category = " ".join((projected.category, *sorted(projected.also)))
    packed = bodies.pack_projection(
        projected.template, seals, id=of["id"], patient_id=of["patient_id"], category=category
    )
    return {
        "key": of["key"],
        "effective": None if projected.effective is None else to_micros(projected.effective),
        "patient_id": of["patient_id"] or NOBODY,
        "category": category,
        "template": packed,
    }


def deleted_row(row: Row, *, version: int, at: datetime) -> Row:
    """The row that says that a resource was deleted."""
    kept = {name: row[name] for name in ("key", "resource_type", "id", "patient_id")}
    emptied = {"effective": None, "effective_end": None, "codes": 0, "texts": 0, "links": 0, "body": None}
    return kept | emptied | {"version": version, "updated_at": to_micros(at)}


_NAMES: dict[Table, Sequence[str]] = {
    fact_token: ("element", "code", "system"),
    fact_string: ("element", "folded", "text"),
    fact_date: ("start", "end", "element"),
    fact_quantity: ("low", "high", "unit", "element", "base_low", "base_high"),
    fact_reference: ("element", "target_id", "target_type"),
}
