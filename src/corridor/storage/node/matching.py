"""Any criterion as the places where it can be true, and a whole search as conditions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial, reduce
from itertools import islice, product
from typing import Any

from sqlalchemy import and_, bindparam

from corridor.domain.query import (
    ChainCriterion,
    CompositeCriterion,
    Criterion,
    DateCriterion,
    HasCriterion,
    MissingCriterion,
    NumberCriterion,
    QuantityCriterion,
    ReferenceCriterion,
    StringCriterion,
    TokenCriterion,
    UriCriterion,
)
from corridor.storage.node import amounts, criteria, links
from corridor.storage.node.asked_values import values
from corridor.storage.node.elements import Condition, OneOf
from corridor.storage.node.places import Given, Match, Place, Subject, any_leads, subject
from corridor.storage.node.tables import record


def match(criterion: Criterion, about: Subject, given: Given) -> Match:
    """Where a criterion can be true for a record.

    Args:
        criterion: of a search.
        about: the record.
        given: a parameter for each of the criterion's values, in their order.
    """
    return _READINGS[type(criterion)](criterion, about, given)


def parameters(number: int, criterion: Criterion) -> list[Any]:
    """The parameters of a search's criterion of that number; `bound` gives their values by the same names."""
    return [bindparam(f"c{number}_{at}") for at in range(len(values(criterion)))]


def lead(criterion: Criterion, about: Subject, given: list[Any]) -> Condition | None:
    """A criterion as a condition through which indexes find the record, or None where they cannot."""
    matched = match(criterion, about, iter(given))
    if matched.rank is None or matched.negated:
        return None
    if len(matched.leads_by) == 1:
        found = matched.leads_by[0].leads(about)
    else:
        other = subject(about.resource_type, record.alias())
        again = match(criterion, other, iter(given))
        found = OneOf(about.rec.c.key, any_leads(other, again.leads_by))
    return and_(found, matched.holds(about)) if matched.weak else found


def _composite(criterion: CompositeCriterion, about: Subject, given: Given) -> Match:
    """Several facts that stand within one element of the resource."""
    places: list[Place] = []
    leading: list[Place] = []
    ranks: list[int] = []
    for parts in criterion.any_of:
        found = [match(each, about, iter([*islice(given, len(values(each)))])) for each in parts]
        places += [reduce(partial(_together, about), chosen) for chosen in product(*(each.places for each in found))]
        first = min(found, key=lambda each: 99 if each.rank is None else each.rank)
        leading += first.leads_by
        ranks.append(99 if first.rank is None else first.rank)
    rank = max(ranks, default=99)
    return Match(tuple(places), None if rank == 99 else rank, leading=tuple(leading), weak=True)  # noqa: PLR2004  # no rank


def _together(about: Subject, one: Place, other: Place) -> Place:
    """Both of two places, within one element; only for a record that is at hand."""
    if not one.tables:
        one, other = other, one
    tie = (other.tie(about),) if other.tables else ()
    wanted = and_(one.wanted, other.wanted, *tie, one.element == other.element)
    return replace(one, wanted=wanted, tables=(*one.tables, *other.tables))


_READINGS: dict[type, Callable[[Any, Subject, Given], Match]] = {
    TokenCriterion: criteria.token,
    StringCriterion: criteria.string,
    UriCriterion: criteria.uri,
    MissingCriterion: criteria.missing,
    DateCriterion: amounts.date,
    NumberCriterion: amounts.number,
    QuantityCriterion: amounts.quantity,
    ReferenceCriterion: links.reference,
    CompositeCriterion: _composite,
    ChainCriterion: partial(links.chain, read=match, lead=lead),
    HasCriterion: partial(links.has, read=match, lead=lead),
}


def all_hold(matches: Sequence[Match], about: Subject) -> list[Condition]:
    """Every match as a condition on a record that is at hand."""
    return [each.holds(about) for each in matches]
