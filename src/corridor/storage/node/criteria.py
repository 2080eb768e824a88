"""One criterion of a search as conditions on the record's own columns and on the tables of facts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Column, ColumnElement, Table, and_, exists, false, or_, select, union_all
from sqlalchemy.sql.visitors import replacement_traverse

from corridor.domain.errors import UnsupportedError
from corridor.domain.query import (
    Criterion,
    DateCriterion,
    MissingCriterion,
    Prefix,
    ReferenceCriterion,
    StringCriterion,
    TokenCriterion,
    UriCriterion,
)
from corridor.fhir.parameters import main_code
from corridor.fhir.search_values import fold
from corridor.storage.node.rows import PATIENT_PARAMETERS, WORD_MAX, bounded, date_parameters
from corridor.storage.node.tables import (
    FACTS,
    fact_date,
    fact_reference,
    fact_string,
    fact_token,
    record,
)
from corridor.storage.times import to_micros

Condition = ColumnElement[bool]
Moment = ColumnElement[Any]
Span = tuple[int, int]
"""First microsecond inside and first one after."""

LAST = "\U0010ffff"
"""Sorts after every letter: the end of a range of texts with one beginning."""

_MANY_PATIENTS = frozenset({"Provenance"})
"""Types that are about several patients; their record names only the first."""


@dataclass(frozen=True, slots=True)
class Match:
    """Where a criterion can be true.

    Attributes:
        own: on the record's own columns.
        facts: on tables of facts, any of them.
        rank: how few resources it leaves, 0 fewest; None where it can never lead a search.
        negated: True where the whole is meant the other way round.
    """

    own: Condition | None
    facts: tuple[tuple[Table, Condition], ...] = ()
    rank: int | None = None
    negated: bool = False

    def filter(self) -> Condition:
        """As a condition on a record that is already at hand."""
        found = [exists().where(table.c.key == record.c.key, condition) for table, condition in self.facts]
        whole = or_(*([] if self.own is None else [self.own]), *found)
        return ~whole if self.negated else whole

    def lead(self, resource_type: str) -> Condition:
        """As a condition that finds the records by itself, through an index of its own."""
        if not self.facts and self.own is not None:
            return self.own
        keys = [select(table.c.key).where(condition) for table, condition in self.facts]
        if self.own is not None:
            inner = record.alias("own")
            own = _moved(self.own, inner)
            keys.append(select(inner.c.key).where(inner.c.resource_type == resource_type, own))
        return record.c.key.in_(union_all(*keys) if len(keys) > 1 else keys[0])


def match(criterion: Criterion, resource_type: str) -> Match:
    """Where the criterion can be true for resources of one type.

    Raises:
        UnsupportedError: a kind of criterion that is not answered here.
    """
    reading = _BY_KIND.get(type(criterion))
    if reading is None:
        raise UnsupportedError("This kind of search is not answered here.")
    return reading(criterion, resource_type)


def _moved(condition: Condition, inner: Any) -> Condition:

    def replace(element: Any, **_options: Any) -> Any:
        return inner.c[element.name] if isinstance(element, Column) and element.table is record else None

    moved: Condition = replacement_traverse(condition, {}, replace)
    return moved


# ---------------------------------------------------------------- one reading per kind of criterion


def _token(criterion: TokenCriterion, resource_type: str) -> Match:
    if criterion.parameter == "_id":
        own = record.c.id.in_([code for _, code in criterion.any_of])
        return Match(own, rank=0, negated=criterion.negated)
    name = criterion.parameter
    code, system = fact_token.c.code, fact_token.c.system
    condition = and_(fact_token.c.parameter == name, or_(*(_coded(code, system, each) for each in criterion.any_of)))
    own_code: Condition | None = None
    if name == main_code(resource_type):
        columns = record.c.code, record.c.code_system
        own_code = and_(columns[0] != "", or_(*(_coded(*columns, each) for each in criterion.any_of)))
    rank = 1 if name == "identifier" else 4
    return Match(own_code, ((fact_token, condition),), 3 if own_code is not None else rank, criterion.negated)


def _coded(code: Column[str], system: Column[str], wanted: tuple[str | None, str]) -> Condition:
    wanted_system, wanted_code = wanted
    conditions = [code == bounded(wanted_code)] if wanted_code else []
    if wanted_system is not None:
        conditions.append(system == bounded(wanted_system))
    return and_(*conditions)


def _string(criterion: StringCriterion, _resource_type: str) -> Match:
    folded = fact_string.c.folded
    compare = _TEXT_MODES[criterion.mode]
    wanted = or_(*(compare(folded, each[:WORD_MAX]) for each in criterion.any_of))
    condition = and_(fact_string.c.parameter == criterion.parameter, wanted)
    return Match(None, ((fact_string, condition),), 2)


_TEXT_MODES: dict[str, Callable[[Column[str], str], Condition]] = {
    "prefix": lambda folded, text: and_(folded >= text, folded < text + LAST),
    "exact": lambda folded, text: folded == fold(text),
    "contains": lambda folded, text: folded.contains(text, autoescape=True),
}


def _date(criterion: DateCriterion, resource_type: str) -> Match:
    if criterion.parameter == "_lastUpdated":
        updated = record.c.updated_at
        return Match(or_(*(compared(each, updated, updated + 1) for each in criterion.any_of)))
    start, end = fact_date.c.start, fact_date.c.end
    wanted = or_(*(compared(each, start, end) for each in criterion.any_of))
    facts = ((fact_date, and_(fact_date.c.parameter == criterion.parameter, wanted)),)
    if criterion.parameter not in date_parameters(resource_type):
        return Match(None, facts, 5)
    columns = record.c.effective, record.c.effective_end
    own = or_(*(compared(each, *columns) for each in criterion.any_of))
    return Match(and_(columns[1].is_not(None), own), facts)


def compared(wanted: tuple[Prefix, datetime, datetime], start: Moment, end: Moment) -> Condition:
    """Whether a stored interval is what the prefix asks for.

    Source: https://hl7.org/fhir/R4/search.html#prefix
    """
    first, last = to_micros(wanted[1]), to_micros(wanted[2])
    return _COMPARISONS[wanted[0]](start, end, (first, last))


def _inside(start: Moment, end: Moment, span: Span) -> Condition:
    return and_(start >= span[0], end <= span[1])


_COMPARISONS: dict[Prefix, Callable[[Moment, Moment, Span], Condition]] = {
    Prefix.EQ: _inside,
    Prefix.NE: lambda start, end, span: ~_inside(start, end, span),
    Prefix.GT: lambda _, end, span: end > span[1],
    Prefix.LT: lambda start, _, span: start < span[0],
    Prefix.GE: lambda start, end, span: or_(end > span[1], _inside(start, end, span)),
    Prefix.LE: lambda start, end, span: or_(start < span[0], _inside(start, end, span)),
    Prefix.SA: lambda start, _, span: start >= span[1],
    Prefix.EB: lambda _, end, span: end <= span[0],
}


def _reference(criterion: ReferenceCriterion, resource_type: str) -> Match:
    name, target = criterion.parameter, fact_reference.c
    wanted = or_(*(_targeted(kind, target_id) for kind, target_id in criterion.any_of))
    facts = ((fact_reference, and_(target.parameter == name, wanted)),)
    patients = [target_id for kind, target_id in criterion.any_of if kind in {"", "Patient"}]
    if name not in PATIENT_PARAMETERS or not patients:
        return Match(None, facts, 1)
    own = record.c.patient_id.in_(patients)
    only = name == "patient" or all(kind == "Patient" for kind, _ in criterion.any_of)
    return Match(own, () if only and resource_type not in _MANY_PATIENTS else facts, 0)


def _targeted(target_type: str, target_id: str) -> Condition:
    same = fact_reference.c.target_id == target_id
    return and_(same, fact_reference.c.target_type == target_type) if target_type else same


def _missing(criterion: MissingCriterion, resource_type: str) -> Match:
    name = criterion.parameter
    own: list[Condition] = []
    if name in {"_id", "_lastUpdated"}:
        own.append(record.c.key.is_not(None))
    if name in PATIENT_PARAMETERS:
        own.append(record.c.patient_id.is_not(None))
    if name in date_parameters(resource_type):
        own.append(record.c.effective_end.is_not(None))
    if name == main_code(resource_type):
        own.append(record.c.code != "")
    facts = tuple((table, table.c.parameter == name) for table in FACTS)
    return Match(or_(false(), *own), facts, negated=criterion.missing)


def _uri(criterion: UriCriterion, resource_type: str) -> Match:
    if criterion.mode != "exact":
        raise UnsupportedError("This kind of search is not answered here.", (criterion.parameter,))
    return _token(TokenCriterion(criterion.parameter, tuple((None, each) for each in criterion.any_of)), resource_type)


_BY_KIND: dict[type, Callable[[Any, str], Match]] = {
    UriCriterion: _uri,
    TokenCriterion: _token,
    StringCriterion: _string,
    DateCriterion: _date,
    ReferenceCriterion: _reference,
    MissingCriterion: _missing,
}
