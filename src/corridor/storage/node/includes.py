"""What is sent along with matches: the resources that they refer to, and those that refer to them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Select, and_, bindparam, cast, literal, null, select, union

from corridor.domain.errors import UnsupportedError
from corridor.domain.query import Include
from corridor.domain.record import Record
from corridor.storage.lanes import Lanes
from corridor.storage.node.elements import NO_OFFSET, Condition, fixed
from corridor.storage.node.fact_tables import fact_reference, role, set_link
from corridor.storage.node.pages import COLUMNS, records_of
from corridor.storage.node.parts import PATIENT_PARAMETERS, SHARED_TARGETS
from corridor.storage.node.plans import EVENTS
from corridor.storage.node.tables import log_entry, log_reference, record
from corridor.storage.statements import Listed, Row, Statement

MOST = 2_000
"""Resources that one page can send along; a page that would need more is refused."""

Name = tuple[str, str]
"""Type and id."""

_ANY = "*"
_NAMED = Statement(
    select(*COLUMNS, record.c.key).where(Listed(record.c.id, "ids"), record.c.body.is_not(None)).order_by(record.c.key)
)


class Included:
    """What is found of one page, each resource once.

    Args:
        lanes: for reading.
        matches: rows of the page, with their keys.
    """

    def __init__(self, lanes: Lanes, matches: Sequence[Row]) -> None:
        self._lanes = lanes
        self._matches = matches
        self._met: set[Name] = {_name(row) for row in matches}
        self._found: list[Row] = []

    async def find(self, includes: Iterable[Include]) -> tuple[Record, ...]:
        """Follow every include from the matches, and those that iterate from what was included, too.

        Raises:
            UnsupportedError: more resources than one page can carry.
        """
        wanted = [*includes]
        fresh = await self._follow(wanted, self._matches)
        again = [each for each in wanted if each.iterate]
        while fresh and again:
            fresh = await self._follow(again, fresh)
        return records_of(self._found, self._lanes.seals)

    async def _follow(self, includes: Sequence[Include], rows: Sequence[Row]) -> list[Row]:
        fresh: list[Row] = []
        for include in includes:
            found = await (self._referring(include, rows) if include.reverse else self._referred(include, rows))
            for row in found:
                if _name(row) not in self._met:
                    self._met.add(_name(row))
                    fresh.append(row)
        self._found += fresh
        if len(self._found) > MOST:
            raise UnsupportedError(
                f"A page sends along at most {MOST} resources; ask for a smaller page or fewer includes.",
                ("_include",),
            )
        return fresh

    async def _referred(self, include: Include, rows: Sequence[Row]) -> Sequence[Row]:
        """Resources that rows refer to."""
        keys = [row["key"] for row in rows if row["resource_type"] == include.source_type]
        if not keys:
            return ()
        targets = await self._lanes.quick(_targets(include), {"p_keys": keys, "p_limit": MOST + 1 + len(self._met)})
        names = {_name(row) for row in targets} - self._met
        found = await self._lanes.quick(_NAMED, {"ids": sorted({id for _, id in names})}) if names else ()  # noqa: A001  # FHIR's word
        return [row for row in found if _name(row) in names]

    async def _referring(self, include: Include, rows: Sequence[Row]) -> Sequence[Row]:
        """Resources that refer to rows."""
        found: list[Row] = []
        kinds = {row["resource_type"] for row in rows if include.target_type in {"", row["resource_type"]}}
        for kind in sorted(kinds):
            ids = [row["id"] for row in rows if row["resource_type"] == kind]
            values = {"p_ids": ids, "p_limit": MOST + 1 + len(self._met)}
            lane = self._lanes.quick if kind == "Patient" else self._lanes.broad  # a clinic has very many
            found += await lane(_sources(include, kind), values)
        return found


def _name(row: Row) -> Name:
    return row["resource_type"], row["id"]


@cache
def _targets(include: Include) -> Statement:
    """Finds type and id of whatever some records refer to by the parameter."""
    if include.source_type == EVENTS:
        return Statement(_named_by_events(include).distinct().limit(bindparam("p_limit")).offset(NO_OFFSET))
    parts = [_by_rows(include), _by_sets(include)]
    if include.parameter in PATIENT_PARAMETERS | {_ANY} and include.target_type in {"", "Patient"}:
        parts.append(
            select(literal("Patient").label("resource_type"), record.c.patient_id.label("id")).where(
                Listed(record.c.key, "p_keys"), record.c.patient_id.is_not(None)
            )
        )
    return Statement(union(*parts).limit(bindparam("p_limit")).offset(NO_OFFSET))


def _by_rows(include: Include) -> Select[Any]:
    columns = fact_reference.c
    chosen = select(columns.target_type.label("resource_type"), columns.target_id.label("id"))
    held = [Listed(columns.key, "p_keys"), columns.target_type != "", *_typed(columns, include.target_type)]
    return chosen.where(*held, *_in_role(columns, include))


def _by_sets(include: Include) -> Select[Any]:
    columns = set_link.c
    chosen = select(columns.target_type.label("resource_type"), columns.target_id.label("id"))
    linked = and_(columns.number == record.c.links, Listed(record.c.key, "p_keys"))
    return chosen.where(linked, *_typed(columns, include.target_type), *_named(columns, include))


def _typed(columns: Any, target_type: str) -> Iterator[Any]:
    if target_type:
        yield columns.target_type == target_type


def _named(columns: Any, include: Include) -> Iterator[Any]:
    if include.parameter != _ANY:
        yield columns.parameter == include.parameter


def _in_role(columns: Any, include: Include) -> Iterator[Any]:
    named = [] if include.parameter == _ANY else [role.c.parameter == include.parameter]
    yield columns.role.in_(select(role.c.role).where(role.c.resource_type == include.source_type, *named))


@cache
def _sources(include: Include, target_type: str) -> Statement:
    """Finds records of the include's type that refer by its parameter to some of one type."""
    if include.source_type == EVENTS:
        return _events_naming(include, target_type)
    if target_type in SHARED_TARGETS:
        columns = set_link.c
        named = and_(Listed(columns.target_id, "p_ids"), columns.target_type == target_type, *_named(columns, include))
        reached: list[Condition] = [record.c.links.in_(select(columns.number).where(named))]
    else:
        columns = fact_reference.c
        named = and_(
            Listed(columns.target_id, "p_ids"), columns.target_type == target_type, *_in_role(columns, include)
        )
        reached = [record.c.key.in_(select(columns.key).where(named))]
    if target_type == "Patient" and include.parameter in PATIENT_PARAMETERS | {_ANY}:
        reached.append(Listed(record.c.patient_id, "p_ids"))
    parts = [_living(include.source_type).where(each) for each in reached]
    found = union(*parts).subquery()
    return Statement(select(found).order_by(found.c.key).limit(bindparam("p_limit")).offset(NO_OFFSET))


