"""Which measurements there are, and how they are run and told."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from contextlib import redirect_stderr
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

import orjson
import uvloop
from rich.console import Console
from rich.table import Table

from bench import resistance, small
from bench.authorise import bench_authorise
from bench.databases import Databases, databases, postgresql_version
from bench.export import bench_export
from bench.figures import Figure, written
from bench.identity.curve import bench_curve
from bench.identity.groups import bench_groups
from bench.identity.table import bench_identity
from bench.identity_cost import bench_identity_cost
from bench.ingest import bench_ingest
from bench.machine import Machine, this_machine
from bench.match.whole import bench_match
from bench.memory import bench_memory
from bench.pull import bench_pull
from bench.read import bench_read
from bench.scale.whole import bench_scale
from bench.size import WHOLE, Size
from bench.timing import bench_timing

Bench = Callable[[Size], list[Figure]]
Runner = Callable[[Coroutine[Any, Any, list[Figure]]], list[Figure]]


@dataclass(frozen=True, slots=True)
class Report:
    """What was measured, where."""

    machine: Machine
    figures: tuple[Figure, ...]

    def to_json(self) -> bytes:
        """The report as one JSON object: `machine` and `figures`."""
        content = {"machine": asdict(self.machine), "figures": [each.to_json() for each in self.figures]}
        return orjson.dumps(content, option=orjson.OPT_INDENT_2)

    def show(self, console: Console) -> None:
        """Print the report as a table."""
        table = Table("bench", "what", "figure", "unit", "goal", "met", title=str(self.machine))
        table.columns[2].justify = "right"
        for each in self.figures:
            met = {None: "", True: "yes", False: "NO"}[each.met]
            goal = each.goal.told(each.unit) if each.goal else ""
            table.add_row(each.bench, each.name, written(each.value, each.unit), each.unit, goal, met)
        console.print(table)


def _on_databases(
    bench: Callable[[Databases, Size], Awaitable[list[Figure]]], size: Size, *, runner: Runner = asyncio.run
) -> list[Figure]:
    async def run() -> list[Figure]:
        async with databases() as both:
            return await bench(both, size)

    # Each request writes its log line as in service; here nobody reads it.
    with Path(os.devnull).open("w", encoding="utf-8") as nowhere, redirect_stderr(nowhere):
        return runner(run())


def _small(name: str, operations: Callable[[], small.Operations], size: Size) -> list[Figure]:
    return asyncio.run(small.measured(name, operations(), size))


BENCHES: Mapping[str, Bench] = {
    "read": partial(_on_databases, bench_read),
    "ingest": partial(_on_databases, bench_ingest),
    "export": partial(_on_databases, bench_export),
    "pull": bench_pull,
    "memory": bench_memory,
    "identity": bench_identity,
    "identity-curve": bench_curve,
    "tokens": partial(_small, "tokens", small.identity),
    "identity-cost": bench_identity_cost,
    "match": partial(_on_databases, bench_match),
    "groups": bench_groups,
    "sign": partial(_small, "sign", small.sign),
    "projection": partial(_small, "projection", small.projection),
    "consent": partial(_small, "consent", small.consent),
    "authorise": lambda size: asyncio.run(bench_authorise(size)),
    "timeline": partial(_small, "timeline", small.care),
    "resistance": partial(_small, "resistance", resistance.operations),
    "timing": bench_timing,
    "scale": partial(_on_databases, bench_scale, runner=uvloop.run),
}
"""Every measurement by its name, in the order in which they are run."""

NAMED_ONLY = frozenset({"scale", "timing", "identity", "identity-curve", "match", "groups"})
"""Measurements that take so long, and so much disk, that they are run only when they are asked for."""


def run(names: Sequence[str] = (), *, size: Size = WHOLE) -> Report:
    """Measure what is named, or everything that takes minutes.

    Raises:
        KeyError: there is no measurement of such a name; the command checks that first.
    """
    wanted = (
        [name for name in BENCHES if name in names] if names else [name for name in BENCHES if name not in NAMED_ONLY]
    )
    return Report(
        this_machine(postgresql_version()), tuple(figure for name in wanted for figure in BENCHES[name](size))
    )
