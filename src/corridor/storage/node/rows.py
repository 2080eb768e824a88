"""Rows of records: those that are collected to be inserted, and what of a record may cross a border."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Table

from corridor.domain.record import Projection
from corridor.storage.node import bodies
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


def projection_row(projected: Projection, of: Row, *, seals: Seals) -> dict[str, Any]:
    """What may cross a border as a row, but for its key; a Medication is nobody's and goes with whoever refers to it.

    Args:
        projected: what may.
        of: id and patient of its record.
        seals: of the node.
    """
    category = " ".join((projected.category, *sorted(projected.also)))
    packed = bodies.pack_projection(
        projected.template, seals, id=of["id"], patient_id=of["patient_id"], category=category
    )
    return {
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
