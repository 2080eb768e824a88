"""Our storage against HAPI's layout, and our own at several sizes: reads, searches and whole records.

Ours is what a node's acts call, up to the page of records with their bytes; HAPI's is its statements. Both run in this
process, on the same server, with the same callers side by side.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import date
from typing import Any

from bench.figures import Figure, Goal
from bench.scale.hapi_reads import HapiReads, open_hapi_reads
from bench.scale.sizes import Loaded
from bench.scale.targets import CODE, SINCE, Targets, draw
from bench.scale.timed import Case, Spent, backends_of, timed
from bench.seals import ring
from corridor.domain.compartment import CompartmentQuery
from corridor.domain.query import Query
from corridor.fhir.search import read_search
from corridor.flows.ports.compartments import Compartments
from corridor.storage.database import Database
from corridor.storage.node.compartment import SqlCompartments
from corridor.storage.node.records import SqlRecords

BENCH = "scale"
CONNECTIONS = 2
"""Of a node for what an index finds; HAPI's statements get as many."""
TARGETS = 4000
RATIOS: Mapping[str, tuple[str, Goal | None]] = {
    "read": ("read by id", None),
    "coded": ("Observation?patient&code&date=ge", Goal(8, least=True)),
    "identified": ("Patient?identifier", Goal(1.4, least=True)),
    "everything": ("Patient/$everything of about 50", Goal(2, least=True)),
    "page": ("Observation?patient, newest first, page of 20", None),
}
"""What is asked, in words, and how many times faster than HAPI's layout it is meant to be."""
_SINCE_DAY = date.fromisoformat(SINCE)
GROWTH = Goal(1.3)
"""Cost at the largest size over cost at the smallest."""


@dataclass(slots=True)
class Node:
    """A node's storage on one database, and what to ask it for: searches as a client writes them, already read."""

    records: SqlRecords
    compartments: Compartments
    targets: Targets
    _coded: Sequence[Query] = ()
    _identified: Sequence[Query] = ()
    _page: Sequence[Query] = ()

    def __post_init__(self) -> None:
        code, since = ("code", "|".join(CODE)), ("date", f"ge{SINCE}")
        targets = self.targets
        self._coded = [_observations(each, code, since) for each in targets.patients]
        self._page = [_observations(each, ("_sort", "-date")) for each in targets.whole]
        self._identified = [_query("Patient", ("identifier", each)) for each in targets.identifiers]

    async def read(self, turn: int) -> None:
        """One resource by its id."""
        kind, name = _taken(self.targets.names, turn)
        check(await self.records.read(kind, name) is not None)

    async def coded(self, turn: int) -> None:
        """Observations of a patient with one code since a day."""
        await self.records.search(_taken(self._coded, turn))

    async def identified(self, turn: int) -> None:
        """The Patient of a paper."""
        check(len((await self.records.search(_taken(self._identified, turn))).records) == 1)

    async def everything(self, turn: int) -> None:
        """A whole record, and what it refers to."""
        found = await self.compartments.everything(_taken(self.targets.whole, turn), CompartmentQuery())
        check(bool(found.records) and bool(found.included))

    async def page(self, turn: int) -> None:
        """A page of twenty of a whole record, newest first."""
        check(bool((await self.records.search(_taken(self._page, turn))).records))


@dataclass(slots=True)
class Hapi:
    """The same questions to HAPI's layout."""

    reads: HapiReads
    targets: Targets

    async def read(self, turn: int) -> None:
        """As `Node.read`."""
        check(bool(await self.reads.read(*_taken(self.targets.names, turn))))

    async def coded(self, turn: int) -> None:
        """As `Node.coded`."""
        await self.reads.coded(_taken(self.targets.patients, turn), code=CODE, since=_SINCE_DAY)

    async def identified(self, turn: int) -> None:
        """As `Node.identified`."""
        check(len(await self.reads.identified(_taken(self.targets.identifiers, turn))) == 1)

    async def everything(self, turn: int) -> None:
        """As `Node.everything`."""
        check(bool(await self.reads.everything(_taken(self.targets.whole, turn))))

    async def page(self, turn: int) -> None:
        """As `Node.page`."""
        check(bool(await self.reads.page(_taken(self.targets.whole, turn))))


