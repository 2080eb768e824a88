"""The measurement `match`: somebody arrives, and is looked for among ten thousand people and among a million.

Hub on PostgreSQL and four countries are processes of their own, on the same processors; the asking node runs in this
one with its real rooms. Whoever arrives has a consent; their tokens are made anew by three holders with proofs, the hub
is searched, and all four countries are asked with their handles: one search and what comes of it, from the clinician's
request to the last country's answer, one after another. People differ from search to search.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from itertools import islice

from bench.databases import Databases
from bench.figures import Figure
from bench.match.people import ASKER, HOME, Cast, arrived_id, cast, home_id, settle
from bench.match.register import Keys, bytes_a_token, grow
from bench.match.told import BENCH, MEMORY, TOKEN_BYTES, Searched, growth_figures, progress, search_figures
from bench.match.turns import take_turns
from bench.processes import check_alive, cpu_seconds, resident_megabytes
from bench.scale.sizes import label
from bench.size import Size
from corridor.apps.node_rooms import NodeRooms, open_rooms
from corridor.apps.settings import node_settings
from corridor.domain.country import Country
from corridor.domain.identity.features import Feature, features
from corridor.domain.identity.known_key import whole_key
from corridor.keys.files import KeyUse, read_key
from corridor.keys.shares import FolderShares
from corridor.storage.database import Database
from corridor.storage.hub.persons import SqlPersons
from demo.federation import Federation, federation
from demo.parties import HUB, NODES, UNCOUNTED, Settings

HOME_MOST = 500
"""People who are registered by the whole protocol, on whom its equality is proven."""

SMALLER = 100
"""The smaller register is the larger one divided by this."""

FEW = "20 tokens"
CASES = {"all tokens of the person": 0, FEW: 20, "40 tokens": 40}
"""How many tokens searches have."""

_THRESHOLD = 3
_PLENTY: dict[str, Settings] = {key: {"evaluations_per_hour": 10**9, **UNCOUNTED} for key in NODES}


@dataclass(frozen=True, slots=True)
class _Stage:
    """What is measured on.

    Attributes:
        url: of the hub's database.
        sought: everything that somebody will ask for.
    """

    running: Federation
    rooms: NodeRooms
    url: str
    keys: Keys
    wanted: Cast
    sought: frozenset[Feature]


async def bench_match(databases: Databases, size: Size) -> list[Figure]:
    """Every figure of a search among many."""
    wanted = cast(max(2, min(HOME_MOST, size.people // 20)), size.pulls)
    url = await databases.empty("postgresql")
    async with AsyncExitStack() as stack:
        settings = {**_PLENTY, HUB: {"database": url}}
        parties = federation(var=databases.folder / "match", settings=settings)
        running = await asyncio.to_thread(parties.__enter__)  # its commands have event loops of their own
        stack.callback(parties.__exit__, None, None, None)
        check_alive(running)
        await asyncio.to_thread(settle, running, wanted)
        await asyncio.to_thread(running.stop, ASKER)
        rooms = await open_rooms(node_settings(running.parties[ASKER].config))
        stack.push_async_callback(rooms.close)
        stage = _Stage(running, rooms, url, _keys(running, rooms), wanted, await _sought(rooms, wanted))
        return await _measured(stage, size)


def _keys(running: Federation, rooms: NodeRooms) -> Keys:
    """What nobody has where the parties are not on one machine."""
    key = rooms.lines.directory.federation().key
    held = [FolderShares(running.parties[each].keys).of(key.epoch, key.generation) for each in NODES]
    shares = {share.index: share.secret for share in islice(filter(None, held), _THRESHOLD)}
    return Keys(key.epoch, whole_key(shares), read_key(running.parties[HUB].keys / "token.key", KeyUse.PSEUDONYM))


async def _sought(rooms: NodeRooms, wanted: Cast) -> frozenset[Feature]:
    """Features of everybody who arrived, as the asking country describes them."""
    people = [await rooms.storage.people.demographics(arrived_id(each)) for each in range(len(wanted.arrived))]
    return frozenset(feature for who in people if who for feature in features(who))


async def _measured(stage: _Stage, size: Size) -> list[Figure]:
    figures = [await _equality(stage)]
    done: list[dict[str, Searched]] = []
    for people in (max(size.people // SMALLER, 1), size.people):
        await _grown(stage, people)
        done.append(await _searched(stage))
        for name, each in done[-1].items():
            figures += search_figures(f"{label(people)} people, {name}", each, few=name == FEW)
    for name, each in done[0].items():
        figures += growth_figures(name, each.turns, done[1][name].turns)
    hub = resident_megabytes(stage.running.processes[HUB].pid)
    figures.append(Figure(BENCH, f"hub at {label(size.people)} people", hub, "MB resident", MEMORY))
    figures.append(Figure(BENCH, "tokens with indexes", await bytes_a_token(stage.url), "bytes a token", TOKEN_BYTES))
    return figures


async def _equality(stage: _Stage) -> Figure:
    """Everybody at home is found by all tokens that are made at once with the whole key.

    Raises:
        RuntimeError: somebody is not: the protocol gave other tokens.
    """
    hub, home = Database(stage.url), await open_rooms(node_settings(stage.running.parties[HOME].config))
    persons, people = SqlPersons(hub, stage.keys.hub), home.storage.people
    try:
        for number in range(len(stage.wanted.home)):
            who, handle = await people.demographics(home_id(number)), await people.handle(home_id(number))
            own = stage.keys.tokens(features(who)) if who else []
            found = await persons.agreeing(stage.keys.epoch, own, besides=Country(ASKER))
            if (handle, tuple(range(len(own)))) not in [(each.handle, each.agreeing) for each in found]:
                raise RuntimeError(f"{home_id(number)} has other tokens by the protocol than at once.")
    finally:
        await home.close()
        await hub.close()
    count = len(stage.wanted.home)
    return Figure(BENCH, "people whose tokens by the protocol are those made at once", count, f"of {count}")


async def _grown(stage: _Stage, people: int) -> None:
    sought = stage.keys.stored(stage.sought)
    countries = [Country(each) for each in NODES if each != ASKER]
    with progress(f"registering {label(people)} people", people) as told:
        await grow(stage.url, people, sought=sought, epoch=stage.keys.epoch, countries=countries, told=told)


async def _searched(stage: _Stage) -> dict[str, Searched]:
    patients = [arrived_id(each) for each in range(len(stage.wanted.arrived))]
    return {name: await _case(stage, patients, count) for name, count in CASES.items()}


async def _case(stage: _Stage, patients: Sequence[str], tokens: int) -> Searched:
    pids = {key: process.pid for key, process in stage.running.processes.items()} | {ASKER: os.getpid()}
    before = {key: cpu_seconds(pid) for key, pid in pids.items()}
    turns = await take_turns(stage.rooms, patients, stage.running.parties[HUB].log, tokens=tokens)
    spent = {key: (cpu_seconds(pid) - before[key]) * 1000 / len(turns) for key, pid in pids.items()}
    return Searched(turns, spent)
