"""A search, parsed: what storage needs to know and nothing of URLs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Prefix(StrEnum):
    """How a date is compared (https://hl7.org/fhir/R4/search.html#prefix)."""

    EQ = "eq"
    NE = "ne"
    GT = "gt"
    LT = "lt"
    GE = "ge"
    LE = "le"
    SA = "sa"
    EB = "eb"


@dataclass(frozen=True, slots=True)
class TokenCriterion:
    """Any of the (system, code) pairs; None as system means any, an empty code means any code of that system."""

    parameter: str
    any_of: tuple[tuple[str | None, str], ...]
    negated: bool = False


@dataclass(frozen=True, slots=True)
class StringCriterion:
    """Any of the folded texts, compared as a prefix, as a whole (`exact`) or anywhere (`contains`)."""

    parameter: str
    any_of: tuple[str, ...]
    mode: str = "prefix"


@dataclass(frozen=True, slots=True)
class DateCriterion:
    """Any of (prefix, start, end), each the half-open UTC interval that the value as written may lie in."""

    parameter: str
    any_of: tuple[tuple[Prefix, datetime, datetime], ...]


@dataclass(frozen=True, slots=True)
class ReferenceCriterion:
    """Any of (type, id); the type is empty where the caller left it out."""

    parameter: str
    any_of: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class MissingCriterion:
    """Resources that have (`missing` False) or lack (`missing` True) the parameter."""

    parameter: str
    missing: bool


Criterion = TokenCriterion | StringCriterion | DateCriterion | ReferenceCriterion | MissingCriterion


@dataclass(frozen=True, slots=True)
class Sort:
    """One sort key: `parameter` is `_lastUpdated`, `_id` or `date`."""

    parameter: str
    descending: bool = False


@dataclass(frozen=True, slots=True)
class Query:
    """One search of one type.

    Attributes:
        criteria: all must hold.
        count: page size, 1 to 500; 0 asks for the total only.
        after: opaque position of the last entry already sent, or empty for the first page.
        total: `none`, `estimate` or `accurate`.
    """

    resource_type: str
    criteria: tuple[Criterion, ...] = ()
    sort: tuple[Sort, ...] = (Sort("_lastUpdated", descending=True),)
    count: int = 20
    after: str = ""
    total: str = "accurate"
