"""Where a criterion can be true: on the record's own columns, in sets that it names, in rows of its facts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Select, and_, false, not_, or_, select, union_all

from corridor.storage.node.elements import ONE, Condition, OneOf, Plain, fixed, found
from corridor.storage.node.fact_tables import role
from corridor.storage.node.kinds import first_number, last_number
from corridor.storage.node.tables import record

Given = Iterator[BindParameter[Any]]
"""Parameters for the values of a criterion, in their order."""

NO_ELEMENT = fixed(0)
"""The element of what stands in the record's own columns."""


@dataclass(frozen=True, slots=True)
class Subject:
    """The record that a criterion is about.

    Attributes:
        rec: the record table under the name that it has in the query.
        resource_type: of the record.
        codes: number of its code set: the record's column, or that of a set which is looked at by itself.
    """

    rec: Any
    resource_type: str
    codes: ColumnElement[int]

    @property
    def is_living(self) -> Condition:
        """Whether the record is of the type and not deleted."""
        return and_(Plain(self.rec.c.resource_type) == self.resource_type, self.rec.c.body.is_not(None))

    @property
    def has_its_codes(self) -> Condition:
        """Whether the record's code set is of the type: the same as being of the type and not deleted."""
        return self.codes.between(*self.numbers)

    @property
    def numbers(self) -> tuple[ColumnElement[int], ColumnElement[int]]:
        """The first and the last number of the type's code sets."""
        return fixed(first_number(self.resource_type)), fixed(last_number(self.resource_type))


def subject(resource_type: str, rec: Any = record) -> Subject:
    """A record of one type, by another name where one is given."""
    return Subject(rec, resource_type, rec.c.codes)


@dataclass(frozen=True, slots=True)
class Place:
    """One place where a criterion can be true.

    Attributes:
        wanted: what must hold there.
        tables: of facts or of members of sets, and what else is looked at; none for the record's own columns.
        column: the record's column to which the tables are tied, such as `key` or `codes`; without tables, the one
            that is looked at.
        link: their side of it.
        element: the part of the resource that a row is from.
        only_where: whether anything of a record can be there at all, told by the record itself.
    """

    wanted: Condition
    tables: tuple[Any, ...] = ()
    column: str = ""
    link: Any = None
    element: ColumnElement[int] = NO_ELEMENT
    only_where: Condition | None = None

    def tie(self, about: Subject) -> Condition:
        """Whether a row of the tables belongs to the record."""
        side = about.codes if self.column == "codes" else about.rec.c[self.column]
        tied: Condition = self.link == side
        return tied

    def holds(self, about: Subject) -> Condition:
        """As a condition on a record that is already at hand."""
        if not self.tables:
            return self.wanted
        query = select(ONE).select_from(*self.tables).where(self.tie(about), self.wanted)
        there = found(query.correlate_except(*self.tables))
        return there if self.only_where is None else and_(self.only_where, there)

    def leads(self, about: Subject) -> Condition:
        """As a condition on the record through which an index finds it."""
        if not self.tables:
            return self.wanted
        inner = select(self.link).select_from(*self.tables).where(self.wanted)
        if self.column == "codes":
            inner = inner.where(self.link.between(*about.numbers))
        return OneOf(about.rec.c[self.column], inner)


@dataclass(frozen=True, slots=True)
class Match:
    """Every place where a criterion can be true.

    Attributes:
        rank: how few resources it leaves, 0 fewest; None where it can never lead a search.
        negated: True where the whole is meant the other way round.
        clustered: True where what matches lies together in the order of writing, as that of one month does.
        leading: the places in forms that an index can find, where they are others.
        weak: True where the leading forms find more than what matches.
    """

    places: tuple[Place, ...]
    rank: int | None = None
    negated: bool = False
    clustered: bool = False
    leading: tuple[Place, ...] = ()
    weak: bool = False

    def holds(self, about: Subject) -> Condition:
        """As a condition on a record that is already at hand."""
        whole = or_(false(), *(each.holds(about) for each in self.places))
        return not_(whole) if self.negated else whole

    @property
    def leads_by(self) -> tuple[Place, ...]:
        """The places through which an index finds the records."""
        return self.leading or self.places

    @property
    def is_of_codes(self) -> bool:
        """Whether the record's code set alone decides, by one look; a composite looks further."""
        return not self.weak and len(self.places) == 1 and self.places[0].column == "codes"


def any_leads(about: Subject, places: Sequence[Place]) -> Any:
    """A query for the keys of the records that are found through any of several places, each by its own index."""
    keys = [_keys(about, place) for place in places]
    return union_all(*keys) if len(keys) > 1 else keys[0]


def _keys(about: Subject, place: Place) -> Select[Any]:
    if place.column == "key":
        return select(place.link).select_from(*place.tables).where(place.wanted)
    kind = Plain(about.rec.c.resource_type) if place.tables else about.rec.c.resource_type
    return select(about.rec.c.key).where(kind == about.resource_type, place.leads(about))


def roles(table: Any, parameter: str, resource_type: str) -> Condition:
    """Whether a row of facts is of a parameter of a type."""
    named = select(role.c.role).where(role.c.resource_type == resource_type, role.c.parameter == parameter)
    return OneOf(table.c.role, named)
