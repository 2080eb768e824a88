"""The measurement `scale`: bases of growing size loaded, asked, served and written to, beside HAPI's layout."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

from bench.databases import Databases
from bench.figures import Figure
from bench.scale.loading import load
from bench.scale.node import Served, make_keys
from bench.scale.over_http import bench_over_http
from bench.scale.reading import TARGETS, bench_reading
from bench.scale.sizes import Loaded, bench_bytes, label, steps_to, with_hapi
from bench.scale.taking_in import bench_taking_in
from bench.scale.targets import draw
from bench.scale.timed import Backends, backends_of
from bench.size import Size

Say = Callable[[str], None]


async def bench_scale(databases: Databases, size: Size) -> list[Figure]:
    """Every figure of the national base at the size of a country."""
    with _progress() as progress:
        task = progress.add_task("loading", total=sum(steps_to(size.resources)))
        loaded = [
            await _loaded(databases, each, size, told=lambda added: progress.advance(task, added))
            for each in steps_to(size.resources)
        ]

        def say(text: str) -> None:
            progress.reset(task, total=None, description=text)

        return await _measured(databases, loaded, size, say=say)


async def _loaded(databases: Databases, resources: int, size: Size, *, told: Callable[[int], None]) -> Loaded:
    url = await databases.fresh("postgresql")
    hapi = resources == with_hapi(size.resources)
    return Loaded(url, await load(url, resources, hapi=hapi, told=told), label(resources), hapi)


async def _measured(databases: Databases, loaded: Sequence[Loaded], size: Size, *, say: Say) -> list[Figure]:
    largest, beside = loaded[-1], next(each for each in loaded if each.hapi)
    figures = await bench_bytes(largest, beside)
    say("asking our storage and HAPI's layout")
    figures += await bench_reading(loaded, turns=size.requests, rounds=size.rounds)
    async with _served(databases, largest) as (nodes, folder, backends):
        say("asking a node over HTTP")
        targets = await draw(largest.url, largest.resources, most=TARGETS)
        figures += await bench_over_http(
            nodes[:2], targets, folder=folder, backends=backends, size=(size.requests, size.rounds)
        )
        say("taking in transactions")
        figures += await bench_taking_in(beside.url, nodes[::2], folder=folder, size=(size.bundles, size.rounds))
    return figures


@asynccontextmanager
async def _served(
    databases: Databases, largest: Loaded
) -> AsyncIterator[tuple[tuple[Served, Served, Served], Path, Backends]]:
    """Nodes: one on the large base, one there that keeps no record, and one on an empty base."""
    folder = databases.folder / "nodes"
    folder.mkdir()
    async with AsyncExitStack() as stack:
        keyed = await asyncio.to_thread(make_keys, folder)
        wanted = ((largest.url, False), (largest.url, True), (await databases.fresh("postgresql"), False))
        started = [await asyncio.to_thread(keyed.start, url, bare=bare) for url, bare in wanted]
        for each in started:
            stack.callback(each.close)
        on_record, bare, empty = started
        yield (on_record, bare, empty), folder, await backends_of(stack, largest.url)


@contextmanager
def _progress() -> Iterator[Progress]:
    """Told on the terminal even while log lines are kept from it."""
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(file=sys.__stderr__), transient=True) as progress:
        yield progress
