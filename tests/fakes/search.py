"""Searching as one would explain it: look at every resource and ask whether each criterion holds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import Any

from corridor.domain.query import (
    Amount,
    ChainCriterion,
    CompositeCriterion,
    Criterion,
    DateCriterion,
    HasCriterion,
    MissingCriterion,
    NumberCriterion,
    Prefix,
    QuantityCriterion,
    ReferenceCriterion,
    StringCriterion,
    TokenCriterion,
    UriCriterion,
)
from corridor.domain.record import DateFact, Fact, QuantityFact, Record, ReferenceFact, StringFact, TokenFact

MOMENT = timedelta(microseconds=1)


@dataclass(frozen=True)
class Known:
    """A living resource with what is known of it."""

    record: Record
    facts: tuple[Fact, ...]

    @cached_property
    def all_facts(self) -> tuple[Fact, ...]:
        """Facts, those of its id and of its last writing among them."""
        updated = DateFact("_lastUpdated", self.record.updated_at, self.record.updated_at + MOMENT)
        return (*self.facts, TokenFact("_id", "", self.record.id), updated)

    def refers(self, parameter: str, other: Known) -> bool:
        """Whether it refers to another one by a parameter; `*` is any."""
        return any(
            isinstance(each, ReferenceFact)
            and parameter in {"*", each.parameter}
            and (each.target_type, each.target_id) == (other.record.resource_type, other.record.id)
            for each in self.facts
        )


def holds(criterion: Criterion, known: Known, world: Sequence[Known]) -> bool:
    """Whether a living resource meets a criterion, among all that live."""
    if isinstance(criterion, MissingCriterion):
        return criterion.missing is not any(each.parameter == criterion.parameter for each in known.all_facts)
    if isinstance(criterion, ChainCriterion):
        return any(
            other.record.resource_type in criterion.target_types and holds(criterion.criterion, other, world)
            for other in world
            if known.refers(criterion.parameter, other)
        )
    if isinstance(criterion, HasCriterion):
        return any(
            other.record.resource_type == criterion.source_type and holds(criterion.criterion, other, world)
            for other in world
            if other.refers(criterion.parameter, known)
        )
    if isinstance(criterion, CompositeCriterion):
        return any(_within_one(parts, known.all_facts) for parts in criterion.any_of)
    found = any(_fits(criterion, each) for each in known.all_facts)
    return found is not (isinstance(criterion, TokenCriterion) and criterion.negated)


def _within_one(parts: Iterable[Criterion], facts: Iterable[Fact]) -> bool:
    return bool(set.intersection(*({each.element for each in facts if _fits(part, each)} for part in parts)))


def _fits(criterion: Any, fact: Fact) -> bool:
    kind, fits = _FITS[type(criterion)]
    return fact.parameter == criterion.parameter and isinstance(fact, kind) and fits(criterion, fact)


def _token(criterion: TokenCriterion, fact: TokenFact) -> bool:
    return any(system in {None, fact.system} and code in {"", fact.code} for system, code in criterion.any_of)


def _string(criterion: StringCriterion, fact: StringFact) -> bool:
    read: Callable[[str], bool] = {
        "prefix": fact.folded.startswith,
        "contains": fact.folded.__contains__,
        "exact": (fact.text or fact.folded).__eq__,
    }[criterion.mode]
    return any(read(text) for text in criterion.any_of)


def _uri(criterion: UriCriterion, fact: TokenFact) -> bool:
    address = fact.code
    return any(
        address == asked
        or (criterion.mode == "below" and address.startswith(asked.removesuffix("/") + "/"))
        or (criterion.mode == "above" and asked.startswith(address.removesuffix("/") + "/"))
        for asked in criterion.any_of
    )


def _date(criterion: DateCriterion, fact: DateFact) -> bool:
    return any(
        {
            Prefix.EQ: fact.start >= start and fact.end <= end,
            Prefix.NE: not (fact.start >= start and fact.end <= end),
            Prefix.GT: fact.end > end,
            Prefix.LT: fact.start < start,
            Prefix.GE: fact.end > end or (fact.start >= start and fact.end <= end),
            Prefix.LE: fact.start < start or (fact.start >= start and fact.end <= end),
            Prefix.SA: fact.start >= end,
            Prefix.EB: fact.end <= start,
            Prefix.AP: fact.start < end and fact.end > start,
        }[prefix]
        for prefix, start, end in criterion.any_of
    )


def _number(criterion: NumberCriterion, fact: QuantityFact) -> bool:
    return any(_compares(prefix, (fact.low, fact.high), (low, high)) for prefix, low, high in criterion.any_of)


def _quantity(criterion: QuantityCriterion, fact: QuantityFact) -> bool:
    return any(_is_amount(each, fact) for each in criterion.any_of)


def _is_amount(asked: Amount, fact: QuantityFact) -> bool:
    if asked.canonical:
        same = fact.canonical is not None and fact.canonical[2] == asked.canonical[2]
        stored = fact.canonical[:2] if fact.canonical else (0.0, 0.0)
        return same and _compares(asked.prefix, stored, asked.canonical[:2])
    told = {fact.code, fact.unit} if asked.system is None else {fact.code}
    unit = asked.system in {None, fact.system} and asked.code in {"", *told}
    return unit and _compares(asked.prefix, (fact.low, fact.high), (asked.low, asked.high))


def _compares(prefix: Prefix, stored: tuple[float, float], asked: tuple[float, float]) -> bool:
    (low, high), (start, end) = stored, asked
    return {
        Prefix.EQ: low >= start and high < end,
        Prefix.NE: not (low >= start and high < end),
        Prefix.GT: high > end,
        Prefix.LT: low < start,
        Prefix.GE: high >= end,
        Prefix.LE: low <= start,
        Prefix.SA: low > end,
        Prefix.EB: high < start,
        Prefix.AP: low < end and high >= start,
    }[prefix]


def _reference(criterion: ReferenceCriterion, fact: ReferenceFact) -> bool:
    return any(kind in {"", fact.target_type} and target == fact.target_id for kind, target in criterion.any_of)


_FITS: dict[type, tuple[type, Callable[[Any, Any], bool]]] = {
    TokenCriterion: (TokenFact, _token),
    StringCriterion: (StringFact, _string),
    UriCriterion: (TokenFact, _uri),
    DateCriterion: (DateFact, _date),
    NumberCriterion: (QuantityFact, _number),
    QuantityCriterion: (QuantityFact, _quantity),
    ReferenceCriterion: (ReferenceFact, _reference),
}
