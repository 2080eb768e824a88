"""Transactions of 50 into the large base: ours through the whole pipeline, HAPI's layout from rows that lie ready.

Ours is validated, made findable, projected, audited and durable before it is answered. A node that is served over HTTP
takes the same in, into the large base and into one that holds almost nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from itertools import count, islice
from pathlib import Path
from statistics import median

from bench.figures import Figure, Goal, Round, interleaved
from bench.home import HOME, Home, open_home
from bench.load import BUNDLE, send
from bench.processes import cpu_seconds
from bench.scale.callers import Heard, send_all, write_requests
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
EMPTY, LARGE = "an empty base", "the large base"
GOALS = {EMPTY: Goal(8000, least=True), LARGE: Goal(5000, least=True)}
"""Resources a second over HTTP into a base that holds almost nothing, and into a large one."""
PROCESSES = (1, 2)
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
    """Bundles to the processes of a node, as a proxy would share them out.

    Attributes:
        own: microseconds of the node's time a resource, round after round.
    """

    processes: Sequence[Served]
    content: Content
    file: Path
    own: list[float] = field(default_factory=list)

    async def run(self) -> float:
        """Resources a second in one round."""
        ready = self.content.fresh()
        before, resources = self._seconds(), len(ready) * BUNDLE
        heard = await self.send(ready)
        self.own.append((self._seconds() - before) / resources * 1e6)
        return heard.rate * BUNDLE

    async def send(self, bundles: Sequence[bytes]) -> Heard:
        """Send these; the processes know each other's sessions."""
        write_requests(self.file, (request(self.processes[0], "", method="POST", body=each) for each in bundles))
        return await send_all([each.port for each in self.processes], self.file, callers=OVER_HTTP)

    def _seconds(self) -> float:
        return sum(cpu_seconds(each.process.pid) for each in self.processes)


async def bench_taking_in(
    url: str, nodes: Mapping[str, Sequence[Served]], *, folder: Path, size: tuple[int, int]
) -> list[Figure]:
    """Resources a second, and what each costs.

    Args:
        url: of the base that has HAPI's tables too.
        nodes: by what their base is: a node's own process, and one beside it.
        folder: for the callers' requests.
        size: Bundles in a round, and rounds.
    """
    amount, rounds = size
    content = Content(amount)
    served = {
        (where, many): Sent(processes[:many], content, folder / "sent.requests")
        for where, processes in nodes.items()
        for many in PROCESSES
    }
    await served[EMPTY, 1].send([bundle_of_places(HOME)])
    async with AsyncExitStack() as stack:
        home = await stack.enter_async_context(open_home(url))
        writes = await open_hapi_writes(Database(url).dsn, connections=max(SENDERS))
        stack.push_async_callback(writes.close)
        cases = _cases(home, writes, content, measured=(amount, await backends_of(stack, url)))
        runs: dict[str, Round] = {name: case.run for name, case in cases.items()}
        over = {f"{where} {many}": each.run for (where, many), each in served.items()}
        rates = await interleaved(runs | over, rounds)
    return [*_inside(rates, cases), *_over_http(rates, served)]


def _cases(home: Home, writes: HapiWrites, content: Content, *, measured: tuple[int, Backends]) -> dict[str, Case]:
    amount, backends = measured
    cases = {"apart 1": _case(Theirs(writes, content, together=False), amount, backends, senders=1)}
    for senders in SENDERS:
        cases[f"ours {senders}"] = _case(Ours(home, content), amount, backends, senders=senders)
        cases[f"together {senders}"] = _case(Theirs(writes, content, together=True), amount, backends, senders=senders)
    return cases


def _case(whose: Ours | Theirs, amount: int, backends: Backends, *, senders: int) -> Case:
    return Case(whose.ask, amount, backends, callers=senders, prepare=whose.prepare)


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


def _over_http(rates: Mapping[str, float], served: Mapping[tuple[str, int], Sent]) -> Iterator[Figure]:
    for (where, many), sent in served.items():
        beside = "" if many == 1 else ", a process beside the node"
        text = f"over HTTP, Bundles of {BUNDLE}, {OVER_HTTP} at once, into {where}{beside}"
        yield Figure(BENCH, text, rates[f"{where} {many}"], "resources/s", GOALS[where])
        yield Figure(BENCH, f"{text}, node", median(sent.own[1:]), "µs CPU a resource")
