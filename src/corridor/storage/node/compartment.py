"""Everything that a node holds about one patient, and what that refers to, in one statement a page."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from operator import itemgetter
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Select, and_, bindparam, case, cast, null, or_, select, union, union_all

from corridor.domain.compartment import CompartmentQuery
from corridor.domain.errors import UnsupportedError
from corridor.flows.ports.records import Page
from corridor.storage.lanes import Lanes
from corridor.storage.node.cursor import Number, not_ours, unpack_cursor, write_cursor
from corridor.storage.node.elements import NO_OFFSET, Condition, OneOf, fixed
from corridor.storage.node.fact_tables import fact_reference, role, set_link
from corridor.storage.node.includes import MOST
from corridor.storage.node.pages import COLUMNS, records_of
from corridor.storage.node.tables import record
from corridor.storage.statements import Listed, Statement
from corridor.storage.times import to_micros

_FIRST = -1
_PLACE = len(COLUMNS)
"""Where a row tells the place of what is in the compartment; what that refers to has none."""
_PATIENT = fixed(0)
"""The Patient's place, before every other record; those are at their keys."""

_AFTER = bindparam("after", type_=record.c.key.type)


class _Place(msgspec.Struct, frozen=True, array_like=True, tag="e"):
    """After a record of a patient's compartment."""

    patient_id: str
    at: Number


class SqlCompartments:
    """Port `Compartments` on SQLite and PostgreSQL.

    Args:
        lanes: for reading.
    """

    def __init__(self, lanes: Lanes) -> None:
        self._lanes = lanes

    async def everything(self, patient_id: str, wanted: CompartmentQuery) -> Page:
        """See the port.

        What is referred to from several pages comes along with the first of them.
        """
        after = _after(patient_id, wanted.after)
        statement = _page(_parts(wanted), first=after == _FIRST)
        rows: Sequence[Any] = await self._lanes.quick(statement, _values(patient_id, wanted, after))
        own = sorted((row for row in rows if row[_PLACE] is not None), key=itemgetter(_PLACE))
        others = [row for row in rows if row[_PLACE] is None]
        if len(others) > MOST:
            raise UnsupportedError(f"A page sends along at most {MOST} resources; ask for a smaller page.", ("_count",))
        last = own[wanted.count - 1][_PLACE] if len(own) > wanted.count else None
        text = "" if last is None else write_cursor(_Place(patient_id, last))
        records = records_of(own[: wanted.count], self._lanes.seals)
        return Page(records, None, text, records_of(others, self._lanes.seals))


def _after(patient_id: str, text: str) -> int:
    if not text:
        return _FIRST
    place = unpack_cursor(text, _Place)
    if place.patient_id != patient_id:
        raise not_ours()
    return place.at


def _parts(wanted: CompartmentQuery) -> frozenset[str]:
    """What narrows the compartment, by name."""
    given = {"types": bool(wanted.types), "since": wanted.since, "start": wanted.start, "end": wanted.end}
    return frozenset(name for name, value in given.items() if value)


def _values(patient_id: str, wanted: CompartmentQuery, after: int) -> dict[str, Any]:
    instants = {"since": wanted.since, "start": wanted.start, "end": wanted.end}
    return {
        "patient": patient_id,
        "patients": [patient_id],
        "after": after,
        "count": wanted.count,
        "types": [*wanted.types],
        "p_limit": wanted.count + 1,
        **{name: to_micros(at) for name, at in instants.items() if at},
    }


@cache
def _page(parts: frozenset[str], *, first: bool) -> Statement:
    """One row more than the page, then what its own rows refer to."""
    place = _place()
    chosen = select(*COLUMNS, record.c.links, record.c.key, place.label("place")).where(*_held(parts))
    if not first:
        chosen = chosen.where(place > _AFTER)
    page = chosen.order_by(place).limit(bindparam("p_limit")).offset(NO_OFFSET).cte("page")
    shown = select(page).order_by(page.c.place).limit(bindparam("count")).offset(NO_OFFSET).cte("shown")
    others = _others(_targets(select(shown.c.key), select(shown.c.links)).subquery(), parts)
    if not first:
        others = others.where(_is_new(parts))
    names = [column.name for column in COLUMNS]
    own = select(*(page.c[name] for name in names), page.c.place)
    return Statement(union_all(own, select(others.subquery())))


def _place() -> ColumnElement[int]:
    """The Patient comes first, everything else in the order of first writing."""
    same = and_(record.c.resource_type == "Patient", record.c.id == bindparam("patient"))
    return case((same, _PATIENT), else_=record.c.key)


def _is_new(parts: frozenset[str]) -> Condition:
    """Whether no earlier page referred to it: then it came along there."""
    before = select(record.c.key, record.c.links).where(*_held(parts), _place() <= _AFTER).cte("before")
    met = _targets(select(before.c.key), select(before.c.links)).subquery()
    same = and_(met.c.kind == record.c.resource_type, met.c.id == record.c.id)
    return ~select(fixed(1)).select_from(met).where(same).exists()


def _held(parts: frozenset[str]) -> list[Condition]:
    """Living records of the compartment, also those that name several patients."""
    named = select(role.c.role).where(role.c.parameter == "patient")
    naming = select(fact_reference.c.key).where(
        fact_reference.c.target_id == bindparam("patient"),
        fact_reference.c.target_type == "Patient",
        OneOf(fact_reference.c.role, named),
    )
    inside = or_(record.c.patient_id == bindparam("patient"), OneOf(record.c.key, naming))
    return [inside, record.c.body.is_not(None), *_narrowed(parts), *_dated(parts)]


def _narrowed(parts: frozenset[str]) -> list[Condition]:
    conditions: list[Condition] = []
    if "types" in parts:
        conditions.append(Listed(record.c.resource_type, "types"))
    if "since" in parts:
        conditions.append(record.c.updated_at >= bindparam("since"))
    return conditions


def _dated(parts: frozenset[str]) -> list[Condition]:
    conditions: list[Condition] = []
    start, end = record.c.effective, record.c.effective_end
    if "start" in parts:
        conditions.append(or_(end.is_(None), end > bindparam("start")))
    if "end" in parts:
        conditions.append(or_(start.is_(None), start < bindparam("end")))
    return conditions


def _targets(keys: Select[Any], links: Select[Any]) -> Any:
    """Type and id of whatever some records refer to."""
    members, rows = set_link.alias(), fact_reference.alias()
    return union(
        select(members.c.target_type.label("kind"), members.c.target_id.label("id")).where(
            OneOf(members.c.number, links)
        ),
        select(rows.c.target_type.label("kind"), rows.c.target_id.label("id")).where(
            OneOf(rows.c.key, keys), rows.c.target_type != "", rows.c.target_type != "Patient"
        ),
    )


def _others(targets: Any, parts: frozenset[str]) -> Select[Any]:
    """Living resources of nobody's compartment among the targets."""
    nobody = cast(null(), record.c.key.type)
    outside = and_(record.c.patient_id.is_(None), record.c.body.is_not(None))
    same = and_(record.c.id == targets.c.id, record.c.resource_type == targets.c.kind)
    chosen = select(*COLUMNS, nobody.label("place")).select_from(targets, record)
    return chosen.where(same, outside, *_narrowed(parts)).limit(fixed(MOST + 1)).offset(NO_OFFSET)
