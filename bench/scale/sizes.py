"""How large the measured databases are, and what a resource takes in them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import asyncpg

from bench.figures import Figure, Goal
from bench.scale.hapi_shape import TABLES
from corridor.storage.database import Database
from corridor.storage.node.fact_tables import (
    FACTS,
    code_set,
    link_set,
    role,
    set_code,
    set_link,
    set_text,
    text_set,
    unit,
)
from corridor.storage.node.tables import person_key, projection, record

STEPS = (25_000, 250_000, 2_500_000)
"""Sizes at which growth is looked at, below the one that is asked for."""

HAPI_MOST = 2_500_000
"""HAPI's layout stands in the largest base that is not above this: it takes ten times the room of ours."""

_SIZES = "SELECT relname, pg_total_relation_size(oid) AS bytes FROM pg_class WHERE relname = ANY($1)"
_FACTS = (*FACTS, code_set, set_code, text_set, set_text, link_set, set_link, role, unit)
_OURS = (record, *_FACTS, projection, person_key)


@dataclass(frozen=True, slots=True)
class Loaded:
    """A database that is filled.

    Attributes:
        label: its size as people say it, such as `25 k`.
        hapi: whether the same resources stand there in HAPI's layout, too.
    """

    url: str
    resources: int
    label: str
    hapi: bool = False


def steps_to(resources: int) -> list[int]:
    """The sizes to load, ascending; where even the first is too much, a tenth of what is asked for."""
    return [*([each for each in STEPS if each < resources] or [max(1, resources // 10)]), resources]


def with_hapi(resources: int) -> int:
    """Which of the sizes has HAPI's layout beside it."""
    return max(each for each in steps_to(resources) if each <= max(HAPI_MOST, min(steps_to(resources))))


def label(resources: int) -> str:
    """A size in thousands or millions."""
    million, thousand = 1_000_000, 1000
    if resources >= million:
        return f"{resources / million:g} M"
    return f"{resources / thousand:g} k" if resources >= thousand else str(resources)


async def bench_bytes(largest: Loaded, beside: Loaded) -> list[Figure]:
    """Bytes a resource, tables with their indexes: ours in the largest base, HAPI's where it stands beside ours."""
    ours = await _sizes(largest, [table.name for table in _OURS])
    return [*_figures(ours | await _sizes(beside, TABLES))]


async def _sizes(loaded: Loaded, tables: Sequence[str]) -> dict[str, float]:
    connection = await asyncpg.connect(Database(loaded.url).dsn)
    try:
        rows = await connection.fetch(_SIZES, tables)
    finally:
        await connection.close()
    return {row["relname"]: row["bytes"] / loaded.resources for row in rows}


def _figures(size: Mapping[str, float]) -> Iterator[Figure]:
    unit = "bytes a resource"
    yield Figure("scale", "record table with its indexes", size[record.name], unit, Goal(450))
    yield Figure("scale", "facts beside the record, with indexes", sum(size[each.name] for each in _FACTS), unit)
    yield Figure("scale", "projection with its index", size[projection.name], unit)
    yield Figure("scale", "everything", sum(size[each.name] for each in _OURS), unit, Goal(900))
    yield Figure("scale", "HAPI's layout", sum(size[each] for each in TABLES), unit)