async def bench_reading(loaded: Sequence[Loaded], *, turns: int, rounds: int) -> list[Figure]:
    """Ratios where HAPI's layout stands beside ours, and our cost from the smallest size to the largest."""
    async with AsyncExitStack() as stack:
        cases: dict[str, Case] = {}
        for each in loaded:
            targets = await draw(each.url, each.resources, most=TARGETS)
            backends = await backends_of(stack, each.url)
            node = await open_node(stack, each.url, targets)
            cases |= {f"{each.label} {name}": Case(getattr(node, name), turns, backends) for name in RATIOS}
            for whose, keeps in (("hapi", False), ("kept", True)) if each.hapi else ():
                hapi = await _hapi(stack, each.url, targets, keeps=keeps)
                cases |= {f"{whose} {name}": Case(getattr(hapi, name), turns, backends) for name in RATIOS}
        found = await timed(cases, rounds)
    beside = next(each.label for each in loaded if each.hapi)
    return [*_ratios(found, beside), *_growth(found, [each.label for each in loaded])]


async def open_node(stack: AsyncExitStack, url: str, targets: Targets) -> Node:
    """Storage as a node opens it."""
    database = Database(url, ring())
    records = SqlRecords(database)
    stack.push_async_callback(database.close)
    stack.push_async_callback(records.close)
    return Node(records, SqlCompartments(records.lanes), targets)


def check(found: bool) -> None:  # noqa: FBT001  # reads as an assertion
    """Let pass an answer that has in it what was loaded.

    Raises:
        RuntimeError: it has not: what was measured is not what was meant.
    """
    if not found:
        raise RuntimeError("An answer lacks what was loaded.")


async def _hapi(stack: AsyncExitStack, url: str, targets: Targets, *, keeps: bool) -> Hapi:
    dsn = Database(url).dsn
    reads = await open_hapi_reads(dsn, connections=CONNECTIONS, patients=targets.patients, keeps=keeps)
    stack.push_async_callback(reads.close)
    return Hapi(reads, targets)


def _observations(patient_id: str, *pairs: tuple[str, str]) -> Query:
    return _query("Observation", ("patient", patient_id), *pairs)


def _query(resource_type: str, *pairs: tuple[str, str]) -> Query:
    return read_search(resource_type, pairs, strict=True).query


def _taken(items: Sequence[Any], turn: int) -> Any:
    return items[turn % len(items)]


def _ratios(found: Mapping[str, Spent], label: str) -> Iterator[Figure]:
    for name, (text, goal) in RATIOS.items():
        ours, theirs, kept = found[f"{label} {name}"], found[f"hapi {name}"], found[f"kept {name}"]
        yield Figure(BENCH, f"{text}: ours to HAPI's layout", ours.rate / theirs.rate, "times", goal)
        cases = [("ours", ours), ("HAPI's layout", theirs)]
        if name != "read":  # a read is no search
            yield Figure(BENCH, f"{text}: ours to HAPI's layout, searches kept", ours.rate / kept.rate, "times")
            cases.append(("HAPI's layout, searches kept", kept))
        for whose, spent in cases:
            yield Figure(BENCH, f"{text}, {whose}", spent.rate, "requests/s")
            yield Figure(BENCH, f"{text}, {whose}, asking process", spent.own, "µs CPU a request")
            yield Figure(BENCH, f"{text}, {whose}, PostgreSQL", spent.database, "µs CPU a request")


def _growth(found: Mapping[str, Spent], labels: Sequence[str]) -> Iterator[Figure]:
    for name, (text, _) in RATIOS.items():
        costs = [found[f"{label} {name}"].whole for label in labels]
        for label, cost in zip(labels, costs, strict=True):
            yield Figure(BENCH, f"{text} at {label} resources, with PostgreSQL", cost, "µs CPU a request")
        yield Figure(BENCH, f"{text}: from {labels[0]} to {labels[-1]}", costs[-1] / costs[0], "times", GROWTH)
