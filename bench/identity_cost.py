"""What a token costs in processor time, over all processes: the asking node, the holders of the key and the hub.

Hub and four holders are processes of their own; the asking node runs in this one, with its real rooms, keys and signed
calls. Its register holds people of the Andean corpus. What `corridor identity index` does is done: they are read, their
features made and blinded, evaluated by three holders with proofs, checked, finished and registered at the hub, slice by
slice with several under way, everything on record at all parties and the mark moved after each slice.
"""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter, process_time

import orjson

from bench.andean_people import REGISTRY, dice, person, written_down
from bench.figures import Figure, Goal
from bench.match.people import patient
from bench.processes import check_alive, cpu_seconds
from bench.size import Size
from corridor.apps.node_acts import tell_desk
from corridor.apps.node_rooms import NodeRooms, open_rooms
from corridor.apps.settings import node_settings
from corridor.domain.identity.features import features
from corridor.domain.record import Draft
from corridor.fhir.draft import draft
from corridor.flows.index_people import SLICE, IndexDesk, index_people
from corridor.flows.ports.people import START
from corridor.storage.node.token_index import SqlTokenIndex
from demo.federation import Federation, federation
from demo.parties import HUB, NODES, UNCOUNTED, Settings

BENCH = "identity-cost"
ASKER = "PE"
JOBS = 4
GOAL, MINUTES = Goal(1.8), Goal(35)
"""Milliseconds of processor time a token, in all processes; minutes for a whole register."""

WHOLE_REGISTER, ITS_TOKENS = 100_000, 20
"""People and tokens a person that the minutes are for."""

_SEED = 41
_PLENTY: Settings = {"evaluations_per_hour": 10**9, **UNCOUNTED}


@dataclass(frozen=True, slots=True)
class _Spent:
    """What indexing took.

    Attributes:
        cpu: seconds by process.
        seconds: from beginning to end.
    """

    cpu: dict[str, float]
    seconds: float
    people: int
    tokens: int


def bench_identity_cost(size: Size) -> list[Figure]:
    """Milliseconds of processor time a token, by process, and how long a whole register takes on this machine."""
    with (
        tempfile.TemporaryDirectory(prefix="corridor-bench-") as folder,
        federation(var=Path(folder), settings=dict.fromkeys(NODES, _PLENTY)) as running,
    ):
        check_alive(running)
        running.stop(ASKER)
        return [*_figures(asyncio.run(_measured(running, max(size.people // 500, 2 * SLICE))))]


async def _measured(running: Federation, people: int) -> _Spent:
    rooms = await open_rooms(node_settings(running.parties[ASKER].config))
    others = {key: process.pid for key, process in running.processes.items()}
    try:
        await _write(rooms, people)
        entries = await rooms.storage.people.after(START, limit=people)
        tokens = sum(len(features(each.described)) for each in entries if each.described)
        desk = IndexDesk(tell_desk(rooms), SqlTokenIndex(rooms.storage.database), JOBS)
        before = {key: cpu_seconds(pid) for key, pid in others.items()}
        own, began = process_time(), perf_counter()
        done = await index_people(rooms.lines.directory.federation().key, desk=desk, advance=lambda _: None)
        took, own = perf_counter() - began, process_time() - own
        spent = {key: cpu_seconds(pid) - before[key] for key, pid in others.items()}
    finally:
        await rooms.close()
    return _Spent({ASKER: own, **spent}, took, done, tokens)


async def _write(rooms: NodeRooms, people: int) -> None:
    drafts = [*_drafts(people)]
    for first in range(0, people, SLICE):
        async with rooms.storage.units.begin() as unit:
            await unit.write(drafts[first : first + SLICE], at=rooms.clock.now())


def _drafts(people: int) -> Iterator[Draft]:
    rng = dice(_SEED)
    for number in range(people):
        body = orjson.dumps(patient(f"p-{number}", written_down(rng, person(rng), REGISTRY)))
        yield draft(body, resource_type="Patient", id=f"p-{number}", source="https://corridor.example/country/PE")


def _figures(spent: _Spent) -> Iterator[Figure]:
    cpu, a_token = spent.cpu, 1000 / spent.tokens
    holders = sum(used for key, used in cpu.items() if key not in {HUB, ASKER})
    whole, unit = sum(cpu.values()), "ms CPU a token"
    yield Figure(BENCH, "all processes", whole * a_token, unit, GOAL)
    for name, used in (("asking node", cpu[ASKER]), ("holders", holders), ("hub", cpu[HUB])):
        yield Figure(BENCH, name, used * a_token, unit)
    yield Figure(BENCH, "tokens", spent.tokens / spent.people, "a person")
    yield Figure(BENCH, "tokens at this rate", spent.tokens / spent.seconds, "a second")
    name = f"{WHOLE_REGISTER} people with {ITS_TOKENS} tokens"
    scale = WHOLE_REGISTER * ITS_TOKENS / spent.tokens / 60
    yield Figure(BENCH, f"{name}, processor time", whole * scale, "minutes of one core")
    yield Figure(BENCH, f"{name}, at this rate", spent.seconds * scale, "minutes", MINUTES)
