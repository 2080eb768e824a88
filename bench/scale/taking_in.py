"""Transactions of 50 into the large base: ours through the whole pipeline, HAPI's layout from rows that lie ready.

Ours is validated, made findable, projected, audited and durable before it is answered. A node that is served over HTTP
takes the same in, into the large base and into one that holds almost nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from itertools import count, islice
from pathlib import Path
from statistics import median

from bench.figures import Figure, Goal, Round, interleaved
from bench.home import HOME, Home, open_home
from bench.load import BUNDLE, send
from bench.processes import cpu_seconds
from bench.scale.callers import send_all, write_requests
from bench.scale.clones import records
from bench.scale.hapi_writes import HapiWrites, Ready, open_hapi_writes
from bench.scale.node import Served
from bench.scale.over_http import request
from bench.scale.timed import Backends, Case, backends_of
from bench.stages import drafted
from corridor.storage.database import Database
from demo.bundles import bundle_of_places, transaction

BENCH = "scale"
RATIO = Goal(10, least=True)
SMALL, LARGE = Goal(8000, least=True), Goal(5000, least=True)
"""Resources a second over HTTP into a base that holds almost nothing, and into a large one."""
SENDERS = (1, 8, 20)
_WHOSE = {
    "ours": "ours",
    "apart": "HAPI's layout, row by row",
    "together": "HAPI's layout, rows sent together",
}
OVER_HTTP = 8
"""Connections that send side by side."""

_PERSON = re.compile(rb"\bp([0-9]{5})")


class Content:
    """The same Bundles again and again, each time of other people.

    A Bundle is of one person and refers to nothing in another, so that any number of senders may send them.

    Args:
        amount: Bundles in a round.
    """

    def __init__(self, amount: int) -> None:
        long = (each[:BUNDLE] for each in records() if len(each) >= BUNDLE)
        self._bundles = [transaction(each) for each in islice(long, amount)]
        self._turns = count(1)

    def fresh(self) -> list[bytes]:
        """Bundles whose resources nobody has."""
        turn = next(self._turns)
        return [_PERSON.sub(rb"t%dp\1" % turn, each) for each in self._bundles]


@dataclass(slots=True)
class Ours:
    """Sends to a node's whole application, without a socket."""

    home: Home
    content: Content
    _ready: list[bytes] = field(default_factory=list)

    def prepare(self) -> None:
        """Make the Bundles of a round."""
        self._ready = self.content.fresh()

    async def ask(self, turn: int) -> None:
        """Send one."""
        await send(self.home, self._ready[turn])


@dataclass(slots=True)
class Theirs:
    """Writes rows of the same Bundles.

    Attributes:
        together: the rows of one table are sent without waiting for each other.
    """

    writes: HapiWrites
    content: Content
    together: bool
    _ready: list[Ready] = field(default_factory=list)

    def prepare(self) -> None:
        """Make the rows of a round."""
        self._ready = [self.writes.ready(drafted([each])) for each in self.content.fresh()]

    async def ask(self, turn: int) -> None:
        """Write those of one Bundle."""
        await self.writes.write(self._ready[turn], together=self.together)


@dataclass(slots=True)
class Sent:
    """Bundles to a served node.

    Attributes:
        own: microseconds of the node's time a resource, round after round.
    """

    node: Served
    content: Content
    file: Path
    own: list[float] = field(default_factory=list)

    async def run(self) -> float:
        """Resources a second in one round."""
        ready = self.content.fresh()
        write_requests(self.file, (request(self.node, "", method="POST", body=each) for each in ready))
        before, resources = cpu_seconds(self.node.process.pid), len(ready) * BUNDLE
        heard = await send_all(self.node.port, self.file, callers=OVER_HTTP)
        self.own.append((cpu_seconds(self.node.process.pid) - before) / resources * 1e6)
        return heard.rate * BUNDLE


async def bench_taking_in(
    url: str, nodes: tuple[Served, Served], *, folder: Path, size: tuple[int, int]
) -> list[Figure]:
    """Resources a second, and what each costs.

    Args:
        url: of the base that has HAPI's tables too.
        nodes: one that serves the largest base, one that serves a base that is empty.
        folder: for the callers' requests.
        size: Bundles in a round, and rounds.
    """
    amount, rounds = size
    content = Content(amount)
    large, small = (Sent(node, content, folder / "sent.requests") for node in nodes)
    await _send_places(small)
    async with AsyncExitStack() as stack:
        home = await stack.enter_async_context(open_home(url))
        writes = await open_hapi_writes(Database(url).dsn, connections=max(SENDERS))
        stack.push_async_callback(writes.close)
        cases = _cases(home, writes, content, measured=(amount, await backends_of(stack, url)))
        runs: dict[str, Round] = {name: case.run for name, case in cases.items()}
        rates = await interleaved(runs | {"large": large.run, "small": small.run}, rounds)
    return [*_inside(rates, cases), *_over_http(rates, large, small)]


def _cases(home: Home, writes: HapiWrites, content: Content, *, measured: tuple[int, Backends]) -> dict[str, Case]:
    amount, backends = measured
    cases = {"apart 1": _case(Theirs(writes, content, together=False), amount, backends, senders=1)}
    for senders in SENDERS:
        cases[f"ours {senders}"] = _case(Ours(home, content), amount, backends, senders=senders)
        cases[f"together {senders}"] = _case(Theirs(writes, content, together=True), amount, backends, senders=senders)
    return cases


def _case(whose: Ours | Theirs, amount: int, backends: Backends, *, senders: int) -> Case:
    return Case(whose.ask, amount, backends, callers=senders, prepare=whose.prepare)


async def _send_places(small: Sent) -> None:
    write_requests(small.file, [request(small.node, "", method="POST", body=bundle_of_places(HOME))])
    await send_all(small.node.port, small.file, callers=1)


def _inside(rates: Mapping[str, float], cases: Mapping[str, Case]) -> Iterator[Figure]:
    for whose, goal in (("together", RATIO), ("apart", None)):
        text = f"Bundles of {BUNDLE}, one sender: ours to {_WHOSE[whose]}"
        yield Figure(BENCH, text, rates["ours 1"] / rates[f"{whose} 1"], "times", goal)
    for name, case in cases.items():
        whose, senders = name.split()
        text = f"Bundles of {BUNDLE}, {_WHOSE[whose]}, {senders} at once"
        yield Figure(BENCH, text, rates[name] * BUNDLE, "resources/s")
        yield Figure(BENCH, f"{text}, this process", median(case.own[1:]) / BUNDLE, "µs CPU a resource")
        yield Figure(BENCH, f"{text}, PostgreSQL", median(case.database[1:]) / BUNDLE, "µs CPU a resource")


def _over_http(rates: Mapping[str, float], large: Sent, small: Sent) -> Iterator[Figure]:
    text = f"over HTTP, Bundles of {BUNDLE}, {OVER_HTTP} at once"
    for where, key, sent, goal in (("an empty base", "small", small, SMALL), ("the large base", "large", large, LARGE)):
        yield Figure(BENCH, f"{text}, into {where}", rates[key], "resources/s", goal)
        yield Figure(BENCH, f"{text}, into {where}, node", median(sent.own[1:]), "µs CPU a resource")
