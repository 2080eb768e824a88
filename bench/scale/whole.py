"""The measurement `scale`: bases of growing size loaded, asked, served and written to, beside HAPI's layout."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import AsyncExitStack, contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

from bench.databases import Databases
from bench.figures import Figure
from bench.scale.loading import load
from bench.scale.node import BARE, BESIDE, Served, make_keys
from bench.scale.over_http import bench_over_http
from bench.scale.reading import TARGETS, bench_reading
from bench.scale.sizes import Loaded, bench_bytes, label, steps_to, with_hapi
from bench.scale.taking_in import EMPTY, LARGE, bench_taking_in
from bench.scale.targets import draw
from bench.scale.timed import backends_of
from bench.size import Size

Say = Callable[[str], None]
Pair = tuple[Served, Served]
"""A node's own process, and one beside it on the same base."""


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
    folder = databases.folder / "nodes"
    async with AsyncExitStack() as stack:
        large, empty, bare = await _served(stack, databases, largest)
        backends = await backends_of(stack, largest.url)
        say("asking a node over HTTP")
        targets = await draw(largest.url, largest.resources, most=TARGETS)
        figures += await bench_over_http(
            (large[0], bare), targets, folder=folder, backends=backends, size=(size.requests, size.rounds)
        )
        say("taking in transactions")
        figures += await bench_taking_in(
            beside.url, {EMPTY: empty, LARGE: large}, folder=folder, size=(size.bundles, size.rounds)
        )
    return figures


async def _served(stack: AsyncExitStack, databases: Databases, largest: Loaded) -> tuple[Pair, Pair, Served]:
    """Two processes on the large base and two on an empty one, and one on the large base that keeps no record."""
    folder = databases.folder / "nodes"
    folder.mkdir()
    keyed, empty = await asyncio.to_thread(make_keys, folder), await databases.fresh("postgresql")
    started: list[Served] = []
    for url, how in ((largest.url, ""), (largest.url, BESIDE), (empty, ""), (empty, BESIDE), (largest.url, BARE)):
        started.append(await asyncio.to_thread(keyed.start, url, how))
        stack.callback(started[-1].close)
    own, beside, own_empty, beside_empty, bare = started
    return (own, beside), (own_empty, beside_empty), bare


@contextmanager
def _progress() -> Iterator[Progress]:
    """Told on the terminal even while log lines are kept from it."""
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(file=sys.__stderr__), transient=True) as progress:
        yield progress
