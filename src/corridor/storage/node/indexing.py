"""Making drafts findable: the numbers of what they share, and a row for each value of their own."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec
from sqlalchemy import Table

from corridor.domain.record import Draft
from corridor.storage.node.fact_tables import fact_date, fact_quantity, fact_reference, fact_string, fact_token
from corridor.storage.node.numbers import Contents, Numbers, Role, SetNumbers, contents_of
from corridor.storage.node.parts import Parts, Unit, Value, sort_facts
from corridor.storage.node.rows import Rows
from corridor.storage.seals import Seals

_NAMES: dict[Table, Sequence[str]] = {
    fact_token: ("element", "code", "system"),
    fact_string: ("element", "folded", "text"),
    fact_date: ("start", "end", "element"),
    fact_quantity: ("low", "high", "unit", "element", "base_low", "base_high"),
    fact_reference: ("element", "target_id", "target_type"),
}

Fact = tuple[Table, dict[str, Any]]
"""A row without its key, and with its role and unit in place of their numbers."""


class Findable(msgspec.Struct, frozen=True):
    """What a record is found by, before it has a key.

    Attributes:
        effective: start and end of its clinical date in microseconds.
        contents: what it shares with other records.
        facts: a row for each value of its own.
    """

    effective: tuple[int | None, int | None]
    contents: Contents
    facts: Sequence[Fact]

    @property
    def roles(self) -> Iterable[Role]:
        """Of its facts."""
        return (row["role"] for _, row in self.facts)

    @property
    def units(self) -> Iterable[Unit]:
        """Of its amounts."""
        return (row["unit"] for table, row in self.facts if table is fact_quantity)


def find_by(draft: Draft, seals: Seals) -> Findable:
    """What a draft is found by; its patient's key was prepared before."""
    parts = sort_facts(draft, seals)
    facts = [_fact(parts, value, names) for value, names in parts.rows.items()]
    return Findable(parts.effective, contents_of(parts, draft.code), facts)


async def index(numbers: Numbers, found: Sequence[Findable], keys: Sequence[int], *, rows: Rows) -> list[SetNumbers]:
    """Add the rows of every record's facts, and tell which sets it names.

    Args:
        numbers: of the open transaction.
        found: what the records are found by.
        keys: of the records.
        rows: to which facts are added.
    """
    sets = await numbers.sets([each.contents for each in found])
    roles = await numbers.roles({role for each in found for role in each.roles})
    units = await numbers.units({unit for each in found for unit in each.units})
    for each, key in zip(found, keys, strict=True):
        for table, fact in each.facts:
            row = {**fact, "key": key, "role": roles[fact["role"]]}
            if table is fact_quantity:
                row["unit"] = units[fact["unit"]]
            rows.add(table, row)
    return sets


def _fact(parts: Parts, value: Value, names: Sequence[str]) -> Fact:
    table, values = value
    row: dict[str, Any] = dict(zip(_NAMES[table], values, strict=True))
    if table is fact_string:
        row["text"] = parts.seals.close_text(row["text"], parts.patient_id)
    row["role"] = parts.resource_type, tuple(sorted(set(names)))
    return table, row
