"""The filters of an export: asked of the indexes for what still stands, and of its facts for what was written over."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import orjson
from sqlalchemy import and_, or_, select

from corridor.domain.bulk import ExportOrder
from corridor.domain.holds import all_facts, holds
from corridor.domain.query import Criterion
from corridor.fhir.facts import find_facts
from corridor.fhir.search_wanted import Terms
from corridor.fhir.type_filter import criteria_of
from corridor.storage.node import bodies
from corridor.storage.node.asked_values import bound
from corridor.storage.node.elements import Condition
from corridor.storage.node.matching import match, parameters
from corridor.storage.node.places import subject
from corridor.storage.node.sealed_search import sealed
from corridor.storage.node.tables import record
from corridor.storage.reads import Reader
from corridor.storage.seals import Seals
from corridor.storage.statements import Listed, Row, Statement
from corridor.storage.times import from_micros


@dataclass(frozen=True)
class Filters:
    """What an export lets pass.

    Attributes:
        order: with the filters as they were written.
        terms: how their values are read.
        seals: of the database.
    """

    order: ExportOrder
    terms: Terms
    seals: Seals
    _made: dict[str, tuple[Statement, dict[str, Any]]] = field(default_factory=dict)

    async def living(self, reader: Reader, rows: Sequence[Row]) -> Sequence[Row]:
        """Those of the current rows that one of their type's filters finds, and all of other types."""
        asked = [row["key"] for row in rows if self._decides(row)]
        if not asked:
            return rows
        statement, values = self._made.get("living") or await self._statement(reader)
        found = {row["key"] for row in await reader.rows(statement, {**values, "keys": asked})}
        return [row for row in rows if row["key"] in found or not self._decides(row)]

    def past(self, rows: Sequence[Row]) -> Sequence[Row]:
        """Those of older versions that one of their type's filters finds, and all of other types."""
        return [row for row in rows if not self._decides(row) or self._lets_pass(row)]

    @cached_property
    def _by_type(self) -> dict[str, list[tuple[Criterion, ...]]]:
        found = defaultdict(list)
        for each in self.order.filters:
            found[each.resource_type].append(criteria_of(each, self.terms))
        return found

    def _decides(self, row: Row) -> bool:
        """Whether filters say something about a row; what was deleted has nothing by which it could be found."""
        return row["body"] is not None and row["resource_type"] in self._by_type

    def _lets_pass(self, row: Row) -> bool:
        found = find_facts(orjson.loads(bodies.unpack_row(row, self.seals)), self.terms.zone).facts
        facts = all_facts(found, id=row["id"], updated_at=from_micros(row["updated_at"]))
        return any(all(holds(each, facts) for each in criteria) for criteria in self._by_type[row["resource_type"]])

    async def _statement(self, reader: Reader) -> tuple[Statement, dict[str, Any]]:
        """Finds those of a list of keys that a filter of their type lets pass."""
        listed: list[Criterion] = []
        ways: list[Condition] = []
        for kind, several in self._by_type.items():
            about = subject(kind)
            for written in several:
                first, criteria = len(listed), await sealed(written, self.seals, reader.rows)
                listed += criteria
                held = [
                    match(each, about, iter(parameters(first + at, each))).holds(about)
                    for at, each in enumerate(criteria)
                ]
                ways.append(and_(about.is_living, *held))
        wanted = select(record.c.key).where(Listed(record.c.key, "keys"), or_(*ways))
        made = self._made["living"] = Statement(wanted), bound(listed)
        return made
