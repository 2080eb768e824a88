"""What a node does between requests: keep the promises in its outbox."""

from __future__ import annotations

import asyncio
from functools import partial

from corridor.apps.node_acts import NodeActs, key_log_desk, spread_desk, tell_desk
from corridor.apps.node_rooms import NodeRooms
from corridor.apps.node_ties import tie_desk
from corridor.apps.repeating import repeat
from corridor.fhir.known_papers import learn_papers
from corridor.flows.index_next import index_next
from corridor.flows.index_people import IndexDesk
from corridor.flows.log_key_acts import log_key_acts
from corridor.flows.part_from import PartDesk, part_from
from corridor.flows.register_person import RegisterDesk, register_person
from corridor.flows.report_exchange import BATCH, ReportDesk, report_exchange
from corridor.flows.settle_pulls import settle_pulls
from corridor.flows.spread_late import spread_late
from corridor.flows.spread_ties import SpreadTiesDesk, spread_ties
from corridor.flows.spread_withdrawal import spread_withdrawal
from corridor.storage.node.token_index import SqlTokenIndex

REPORT_SECONDS = 2.0
"""Pause after each push of what waits for the coordinator, so that a busy hour does not push line by line."""

IDLE_REPORT_SECONDS = 60.0
"""A log's state is shown to the hub at least this often, even when nothing happened."""

KEY_ACTS_SECONDS = 60.0
"""How often the key folder is looked at for what operators did, which belongs into the log."""


async def begin_work(rooms: NodeRooms, acts: NodeActs) -> list[asyncio.Task[None]]:
    """Close what a stop left open, put key acts on record, then begin the workers; cancel the tasks to end."""
    await settle_pulls(desk=acts.pull)
    await log_key_acts(desk=key_log_desk(rooms))
    return start_workers(rooms, acts)


def start_workers(rooms: NodeRooms, acts: NodeActs) -> list[asyncio.Task[None]]:
    """Begin; cancel the tasks to end."""
    storage, lines, clock = rooms.storage, rooms.lines, rooms.clock
    known_at_hub = tell_desk(rooms)
    index = SqlTokenIndex(storage.database)
    registering, indexing = RegisterDesk(storage.outbox, known_at_hub), IndexDesk(known_at_hub, index)
    spreading = spread_desk(rooms, acts.pull)
    reporting = ReportDesk(storage.outbox, storage.audit, lines.register, clock)
    telling = SpreadTiesDesk(tie_desk(rooms), storage.outbox)
    pause = rooms.settings.worker_seconds
    return [
        asyncio.create_task(repeat(partial(register_person, desk=registering), pause)),
        asyncio.create_task(repeat(partial(index_next, desk=indexing), pause)),
        asyncio.create_task(repeat(partial(log_key_acts, desk=key_log_desk(rooms)), KEY_ACTS_SECONDS)),
        asyncio.create_task(repeat(partial(spread_withdrawal, desk=spreading), pause)),
        asyncio.create_task(repeat(partial(spread_late, desk=spreading), pause)),
        asyncio.create_task(repeat(lines.contacts.seek, pause)),
        asyncio.create_task(repeat(partial(spread_ties, desk=telling), pause)),
        asyncio.create_task(repeat(partial(_report, reporting), REPORT_SECONDS)),
        asyncio.create_task(repeat(acts.subscriptions.turn, pause)),
        asyncio.create_task(repeat(partial(_idle, reporting), IDLE_REPORT_SECONDS)),
        asyncio.create_task(repeat(partial(_look, rooms), pause)),
        asyncio.create_task(repeat(partial(_renew, rooms), rooms.settings.manifest_seconds)),
    ]


async def _report(desk: ReportDesk) -> int:
    """A full batch says that more waits; anything less can wait with what comes next."""
    return max(0, await report_exchange(desk=desk) - BATCH + 1)


async def _idle(desk: ReportDesk) -> int:
    await report_exchange(desk=desk, idle=True)
    return 0


async def _renew(rooms: NodeRooms) -> int:
    """Ask the hub for a newer manifest."""
    await _taken(rooms, taken=await rooms.lines.directory.refresh())
    return 0


async def _look(rooms: NodeRooms) -> int:
    """Take a newer manifest that operators put in the place of the old one."""
    await _taken(rooms, taken=rooms.lines.directory.look())
    return 0


async def _taken(rooms: NodeRooms, *, taken: bool) -> None:
    """A newer manifest is on record at once; shares that no key in it needs are forgotten."""
    if taken:
        learn_papers(rooms.lines.directory.federation().members)
        await part_from(desk=PartDesk(rooms.home, rooms.lines.directory, rooms.storage.units, rooms.clock))
        await log_key_acts(desk=key_log_desk(rooms))
    key = rooms.lines.directory.federation().key
    rooms.keys.shares.retire(key.epoch, key.generation)
