"""Finding audit events in the log."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Select, and_, func, literal, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from corridor.domain.errors import UnsupportedError
from corridor.domain.query import Criterion, DateCriterion, MissingCriterion, Query, ReferenceCriterion, TokenCriterion
from corridor.domain.record import Record
from corridor.flows.ports.records import Page
from corridor.storage.database import Database
from corridor.storage.lanes import Lanes
from corridor.storage.node import bodies
from corridor.storage.node.compared import instant_is
from corridor.storage.node.cursor import NOT_COUNTED, Walk, not_ours, read_cursor, sort_name, walked_to, write_cursor
from corridor.storage.node.elements import Condition
from corridor.storage.node.includes import Included
from corridor.storage.node.log_rows import Token, tokens_of
from corridor.storage.node.plans import EVENTS
from corridor.storage.node.tables import log_entry, log_reference, log_shape
from corridor.storage.times import from_micros, to_micros

TYPE = EVENTS

Shapes = Mapping[int, Sequence[Token]]

_COLUMNS = (log_entry.c.idx, log_entry.c.id, log_entry.c.recorded, log_entry.c.body)
_REFERENCES = frozenset({"patient", "agent", "entity", "source"})
_DATES = frozenset({"date", "_lastUpdated"})


async def read(database: Database, id: str) -> Record | None:
    """One audit event; there is only ever one version."""
    async with database.read() as connection:
        row = (await connection.execute(select(*_COLUMNS).where(log_entry.c.id == id))).first()
    return _record(row) if row else None


async def search(database: Database, query: Query, lanes: Lanes | None = None) -> Page:
    """One page of audit events.

    Args:
        database: of the node.
        query: what is sought.
        lanes: for what goes along with the page, where anything does.

    Raises:
        InvalidError: the cursor is not one of ours.
    """
    async with database.read() as connection:
        wanted = [_condition(each, await _shapes(connection)) for each in query.criteria]
        rows: Sequence[Any] = ()
        total: int | None = None
        if query.count:
            rows = (await connection.execute(_page(query, wanted))).all()
        if query.total != "none" or not query.count:
            counting = select(func.count()).select_from(log_entry).where(*wanted)
            total = int((await connection.execute(counting)).scalar_one())
    more = len(rows) > query.count
    after = ""
    if more and rows:
        after = write_cursor(Walk(sort_name(query), NOT_COUNTED, [*_place(query, rows[query.count - 1])]))
    page = rows[: query.count]
    named = [{"resource_type": TYPE, "id": row.id, "key": row.idx} for row in page]
    included = await Included(lanes, named).find(query.includes) if query.includes and lanes and named else ()
    return Page(tuple(_record(row) for row in page), total, after, included)


def _record(row: Any) -> Record:
    return Record(TYPE, row.id, 1, from_micros(row.recorded), bodies.unpack(row.body))


def _page(query: Query, wanted: Iterable[Condition]) -> Select[Any]:
    keys = [*_keys(query)]
    statement = select(*_COLUMNS).where(*wanted).limit(query.count + 1)
    descending = query.sort[0].descending if query.sort else False
    cursor = read_cursor(query)
    if cursor:
        if not isinstance(cursor, Walk):
            raise not_ours()
        kinds = (*(str if each.parameter == "_id" else int for each in query.sort), int)
        place = tuple_(*(literal(value) for value in walked_to(cursor, kinds)))
        statement = statement.where(tuple_(*keys) < place if descending else tuple_(*keys) > place)
    return statement.order_by(*(key.desc() if descending else key.asc() for key in keys))


def _keys(query: Query) -> Iterable[Any]:
    """Columns to sort by; all run the way of the first, because ids and dates of a log grow together."""
    for each in query.sort:
        if each.parameter not in _DATES | {"_id"}:
            raise UnsupportedError("Results are sorted by _lastUpdated, _id or date only.", ("_sort",))
        yield log_entry.c.id if each.parameter == "_id" else log_entry.c.recorded
    yield log_entry.c.idx


def _place(query: Query, row: Any) -> Iterable[int | str]:
    for each in query.sort:
        yield row.id if each.parameter == "_id" else row.recorded
    yield row.idx


async def _shapes(connection: AsyncConnection) -> Shapes:
    rows = await connection.execute(select(log_shape.c.shape, log_shape.c.tokens))
    return {row.shape: tokens_of(row.tokens) for row in rows}


# ---------------------------------------------------------------- criteria


def _condition(criterion: Criterion, shapes: Shapes) -> Condition:
    reading = _BY_KIND.get(type(criterion))
    if reading is None:
        raise UnsupportedError("Audit events are not searched by text.", (criterion.parameter,))
    return reading(criterion, shapes)


def _token(criterion: TokenCriterion, shapes: Shapes) -> Condition:
    if ":" in criterion.parameter:  # they are not kept apart from the events: to find none would be a wrong answer
        raise UnsupportedError("Audit events are not searched by identifiers.", (criterion.parameter,))
    if criterion.parameter == "_id":
        found = log_entry.c.id.in_([code for _, code in criterion.any_of])
        return ~found if criterion.negated else found
    return log_entry.c.shape.in_([key for key, tokens in shapes.items() if _holds(criterion, tokens)])


def _holds(criterion: TokenCriterion, tokens: Iterable[Token]) -> bool:
    found = any(
        parameter == criterion.parameter
        and wanted_system in {None, system}
        and wanted_code in {"", code}
        for parameter, system, code in tokens
        for wanted_system, wanted_code in criterion.any_of
    )  # fmt: skip
    return found is not criterion.negated


def _date(criterion: DateCriterion, _shapes: Shapes) -> Condition:
    recorded = log_entry.c.recorded
    spans = ((prefix, (to_micros(start), to_micros(end))) for prefix, start, end in criterion.any_of)
    return or_(*(instant_is(prefix, recorded, span) for prefix, span in spans))


def _reference(criterion: ReferenceCriterion, _shapes: Shapes) -> Condition:
    columns = log_reference.c
    targets = or_(
        *(
            and_(columns.target_id == target, columns.target_type == kind) if kind else columns.target_id == target
            for kind, target in criterion.any_of
        )
    )
    named = columns.parameters.contains(f" {criterion.parameter} ", autoescape=True)
    return log_entry.c.idx.in_(select(columns.idx).where(targets, named))


def _missing(criterion: MissingCriterion, shapes: Shapes) -> Condition:
    name = criterion.parameter
    if name in _REFERENCES:
        named = log_reference.c.parameters.contains(f" {name} ", autoescape=True)
        found: Condition = log_entry.c.idx.in_(select(log_reference.c.idx).where(named))
    elif name in _DATES or name == "_id":
        found = log_entry.c.idx.is_not(None)
    else:
        having = [key for key, tokens in shapes.items() if any(parameter == name for parameter, _, _ in tokens)]
        found = log_entry.c.shape.in_(having)
    return ~found if criterion.missing else found


_BY_KIND: dict[type, Callable[[Any, Shapes], Condition]] = {
    TokenCriterion: _token,
    DateCriterion: _date,
    ReferenceCriterion: _reference,
    MissingCriterion: _missing,
}
