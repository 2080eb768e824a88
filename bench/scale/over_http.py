"""The national base over HTTP, signed in and with every read durably on record: what a caller gets from a whole node.

Callers, node and database are processes of their own on one machine. A second node serves the same rows with a log that
keeps nothing: the difference in processor time is what the record of each read costs.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from statistics import median
from urllib.parse import urlencode

from bench.figures import Figure, Goal, interleaved
from bench.home import FHIR_JSON
from bench.processes import cpu_seconds
from bench.scale.callers import HOST, Heard, send_all, write_requests
from bench.scale.node import Served
from bench.scale.targets import CODE, SINCE, Targets
from bench.scale.timed import Backends

CALLERS = 64
"""Connections side by side; their audit entries share commits."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One kind of request, and what it is meant to reach.

    Attributes:
        rate: answers a second, signed in and on record.
        own: microseconds of the node's time, without the record.
    """

    text: str
    paths: Callable[[Targets], Iterator[str]]
    rate: Goal | None
    own: Goal | None


def _reads(targets: Targets) -> Iterator[str]:
    yield from (f"{kind}/{name}" for kind, name in targets.names)


def _coded(targets: Targets) -> Iterator[str]:
    for each in targets.patients:
        yield f"Observation?{urlencode({'patient': each, 'code': '|'.join(CODE), 'date': f'ge{SINCE}', '_count': 20})}"


def _everything(targets: Targets) -> Iterator[str]:
    for each in targets.whole:
        yield f"Patient/{each}/$everything"


def _page(targets: Targets) -> Iterator[str]:
    for each in targets.whole:
        yield f"Observation?{urlencode({'patient': each, '_sort': '-date', '_count': 20})}"


ASKED: Mapping[str, Asked] = {
    "read": Asked("read by id", _reads, Goal(4000, least=True), Goal(120)),
    "coded": Asked("Observation?patient&code&date=ge", _coded, Goal(3000, least=True), Goal(150)),
    "everything": Asked("Patient/$everything of about 50", _everything, Goal(1500, least=True), Goal(350)),
    "page": Asked("Observation?patient, newest first, page of 20", _page, None, None),
}


@dataclass(slots=True)
class Run:
    """One kind of request to one node.

    Attributes:
        own: microseconds of the node's time an answer, round after round.
        database: the same of PostgreSQL's backends.
    """

    node: Served
    file: Path
    requests: int
    backends: Backends
    heard: list[Heard] = field(default_factory=list)
    own: list[float] = field(default_factory=list)
    database: list[float] = field(default_factory=list)

    async def run(self) -> float:
        """Answers a second in one round."""
        before, own = await self.backends.seconds(), cpu_seconds(self.node.process.pid)
        heard = await send_all([self.node.port], self.file, callers=CALLERS)
        self.own.append((cpu_seconds(self.node.process.pid) - own) / self.requests * 1e6)
        self.database.append(await self.backends.since(before) / self.requests * 1e6)
        self.heard.append(heard)
        return heard.rate

    @property
    def median_own(self) -> float:
        """Microseconds of the node, warm."""
        return median(self.own[1:])


async def bench_over_http(
    nodes: tuple[Served, Served], targets: Targets, *, folder: Path, backends: Backends, size: tuple[int, int]
) -> list[Figure]:
    """Rates and processor time of reads, searches and whole records.

    Args:
        nodes: one that keeps a record, one that does not; both on the same database.
        targets: of that database.
        folder: for the callers' requests.
        backends: of that database.
        size: requests in a round, and rounds.
    """
    turns, rounds = size
    runs: dict[str, Run] = {}
    for name, asked in ASKED.items():
        paths = [*asked.paths(targets)]
        for kind, node in zip(("audited", "bare"), nodes, strict=True):
            file = folder / f"{name}-{kind}.requests"
            write_requests(file, (request(node, paths[turn % len(paths)]) for turn in range(turns)))
            runs[f"{name} {kind}"] = Run(node, file, turns, backends)
    rates = await interleaved({name: _round(each) for name, each in runs.items()}, rounds)
    return [figure for name, asked in ASKED.items() for figure in _figures(name, asked, (rates, runs))]


def request(node: Served, path: str, *, method: str = "GET", body: bytes = b"") -> bytes:
    """A whole HTTP request to the national base."""
    lines = [
        f"{method} /fhir/{path} HTTP/1.1".replace("/fhir/ ", "/fhir "),
        f"Host: {HOST}:{node.port}",
        f"Accept: {FHIR_JSON}",
        f"Authorization: Bearer {node.token}",
        *([f"Content-Type: {FHIR_JSON}", f"Content-Length: {len(body)}"] if body else []),
    ]
    return "\r\n".join([*lines, "", ""]).encode() + body


def _round(run: Run) -> Callable[[], Awaitable[float]]:
    return partial(Run.run, run)


def _figures(name: str, asked: Asked, found: tuple[Mapping[str, float], Mapping[str, Run]]) -> Sequence[Figure]:
    rates, runs = found
    audited, bare = runs[f"{name} audited"], runs[f"{name} bare"]
    text, unit = f"over HTTP, {asked.text}", "µs CPU a request"
    heard = audited.heard[1:]
    return [
        Figure("scale", f"{text}, on record", rates[f"{name} audited"], "requests/s", asked.rate),
        Figure("scale", f"{text}, on record, p50", median(each.p50 for each in heard), "ms"),
        Figure("scale", f"{text}, on record, p99", median(each.p99 for each in heard), "ms"),
        Figure("scale", f"{text}, not on record", rates[f"{name} bare"], "requests/s"),
        Figure("scale", f"{text}, node without the record", bare.median_own, unit, asked.own),
        Figure("scale", f"{text}, the record alone, node", audited.median_own - bare.median_own, unit),
        Figure("scale", f"{text}, PostgreSQL with the record", median(audited.database[1:]), unit),
    ]
