"""A search, parsed: what storage needs to know and nothing of URLs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import msgspec


class Prefix(StrEnum):
    """How an ordered value is compared (https://hl7.org/fhir/R4/search.html#prefix)."""

    EQ = "eq"
    NE = "ne"
    GT = "gt"
    LT = "lt"
    GE = "ge"
    LE = "le"
    SA = "sa"
    EB = "eb"
    AP = "ap"


@dataclass(frozen=True, slots=True)
class TokenCriterion:
    """Any of the (system, code) pairs; None as system means any, an empty code means any code of that system.

    Identifiers with a type stand under `NAME:of-type` (type's system, `code|value`), logical references under
    `NAME:identifier`.
    """

    parameter: str
    any_of: tuple[tuple[str | None, str], ...]
    negated: bool = False


@dataclass(frozen=True, slots=True)
class StringCriterion:
    """Any of the texts: folded for `prefix` and `contains`, as written for `exact`.

    Texts of codes (`:text`) stand under `NAME:text`.
    """

    parameter: str
    any_of: tuple[str, ...]
    mode: str = "prefix"


@dataclass(frozen=True, slots=True)
class UriCriterion:
    """Any of the addresses: the same (`exact`), one under it (`below`) or one that it is under (`above`)."""

    parameter: str
    any_of: tuple[str, ...]
    mode: str = "exact"


@dataclass(frozen=True, slots=True)
class DateCriterion:
    """Any of (prefix, start, end), each the half-open UTC interval that the value as written may lie in.

    For `ap` the interval is already widened: whatever overlaps it is found.
    """

    parameter: str
    any_of: tuple[tuple[Prefix, datetime, datetime], ...]


@dataclass(frozen=True, slots=True)
class NumberCriterion:
    """Any of (prefix, low, high).

    For `eq` and `ne` it is the half-open interval that the number as written stands for; for `ap` that interval
    widened by a tenth, and whatever overlaps it is found. For every other prefix both ends are exactly the number.

    Source: https://hl7.org/fhir/R4/search.html#number
    """

    parameter: str
    any_of: tuple[tuple[Prefix, float, float], ...]


@dataclass(frozen=True, slots=True)
class Amount:
    """A quantity to compare with.

    Attributes:
        low: of the interval, as for `NumberCriterion`.
        high: its end.
        system: of the unit; None means any.
        code: of the unit, or without a system how it is written for people; empty means any.
        canonical: the same interval in UCUM base units with their name, where the unit is UCUM: it finds every
            unit of the same kind.
    """

    prefix: Prefix
    low: float
    high: float
    system: str | None = None
    code: str = ""
    canonical: tuple[float, float, str] | None = None


@dataclass(frozen=True, slots=True)
class QuantityCriterion:
    """Any of the amounts."""

    parameter: str
    any_of: tuple[Amount, ...]


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


@dataclass(frozen=True, slots=True)
class CompositeCriterion:
    """Any of the tuples of criteria, each of which holds as a whole within one element of the resource.

    Source: https://hl7.org/fhir/R4/search.html#composite
    """

    parameter: str
    any_of: tuple[tuple[Criterion, ...], ...]


@dataclass(frozen=True, slots=True)
class ChainCriterion:
    """Resources that refer by `parameter` to a resource of one of the types for which the criterion holds."""

    parameter: str
    target_types: tuple[str, ...]
    criterion: Criterion


@dataclass(frozen=True, slots=True)
class HasCriterion:
    """Resources to which one of type `source_type`, for which the criterion holds, refers by `parameter`."""

    source_type: str
    parameter: str
    criterion: Criterion


Criterion = (
    TokenCriterion
    | StringCriterion
    | UriCriterion
    | DateCriterion
    | NumberCriterion
    | QuantityCriterion
    | ReferenceCriterion
    | MissingCriterion
    | CompositeCriterion
    | ChainCriterion
    | HasCriterion
)


@dataclass(frozen=True, slots=True)
class Include:
    """Resources to send along with matches.

    Attributes:
        source_type: type that refers.
        parameter: reference parameter that is followed; `*` follows all.
        target_type: only targets of this type; empty for all.
        reverse: True sends those that refer to a match (`_revinclude`), False those that a match refers to.
        iterate: follow from what was included, too.
    """

    source_type: str
    parameter: str
    target_type: str = ""
    reverse: bool = False
    iterate: bool = False


@dataclass(frozen=True, slots=True)
class Sort:
    """One sort key: `_lastUpdated`, `_id` or any parameter of the type that has an order."""

    parameter: str
    descending: bool = False


class Query(msgspec.Struct, frozen=True):
    """One search of one type; made anew for each request, it is of the kind that is made soonest.

    Attributes:
        criteria: all must hold.
        sort: empty for the order in which resources were first written: writing never changes it.
        count: page size, 1 to 500; 0 asks for the total only.
        after: opaque position of the last entry already sent, or empty for the first page.
        total: `none`, `estimate` or `accurate`.
        includes: what is sent along with the matches of the page.
    """

    resource_type: str
    criteria: tuple[Criterion, ...] = ()
    sort: tuple[Sort, ...] = ()
    count: int = 20
    after: str = ""
    total: str = "accurate"
    includes: tuple[Include, ...] = ()
