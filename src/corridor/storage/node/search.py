"""Answering a search: its page, what is sent along, and how many matches there are."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Mapping, Sequence
from time import monotonic
from typing import Any

import msgspec

from corridor.domain.errors import UnsupportedError
from corridor.domain.query import Query
from corridor.flows.ports.records import Page
from corridor.storage.database import Database
from corridor.storage.lanes import Lanes
from corridor.storage.node.asked_values import bound
from corridor.storage.node.cursor import (
    NOT_COUNTED,
    Cursor,
    Kept,
    Rest,
    Walk,
    from_differences,
    not_ours,
    read_cursor,
    write_cursor,
)
from corridor.storage.node.includes import Included
from corridor.storage.node.pages import Walking, records_of, walks
from corridor.storage.node.plans import FEW, Plan, Plans
from corridor.storage.node.sealed_search import sealed
from corridor.storage.node.sealed_sorting import in_order, opens, sealed_listing
from corridor.storage.node.sorted_pages import (
    MOST,
    SHORT,
    after_kept,
    after_rest,
    beginning,
    entries,
    keys_from,
    listed,
    listing,
)
from corridor.storage.node.sorting import check_sortable
from corridor.storage.statements import Row, Statement

_BELIEVED_SECONDS = 60.0
"""How long a look at how many a leading criterion finds is believed; being wrong costs time, never a match."""

_OPENED = 5
"""Matches are sorted by what is sealed up to so many times the length of a list: all of them have to be opened."""

Values = Mapping[str, Any]


class _Asked(msgspec.Struct, frozen=True):
    """A search with what is known of it."""

    plan: Plan
    query: Query
    place: Cursor | None
    values: Values


class _Found(msgspec.Struct, frozen=True):
    """The rows of a page, the place after it, and how many match, where that came along."""

    rows: Sequence[Row]
    after: Cursor | None
    total: int = NOT_COUNTED


class Searches:
    """Answers searches of everything but audit events.

    Args:
        database: of the node.
        lanes: of the same database.
    """

    def __init__(self, database: Database, lanes: Lanes) -> None:
        self._database = database
        self._lanes = lanes
        self._plans = Plans()
        self._looks: dict[tuple[int, str], tuple[float, bool]] = {}

    async def search(self, query: Query) -> Page:
        """One page.

        Raises:
            InvalidError: the cursor is not one of ours.
            GoneError: the search that is paged through has expired.
            UnsupportedError: an order that does not exist, or more than one answer can carry.
        """
        check_sortable(query.resource_type, query.sort)
        place = read_cursor(query)
        criteria = await sealed(query.criteria, self._lanes.seals, self._lanes.broad)
        plan, values = self._plans.of(query.resource_type, criteria), bound(criteria)
        if not query.count:
            return Page((), await self._total(plan, values), "")
        asked = _Asked(plan, query, place, values)
        found = await self._found(asked)
        total = await self._counted(asked, found)
        rows, after = found.rows, found.after
        included = await Included(self._lanes, rows).find(query.includes) if query.includes and rows else ()
        text = write_cursor(msgspec.structs.replace(after, total=total)) if after else ""
        told = None if query.total == "none" else total
        return Page(records_of(rows, self._lanes.seals), told, text, included)

    async def _counted(self, asked: _Asked, found: _Found) -> int:
        """How many matches there were at the first page, where that is asked for."""
        if asked.place is not None and asked.place.total != NOT_COUNTED:
            return asked.place.total
        if asked.query.total == "none":
            return NOT_COUNTED
        if found.total != NOT_COUNTED:
            return found.total
        if asked.place is None and found.after is None:
            return len(found.rows)
        return await self._total(asked.plan, asked.values)

    async def _found(self, asked: _Asked) -> _Found:
        plan, query, place = asked.plan, asked.query, asked.place
        if not walks(query.sort):
            return await self._sorted(asked)
        if place is not None and not isinstance(place, Walk):
            raise not_ours()
        # What nearly always fits on a page is counted by itself where it does not.
        counts = plan.is_quick and not plan.is_narrow and query.total != "none"
        gathers = plan.is_quick or await self._gathers(plan, asked.values)
        walking = Walking(plan, query, gathers, counts)
        rows = await self._rows(plan, walking.statement(place), {**asked.values, **walking.values(place)})
        if len(rows) <= query.count:
            return _Found(rows, None)
        total = rows[0]["total"] if counts and place is None else NOT_COUNTED
        rows = rows[: query.count]
        return _Found(rows, walking.place_of(rows, place), total)

    def _rows(self, plan: Plan, statement: Statement, values: Values) -> Awaitable[Sequence[Row]]:
        lane = self._lanes.quick if plan.is_quick else self._lanes.broad
        return lane(statement, values)

    async def _total(self, plan: Plan, values: Values) -> int:
        return int((await self._rows(plan, plan.total(), values))[0]["total"])

    async def _gathers(self, plan: Plan, values: Values) -> bool:
        """Whether so few match that they are gathered and sorted, rather than met on a walk through the order."""
        if plan.is_clustered:
            return True
        key, now = (id(plan), repr(values)), monotonic()
        believed = self._looks.get(key)
        if believed is None or believed[0] < now:
            counted = (await self._lanes.broad(plan.probe(), values))[0]["total"]
            if len(self._looks) > FEW:
                self._looks.clear()
            believed = self._looks[key] = (now + _BELIEVED_SECONDS, counted < FEW)
        return believed[1]

    async def _sorted(self, asked: _Asked) -> _Found:
        """The next entries of a list that still match; where none of a page's worth does, those after them."""
        if asked.place is None and asked.plan.is_quick and not opens(asked.query, self._lanes.seals):
            found = await self._beginning(asked)
            if found:
                return found
        keys, after = await self._keys(asked)
        while True:
            rows = await self._rows(asked.plan, entries(asked.plan), {**asked.values, "p_keys": keys})
            if rows or after is None:
                break
            keys, after = await self._keys(msgspec.structs.replace(asked, place=after))
        by_key = {row["key"]: row for row in rows}
        return _Found([by_key[key] for key in keys if key in by_key], after)

    async def _beginning(self, asked: _Asked) -> _Found | None:
        """The first page, where all that match are few."""
        count, statement = asked.query.count, beginning(asked.plan, asked.query)
        values = {**asked.values, "p_shown": count, "p_limit": count + SHORT + 1}
        rows = await self._rows(asked.plan, statement, values)
        if len(rows) > count + SHORT:
            return None
        if len(rows) <= count:
            return _Found(rows, None)
        after = await listed([row["key"] for row in rows], asked.query, cut=False, database=self._database)
        return _Found(rows[:count], after, len(rows))

    async def _keys(self, asked: _Asked) -> tuple[list[int], Cursor | None]:
        """The keys of one page, and the place after it."""
        count, place = asked.query.count, asked.place
        if isinstance(place, Kept):
            keys = await keys_from(place, count, database=self._database)
            return keys[:count], after_kept(place, keys, count)
        if isinstance(place, Rest):
            keys = from_differences(place.keys)
            return keys[:count], after_rest(place, keys[count:])
        if place is not None:
            raise not_ours()
        keys = await self._listing(asked, count + SHORT + 1)
        if len(keys) > count + SHORT:
            keys = await self._listing(asked, MOST + 1)
        if len(keys) <= count:
            return keys, None
        after = await listed(keys[:MOST], asked.query, cut=len(keys) > MOST, database=self._database)
        return keys[:count], after

    async def _listing(self, asked: _Asked, most: int) -> list[int]:
        if opens(asked.query, self._lanes.seals):
            return (await self._opened_listing(asked))[:most]
        statement = listing(asked.plan, asked.query)
        rows = await self._rows(asked.plan, statement, {**asked.values, "p_limit": most})
        return [row["key"] for row in rows]

    async def _opened_listing(self, asked: _Asked) -> list[int]:
        """All keys, in an order that the database cannot make."""
        statement = sealed_listing(asked.plan, asked.query)
        most = _OPENED * MOST
        rows = await self._rows(asked.plan, statement, {**asked.values, "p_limit": most + 1})
        if len(rows) > most:
            raise UnsupportedError(f"At most {most} matches are sorted by what is sealed; narrow it.", ("_sort",))
        return await asyncio.to_thread(in_order, rows, asked.query, self._lanes.seals)
