"""The values by which matches are sorted: the least of a resource's values upwards, the greatest downwards."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, select, union_all

from corridor.domain.errors import UnsupportedError
from corridor.domain.query import Sort
from corridor.fhir.parameters import parameters
from corridor.storage.node.fact_tables import (
    fact_date,
    fact_quantity,
    fact_reference,
    fact_string,
    fact_token,
    set_code,
    set_link,
)
from corridor.storage.node.parts import PATIENT_PARAMETERS, date_parameters, is_unshared
from corridor.storage.node.places import Subject, roles

Value = ColumnElement[Any]
Values = Iterator[Select[Any]]


def check_sortable(resource_type: str, sort: Sequence[Sort]) -> None:
    """Let pass what has an order.

    Raises:
        UnsupportedError: a parameter that the type does not have, or that has no order.
    """
    for each in sort:
        if each.parameter not in _OWN and _kind(resource_type, each.parameter) not in _VALUES:
            raise UnsupportedError("Results are not sorted by this.", ("_sort",))


def order(about: Subject, sort: Sequence[Sort]) -> list[Value]:
    """What to sort by; a resource without a value comes last, and what is equal in the order of first writing."""
    found: list[Value] = []
    for each in sort:
        value = sort_value(about, each)
        if each.parameter not in _OWN:
            found.append(value.is_(None))
        found.append(value.desc() if each.descending else value.asc())
    key = about.rec.c.key
    return [*found, key.desc() if sort and sort[-1].descending else key.asc()]


def sort_value(about: Subject, key: Sort) -> Value:
    """The value of one resource for one sort key, NULL where it has none."""
    own = _OWN.get(key.parameter)
    if own:
        column: Value = about.rec.c[own]
        return column
    each = [*_VALUES[_kind(about.resource_type, key.parameter)](about, key.parameter)]
    merged = (union_all(*each) if len(each) > 1 else each[0]).subquery()
    value = next(iter(merged.c))
    edge = func.max(value) if key.descending else func.min(value)
    return select(edge).select_from(merged).correlate_except(merged).scalar_subquery()


_OWN = {"_lastUpdated": "updated_at", "_id": "id"}


def _kind(resource_type: str, parameter: str) -> str:
    found = parameters(resource_type).get(parameter)
    return found.kind if found else ""


def _rows(about: Subject, table: Any, column: str, *, parameter: str) -> Select[Any]:
    rows = table.alias()
    named = and_(rows.c.key == about.rec.c.key, roles(rows, parameter, about.resource_type))
    return select(rows.c[column]).where(named).correlate_except(rows)


def _token(about: Subject, parameter: str) -> Values:
    if is_unshared(parameter):
        yield _rows(about, fact_token, "code", parameter=parameter)
        return
    members = set_code.alias()
    named = and_(members.c.number == about.codes, members.c.parameter == parameter, members.c.code != "")
    yield select(members.c.code).where(named).correlate_except(members)


def _uri(about: Subject, parameter: str) -> Values:
    yield from _token(about, parameter)
    yield _rows(about, fact_token, "code", parameter=parameter)


def _string(about: Subject, parameter: str) -> Values:
    yield _rows(about, fact_string, "folded", parameter=parameter)


def _date(about: Subject, parameter: str) -> Values:
    rec = about.rec.c
    yield _rows(about, fact_date, "start", parameter=parameter)
    if parameter in date_parameters(about.resource_type):
        yield select(rec.effective.label("start")).where(rec.effective_end.is_not(None)).correlate(about.rec)


def _amount(about: Subject, parameter: str) -> Values:
    rows = fact_quantity.alias()
    named = and_(rows.c.key == about.rec.c.key, roles(rows, parameter, about.resource_type))
    yield select(func.coalesce(rows.c.base_low, rows.c.low)).where(named).correlate_except(rows)


def _reference(about: Subject, parameter: str) -> Values:
    yield _rows(about, fact_reference, "target_id", parameter=parameter)
    members = set_link.alias()
    named = and_(members.c.number == about.rec.c.links, members.c.parameter == parameter)
    yield select(members.c.target_id).where(named).correlate_except(members)
    if parameter in PATIENT_PARAMETERS:
        patient = about.rec.c.patient_id
        yield select(patient.label("target_id")).where(patient.is_not(None)).correlate(about.rec)


_VALUES: dict[str, Callable[[Subject, str], Values]] = {
    "token": _token,
    "uri": _uri,
    "string": _string,
    "date": _date,
    "number": _amount,
    "quantity": _amount,
    "reference": _reference,
}
