"""Reading and searching, in memory."""

from __future__ import annotations

import orjson

from corridor.domain.errors import InvalidError
from corridor.domain.query import Query, Sort
from corridor.domain.record import Draft, Record
from corridor.fhir.audit_event import render
from corridor.fhir.facts import find_facts
from corridor.flows.ports.records import Page
from tests.fakes.search import holds
from tests.fakes.state import Shelf, Stored


class FakeRecords:
    """Port `Records`."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf

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
        """See the port."""
        events = query.resource_type == "AuditEvent"
        ranked = [*enumerate(self._events() if events else self._shelf.living())]
        found = [(rank, each) for rank, each in ranked if _matches(query, each)]
        for key in reversed(query.sort):
            found.sort(key=lambda each, key=key: _sort_value(key, each), reverse=key.descending)  # type: ignore[misc]  # the default binds the loop's key
        start = _start(query, [each.record.id for _, each in found])
        page = found[start : start + query.count]
        after = page[-1][1].record.id if page and start + query.count < len(found) else ""
        counted = query.total != "none" or not query.count
        return Page(tuple(each.record for _, each in page), len(found) if counted else None, after)

    def _events(self) -> list[Stored]:
        events = []
        for index, fact in enumerate(self._shelf.facts):
            id = f"{index:032x}"  # noqa: A001  # FHIR's word
            body = render(fact, id=id, node=self._shelf.home)
            draft = Draft("AuditEvent", id, b"", b"", facts=find_facts(orjson.loads(body)).facts)
            events.append(Stored(Record("AuditEvent", id, 1, fact.at, body), draft))
        return events


def _matches(query: Query, stored: Stored) -> bool:
    facts = stored.draft.facts if stored.draft else ()
    right_type = stored.record.resource_type == query.resource_type
    return right_type and all(holds(each, stored.record, facts) for each in query.criteria)


def _sort_value(key: Sort, ranked: tuple[int, Stored]) -> tuple[object, ...]:
    rank, stored = ranked
    if key.parameter == "_id":
        return stored.record.id, rank
    if key.parameter == "_lastUpdated" or stored.record.resource_type == "AuditEvent":
        return stored.record.updated_at, rank
    effective = stored.draft.effective if stored.draft else None
    undated = (effective is None) is not key.descending
    return undated, effective.timestamp() if effective else 0.0, rank


def _start(query: Query, ids: list[str]) -> int:
    if not query.after:
        return 0
    if query.after not in ids:
        raise InvalidError("The cursor is not one of ours.", ("_cursor",))
    return ids.index(query.after) + 1
