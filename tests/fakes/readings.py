"""Reading a compartment, and the newest results, in memory."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from corridor.domain.compartment import CompartmentQuery
from corridor.domain.errors import InvalidError
from corridor.domain.query import Query
from corridor.domain.record import DateFact, Record, ReferenceFact
from corridor.flows.ports.records import Page
from tests.fakes.search import Known, holds
from tests.fakes.state import Shelf, Stored


class FakeCompartments:
    """Port `Compartments`."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf
        self._pages: list[tuple[str, list[tuple[str, str]], int]] = []

    async def everything(self, patient_id: str, wanted: CompartmentQuery) -> Page:
        """See the port; the first page remembers what is there."""
        living = self._shelf.living()
        inside = [each for each in living if _is_inside(each, patient_id) and _is_wanted(each, wanted)]
        inside.sort(key=lambda each: _name(each) != ("Patient", patient_id))
        names, start = self._place(patient_id, wanted, inside)
        by_name = {_name(each): each for each in inside}
        shown = [by_name[each] for each in names[start : start + wanted.count] if each in by_name]
        before = [by_name[each] for each in names[:start] if each in by_name]
        along = [
            each
            for each in living
            if each.record.patient_id is None
            and _is_named(each, wanted)
            and _is_referred(each, shown)
            and not _is_referred(each, before)
        ]
        after = ""
        if start + wanted.count < len(names):
            self._pages.append((patient_id, names, start + wanted.count))
            after = str(len(self._pages) - 1)
        return Page(tuple(each.record for each in shown), None, after, tuple(each.record for each in along))

    def _place(
        self, patient_id: str, wanted: CompartmentQuery, inside: Sequence[Stored]
    ) -> tuple[list[tuple[str, str]], int]:
        if not wanted.after:
            return [_name(each) for each in inside], 0
        if not wanted.after.isdecimal() or self._pages[int(wanted.after)][0] != patient_id:
            raise InvalidError("The cursor is not one of ours.", ("_cursor",))
        _, names, start = self._pages[int(wanted.after)]
        return names, start


class FakeLatest:
    """Port `Latest`."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf

    async def lastn(self, query: Query, *, most: int) -> tuple[Record, ...]:
        """See the port."""
        living = [Known(each.record, each.draft.facts if each.draft else ()) for each in self._shelf.living()]
        by_code: dict[str, list[Stored]] = defaultdict(list)
        for stored in self._shelf.living():
            known = Known(stored.record, stored.draft.facts if stored.draft else ())
            if stored.record.resource_type == query.resource_type and all(
                holds(each, known, living) for each in query.criteria
            ):
                by_code[stored.draft.code if stored.draft else ""].append(stored)
        return tuple(each.record for _, found in sorted(by_code.items()) for each in _newest(found, most))


def _newest(found: Sequence[Stored], most: int) -> list[Stored]:
    places = sorted(range(len(found)), key=lambda place: (_instant(found[place]), place), reverse=True)
    ordered = [found[place] for place in places]
    last = _instant(ordered[:most][-1])
    return [each for each in ordered if _instant(each) >= last]


def _instant(stored: Stored) -> float:
    effective = stored.draft.effective if stored.draft else None
    return effective.timestamp() if effective else float("-inf")


def _name(stored: Stored) -> tuple[str, str]:
    return stored.record.resource_type, stored.record.id


def _references(stored: Stored) -> list[ReferenceFact]:
    return [each for each in (stored.draft.facts if stored.draft else ()) if isinstance(each, ReferenceFact)]


def _is_inside(stored: Stored, patient_id: str) -> bool:
    named = any(
        each.parameter == "patient" and (each.target_type, each.target_id) == ("Patient", patient_id)
        for each in _references(stored)
    )
    return named or stored.record.patient_id == patient_id


def _is_named(stored: Stored, wanted: CompartmentQuery) -> bool:
    kind = not wanted.types or stored.record.resource_type in wanted.types
    return kind and (wanted.since is None or stored.record.updated_at >= wanted.since)


def _is_wanted(stored: Stored, wanted: CompartmentQuery) -> bool:
    effective = stored.draft.effective if stored.draft else None
    begun = effective is None or wanted.end is None or effective < wanted.end
    dates = [fact.start for fact in stored.draft.facts if isinstance(fact, DateFact)] if stored.draft else []
    ended = effective is None or wanted.start is None or max(dates, default=effective) >= wanted.start
    return _is_named(stored, wanted) and begun and ended


def _is_referred(stored: Stored, shown: Sequence[Stored]) -> bool:
    return any((ref.target_type, ref.target_id) == _name(stored) for each in shown for ref in _references(each))
