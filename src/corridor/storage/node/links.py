"""Criteria on references: to whom, to what kind of resource, and from which others."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any

from sqlalchemy import and_, false, or_

from corridor.domain.query import ChainCriterion, Criterion, HasCriterion, ReferenceCriterion
from corridor.storage.node.asked import Size, groups_of
from corridor.storage.node.asked_values import values
from corridor.storage.node.criteria import one_of
from corridor.storage.node.elements import Condition
from corridor.storage.node.fact_tables import fact_reference, set_link
from corridor.storage.node.parts import PATIENT_PARAMETERS, SHARED_TARGETS
from corridor.storage.node.places import Given, Match, Place, Subject, roles, subject
from corridor.storage.node.tables import record

Asked = list[tuple[str, Size, Any]]
"""Type, or nothing for any, and the parameter for so many ids."""

Reading = Callable[[Criterion, Subject, Given], Match]
"""How any criterion is read."""

Leading = Callable[[Criterion, Subject, list[Any]], Condition | None]
"""A criterion as a condition through which an index finds its record; None where none can."""

MANY_PATIENTS = frozenset({"Group", "Provenance"})
"""Types that may name several patients; their record is in the compartment of the first only."""


def reference(criterion: ReferenceCriterion, about: Subject, given: Given) -> Match:
    """Who or what is referred to."""
    name, asked = criterion.parameter, [(each.key or "", each.size, next(given)) for each in groups_of(criterion)]
    own = [*_in_compartment(asked, name, about)]
    decided = bool(own) and all(kind == "Patient" for kind, *_ in asked)
    if decided and about.resource_type not in MANY_PATIENTS:
        return Match(tuple(own), 0)
    shared = not own and any(not kind or kind in SHARED_TARGETS for kind, *_ in asked)
    return Match((*own, *_elsewhere(asked, name, about)), 5 if shared else 1)


def _in_compartment(asked: Asked, name: str, about: Subject) -> Iterator[Place]:
    column = about.rec.c.patient_id
    patients = [one_of(column, size, iter((ids,))) for kind, size, ids in asked if kind in {"", "Patient"}]
    if name in PATIENT_PARAMETERS and patients:
        yield Place(or_(false(), *patients), column="patient_id")


def _elsewhere(asked: Asked, name: str, about: Subject) -> Iterator[Place]:
    if any(kind not in SHARED_TARGETS for kind, *_ in asked):
        rows = fact_reference.alias()
        wanted = and_(_names(rows.c, asked), roles(rows, name, about.resource_type))
        yield Place(wanted, (rows,), "key", rows.c.key, rows.c.element)
    if any(not kind or kind in SHARED_TARGETS for kind, *_ in asked):
        members = set_link.alias()
        wanted = and_(_names(members.c, asked), members.c.parameter == name)
        yield Place(wanted, (members,), "links", members.c.number, members.c.element)


def _names(columns: Any, asked: Asked) -> Condition:
    return or_(false(), *(_named(columns, kind, (size, ids)) for kind, size, ids in asked))


def _named(columns: Any, kind: str, ids: tuple[Size, Any]) -> Condition:
    found = one_of(columns.target_id, ids[0], iter((ids[1],)))
    return and_(found, columns.target_type == kind) if kind else found


# ---------------------------------------------------------------- one resource seen from another


def chain(criterion: ChainCriterion, about: Subject, given: Given, *, read: Reading, lead: Leading) -> Match:
    """Resources that refer to one for which something holds."""
    asked = [*islice(given, len(values(criterion.criterion)))]
    places: list[Place] = []
    leading: list[Place] = []
    ranks: list[int | None] = []
    for target_type in criterion.target_types:
        other = subject(target_type, record.alias())
        inner = read(criterion.criterion, other, iter(asked))
        places += _from(about, criterion.parameter, other, held=inner.holds(other))
        found = lead(criterion.criterion, other, asked)
        ranks.append(None if found is None else inner.rank)
        if found is not None:
            leading += _from(about, criterion.parameter, other, held=found)
    shared = any(each in SHARED_TARGETS for each in criterion.target_types)
    return Match(tuple(places), _rank(ranks, shared=shared), leading=tuple(leading))


def _from(about: Subject, parameter: str, other: Subject, *, held: Condition) -> Iterator[Place]:
    """From where a record refers to another one."""
    target, kind = other.rec.c, other.resource_type
    held = and_(other.is_living, held)
    if parameter in PATIENT_PARAMETERS and kind == "Patient":
        yield Place(held, (other.rec,), "patient_id", target.id)
    if kind in SHARED_TARGETS:
        members = set_link.alias()
        same = and_(members.c.target_id == target.id, members.c.target_type == kind, members.c.parameter == parameter)
        yield Place(and_(same, held), (members, other.rec), "links", members.c.number)
    else:
        rows = fact_reference.alias()
        same = and_(rows.c.target_id == target.id, rows.c.target_type == kind)
        wanted = and_(same, roles(rows, parameter, about.resource_type), held)
        yield Place(wanted, (rows, other.rec), "key", rows.c.key)


def has(criterion: HasCriterion, about: Subject, given: Given, *, read: Reading, lead: Leading) -> Match:
    """Resources to which one refers for which something holds."""
    asked = [*islice(given, len(values(criterion.criterion)))]
    other = subject(criterion.source_type, record.alias())
    inner = read(criterion.criterion, other, iter(asked))
    places = tuple(_to(about, criterion.parameter, other, held=inner.holds(other)))
    found = lead(criterion.criterion, other, asked)
    leading = () if found is None else tuple(_to(about, criterion.parameter, other, held=found))
    return Match(places, _rank([inner.rank if leading else None]), leading=leading)


def _to(about: Subject, parameter: str, other: Subject, *, held: Condition) -> Iterator[Place]:
    """From where another record refers to this one."""
    source, kind = other.rec.c, about.resource_type
    held = and_(other.is_living, held)
    if parameter in PATIENT_PARAMETERS and kind == "Patient":
        yield Place(held, (other.rec,), "id", source.patient_id)
    if kind in SHARED_TARGETS:
        members = set_link.alias()
        named = and_(members.c.target_type == kind, members.c.parameter == parameter, source.links == members.c.number)
        yield Place(and_(named, held), (members, other.rec), "id", members.c.target_id)
    else:
        rows = fact_reference.alias()
        named = and_(rows.c.target_type == kind, roles(rows, parameter, other.resource_type), source.key == rows.c.key)
        yield Place(and_(named, held), (rows, other.rec), "id", rows.c.target_id)


def _rank(inner: list[int | None], *, shared: bool = False) -> int | None:
    """What tells one resource from all others tells those around it, too, unless very many are around it."""
    if None in inner or not inner:
        return None
    most = max(each for each in inner if each is not None)
    if shared:
        return max(most + 1, 5)
    return most if most <= 1 else most + 1
