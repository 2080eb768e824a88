"""Versions in the order of their writing: the current ones and the past ones, merged."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from msgspec.structs import replace
from sqlalchemy import ColumnElement, Integer, Select, Table, and_, func, literal, or_, select, true, union_all

from corridor.domain.query import DateCriterion, Prefix, Query, Sort
from corridor.domain.record import Record
from corridor.domain.versions import VersionQuery
from corridor.fhir.schema import HELD
from corridor.fhir.search_values import FAR_FUTURE
from corridor.flows.ports.records import Page
from corridor.storage.database import Database
from corridor.storage.node import log_search
from corridor.storage.node.pages import record_of
from corridor.storage.node.tables import history, record
from corridor.storage.node.version_place import Place, read_place, write_place
from corridor.storage.times import to_micros

Condition = ColumnElement[bool]

_NAMES = ("resource_type", "id", "version", "updated_at", "patient_id", "body")
_CREATED = "created"
_RECORDED = tuple(sorted(set(HELD) - {log_search.TYPE}))
"""Every type whose versions are rows; audit events are leaves of the log."""


class SqlHistories:
    """Port `Histories` on SQLite and PostgreSQL."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def page(self, wanted: VersionQuery) -> Page:
        """See the port."""
        if wanted.resource_type == log_search.TYPE:
            return await self._events(wanted)
        rows: Sequence[Any] = ()
        total: int | None = None
        async with self._database.read() as connection:
            if wanted.count:
                rows = (await connection.execute(_page(wanted))).mappings().all()
            if wanted.counted or not wanted.count:
                total = int((await connection.execute(_total(wanted))).scalar_one())
        more = len(rows) > wanted.count
        after = write_place(wanted, _place_of(rows[wanted.count - 1])) if more else ""
        seals = self._database.seals
        found = (replace(record_of(row, seals), created=bool(row[_CREATED])) for row in rows[: wanted.count])
        return Page(tuple(found), total, after)

    async def _events(self, wanted: VersionQuery) -> Page:
        """An audit event never changes: its only version was written when it was recorded."""
        if wanted.id:
            found = await log_search.read(self._database, wanted.id)
            kept = found is not None and _is_within(found, wanted)
            return Page((found,) if found and kept and wanted.count else (), int(kept), "")
        return await log_search.search(self._database, _as_search(wanted))


def _is_within(event: Record, wanted: VersionQuery) -> bool:
    begun = wanted.since is None or event.updated_at >= wanted.since
    return begun and (wanted.at is None or event.updated_at < wanted.at[1])


def _as_search(wanted: VersionQuery) -> Query:
    spans = []
    if wanted.since:
        spans.append((Prefix.GE, wanted.since, FAR_FUTURE))
    if wanted.at:
        spans.append((Prefix.LT, wanted.at[1], wanted.at[1]))
    return Query(
        log_search.TYPE,
        tuple(DateCriterion("_lastUpdated", (span,)) for span in spans),
        (Sort("_lastUpdated", descending=wanted.descending),),
        wanted.count,
        wanted.after,
        "accurate" if wanted.counted else "none",
    )


def _page(wanted: VersionQuery) -> Select[Any]:
    """One row more than the page has.

    Each part is the beginning of one index, so that a page costs the same however long the history is.
    """
    place = read_place(wanted)
    parts = [_part(wanted, place, table=table, resource_type=kind) for kind in _types(wanted) for table in _TABLES]
    merged = union_all(*(select(part.subquery()) for part in parts)).subquery()
    columns = [merged.c[name] for name in (*_NAMES, _CREATED)]
    return select(*columns).order_by(*_order(merged.c, wanted)).limit(wanted.count + 1)


_TABLES = (record, history)


def _types(wanted: VersionQuery) -> Sequence[str]:
    return (wanted.resource_type,) if wanted.resource_type else _RECORDED