def _living(resource_type: str) -> Select[Any]:
    chosen = select(*COLUMNS, record.c.key)
    return chosen.where(record.c.resource_type == resource_type, record.c.body.is_not(None))


# ---------------------------------------------------------------- audit events, which stand in the log


def _named_by_events(include: Include) -> Select[Any]:
    columns = log_reference.c
    chosen = select(columns.target_type.label("resource_type"), columns.target_id.label("id"))
    return chosen.where(
        Listed(columns.idx, "p_keys"), *_typed(columns, include.target_type), *_in_words(columns, include)
    )


def _events_naming(include: Include, target_type: str) -> Statement:
    columns, event = log_reference.c, log_entry.c
    named = and_(columns.target_type == target_type, Listed(columns.target_id, "p_ids"), *_in_words(columns, include))
    chosen = select(
        literal(EVENTS).label("resource_type"),
        event.id,
        fixed(1).label("version"),
        event.recorded.label("updated_at"),
        event.body,
        cast(null(), event.id.type).label("patient_id"),
        event.idx.label("key"),
    )
    found = chosen.where(event.idx.in_(select(columns.idx).where(named))).order_by(event.idx)
    return Statement(found.limit(bindparam("p_limit")).offset(NO_OFFSET))


def _in_words(columns: Any, include: Include) -> Iterator[Any]:
    """An event's reference keeps all of its parameters in one text, with spaces around each."""
    if include.parameter != _ANY:
        yield columns.parameters.contains(f" {include.parameter} ", autoescape=True)
