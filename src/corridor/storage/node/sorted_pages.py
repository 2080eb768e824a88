"""Pages in an order that writing can change: what matched at the first page is listed then, and pages follow the list.

Short lists travel in the cursor, long ones are kept in the database until they expire (ADR 20).
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import Select, bindparam, case, delete, func, insert, select

from corridor.domain.errors import GoneError, UnsupportedError
from corridor.domain.query import Query
from corridor.storage.database import Database
from corridor.storage.node.cursor import (
    LONGEST,
    NOT_COUNTED,
    Kept,
    Rest,
    differences,
    from_differences,
    sort_name,
    write_cursor,
)
from corridor.storage.node.elements import NO_OFFSET
from corridor.storage.node.fact_tables import sorted_list
from corridor.storage.node.pages import COLUMNS
from corridor.storage.node.places import subject
from corridor.storage.node.plans import Plan
from corridor.storage.node.sorting import order
from corridor.storage.node.tables import record
from corridor.storage.statements import Listed, Statement
from corridor.storage.times import to_micros

SHORT = 400
"""Keys that are tried to fit into a cursor."""

MOST = 100_000
"""Entries of one sorted search that can be paged through."""

KEPT_FOR = timedelta(hours=1)
_PART = 2_000
_KEEP = Statement(insert(sorted_list))
_FORGET = Statement(delete(sorted_list).where(sorted_list.c.until < bindparam("now")))
_READ = Statement(
    select(sorted_list.c.part, sorted_list.c.entries)
    .where(sorted_list.c.id == bindparam("list"), sorted_list.c.part.between(bindparam("first"), bindparam("last")))
    .where(sorted_list.c.until >= bindparam("now"))
    .order_by(sorted_list.c.part)
)


def listing(plan: Plan, query: Query) -> Statement:
    """Finds the keys of all matches in order, as many as are wanted."""

    def make() -> Select[Any]:
        about = subject(plan.resource_type)
        chosen = select(record.c.key).where(*plan.gathered()).order_by(*order(about, query.sort))
        return chosen.limit(bindparam("p_limit")).offset(NO_OFFSET)

    return plan.statement(("listing", query.sort), make)


def beginning(plan: Plan, query: Query) -> Statement:
    """As `listing`, with the records of the first page: for what is few."""

    def make() -> Select[Any]:
        places = order(subject(plan.resource_type), query.sort)
        place = func.row_number().over(order_by=places).label("place")
        found = select(*COLUMNS, record.c.key, place).where(*plan.gathered()).subquery()
        body = case((found.c.place <= bindparam("p_shown"), found.c.body)).label("body")
        columns = [body if each.name == "body" else found.c[each.name] for each in COLUMNS]
        chosen = select(*columns, found.c.key).order_by(found.c.place)
        return chosen.limit(bindparam("p_limit")).offset(NO_OFFSET)

    return plan.statement(("beginning", query.sort), make)


def entries(plan: Plan) -> Statement:
    """Finds those of some keys that still match."""
    wanted = select(*COLUMNS, record.c.key)
    return plan.statement("entries", lambda: wanted.where(Listed(record.c.key, "p_keys"), *plan.walked()))


async def listed(keys: Sequence[int], query: Query, *, cut: bool, database: Database) -> Rest | Kept:
    """The place after the first page of these keys: the rest of them where that fits, or a list that is kept.

    Args:
        keys: of all entries, in order.
        query: the search.
        cut: True where there are more.
        database: that keeps long lists.
    """
    rest = Rest(sort_name(query), NOT_COUNTED, differences(keys[query.count :]))
    if len(rest.keys) <= SHORT and not cut and len(write_cursor(rest)) < LONGEST:
        return rest
    name, until = secrets.token_urlsafe(12), to_micros(datetime.now(UTC) + KEPT_FOR)
    parts = [keys[start : start + _PART] for start in range(0, len(keys), _PART)]
    rows = [
        {"id": name, "part": number, "until": until, "entries": msgspec.msgpack.encode(differences(part))}
        for number, part in enumerate(parts)
    ]
    async with database.transaction() as transaction:
        await transaction.run(_FORGET, [{"now": to_micros(datetime.now(UTC))}])
        await transaction.run(_KEEP, rows)
    return Kept(rest.sort, NOT_COUNTED, name, query.count, cut)


async def keys_from(place: Kept, count: int, *, database: Database) -> list[int]:
    """The next keys of a list that is kept, one more than is wanted where there are more.

    Raises:
        GoneError: the list has expired.
        UnsupportedError: what matched beyond the end of the list was never listed.
    """
    if place.cut and place.position >= MOST:
        raise UnsupportedError(f"A sorted search is paged through its first {MOST} entries; narrow it.", ("_sort",))
    first, last = place.position // _PART, (place.position + count) // _PART
    values = {"list": place.list, "first": first, "last": last, "now": to_micros(datetime.now(UTC))}
    parts = await database.rows(_READ, values)
    if not parts:
        raise GoneError("The pages of this search are no longer kept; search again.")
    keys = [key for row in parts for key in from_differences(msgspec.msgpack.decode(row["entries"], type=list[int]))]
    start = place.position - first * _PART
    return keys[start : start + count + 1]


def after_kept(place: Kept, keys: Sequence[int], count: int) -> Kept | None:
    """The place after `count` of the keys that were found at a place, or None at the end of everything."""
    if len(keys) > count:
        return msgspec.structs.replace(place, position=place.position + count)
    return msgspec.structs.replace(place, position=MOST) if place.cut else None


def after_rest(place: Rest, keys: Sequence[int]) -> Rest | None:
    """The place before the keys that are left."""
    return msgspec.structs.replace(place, keys=differences(keys)) if keys else None