def _part(wanted: VersionQuery, place: Place | None, *, table: Table, resource_type: str) -> Select[Any]:
    """The first rows of one type in one table."""
    conditions = [*_conditions(wanted, table, resource_type)]
    if place:
        conditions.append(_beyond(wanted, place, table=table, resource_type=resource_type))
    columns = [*(table.c[name] for name in _NAMES), _is_created(table).label(_CREATED)]
    return select(*columns).where(*conditions).order_by(*_order(table.c, wanted)).limit(wanted.count + 1)


def _is_created(table: Table) -> Condition:
    """Whether there was no living resource before a version: it is the first, or follows a deletion."""
    before = history.alias()
    same = and_(before.c.id == table.c.id, before.c.resource_type == table.c.resource_type)
    deleted = and_(before.c.version == table.c.version - 1, before.c.body.is_(None))
    found = select(literal(1, Integer)).select_from(before).where(same, deleted).correlate(table)
    return or_(table.c.version == 1, found.exists())


def _order(columns: Any, wanted: VersionQuery) -> list[ColumnElement[Any]]:
    """One resource runs by version: that order holds even where a clock was put back."""
    names = ("version",) if wanted.id else ("updated_at", "resource_type", "id", "version")
    return [columns[name].desc() if wanted.descending else columns[name].asc() for name in names]


def _conditions(wanted: VersionQuery, table: Table, resource_type: str) -> Iterator[Condition]:
    yield table.c.resource_type == resource_type
    if wanted.id:
        yield table.c.id == wanted.id
    if wanted.since:
        yield table.c.updated_at >= to_micros(wanted.since)
    if wanted.at:
        start, end = (to_micros(edge) for edge in wanted.at)
        yield table.c.updated_at < end
        if table is history:
            yield or_(history.c.updated_at >= start, ~_was_replaced(by=start))


def _was_replaced(*, by: int) -> Condition:
    """Whether the next version of a past one was there at an instant."""
    found = []
    for table in _TABLES:
        following = table.alias()
        same = and_(following.c.id == history.c.id, following.c.resource_type == history.c.resource_type)
        next_one = and_(following.c.version == history.c.version + 1, following.c.updated_at <= by)
        found.append(select(literal(1, Integer)).select_from(following).where(same, next_one).correlate(history))
    return or_(*(each.exists() for each in found))


def _beyond(wanted: VersionQuery, place: Place, *, table: Table, resource_type: str) -> Condition:
    """Rows after the place; the instant stands first and alone, so that an index begins there."""
    columns = table.c
    if wanted.id:
        return columns.version < place.version if wanted.descending else columns.version > place.version
    here, at = columns.updated_at, place.updated_at
    reached, passed = (here <= at, here < at) if wanted.descending else (here >= at, here > at)
    if resource_type != place.resource_type:
        is_later = (resource_type < place.resource_type) is wanted.descending
        return reached if is_later else passed
    same_instant = _is_later_name(wanted, place, table)
    return and_(reached, or_(passed, same_instant))


def _is_later_name(wanted: VersionQuery, place: Place, table: Table) -> Condition:
    name, version = table.c.id, table.c.version
    if wanted.descending:
        return or_(name < place.id, and_(name == place.id, version < place.version))
    return or_(name > place.id, and_(name == place.id, version > place.version))


def _total(wanted: VersionQuery) -> Select[Any]:
    """How many versions there are on all pages."""
    counts = [
        select(func.count().label("versions")).select_from(table).where(*_counted(wanted, table)) for table in _TABLES
    ]
    merged = union_all(*counts).subquery()
    return select(func.sum(merged.c.versions))


def _counted(wanted: VersionQuery, table: Table) -> Iterator[Condition]:
    if wanted.resource_type:
        yield from _conditions(wanted, table, wanted.resource_type)
    else:
        yield true()
        yield from [*_conditions(wanted, table, "")][1:]


def _place_of(row: Any) -> Place:
    return Place(row["updated_at"], row["resource_type"], row["id"], row["version"])
