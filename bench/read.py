"""Reading one resource by its id, signed in, one worker: the processor time of our own process.

The request goes through the node's middleware, routes, session, act and storage without a socket, and once more behind
uvicorn in a process of its own, server included. The durable audit of each read is measured apart: the same stack reads
the same rows with a log that keeps nothing, and the difference is what the log costs.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import AsyncExitStack
from functools import partial
from random import Random
from time import process_time

from fastapi import FastAPI

from bench.databases import KINDS, Databases
from bench.figures import Figure, Goal, Round, interleaved
from bench.home import Home, open_home
from bench.load import bundles, fill, names
from bench.served import start
from bench.size import Size

GOALS = {"sqlite": Goal(200), "postgresql": Goal(250)}
"""Microseconds a read, without the audit append."""

TOGETHER = 16
"""Callers at once, whose audit entries share commits."""

_NAMES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}


async def bench_read(databases: Databases, size: Size) -> list[Figure]:
    """Microseconds of processor time a read, on both databases."""
    content = bundles(size.bundles)
    wanted = [name for bundle in content for name in names(bundle)]
    async with AsyncExitStack() as stack:
        cases: dict[str, Round] = {}
        for kind in KINDS:
            url = await databases.fresh(kind)
            opened = await stack.enter_async_context(open_home(url))
            await fill(opened, content)
            drawn = _drawn(wanted, size.reads)
            served = await asyncio.to_thread(start, url)
            stack.callback(served.close)
            cases |= _cases(kind, opened, drawn) | {f"{kind} served": partial(served.run, drawn)}
        found = await interleaved(cases, size.rounds)
    return [figure for kind in KINDS for figure in _figures(kind, found)]


def _drawn(names: Sequence[str], count: int) -> list[str]:
    return Random(7).choices(names, k=count)


def _cases(kind: str, opened: Home, wanted: Sequence[str]) -> dict[str, Round]:
    return {
        f"{kind} bare": partial(_alone, opened, opened.bare, wanted),
        f"{kind} audited": partial(_alone, opened, opened.app, wanted),
        f"{kind} bare together": partial(_together, opened, opened.bare, wanted),
        f"{kind} audited together": partial(_together, opened, opened.app, wanted),
    }


async def _alone(opened: Home, app: FastAPI, wanted: Sequence[str]) -> float:
    """One caller after another."""
    started = process_time()
    await _read_all(opened, app, wanted)
    return (process_time() - started) / len(wanted) * 1e6


async def _together(opened: Home, app: FastAPI, wanted: Sequence[str]) -> float:
    """Sixteen callers at once."""
    started = process_time()
    await asyncio.gather(*(_read_all(opened, app, wanted[turn::TOGETHER]) for turn in range(TOGETHER)))
    return (process_time() - started) / len(wanted) * 1e6


async def _read_all(opened: Home, app: FastAPI, wanted: Sequence[str]) -> None:
    for name in wanted:
        reply = await opened.read(app, name)
        if reply.status != 200:
            raise RuntimeError(f"A read was answered with status {reply.status}.")


def _figures(kind: str, found: dict[str, float]) -> Iterator[Figure]:
    name, unit = _NAMES[kind], "µs CPU a read"
    bare, together = found[f"{kind} bare"], found[f"{kind} bare together"]
    yield Figure("read", f"{name}, without the audit append", bare, unit, GOALS[kind])
    yield Figure("read", f"{name}, the same behind uvicorn", found[f"{kind} served"], unit, GOALS[kind])
    yield Figure("read", f"{name}, the audit append alone", found[f"{kind} audited"] - bare, unit)
    yield Figure("read", f"{name}, {TOGETHER} callers, without the audit append", together, unit, GOALS[kind])
    shared = found[f"{kind} audited together"] - together
    yield Figure("read", f"{name}, {TOGETHER} callers, the audit append alone", shared, unit)
