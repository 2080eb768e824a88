"""Reading and searching, in memory."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import orjson

from corridor.domain.errors import InvalidError
from corridor.domain.query import Include, Query, Sort
from corridor.domain.record import DateFact, Draft, Fact, QuantityFact, Record, ReferenceFact, StringFact
from corridor.fhir.audit_event import render
from corridor.fhir.facts import find_facts
from corridor.flows.ports.records import Page
from tests.fakes.search import Known, holds
from tests.fakes.state import Shelf, Stored


class FakeRecords:
    """Port `Records`."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf
        self._lists: list[list[str]] = []

    async def read(self, resource_type: str, id: str) -> Record | None:
        """See the port."""
        if resource_type == "AuditEvent":
            return next((each.record for each in self._events() if each.record.id == id), None)
        found = self._shelf.current(resource_type, id)
        return found.record if found else None

    async def read_version(self, resource_type: str, id: str, version: int) -> Record | None:
        """See the port."""
        if resource_type == "AuditEvent":
            return await self.read(resource_type, id) if version == 1 else None
        versions = self._shelf.state.versions.get((resource_type, id), [])
        return next((each.record for each in versions if each.record.version == version), None)

    async def search(self, query: Query) -> Page:
        """See the port; every first page remembers the ids of all that match."""
        world = self._world(query.resource_type)
        found = [each for each in world if each.record.resource_type == query.resource_type]
        found = [each for each in found if all(holds(criterion, each, world) for criterion in query.criteria)]
        found = _in_order(found, query.sort)
        total = len(found) if query.total != "none" or not query.count else None
        if not query.count:
            return Page((), total, "")
        number, start = self._place(query, found)
        by_id = {each.record.id: each for each in found}
        page: list[Known] = []
        ids = self._lists[number]
        while start < len(ids) and not page:
            page = [by_id[each] for each in ids[start : start + query.count] if each in by_id]
            start += query.count
        after = f"{query.resource_type}-{number}-{start}" if start < len(ids) else ""
        both = any("AuditEvent" in {query.resource_type, each.source_type} for each in query.includes)
        around = [*self._world("AuditEvent"), *self._world("")] if both else world
        included = _included(query.includes, page, around)
        return Page(tuple(each.record for each in page), total, after, tuple(each.record for each in included))

    def _place(self, query: Query, found: Sequence[Known]) -> tuple[int, int]:
        if not query.after:
            self._lists.append([each.record.id for each in found])
            return len(self._lists) - 1, 0
        kind, *numbers = query.after.split("-")
        if kind != query.resource_type or len(numbers) != 2 or not all(each.isdecimal() for each in numbers):
            raise InvalidError("The cursor is not one of ours.", ("_cursor",))
        return int(numbers[0]), int(numbers[1])

    def _world(self, resource_type: str) -> list[Known]:
        stored = self._events() if resource_type == "AuditEvent" else self._shelf.living()
        return [Known(each.record, each.draft.facts if each.draft else ()) for each in stored]

    def _events(self) -> list[Stored]:
        events = []
        for index, fact in enumerate(self._shelf.facts):
            id = f"{index:032x}"  # noqa: A001  # FHIR's word
            body = render(fact, id=id, node=self._shelf.home)
            draft = Draft("AuditEvent", id, b"", b"", facts=find_facts(orjson.loads(body)).facts)
            events.append(Stored(Record("AuditEvent", id, 1, fact.at, body), draft))
        return events


# ---------------------------------------------------------------- order


def _in_order(found: list[Known], sort: Sequence[Sort]) -> list[Known]:
    """By every key, the first counting most; what is equal stays in the order of writing, or against it."""
    ranked = found[::-1] if sort and sort[-1].descending else found
    for key in reversed(sort):
        valued = [each for each in ranked if _values(each, key.parameter)]
        edge = max if key.descending else min
        valued.sort(key=lambda each, key=key, edge=edge: edge(_values(each, key.parameter)), reverse=key.descending)  # type: ignore[misc]  # the defaults bind the loop's variables
        ranked = [*valued, *(each for each in ranked if not _values(each, key.parameter))]
    return ranked


def _values(known: Known, parameter: str) -> list[object]:
    return [_value(each) for each in known.all_facts if each.parameter == parameter]


def _value(fact: Fact) -> object:
    if isinstance(fact, QuantityFact):
        return fact.canonical[0] if fact.canonical else fact.low
    if isinstance(fact, DateFact):
        return fact.start
    if isinstance(fact, ReferenceFact):
        return fact.target_id
    return fact.folded if isinstance(fact, StringFact) else fact.code


# ---------------------------------------------------------------- what is sent along


def _included(includes: Iterable[Include], page: Sequence[Known], world: Sequence[Known]) -> list[Known]:
    met, found, fresh = list(page), [], list(page)
    wanted = list(includes)
    while fresh:
        reached = [each for each in world if any(_goes_along(include, each, fresh) for include in wanted)]
        fresh = [each for each in reached if each not in met]
        met += fresh
        found += fresh
        wanted = [each for each in wanted if each.iterate]
    return found


def _goes_along(include: Include, candidate: Known, sources: Sequence[Known]) -> bool:
    for source in sources:
        referring, referred = (candidate, source) if include.reverse else (source, candidate)
        right_types = referring.record.resource_type == include.source_type and include.target_type in {
            "",
            referred.record.resource_type,
        }
        if right_types and referring.refers(include.parameter, referred):
            return True
    return False
