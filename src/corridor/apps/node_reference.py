"""Wires `$ihe-pix`: the register's identifiers, and the pseudonyms of people abroad to whom somebody is tied."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from starlette.routing import BaseRoute

from corridor.apps.node_rooms import NodeRooms
from corridor.apps.spoken import spoken
from corridor.domain.tie import Side, TieState
from corridor.node.cross_reference import CrossReference, ihe_pix
from corridor.node.national import National


def reference_routes(rooms: NodeRooms, national: National) -> list[BaseRoute]:
    """Its address."""

    async def abroad(patient_id: str) -> Sequence[tuple[str, str]]:
        async with rooms.storage.units.begin() as unit:
            ties = await unit.ties.of(patient_id)
        accepted = [each for each in ties if each.side is Side.ASKER and each.state is TieState.ACCEPTED]
        return [(each.country, each.name) for each in accepted]

    door = partial(ihe_pix, national=national, reference=CrossReference(rooms.lines.peers.countries, abroad))
    return spoken("/fhir/Patient/$ihe-pix", GET=door, POST=door)
