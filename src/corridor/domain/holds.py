"""Whether a search finds one resource, decided on its facts alone: for versions that no index holds any more."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from corridor.domain.errors import UnsupportedError
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
from corridor.domain.record import DateFact, Fact, QuantityFact, ReferenceFact, StringFact, TokenFact

Ends = tuple[Any, Any]
"""Of an interval of time, or of an amount."""

_INSTANT = timedelta(microseconds=1)


def all_facts(facts: Iterable[Fact], *, id: str, updated_at: datetime) -> tuple[Fact, ...]:
    """The facts of a version, with those that it has by being stored: its id, and when it was written."""
    written = DateFact("_lastUpdated", updated_at, updated_at + _INSTANT)
    return (*facts, TokenFact("_id", "", id), written)


def looks_elsewhere(criterion: Criterion) -> bool:
    """Whether other resources than the one at hand decide."""
    if isinstance(criterion, CompositeCriterion):
        return any(looks_elsewhere(part) for parts in criterion.any_of for part in parts)
    return isinstance(criterion, ChainCriterion | HasCriterion)


def holds(criterion: Criterion, facts: Sequence[Fact]) -> bool:
    """Whether a resource with these facts meets a criterion.

    Args:
        criterion: one that does not look elsewhere.
        facts: from `all_facts`.

    Raises:
        UnsupportedError: the criterion is about other resources, too.

    Source: https://hl7.org/fhir/R4/search.html
    """
    if looks_elsewhere(criterion):
        raise UnsupportedError("References are not followed here.")
    if isinstance(criterion, MissingCriterion):
        return criterion.missing is not any(each.parameter == criterion.parameter for each in facts)
    if isinstance(criterion, CompositeCriterion):
        return any(_within_one(parts, facts) for parts in criterion.any_of)
    found = any(_fits(criterion, each) for each in facts)
    return found is not (isinstance(criterion, TokenCriterion) and criterion.negated)


def span_fits(prefix: Prefix, stored: Ends, asked: Ends) -> bool:
    """Whether a half-open interval is what the prefix asks for (https://hl7.org/fhir/R4/search.html#prefix)."""
    return _SPANS[prefix](stored, asked)


def _within_one(parts: Iterable[Criterion], facts: Iterable[Fact]) -> bool:
    """Whether one element of the resource meets every part."""
    elements = [{each.element for each in facts if _fits(part, each)} for part in parts]
    return bool(elements) and bool(set.intersection(*elements))


def _fits(criterion: Any, fact: Fact) -> bool:
    kind, read = _READINGS[type(criterion)]
    return (
        fact.parameter == criterion.parameter
        and type(fact) is kind
        and any(read(asked, fact, criterion) for asked in criterion.any_of)
    )


def _token(asked: tuple[str | None, str], fact: TokenFact, _criterion: TokenCriterion) -> bool:
    system, code = asked
    return system in {None, fact.system} and code in {"", fact.code}


def _string(asked: str, fact: StringFact, criterion: StringCriterion) -> bool:
    return _TEXTS[criterion.mode](fact, asked)


_TEXTS: dict[str, Callable[[StringFact, str], bool]] = {
    "prefix": lambda fact, asked: fact.folded.startswith(asked),
    "contains": lambda fact, asked: asked in fact.folded,
    "exact": lambda fact, asked: asked == (fact.text or fact.folded),
}


def _uri(asked: str, fact: TokenFact, criterion: UriCriterion) -> bool:
    return asked == fact.code or _ADDRESSES[criterion.mode](fact.code, asked)


_ADDRESSES: dict[str, Callable[[str, str], bool]] = {
    "exact": lambda _stored, _asked: False,
    "below": lambda stored, asked: stored.startswith(f"{asked.removesuffix('/')}/"),
    "above": lambda stored, asked: bool(stored) and asked.startswith(f"{stored.removesuffix('/')}/"),
}


def _date(asked: tuple[Prefix, datetime, datetime], fact: DateFact, _criterion: DateCriterion) -> bool:
    prefix, *ends = asked
    return span_fits(prefix, (fact.start, fact.end), (ends[0], ends[1]))


def _number(asked: tuple[Prefix, float, float], fact: QuantityFact, _criterion: NumberCriterion) -> bool:
    prefix, low, high = asked
    return _AMOUNTS[prefix]((fact.low, fact.high), (low, high))


def _quantity(asked: Amount, fact: QuantityFact, _criterion: QuantityCriterion) -> bool:
    if asked.canonical:
        kind = fact.canonical is not None and fact.canonical[2] == asked.canonical[2]
        stored = fact.canonical[:2] if fact.canonical else (0.0, 0.0)
        return kind and _AMOUNTS[asked.prefix](stored, asked.canonical[:2])
    told = {fact.code, fact.unit} if asked.system is None else {fact.code}
    unit = asked.system in {None, fact.system} and asked.code in {"", *told}
    return unit and _AMOUNTS[asked.prefix]((fact.low, fact.high), (asked.low, asked.high))


def _reference(asked: tuple[str, str], fact: ReferenceFact, _criterion: ReferenceCriterion) -> bool:
    kind, target = asked
    return kind in {"", fact.target_type} and target == fact.target_id


_READINGS: dict[type, tuple[type, Callable[[Any, Any, Any], bool]]] = {
    TokenCriterion: (TokenFact, _token),
    StringCriterion: (StringFact, _string),
    UriCriterion: (TokenFact, _uri),
    DateCriterion: (DateFact, _date),
    NumberCriterion: (QuantityFact, _number),
    QuantityCriterion: (QuantityFact, _quantity),
    ReferenceCriterion: (ReferenceFact, _reference),
}


def _inside(stored: Ends, asked: Ends) -> bool:
    return bool(stored[0] >= asked[0] and stored[1] <= asked[1])


def _equal(stored: Ends, asked: Ends) -> bool:
    return bool(stored[0] >= asked[0] and stored[1] < asked[1])


Comparison = Callable[[Ends, Ends], bool]

_SPANS: dict[Prefix, Comparison] = {
    Prefix.EQ: _inside,
    Prefix.NE: lambda stored, asked: not _inside(stored, asked),
    Prefix.GT: lambda stored, asked: stored[1] > asked[1],
    Prefix.LT: lambda stored, asked: stored[0] < asked[0],
    Prefix.GE: lambda stored, asked: stored[1] > asked[1] or _inside(stored, asked),
    Prefix.LE: lambda stored, asked: stored[0] < asked[0] or _inside(stored, asked),
    Prefix.SA: lambda stored, asked: stored[0] >= asked[1],
    Prefix.EB: lambda stored, asked: stored[1] <= asked[0],
    Prefix.AP: lambda stored, asked: stored[0] < asked[1] and stored[1] > asked[0],
}
"""Half-open intervals of time."""

_AMOUNTS: dict[Prefix, Comparison] = {
    Prefix.EQ: _equal,
    Prefix.NE: lambda stored, asked: not _equal(stored, asked),
    Prefix.GT: lambda stored, asked: stored[1] > asked[1],
    Prefix.LT: lambda stored, asked: stored[0] < asked[0],
    Prefix.GE: lambda stored, asked: stored[1] >= asked[1],
    Prefix.LE: lambda stored, asked: stored[0] <= asked[0],
    Prefix.SA: lambda stored, asked: stored[0] > asked[1],
    Prefix.EB: lambda stored, asked: stored[1] < asked[0],
    Prefix.AP: lambda stored, asked: stored[0] < asked[1] and stored[1] >= asked[0],
}
"""Amounts from their least to their greatest value."""
