"""Pages in the order of writing: of the first writing, which never changes, and of the last one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Select, and_, bindparam, func, select, tuple_, union_all

from corridor.domain.query import Query, Sort
from corridor.domain.record import Record
from corridor.storage.node import bodies
from corridor.storage.node.cursor import NOT_COUNTED, Value, Walk, sort_name, walked_to
from corridor.storage.node.elements import NO_OFFSET, Condition, Plain, Unordered
from corridor.storage.node.plans import Plan
from corridor.storage.node.tables import history, record
from corridor.storage.seals import Seals
from corridor.storage.statements import Row, Statement
from corridor.storage.times import from_micros

COLUMNS = (
    record.c.resource_type,
    record.c.id,
    record.c.version,
    record.c.updated_at,
    record.c.body,
    record.c.patient_id,
)

_KEY, _UPDATED = "key", "updated_at"
_ORDERS = {(): _KEY, ("_lastUpdated",): _UPDATED}
_NUMBER = record.c.key.type


def record_of(row: Any, seals: Seals) -> Record:
    """A row with these columns as a record."""
    return Record(
        row["resource_type"],
        row["id"],
        row["version"],
        from_micros(row["updated_at"]),
        None if row["body"] is None else bodies.unpack_row(row, seals),
        row["patient_id"],
    )


def records_of(rows: Iterable[Any], seals: Seals) -> tuple[Record, ...]:
    """Living rows whose first columns are these, as records; one Bundle's share their instant."""
    columns = [*zip(*rows, strict=True)]
    if not columns:
        return ()
    types, ids, versions, written, packed, patients = columns[: len(COLUMNS)]
    instants = {micros: from_micros(micros) for micros in {*written}}
    at = map(instants.__getitem__, written)
    whole = bodies.unpack_records(packed, seals, ids=ids, patients=patients)
    return tuple(map(Record, types, ids, versions, at, whole, patients))


def walks(sort: Sequence[Sort]) -> bool:
    """Whether pages in this order are found one after another, without a list of what matched at first."""
    return not sort or _parameters(sort) in _ORDERS


def _parameters(sort: Sequence[Sort]) -> tuple[str, ...]:
    return tuple([each.parameter for each in sort])


