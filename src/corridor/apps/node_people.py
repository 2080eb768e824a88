"""What signing in needs of a node."""

from __future__ import annotations

from corridor.apps.node_rooms import NodeRooms
from corridor.apps.people import People
from corridor.storage.node.staff_tables import development_account, staff


def people_of(rooms: NodeRooms) -> People:
    """Whoever signs in at this node; it is kept in its log."""
    storage = rooms.storage
    return People(
        settings=rooms.settings,
        database=storage.database,
        staff=staff,
        development_account=development_account,
        transport=rooms.lines.transport,
        sessions=storage.sessions,
        nonces=storage.nonces,
        budgets=storage.budgets,
        audit=storage.audit,
        clock=rooms.clock,
    )
