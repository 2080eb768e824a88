"""Criteria on codes, texts, addresses, and on what a resource has at all."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import ColumnElement, and_, false, or_, true

from corridor.domain.query import MissingCriterion, StringCriterion, TokenCriterion, UriCriterion
from corridor.fhir.parameters import main_code
from corridor.storage.node.asked import Group, Size, groups_of
from corridor.storage.node.elements import Condition
from corridor.storage.node.fact_tables import fact_string, fact_token, set_code, set_text
from corridor.storage.node.parts import is_unshared
from corridor.storage.node.places import Given, Match, Place, Subject, roles
from corridor.storage.statements import Listed

CODE_RANK = 4
"""Of a main code: it tells what a record is."""

_MAY_BE_EITHER = "_source"
"""Its addresses are mostly of senders, and shared; some are of one message."""


def token(criterion: TokenCriterion, about: Subject, given: Given) -> Match:
    """Codes: the record's own id, codes in a set, or rows of codes that are not shared."""
    name, negated = criterion.parameter, criterion.negated
    if name == "_id":
        wanted = or_(false(), *(one_of(about.rec.c.id, each.size, given) for each in groups_of(criterion)))
        return Match((Place(wanted, column="id"),), rank=0, negated=negated)
    if is_unshared(name):
        rows = fact_token.alias()
        paired = _pairs(rows.c, criterion, given)
        return Match((_own_row(rows, and_(paired, roles(rows, name, about.resource_type))),), 1, negated=negated)
    members = set_code.alias()
    paired = _pairs(members.c, criterion, given)
    telling = name == main_code(about.resource_type) and all(code for _, code in criterion.any_of)
    return Match((_member(members, name, paired),), CODE_RANK if telling else 7, negated=negated)


def _pairs(columns: Any, criterion: TokenCriterion, given: Given) -> Condition:
    return or_(false(), *(_pair(columns, each, given) for each in groups_of(criterion)))


def _pair(columns: Any, asked: Group, given: Given) -> Condition:
    coded = one_of(columns.code, asked.size, given) if asked.members else columns.code != ""
    return coded if asked.key is None else and_(coded, columns.system == next(given))


def one_of(column: Any, size: Size, given: Given) -> Condition:
    """Whether a column is the one value, or among several."""
    value = next(given)
    condition: Condition = column == value if size is Size.ONE else Listed(column, value.key)
    return condition


def _own_row(rows: Any, wanted: Condition) -> Place:
    return Place(wanted, (rows,), "key", rows.c.key, rows.c.element)


def _member(members: Any, parameter: str, wanted: Condition) -> Place:
    whole = and_(members.c.parameter == parameter, wanted)
    return Place(whole, (members,), "codes", members.c.number, members.c.element)


def uri(criterion: UriCriterion, about: Subject, given: Given) -> Match:
    """Addresses, which are kept like codes."""
    asked = [next(given) for _ in range(_URI_VALUES[criterion.mode](len(criterion.any_of)))]
    members = set_code.alias()
    places = [_member(members, criterion.parameter, _address(members.c.code, criterion.mode, asked))]
    if criterion.parameter == _MAY_BE_EITHER:
        rows = fact_token.alias()
        address = _address(rows.c.code, criterion.mode, asked)
        places.append(_own_row(rows, and_(address, roles(rows, criterion.parameter, about.resource_type))))
    return Match(tuple(places), 6)


_URI_VALUES: dict[str, Callable[[int], int]] = {
    "exact": lambda asked: asked,
    "below": lambda asked: 3 * asked,
    "above": lambda _: 1,
}


def _address(code: Any, mode: str, asked: list[Any]) -> Condition:
    if mode == "above":
        return and_(Listed(code, asked[0].key), code != "")
    if mode == "exact":
        return or_(false(), *(code == each for each in asked))
    ranges = zip(asked[::3], asked[1::3], asked[2::3], strict=True)
    return or_(false(), *(or_(code == same, and_(code >= start, code < end)) for same, start, end in ranges))


def string(criterion: StringCriterion, about: Subject, given: Given) -> Match:
    """Texts: those of codes in a set, all others in rows of their own."""
    name, rank = criterion.parameter, 8 if criterion.mode in {"contains", "among"} else 2
    if ":" in name:
        members = set_text.alias()
        wanted = and_(members.c.parameter == name, _reads(members.c, criterion, given))
        return Match((Place(wanted, (members,), "texts", members.c.number, members.c.element),), rank + 3)
    rows = fact_string.alias()
    wanted = and_(roles(rows, name, about.resource_type), _reads(rows.c, criterion, given))
    return Match((_own_row(rows, wanted),), rank)


def _reads(columns: Any, criterion: StringCriterion, given: Given) -> Condition:
    read = _TEXTS[criterion.mode]
    return or_(false(), *(read(columns.folded, columns.text, given) for _ in criterion.any_of))


_TEXTS: dict[str, Callable[[ColumnElement[str], ColumnElement[str], Given], Condition]] = {
    "prefix": lambda folded, _text, given: and_(folded >= next(given), folded < next(given)),
    "exact": lambda folded, text, given: and_(folded == next(given), text == next(given)),
    "contains": lambda folded, _text, given: folded.like(next(given), escape="\\"),
    "closed": lambda folded, text, given: and_(folded == next(given), text >= next(given), text < next(given)),
    "among": lambda folded, _text, given: Listed(folded, next(given).key),
}


def missing(criterion: MissingCriterion, _about: Subject, _given: Given) -> Match:
    """Whether a resource has the parameter at all: its code set says so of every parameter."""
    if criterion.parameter in {"_id", "_lastUpdated"}:
        return Match((Place(true()),), negated=criterion.missing)
    members = set_code.alias()
    present = and_(members.c.code == "", members.c.system == "")
    rank = None if criterion.missing else 9
    return Match((_member(members, criterion.parameter, present),), rank, negated=criterion.missing)
