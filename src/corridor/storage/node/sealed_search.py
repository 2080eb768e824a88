"""A search as it is asked of sealed rows: by blind forms of what it names (ADR 38)."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import bindparam, func, select

from corridor.domain.query import (
    ChainCriterion,
    CompositeCriterion,
    Criterion,
    DateCriterion,
    HasCriterion,
    ReferenceCriterion,
    StringCriterion,
    TokenCriterion,
)
from corridor.fhir.search_values import fold
from corridor.storage.node.asked_values import LAST
from corridor.storage.node.blind_dates import beginnings
from corridor.storage.node.blind_words import is_deep, reach
from corridor.storage.node.fact_tables import fact_string, role, set_text
from corridor.storage.node.parts import SEALED_DATES, TEXT_MAX, bounded, is_unshared
from corridor.storage.seals import Seals
from corridor.storage.statements import Row, Statement, Values

Rows = Callable[[Statement, Values], Awaitable[Sequence[Row]]]

_ROLES = select(role.c.role).where(role.c.parameter == bindparam("name"))
_OWN = Statement(
    select(fact_string.c.folded, func.min(fact_string.c.text).label("text"))
    .where(fact_string.c.role.in_(_ROLES))
    .group_by(fact_string.c.folded)
)
_SHARED = Statement(
    select(set_text.c.folded, func.min(set_text.c.text).label("text"))
    .where(set_text.c.parameter == bindparam("name"))
    .group_by(set_text.c.folded)
)


async def sealed(criteria: Sequence[Criterion], seals: Seals, rows: Rows) -> tuple[Criterion, ...]:
    """The criteria in blind words.

    What is contained somewhere in a text has no blind form, nor has a long beginning: every text of the parameter is
    opened and looked at.

    Args:
        criteria: of a search.
        seals: of the database.
        rows: reads it.
    """
    if not seals.closed or all(map(_is_clear, criteria)):
        return tuple(criteria)
    blinding = _Blinding(seals, rows)
    return tuple([each if _is_clear(each) else await blinding.of(each) for each in criteria])


def _is_clear(criterion: Criterion) -> bool:
    """Whether what is asked for is stored as it is: ids, codes that many records share, and clinical dates."""
    if type(criterion) is TokenCriterion:
        return not is_unshared(criterion.parameter)
    if type(criterion) is DateCriterion:
        return criterion.parameter not in SEALED_DATES
    return type(criterion) is ReferenceCriterion


class _Blinding:
    def __init__(self, seals: Seals, rows: Rows) -> None:
        self._seals = seals
        self._rows = rows

    async def of(self, criterion: Criterion) -> Criterion:
        if isinstance(criterion, ChainCriterion | HasCriterion):
            return replace(criterion, criterion=await self.of(criterion.criterion))
        if isinstance(criterion, CompositeCriterion):
            parts = [tuple([await self.of(part) for part in each]) for each in criterion.any_of]
            return replace(criterion, any_of=tuple(parts))
        if isinstance(criterion, StringCriterion):
            return await self._string(criterion)
        return self._plain(criterion)

    def _plain(self, criterion: Criterion) -> Criterion:
        if isinstance(criterion, TokenCriterion) and is_unshared(criterion.parameter):
            codes = [(system, self._seals.blind(bounded(code))) for system, code in criterion.any_of]
            return replace(criterion, any_of=tuple(codes))
        if isinstance(criterion, DateCriterion) and criterion.parameter in SEALED_DATES:
            texts = dict.fromkeys(text for asked in criterion.any_of for text in beginnings(*asked))
            return StringCriterion(criterion.parameter, tuple(map(self._beginning, texts)))
        return criterion

    async def _string(self, criterion: StringCriterion) -> Criterion:
        if criterion.mode == "prefix" and not any(map(is_deep, criterion.any_of)):
            return replace(criterion, any_of=tuple(map(self._beginning, criterion.any_of)))
        if criterion.mode == "exact":
            return replace(criterion, mode="closed", any_of=tuple(map(self._exact, criterion.any_of)))
        statement = _SHARED if ":" in criterion.parameter else _OWN
        found = await self._rows(statement, {"name": criterion.parameter})
        among = await asyncio.to_thread(self._fitting, found, criterion)
        return replace(criterion, mode="among", any_of=(" ".join(among),))

    def _beginning(self, text: str) -> str:
        return reach(self._seals.blind_beginning(text[:TEXT_MAX]))

    def _exact(self, text: str) -> str:
        tag = self._seals.tag(text)
        return f"{self._seals.blind_beginning(fold(text)[:TEXT_MAX])} {tag} {tag}{LAST}"

    def _fitting(self, rows: Sequence[Any], criterion: StringCriterion) -> list[str]:
        """The blind forms of the texts that contain one of several, or begin like it."""
        fits = str.startswith if criterion.mode == "prefix" else str.__contains__
        found = []
        for row in rows:
            text = fold(self._seals.open_text(row["text"]))
            if any(fits(text, each) for each in criterion.any_of):
                found.append(row["folded"])
        return found
