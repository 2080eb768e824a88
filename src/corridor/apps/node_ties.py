"""Wires what a node does about ties: its doors for other countries, and what its pages and workers need."""

from __future__ import annotations

from functools import partial
from zoneinfo import ZoneInfo

from starlette.routing import Route

from corridor.apps.node_acts import source_of
from corridor.apps.node_rooms import NodeRooms
from corridor.domain.country import Country
from corridor.domain.record import Draft, Record
from corridor.fhir.draft import draft
from corridor.fhir.questioned import answers
from corridor.fhir.recalled import recalled
from corridor.flows.accept_tie_change import accept_tie_change
from corridor.flows.answer_questions import answer_questions
from corridor.flows.check_message import GateDesk
from corridor.flows.end_tie import TieDesk
from corridor.flows.offer_questions import offer_questions
from corridor.node import ties


def tie_desk(rooms: NodeRooms) -> TieDesk:
    """What everything about ties needs."""

    def marked(record: Record, country: Country) -> Draft:
        body = recalled(record.body or b"", country)
        source, zone = source_of(rooms.home), ZoneInfo(rooms.settings.zone)
        return draft(body, resource_type=record.resource_type, id=record.id, source=source, zone=zone)

    return TieDesk(
        home=rooms.home,
        units=rooms.storage.units,
        records=rooms.storage.records,
        counterparts=rooms.lines.counterparts,
        answers=partial(answers, home=rooms.home),
        recalled=marked,
        clock=rooms.clock,
    )


def tie_routes(rooms: NodeRooms, gate: GateDesk) -> list[Route]:
    """The doors for other countries."""
    desk = tie_desk(rooms)
    acts = ties.TieActs(
        gate=gate,
        offer_questions=partial(offer_questions, desk=desk),
        answer_questions=partial(answer_questions, desk=desk),
        accept_tie_change=partial(accept_tie_change, desk=desk),
    )
    return ties.routes(acts)
