"""Criteria on what has an order: dates, numbers, amounts."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sqlalchemy import and_, false, or_, select

from corridor.domain.query import Amount, DateCriterion, NumberCriterion, Prefix, QuantityCriterion
from corridor.storage.node.compared import Ends, amount_is, instant_is, span_is
from corridor.storage.node.elements import Condition, OneOf, fixed
from corridor.storage.node.fact_tables import fact_date, fact_quantity, unit
from corridor.storage.node.parts import date_parameters
from corridor.storage.node.places import Given, Match, Place, Subject, roles
from corridor.storage.node.tables import LONG


def date(criterion: DateCriterion, about: Subject, given: Given) -> Match:
    """Dates: the instant of writing, the record's own clinical date, all others in rows of their own."""
    asked = [(prefix, (next(given), next(given))) for prefix, _, _ in criterion.any_of]
    columns = about.rec.c
    if criterion.parameter == "_lastUpdated":
        wanted = or_(false(), *(instant_is(prefix, columns.updated_at, ends) for prefix, ends in asked))
        return Match((Place(wanted, column="updated_at"),), 5, clustered=True)
    rows = fact_date.alias()
    held = or_(false(), *(span_is(prefix, (rows.c.start, rows.c.end), ends) for prefix, ends in asked))
    wanted = and_(roles(rows, criterion.parameter, about.resource_type), held)
    apart = Place(wanted, (rows,), "key", rows.c.key, rows.c.element)
    if criterion.parameter not in date_parameters(about.resource_type):
        return Match((apart,), 3)
    dated = columns.effective_end.is_not(None)
    ends = (columns.effective, columns.effective_end)
    own = [(prefix, each, and_(dated, span_is(prefix, ends, each))) for prefix, each in asked]
    leading = [Place(condition) for each in own for condition in _found_by_start(columns, *each[:2], wanted=each[2])]
    rank = None if Prefix.NE in {prefix for prefix, _ in asked} else 5
    undated = replace(apart, only_where=columns.effective_end.is_(None))  # who has one date of its own has no other
    places = (Place(or_(false(), *(condition for *_, condition in own))), undated)
    return Match(places, rank, clustered=True, leading=(*leading, apart))


def _found_by_start(columns: Any, prefix: Prefix, asked: Ends, *, wanted: Condition) -> list[Condition]:
    """The condition in forms that the index of starts can find; whatever lasts long has an index of its own."""
    start = columns.effective
    if prefix in {Prefix.GE, Prefix.GT}:
        lasting = and_(columns.effective_end - start > fixed(LONG), columns.effective_end > asked[0])
        return [and_(start >= asked[0] - LONG, wanted), and_(lasting, wanted)]
    if prefix is Prefix.SA:
        return [and_(start >= asked[1], wanted)]
    if prefix is Prefix.EQ:
        return [and_(start >= asked[0], start < asked[1], wanted)]
    return [and_(start < asked[1], wanted)]


def number(criterion: NumberCriterion, about: Subject, given: Given) -> Match:
    """Numbers without a unit."""
    rows = fact_quantity.alias()
    stored = (rows.c.low, rows.c.high)
    held = [amount_is(prefix, stored, (next(given), next(given))) for prefix, _, _ in criterion.any_of]
    wanted = and_(roles(rows, criterion.parameter, about.resource_type), or_(false(), *held))
    return Match((Place(wanted, (rows,), "key", rows.c.key, rows.c.element),), 6)


def quantity(criterion: QuantityCriterion, about: Subject, given: Given) -> Match:
    """Amounts: in base units where the unit asked for is UCUM, otherwise in the unit itself."""
    rows = fact_quantity.alias()
    held = or_(false(), *(_is_amount(rows, each, given) for each in criterion.any_of))
    wanted = and_(roles(rows, criterion.parameter, about.resource_type), held)
    return Match((Place(wanted, (rows,), "key", rows.c.key, rows.c.element),), 6)


def _is_amount(rows: Any, asked: Amount, given: Given) -> Condition:
    columns = rows.c
    ends = (next(given), next(given))
    units = []
    if asked.canonical:
        units.append(unit.c.canonical == next(given))
        stored = (columns.base_low, columns.base_high)
    else:
        stored = (columns.low, columns.high)
        if asked.system is not None:
            units.append(unit.c.system == next(given))
        if asked.code:
            units.append(_is_called(next(given), coded=asked.system is not None))
    compared = amount_is(asked.prefix, stored, ends)
    return and_(compared, OneOf(columns.unit, select(unit.c.number).where(*units))) if units else compared


def _is_called(name: Any, *, coded: bool) -> Condition:
    """Whether a unit has this code; where no system is asked for, it may also be written so for people."""
    return unit.c.code == name if coded else or_(unit.c.code == name, unit.c.text == name)
