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
from corridor.fhir.label import label
from corridor.fhir.questioned import answers
from corridor.fhir.recalled import recalled
from corridor.flows.accept_tie_change import accept_tie_change
from corridor.flows.answer_questions import answer_questions
from corridor.flows.check_message import GateDesk
from corridor.flows.compare_answers import compare_answers
from corridor.flows.decide_tie import decide_tie
from corridor.flows.end_tie import TieDesk
from corridor.flows.list_doubts import list_doubts
from corridor.flows.list_recalls import RecallDesk, list_recalls
from corridor.flows.list_ties import list_ties
from corridor.flows.offer_questions import offer_questions
from corridor.flows.read_tie import read_tie
from corridor.flows.undo_tie import undo_tie
from corridor.node import ties
from corridor.web.ties.routes import TiesDesk


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


def tie_pages(rooms: NodeRooms) -> TiesDesk:
    """What the pages call."""
    desk = tie_desk(rooms)

    async def name(patient_id: str) -> str:
        found = await rooms.storage.records.read("Patient", patient_id)
        return label(found.body).name if found and found.body else ""

    return TiesDesk(
        list_doubts=partial(list_doubts, desk=desk),
        list_ties=partial(list_ties, desk=desk),
        read_tie=partial(read_tie, desk=desk),
        compare_answers=partial(compare_answers, desk=desk),
        decide_tie=partial(decide_tie, desk=desk),
        undo_tie=partial(undo_tie, desk=desk),
        list_recalls=partial(list_recalls, desk=RecallDesk(rooms.storage.units, rooms.clock)),
        label=name,
    )


def tie_routes(rooms: NodeRooms, gate: GateDesk) -> list[Route]:
    """The doors for other countries."""
    desk = tie_desk(rooms)
    acts = ties.TieActs(
        gate=gate,
        empty_milliseconds=rooms.settings.empty_answer_milliseconds,
        offer_questions=partial(offer_questions, desk=desk),
        answer_questions=partial(answer_questions, desk=desk),
        accept_tie_change=partial(accept_tie_change, desk=desk),
    )
    return ties.routes(acts)