class Walking(msgspec.Struct, frozen=True):
    """A search whose order is that of writing.

    Attributes:
        gathers: True where matches are found by their index and sorted, False where the order is walked through.
        counts: True where the first page tells how many matches there are; only where they are gathered.
    """

    plan: Plan
    query: Query
    gathers: bool
    counts: bool = False

    def statement(self, place: Walk | None) -> Statement:
        """Finds the page after a place, and one row more."""
        first, sort = place is None, self.query.sort
        name = ("page", sort, self.gathers, self.counts and first, first)
        return self.plan.statement(name, lambda: self._select(first=first))

    def values(self, place: Walk | None) -> dict[str, Any]:
        """The values of the statement beside those of the criteria.

        Raises:
            InvalidError: the place is not one of this order.
        """
        found: dict[str, Any] = {"p_limit": self.query.count + 1}
        if place is not None:
            values = walked_to(place, (int,) * (1 if self._order == _KEY else 4))
            found |= {f"p_at_{at}": value for at, value in enumerate(values)}
        return found

    def place_of(self, rows: Sequence[Row], place: Walk | None) -> Walk:
        """The place after the last of these rows, which came after a place."""
        last = rows[-1]
        at: list[Value] = [last["key"]]
        if self._order == _UPDATED:
            horizon = place.at[:2] if place else [last["newest"], last["newest_key"]]
            at = [*horizon, last["place"], last["key"]]
        return Walk(sort_name(self.query), place.total if place else NOT_COUNTED, at)

    @property
    def _order(self) -> str:
        sort = self.query.sort
        return _ORDERS[_parameters(sort)] if sort else _KEY

    @property
    def _descending(self) -> bool:
        return bool(self.query.sort) and self.query.sort[0].descending

    def _select(self, *, first: bool) -> Select[Any]:
        if self._order == _UPDATED:
            return self._newest() if first else self._as_it_was()
        chosen = select(*COLUMNS, record.c.key, *self._counted(first=first)).where(*self._wanted)
        if not first:
            chosen = chosen.where(record.c.key > _at(0))
        return _limited(chosen.order_by(self._sorted(record.c.key)))

    def _counted(self, *, first: bool) -> Sequence[ColumnElement[Any]]:
        return (func.count().over().label("total"),) if self.counts and first else ()

    @property
    def _wanted(self) -> list[Condition]:
        return self.plan.gathered() if self.gathers else self.plan.walked(by_type=self._order == _UPDATED)

    def _sorted(self, column: ColumnElement[Any]) -> ColumnElement[Any]:
        return Unordered(column) if self.gathers else column

    def _directed(self, column: ColumnElement[Any]) -> ColumnElement[Any]:
        return column.desc() if self._descending else column.asc()

    def _beyond(self, column: Any, place: Any) -> Condition:
        condition: Condition = column < place if self._descending else column > place
        return condition

    def _newest(self) -> Select[Any]:
        """The first page, with how far writing had come: what is written later is not on any page."""
        other = record.alias()
        newest = select(func.max(other.c.updated_at)).where(other.c.resource_type == self.plan.resource_type)
        further = record.alias()
        horizon = (
            newest.scalar_subquery().label("newest"),
            select(func.max(further.c.key)).scalar_subquery().label("newest_key"),
        )
        own = (record.c.key, record.c.updated_at.label("place"))
        chosen = select(*COLUMNS, *own, *horizon, *self._counted(first=True)).where(*self._wanted)
        return _limited(chosen.order_by(*self._by(self._sorted(record.c.updated_at), record.c.key)))

    def _as_it_was(self) -> Select[Any]:
        """Later pages, in the order that held at the first one.

        What was written again since then stands where it stood: its instant of then is in the history.
        """
        parts = [_limited(each).subquery() for each in (self._unchanged(), self._changed())]
        merged = union_all(*(select(part) for part in parts)).subquery()
        return _limited(select(merged).order_by(*self._by(merged.c.place, merged.c.key)))

    def _unchanged(self) -> Select[Any]:
        place = self._aside(record.c.updated_at)
        held = and_(place <= _at(0), self._after(place, self._aside(record.c.key)))
        chosen = select(*COLUMNS, record.c.key, record.c.updated_at.label("place")).where(*self._wanted, held)
        return chosen.order_by(*self._by(self._sorted(record.c.updated_at), record.c.key))

    def _changed(self) -> Select[Any]:
        past = history.c
        then = (
            select(func.max(Unordered(past.updated_at)))
            .where(past.id == record.c.id, past.resource_type == record.c.resource_type, past.updated_at <= _at(0))
            .correlate_except(history)
            .scalar_subquery()
        )
        changed = and_(self._aside(record.c.updated_at) > _at(0), self._aside(record.c.key) <= _at(1))
        found = select(*COLUMNS, record.c.key, then.label("place")).where(*self._wanted, changed).subquery()
        return (
            select(found).where(self._after(found.c.place, found.c.key)).order_by(*self._by(found.c.place, found.c.key))
        )

    def _aside(self, column: ColumnElement[Any]) -> ColumnElement[Any]:
        """A column that leads nowhere where the criteria lead."""
        return Plain(column) if self.gathers else column

    def _after(self, place: Any, key: Any) -> Condition:
        return self._beyond(tuple_(place, key), tuple_(_at(2), _at(3)))

    def _by(self, *columns: Any) -> list[ColumnElement[Any]]:
        return [self._directed(each) for each in columns]


def _at(number: int) -> Any:
    return bindparam(f"p_at_{number}", type_=_NUMBER)


def _limited(chosen: Select[Any]) -> Select[Any]:
    return chosen.limit(bindparam("p_limit")).offset(NO_OFFSET)
