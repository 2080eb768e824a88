"""Wires what counts who asks how much."""

from __future__ import annotations

from corridor.apps.log import emit
from corridor.apps.node_rooms import NodeRooms
from corridor.flows.check_limits import LimitDesk


def limit_desk(rooms: NodeRooms) -> LimitDesk:
    """The budgets and pauses of a node."""
    storage, home = rooms.storage, rooms.home
    return LimitDesk(
        home=home,
        limits=rooms.settings.hourly,
        budgets=storage.budgets,
        nonces=storage.nonces,
        paused=storage.paused,
        units=storage.units,
        clock=rooms.clock,
        log=emit,
        hide=lambda text: rooms.keys.pseudonyms.pseudonym(home, f"sought/{text}"),
    )
