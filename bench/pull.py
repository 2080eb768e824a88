"""The federated pull: a person's history from four countries, six processes on one machine over the loopback.

Hub and four holders are processes of their own; the asking node runs in this one, with its real rooms, keys and rows.
Measured from evaluated tokens on: consent decided and the ask on record, the hub asked for handles, the four countries
asked side by side, signatures checked, answers joined to one Bundle, receipts on record. One client, one pull after
another. The same with the tokens made anew each time is told beside it, and both where parties meet by TLS with
certificates on both sides.
"""

from __future__ import annotations

import asyncio
import os
import tempfile
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from time import perf_counter

from bench.figures import Figure, Goal, percentile
from bench.processes import check_alive, cpu_seconds
from bench.size import Size
from bench.traveller import HERE, THERE, traveller
from corridor.apps.node_acts import locate_desk, wire_acts
from corridor.apps.node_rooms import NodeRooms, open_rooms
from corridor.apps.settings import node_settings
from corridor.domain.asking import Asking
from corridor.domain.country import Country
from corridor.domain.identity.features import features
from corridor.domain.identity.flags import flags
from corridor.domain.matching_request import Search
from corridor.domain.presence import Proof, ProofKind
from corridor.domain.principal import Principal, Role
from corridor.domain.purpose import Purpose
from corridor.domain.trace import Trace, new_trace
from corridor.fhir.history import bundle
from corridor.flows.ask_country import Locate, PullDesk
from corridor.flows.make_tokens import make_tokens
from corridor.flows.pull_history import pull_history
from demo.federation import Federation, federation
from demo.filling import load_people, make_accounts, token, wait_until_registered
from demo.parties import HUB, NODES, UNCOUNTED, Settings, mutual_doors

GOALS = {50: Goal(30), 99: Goal(100)}
"""Milliseconds, by percentile."""

SEALED_LINES = ", certificates on both sides"

_DEADLINE_SECONDS = 5.0
_WHO = Principal("clinician", Role.CLINICIAN, "0" * 32)
Pull = Callable[[], Awaitable[None]]


def bench_pull(size: Size) -> list[Figure]:
    """Milliseconds a pull, and the processor time that each process spends on it."""
    uncounted = dict.fromkeys(NODES, UNCOUNTED)
    doors = {key: {**uncounted.get(key, {}), **door} for key, door in mutual_doors().items()}
    return [*_between(uncounted, size, ""), *_between(doors, size, SEALED_LINES)]


def _between(settings: Mapping[str, Settings], size: Size, how: str) -> list[Figure]:
    with (
        tempfile.TemporaryDirectory(prefix="corridor-bench-") as folder,
        federation(var=Path(folder), settings=settings) as running,
    ):
        person = _filled(running)
        running.stop(HERE)
        return asyncio.run(_measured(running, person, size, how=how))


def _filled(running: Federation) -> str:
    """Load the traveller everywhere and wait until the hub knows the tokens; the id of the Patient."""
    check_alive(running)
    person, parties = traveller(), running.parties
    accounts = make_accounts([parties[key] for key in NODES])
    tokens = {key: token(parties[key], accounts[key, "programme"]) for key in NODES}
    load_people(parties, tokens, [person])
    wait_until_registered([parties[key] for key in NODES], lambda _line: None)
    return person.here.id


async def _there(rooms: NodeRooms, patient_id: str) -> None:
    """The traveller sits in front of the clinician, all the time that is measured."""
    now, who = rooms.clock.now(), _WHO.pseudonym
    async with rooms.storage.units.begin() as unit:
        proof = Proof("0" * 32, patient_id, who, ProofKind.CARD, now, now + timedelta(days=1))
        await unit.presences.keep(proof)


async def _measured(running: Federation, patient_id: str, size: Size, *, how: str) -> list[Figure]:
    rooms = await open_rooms(node_settings(running.parties[HERE].config))
    pids = {"asking node": os.getpid(), "hub": running.processes[HUB].pid}
    pids |= {f"holder {country}": running.processes[country].pid for country in THERE}
    try:
        desk = wire_acts(rooms).pull
        await _there(rooms, patient_id)
        known = replace(desk, locate=await with_tokens(rooms, patient_id))
        found: list[Figure] = []
        for name, each in (("from evaluated tokens on", known), ("with tokens made anew", desk)):
            pull = _pull(each, patient_id)
            await pull()
            before = {name: cpu_seconds(pid) for name, pid in pids.items()}
            spent = [await _timed(pull) for _ in range(size.pulls)]
            after = {name: cpu_seconds(pid) for name, pid in pids.items()}
            cpu = {name: (after[name] - before[name]) * 1000 / size.pulls for name in pids}
            found += _figures(f"{name}{how}", spent, cpu, goals=GOALS if each is known else {})
        return found
    finally:
        await rooms.close()


async def with_tokens(rooms: NodeRooms, patient_id: str) -> Locate:
    """`locate_person` from evaluated tokens on: they are made here once."""
    desk = locate_desk(rooms)
    described = await desk.people.demographics(patient_id)
    if described is None:
        raise RuntimeError("The traveller is not in the register.")
    key = desk.directory.federation().key
    (tokens,) = await make_tokens(
        [features(described)], holders=desk.holders, key=key, timeout_seconds=_DEADLINE_SECONDS
    )
    pairs = tuple((each.kind, each.value) for each in tokens)

    async def locate(
        patient_id: str, *, purpose: Purpose, trace: Trace, timeout_seconds: float
    ) -> Mapping[Country, str]:
        person = await desk.people.demographics(patient_id) or described
        sealed = tuple((each, desk.envelopes.seal(each, person, purpose=purpose.value)) for each in desk.countries())
        search = Search(key.epoch, pairs, flags(person).integers(), sealed, purpose.value)
        return await desk.register.locate(search, trace=trace, timeout_seconds=timeout_seconds)

    return locate


def _pull(desk: PullDesk, patient_id: str) -> Pull:
    sources = {Country(country): f"https://{country}.example/exchange" for country in THERE}

    async def pull() -> None:
        asking = Asking(_WHO, "bench", new_trace())
        history = await pull_history(
            asking, patient_id, purpose_code="TREAT", deadline_seconds=_DEADLINE_SECONDS, desk=desk
        )
        heard = sum(1 for answer in history.answers if answer.entries)
        if heard != len(THERE):
            silent = ", ".join(f"{each.country} {each.reason}" for each in history.silences)
            raise RuntimeError(f"{heard} of {len(THERE)} countries told something. Silent: {silent or 'nobody'}.")
        bundle(history, sources)

    return pull


async def _timed(pull: Pull) -> float:
    """Milliseconds of one pull."""
    started = perf_counter()
    await pull()
    return (perf_counter() - started) * 1000


def _figures(
    name: str, spent: Sequence[float], cpu: Mapping[str, float], *, goals: Mapping[int, Goal]
) -> Iterator[Figure]:
    for share in (50, 99):
        yield Figure("pull", f"{name}, p{share}", percentile(spent, share / 100), "ms", goals.get(share))
    for process, milliseconds in cpu.items():
        yield Figure("pull", f"{name}, {process}", milliseconds, "ms CPU a pull")
