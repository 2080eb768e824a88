"""How a search is carried out: which criterion leads, and the statements that come of it, each written once a form."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any

from sqlalchemy import and_, func, select

from corridor.domain.errors import UnsupportedError
from corridor.domain.query import ChainCriterion, Criterion, HasCriterion
from corridor.storage.node.asked import Form, form
from corridor.storage.node.criteria import CODE_RANK
from corridor.storage.node.elements import NO_OFFSET, ONE, Condition, OneOf, Plain, fixed
from corridor.storage.node.fact_tables import code_set
from corridor.storage.node.matching import lead, match, parameters
from corridor.storage.node.places import Match, Subject, subject
from corridor.storage.node.tables import record
from corridor.storage.statements import Statement

FEW = 4_000
"""So many matches are gathered and sorted; more are met soon by walking through the order that is asked for."""

_QUICK_RANK = 1
_KEPT = 1_000
EVENTS = "AuditEvent"
"""The type whose resources are not records."""


class Plan:
    """What is known of all searches of one form.

    Args:
        resource_type: that is searched.
        criteria: of any search of the form; values are not looked at.

    Raises:
        UnsupportedError: a criterion that looks from a record into the log.
    """

    def __init__(self, resource_type: str, criteria: Sequence[Criterion]) -> None:
        for each in criteria:
            _check_held(each)
        self.resource_type = resource_type
        self._criteria = criteria
        self._given = [parameters(number, each) for number, each in enumerate(criteria)]
        self._statements: dict[Hashable, Statement] = {}
        ranks = [None if each.negated else each.rank for each in self._matches(subject(resource_type))]
        led = min((rank, at) for at, rank in enumerate([*ranks, 99]) if rank is not None)
        self._leader = led[1] if led[1] < len(criteria) else None
        self._rank = led[0]

    @property
    def is_quick(self) -> bool:
        """Whether an index leads to the few records that can match, whatever the values."""
        return self._rank <= _QUICK_RANK

    @cached_property
    def is_clustered(self) -> bool:
        """Whether matches lie together in the order of writing: then walking through it may find none for long."""
        return self._leader is not None and self._matches(subject(self.resource_type))[self._leader].clustered

    @cached_property
    def is_narrow(self) -> bool:
        """Whether matches nearly always fit on a page: those of a paper, or of a patient and a main code."""
        found = self._matches(subject(self.resource_type))
        in_compartment = self._leader is not None and _own_column(found[self._leader]) == "patient_id"
        return self._rank == 0 or (in_compartment and any(map(_narrows, found)))

    def statement(self, name: Hashable, make: Callable[[], Any]) -> Statement:
        """The statement of that name, made when it is first needed."""
        found = self._statements.get(name)
        if found is None:
            found = self._statements[name] = Statement(lambda _dialect: make())
        return found

    def gathered(self) -> list[Condition]:
        """The search as conditions of which the leading one finds the records through its index."""
        about = subject(self.resource_type)
        if self._leader is None:
            return [self._typed(about, leads=True), *self._held(about, besides=None)]
        found = self._matches(about)
        if found[self._leader].is_of_codes:
            return [self._codes_lead(about), *(each.holds(about) for each in found if not each.is_of_codes)]
        leading = lead(self._criteria[self._leader], about, self._given[self._leader])
        conditions = [] if leading is None else [leading]
        column = _own_column(found[self._leader])
        if column == "patient_id":
            return [*conditions, *self._in_compartment(about)]
        if column:
            of_type = column == "updated_at"  # whose index begins with the type
            kind = record.c.resource_type if of_type else Plain(record.c.resource_type)
            conditions.append(kind == self.resource_type)
        return [*conditions, self._typed(about, leads=False), *self._held(about, besides=self._leader)]

    def _in_compartment(self, about: Subject) -> list[Condition]:
        """The other criteria on records of a patient; the main code narrows the index that finds them."""
        found = self._matches(about)
        narrow = [each.places[0].leads(about) for each in found if _narrows(each)]
        if not narrow:
            return [self._typed(about, leads=True), *self._held(about, besides=self._leader)]
        others = [each.holds(about) for at, each in enumerate(found) if at != self._leader and not _narrows(each)]
        return [*narrow, *others]

    def walked(self, *, by_type: bool = False) -> list[Condition]:
        """The search as conditions that are asked row by row.

        Args:
            by_type: True where the index that is walked begins with the type.
        """
        about = subject(self.resource_type)
        kind = record.c.resource_type if by_type else Plain(record.c.resource_type)
        return [kind == self.resource_type, self._typed(about, leads=False), *self._held(about, besides=None)]

    def probe(self) -> Statement:
        """Counts what the leading criterion alone finds, no further than shows that it is many."""

        def make() -> Any:
            about = subject(self.resource_type)
            leading = self.gathered()[0]
            some = select(ONE).select_from(about.rec).where(leading).limit(fixed(FEW)).offset(NO_OFFSET)
            return select(func.count().label("total")).select_from(some.subquery())

        return self.statement("probe", make)

    def total(self) -> Statement:
        """Counts the matches."""
        return self.statement(
            "total", lambda: select(func.count().label("total")).select_from(record).where(*self.gathered())
        )

    def _typed(self, about: Subject, *, leads: bool) -> Condition:
        """Code sets are of one type, and what is deleted has none."""
        return replace(about, codes=about.codes if leads else Plain(about.codes)).has_its_codes

    def _matches(self, about: Subject) -> list[Match]:
        return [match(each, about, iter(given)) for each, given in zip(self._criteria, self._given, strict=True)]

    def _held(self, about: Subject, *, besides: int | None) -> list[Condition]:
        """The criteria but one, asked row by row."""
        return [each.holds(about) for at, each in enumerate(self._matches(about)) if at != besides]

    def _codes_lead(self, about: Subject) -> Condition:
        """All criteria on codes at once, decided on the sets before any record is looked at."""
        sets = code_set.alias()
        numbered = replace(about, codes=sets.c.number)
        leading, others = [], []
        for at, each in enumerate(self._matches(numbered)):
            if at == self._leader:
                leading.append(OneOf(sets.c.number, _numbers(each, numbered)))
            elif each.is_of_codes:
                others.append(each.holds(numbered))
        inner = select(sets.c.number).where(and_(*leading, *others))
        return OneOf(about.codes, inner)


def _check_held(criterion: Criterion) -> None:
    """Audit events stand in the log, which is searched by itself."""
    while isinstance(criterion, ChainCriterion | HasCriterion):
        if isinstance(criterion, HasCriterion) and criterion.source_type == EVENTS:
            raise UnsupportedError("Records are not searched by the audit events about them.", ("_has",))
        criterion = criterion.criterion


def _own_column(matched: Match) -> str:
    """The record's column that decides alone, or nothing."""
    only = matched.leads_by[0] if len(matched.leads_by) == 1 else None
    return only.column if only and not only.tables else ""


def _narrows(matched: Match) -> bool:
    """Whether it is the main code, by which the records of one patient are found."""
    return matched.rank == CODE_RANK and matched.is_of_codes and not matched.negated


def _numbers(matched: Match, about: Subject) -> Any:
    place = matched.places[0]
    return select(place.link).select_from(*place.tables).where(place.wanted, place.link.between(*about.numbers))


class Plans:
    """Plans by form; those that were made first are forgotten first."""

    def __init__(self) -> None:
        self._plans: dict[tuple[str, tuple[Form, ...]], Plan] = {}

    def of(self, resource_type: str, criteria: Sequence[Criterion]) -> Plan:
        """The plan for criteria like these."""
        key = resource_type, tuple([form(each) for each in criteria])
        found = self._plans.get(key)
        if found is None:
            if len(self._plans) >= _KEPT:
                del self._plans[next(iter(self._plans))]
            found = self._plans[key] = Plan(resource_type, criteria)
        return found
