"""Searching as one would explain it: look at every resource and ask whether each criterion holds."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from corridor.domain.query import (
    Criterion,
    DateCriterion,
    MissingCriterion,
    Prefix,
    ReferenceCriterion,
    StringCriterion,
    TokenCriterion,
)
from corridor.domain.record import DateFact, Fact, Record, ReferenceFact, StringFact, TokenFact

MOMENT = timedelta(microseconds=1)


def holds(criterion: Criterion, record: Record, facts: Iterable[Fact]) -> bool:
    """Whether a living resource meets a criterion."""
    named = [each for each in [*facts, *_own(record)] if each.parameter == criterion.parameter]
    if isinstance(criterion, MissingCriterion):
        return criterion.missing is not bool(named)
    found = any(_fits(criterion, each) for each in named)
    return found is not (isinstance(criterion, TokenCriterion) and criterion.negated)


def _own(record: Record) -> list[Fact]:
    updated = DateFact("_lastUpdated", record.updated_at, record.updated_at + MOMENT)
    return [TokenFact("_id", "", record.id), updated]


def _fits(criterion: Criterion, fact: Fact) -> bool:
    if isinstance(criterion, TokenCriterion) and isinstance(fact, TokenFact):
        return any(system in {None, fact.system} and code in {"", fact.code} for system, code in criterion.any_of)
    if isinstance(criterion, StringCriterion) and isinstance(fact, StringFact):
        return any(_reads(criterion.mode, fact, text) for text in criterion.any_of)
    if isinstance(criterion, DateCriterion) and isinstance(fact, DateFact):
        return any(_compares(prefix, fact, (start, end)) for prefix, start, end in criterion.any_of)
    if isinstance(criterion, ReferenceCriterion) and isinstance(fact, ReferenceFact):
        return any(kind in {"", fact.target_type} and target == fact.target_id for kind, target in criterion.any_of)
    return False


def _reads(mode: str, fact: StringFact, text: str) -> bool:
    if mode == "contains":
        return text in fact.folded
    return fact.text == text if mode == "exact" else fact.folded.startswith(text)


def _compares(prefix: Prefix, fact: DateFact, span: tuple[datetime, datetime]) -> bool:
    start, end = span
    inside = fact.start >= start and fact.end <= end
    return {
        Prefix.EQ: inside,
        Prefix.NE: not inside,
        Prefix.GT: fact.end > end,
        Prefix.LT: fact.start < start,
        Prefix.GE: inside or fact.end > end,
        Prefix.LE: inside or fact.start < start,
        Prefix.SA: fact.start >= end,
        Prefix.EB: fact.end <= start,
    }[prefix]
