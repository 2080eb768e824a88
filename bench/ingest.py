"""Taking in transactions of 50 resources: validated, with facts and projection, durable before the answer, one process.

One client sends one Bundle after another through the node's whole stack, without a socket. Every entry is audited in
the same commit. The stages are then measured apart on the same Bundles.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from statistics import median
from time import perf_counter, process_time

from bench.databases import KINDS, Databases
from bench.figures import Figure, Goal, Round, interleaved
from bench.home import open_home
from bench.load import BUNDLE, bundles, fill, send
from bench.size import Size
from bench.stages import database_stages, pure_stages

GOAL = Goal(3000, least=True)
"""Resources a second on SQLite."""

_NAMES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}


@dataclass(slots=True)
class Runs:
    """Runs of one database into which everything is sent once.

    Attributes:
        processor: microseconds of processor time a resource, run after run.
    """

    databases: Databases
    kind: str
    content: list[bytes]
    processor: list[float] = field(default_factory=list)

    async def run(self) -> float:
        """Resources a second into an empty database."""
        async with open_home(await self.databases.fresh(self.kind)) as opened:
            await fill(opened, [])
            wall, processor = perf_counter(), process_time()
            for bundle in self.content:
                await send(opened, bundle)
            taken = len(self.content) * BUNDLE
            self.processor.append((process_time() - processor) / taken * 1e6)
            return taken / (perf_counter() - wall)


async def bench_ingest(databases: Databases, size: Size) -> list[Figure]:
    """Resources a second on both databases, and where the processor's time goes."""
    content = bundles(size.bundles)
    runs = {kind: Runs(databases, kind, content) for kind in KINDS}
    cases: dict[str, Round] = {kind: each.run for kind, each in runs.items()}
    for kind in KINDS:
        cases |= {f"{kind} {name}": run for name, run in database_stages(databases, kind, content).items()}
    found = await interleaved(cases | pure_stages(content), size.rounds)
    figures = []
    for kind, each in runs.items():
        goal = GOAL if kind == "sqlite" else None
        figures.append(Figure("ingest", f"{_NAMES[kind]}, Bundles of {BUNDLE}", found[kind], "resources/s", goal))
        figures += [
            Figure("ingest", f"{_NAMES[kind]}, {name}", value, "µs CPU a resource")
            for name, value in _spent(kind, found, median(each.processor[1:])).items()
        ]
    return figures


def _spent(kind: str, found: dict[str, float], whole: float) -> dict[str, float]:
    """Microseconds of processor time a resource, stage by stage; the last is what is left of the whole."""
    inside = ("parse", "validation", "facts", "projection")
    written, audited = found[f"{kind} written"], found[f"{kind} audited"]
    stages = {name: found[name] for name in ("Bundle taken apart", *inside)}
    stages["ids, links and bytes kept"] = found["plan"] - sum(found[name] for name in inside)
    stages["compression"] = found["compression"]
    stages["rows, statements and commit"] = written - found["compression"]
    stages["audit in the same commit"] = audited - written
    rest = whole - sum(stages.values())
    return {"everything": whole} | stages | {"versions, references, answer": rest}
