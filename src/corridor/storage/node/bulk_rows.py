"""The stored resources as they stood at one instant, a page at a time, in the order of first writing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from sqlalchemy import bindparam, literal_column, select

from corridor.domain.bulk import BulkJob, ExportOrder
from corridor.storage.node.bulk_filters import Filters
from corridor.storage.node.tables import history, record
from corridor.storage.reads import Reader
from corridor.storage.statements import Listed, Row, Statement
from corridor.storage.times import to_micros

PAGE = 1000
"""Rows that are in memory at once."""

PATIENTS = 20
"""Patients whose records are read at once."""

_FAR = 2**62
_NAMES = ("resource_type", "id", "updated_at", "patient_id", "body")
_CURRENT = (record.c.key, *(record.c[name] for name in _NAMES))
_PAST = Statement(
    select(*(history.c[name] for name in _NAMES))
    .where(Listed(history.c.id, "ids"), history.c.updated_at <= bindparam("as_of"))
    .order_by(history.c.version)
)


@dataclass(frozen=True, slots=True)
class Page:
    """Rows as they stood, how far they reach, and whether nothing comes after them; a body of None says deleted."""

    rows: Sequence[Row]
    position: int
    last: bool


async def page(reader: Reader, job: BulkJob, filters: Filters, *, position: int) -> Page:
    """The next page of an export.

    A resource that was written again after the job's `as_of` is taken from its history; one that was first written
    after it is left out.

    Args:
        reader: a connection for reading.
        job: the export.
        filters: of its order.
        position: key of the last row that is done, or number of patients that are done.
    """
    order, as_of = filters.order, to_micros(job.as_of)
    if order.patients is None:
        rows = await reader.rows(
            _scan(typed=bool(order.types), compartments=order.compartments),
            {"after": position, "types": [*order.types]},
        )
        reached, last = (rows[-1]["key"], len(rows) < PAGE) if rows else (position, True)
    else:
        named = [*order.patients[position : position + PATIENTS]]
        rows = await reader.rows(_of_patients(typed=bool(order.types)), {"people": named, "types": [*order.types]})
        reached, last = position + len(named), position + len(named) >= len(order.patients)
    found = await filters.living(reader, [row for row in rows if row["updated_at"] <= as_of])
    past = await _past(reader, [row for row in rows if row["updated_at"] > as_of], as_of)
    return Page([*_between([*found, *filters.past(past)], order)], reached, last)


async def _past(reader: Reader, later: Sequence[Row], as_of: int) -> list[Row]:
    """What stood at the instant of rows that were written after it."""
    wanted = {(row["resource_type"], row["id"]) for row in later}
    if not wanted:
        return []
    past = await reader.rows(_PAST, {"ids": sorted({name for _, name in wanted}), "as_of": as_of})
    newest = {(row["resource_type"], row["id"]): row for row in past}
    return [row for name, row in newest.items() if name in wanted]


def _between(rows: Sequence[Row], order: ExportOrder) -> Iterator[Row]:
    """Rows that last changed in the time that is wanted; deletions are told only to who asks what changed."""
    since = -_FAR if order.since is None else to_micros(order.since)
    until = _FAR if order.until is None else to_micros(order.until)
    for row in rows:
        if since < row["updated_at"] < until and (row["body"] is not None or order.since is not None):
            yield row


@cache
def _scan(*, typed: bool, compartments: bool) -> Statement:
    wanted = select(*_CURRENT).where(record.c.key > bindparam("after"))
    if typed:
        wanted = wanted.where(Listed(record.c.resource_type, "types"))
    if compartments:
        wanted = wanted.where(record.c.patient_id.is_not(None))
    # SQLite's dialect always writes an offset; left to itself it would make a parameter of it.
    return Statement(wanted.order_by(record.c.key).limit(literal_column(str(PAGE))).offset(literal_column("0")))


@cache
def _of_patients(*, typed: bool) -> Statement:
    wanted = select(*_CURRENT).where(Listed(record.c.patient_id, "people"))
    return Statement(wanted.where(Listed(record.c.resource_type, "types")) if typed else wanted)
