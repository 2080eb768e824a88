"""A parsed search as SQL: one statement for a page, one for the total, whatever is found."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, RowMapping, Select, and_, func, literal, or_, select, tuple_

from corridor.domain.errors import UnsupportedError
from corridor.domain.query import Query
from corridor.domain.record import Record
from corridor.storage.node import bodies
from corridor.storage.node.criteria import Condition, match
from corridor.storage.node.cursor import Value, read_cursor, write_cursor
from corridor.storage.node.tables import record
from corridor.storage.times import from_micros

_EDGE = 2**63 - 1
"""Stands for a missing date in sorting: undated resources come last in both directions."""

Order = Sequence[tuple[ColumnElement[Any], bool]]
"""Sort keys with True for descending, ending in the record's own key."""

COLUMNS = (
    record.c.resource_type,
    record.c.id,
    record.c.version,
    record.c.updated_at,
    record.c.body,
    record.c.patient_id,
)


def conditions(query: Query) -> list[Condition]:
    """What must hold for a match; the most telling criterion leads, so that an index finds the rest."""
    matches = [match(each, query.resource_type) for each in query.criteria]
    leading = [each for each in matches if each.rank is not None and not each.negated]
    lead = min(leading, key=lambda each: each.rank or 0, default=None)
    found: list[Condition] = [record.c.resource_type == query.resource_type, record.c.body.is_not(None)]
    return found + [each.lead(query.resource_type) if each is lead else each.filter() for each in matches]


def page_statement(query: Query, wanted: Sequence[Condition]) -> Select[Any]:
    """The page after the cursor, with one row more than its size and the sort values of each row."""
    order = _order(query)
    chosen = select(*COLUMNS, *(key.label(f"sort_{at}") for at, (key, _) in enumerate(order)))
    statement = chosen.where(*wanted).limit(query.count + 1)
    if query.after:
        statement = statement.where(_beyond(order, read_cursor(query, _kinds(query))))
    return statement.order_by(*(key.desc() if descending else key.asc() for key, descending in order))


def total_statement(wanted: Sequence[Condition]) -> Select[Any]:
    """How many matches there are on all pages."""
    return select(func.count()).select_from(record).where(*wanted)


def cursor_of(query: Query, row: RowMapping) -> str:
    """The place after a row of a page."""
    return write_cursor(query, [row[f"sort_{at}"] for at in range(len(query.sort) + 1)])


def record_of(row: Any) -> Record:
    """A row of a page as a record."""
    return Record(
        row["resource_type"],
        row["id"],
        row["version"],
        from_micros(row["updated_at"]),
        None if row["body"] is None else bodies.unpack(row["body"]),
        row["patient_id"],
    )


def _order(query: Query) -> Order:
    order = [(_sort_key(each.parameter, descending=each.descending), each.descending) for each in query.sort]
    return [*order, (record.c.key, bool(order) and order[-1][1])]


def _sort_key(parameter: str, *, descending: bool) -> ColumnElement[Any]:
    if parameter == "_lastUpdated":
        return record.c.updated_at
    if parameter == "_id":
        return record.c.id
    if parameter == "date":
        return func.coalesce(record.c.effective, -_EDGE if descending else _EDGE)
    raise UnsupportedError("Results are sorted by _lastUpdated, _id or date only.", ("_sort",))


def _kinds(query: Query) -> tuple[type, ...]:
    return (*(str if each.parameter == "_id" else int for each in query.sort), int)


def _beyond(order: Order, values: Sequence[Value]) -> Condition:
    """Rows after the place; where all keys run one way this is one range of an index."""
    if len({descending for _, descending in order}) == 1:
        place = tuple_(*(literal(value) for value in values))
        row = tuple_(*(key for key, _ in order))
        return row < place if order[0][1] else row > place
    steps = []
    for at, (key, descending) in enumerate(order):
        same = [order[before][0] == values[before] for before in range(at)]
        steps.append(and_(*same, key < values[at] if descending else key > values[at]))
    return or_(*steps)
