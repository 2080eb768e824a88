"""What a token costs in processor time, over all processes: the asking node, the holders of the key and the hub.

Hub and four holders are processes of their own; the asking node runs in this one, with its real rooms, keys and signed
calls. Slices of forty people with twenty features each are blinded, evaluated by three holders with proofs, checked,
finished and registered at the hub, several slices under way at the same time, as `corridor identity index` does it.
"""

from __future__ import annotations

import asyncio
import secrets
import tempfile
from collections.abc import Sequence
from pathlib import Path
from time import perf_counter, process_time

from bench.figures import Figure, Goal
from bench.processes import check_alive, cpu_seconds
from bench.size import Size
from corridor.apps.node_rooms import NodeRooms, open_rooms
from corridor.apps.settings import node_settings
from corridor.domain.directory import TokenKey
from corridor.domain.identity.features import Feature
from corridor.domain.matching_request import PersonEntry
from corridor.flows.index_people import SLICE
from corridor.flows.make_tokens import make_tokens
from demo.federation import Federation, federation
from demo.parties import HUB, NODES

ASKER = "PE"
FEATURES = 20
"""Tokens a person."""

JOBS = 4
GOAL = Goal(1.8)
"""Milliseconds of processor time a token, in all processes."""

_FLAGS = (1, 2, 3, 1)


def bench_identity_cost(size: Size) -> list[Figure]:
    """Milliseconds of processor time a token, by process, and people a minute on this machine."""
    plenty = {key: {"evaluations_per_hour": 10**9} for key in NODES}
    with (
        tempfile.TemporaryDirectory(prefix="corridor-bench-") as folder,
        federation(var=Path(folder), settings=plenty) as running,
    ):
        check_alive(running)
        running.stop(ASKER)
        return asyncio.run(_measured(running, max(size.pulls // 15, 2)))


async def _measured(running: Federation, slices: int) -> list[Figure]:
    rooms = await open_rooms(node_settings(running.parties[ASKER].config))
    others = {key: process.pid for key, process in running.processes.items()}
    try:
        await _slice(rooms)
        before = {key: cpu_seconds(pid) for key, pid in others.items()}
        own, began = process_time(), perf_counter()
        gate = asyncio.Semaphore(JOBS)

        async def one() -> None:
            async with gate:
                await _slice(rooms)

        await asyncio.gather(*(one() for _ in range(slices)))
        took, own = perf_counter() - began, process_time() - own
        spent = {key: cpu_seconds(pid) - before[key] for key, pid in others.items()}
    finally:
        await rooms.close()
    return _figures(own, spent, seconds=took, people=slices * SLICE)


async def _slice(rooms: NodeRooms) -> None:
    """Forty people who are nobody: random features, random handles."""
    key: TokenKey = rooms.lines.directory.federation().key
    people = [[Feature(1, secrets.token_hex(12)) for _ in range(FEATURES)] for _ in range(SLICE)]
    tokens = await make_tokens(people, holders=rooms.lines.holders, key=key, timeout_seconds=60)
    entries = [
        PersonEntry(secrets.token_bytes(16), tuple((each.kind, each.value) for each in own), _FLAGS) for own in tokens
    ]
    await rooms.lines.register.register(key.epoch, entries)


def _figures(own: float, spent: dict[str, float], *, seconds: float, people: int) -> list[Figure]:
    tokens = people * FEATURES
    holders = sum(used for key, used in spent.items() if key != HUB)
    parts: Sequence[tuple[str, float]] = (("asking node", own), ("holders", holders), ("hub", spent[HUB]))
    whole = Figure(
        "identity-cost", "all processes", (own + sum(spent.values())) * 1000 / tokens, "ms CPU a token", GOAL
    )
    each = [Figure("identity-cost", name, used * 1000 / tokens, "ms CPU a token") for name, used in parts]
    return [whole, *each, Figure("identity-cost", "people", people / seconds * 60, "a minute")]
