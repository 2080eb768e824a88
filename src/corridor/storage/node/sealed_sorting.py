"""Sorting by what is sealed: the values of all matches are opened and put in order here (ADR 38)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, and_, bindparam, select

from corridor.domain.errors import UnsupportedError
from corridor.domain.query import Query, Sort
from corridor.fhir.parameters import parameters
from corridor.fhir.search_values import fold
from corridor.storage.node.blind_dates import first_day
from corridor.storage.node.elements import NO_OFFSET, Joined
from corridor.storage.node.fact_tables import fact_string
from corridor.storage.node.parts import SEALED_DATES, is_unshared
from corridor.storage.node.places import Subject, roles, subject
from corridor.storage.node.plans import Plan
from corridor.storage.node.sorting import sort_value
from corridor.storage.node.tables import record
from corridor.storage.seals import Seals
from corridor.storage.statements import Row, Statement


def opens(query: Query, seals: Seals) -> bool:
    """Whether the order is one of sealed values.

    Raises:
        UnsupportedError: it is one of blind codes, which have none.
    """
    if not seals.closed:
        return False
    if any(is_unshared(each.parameter) for each in query.sort):
        raise UnsupportedError("Results are not sorted by what is kept blind.", ("_sort",))
    return any(_is_sealed(query.resource_type, each) for each in query.sort)


def _is_sealed(resource_type: str, key: Sort) -> bool:
    found = parameters(resource_type).get(key.parameter)
    return found is not None and (found.kind == "string" or key.parameter in SEALED_DATES)


def sealed_listing(plan: Plan, query: Query) -> Statement:
    """Finds the keys of matches in no order, with the values that decide it."""

    def make() -> Select[Any]:
        about = subject(plan.resource_type)
        values = [_value(about, each).label(f"v{at}") for at, each in enumerate(query.sort)]
        chosen = select(record.c.key, *values).where(*plan.gathered())
        return chosen.limit(bindparam("p_limit")).offset(NO_OFFSET)

    return plan.statement(("sealed listing", query.sort), make)


def _value(about: Subject, key: Sort) -> Any:
    if not _is_sealed(about.resource_type, key):
        return sort_value(about, key)
    rows = fact_string.alias()
    named = and_(rows.c.key == about.rec.c.key, roles(rows, key.parameter, about.resource_type))
    texts = select(Joined(rows.c.text)).where(named)
    return texts.correlate_except(rows).scalar_subquery()


def in_order(rows: Sequence[Row], query: Query, seals: Seals) -> list[int]:
    """The keys as the search wants them: without a value last, and what is equal in the order of first writing."""
    least = [_opened(row, query, seals) for row in rows]
    listed = sorted(least, key=lambda each: each[0], reverse=bool(query.sort) and query.sort[-1].descending)
    for at, key in reversed([*enumerate(query.sort, start=1)]):
        with_value = [each for each in listed if each[at] is not None]
        with_value.sort(key=lambda each: each[at], reverse=key.descending)  # sorted before the next round
        listed = with_value + [each for each in listed if each[at] is None]
    return [each[0] for each in listed]


def _opened(row: Row, query: Query, seals: Seals) -> list[Any]:
    values: list[Any] = [row["key"]]
    for at, key in enumerate(query.sort):
        value = row[f"v{at}"]
        if value is not None and _is_sealed(query.resource_type, key):
            read = first_day if key.parameter in SEALED_DATES else fold
            texts = [read(seals.open_text(each)) for each in value.split()]
            value = max(texts) if key.descending else min(texts)
        values.append(value)
    return values
