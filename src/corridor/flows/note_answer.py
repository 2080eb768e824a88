"""A country was heard: the tie to the person whom it means is kept, and what comes under a broken one is not shown."""

from __future__ import annotations

from dataclasses import replace

from corridor.domain.history import Answer, Silence
from corridor.domain.tie import Flow, Side
from corridor.flows.ask_country import Pull, PullDesk
from corridor.flows.note_tie import Meeting, note_tie
from corridor.flows.ports.unit import Unit


async def note_answer(pull: Pull, one: Answer | Silence, *, unit: Unit, desk: PullDesk) -> Answer | Silence:
    """The answer, emptied where people here had found that it is about somebody else.

    Source: IDENTITY section 2, grades; ADR 32.
    """
    if isinstance(one, Silence) or not one.entries or one.grade is None:
        return one
    at = desk.clock.now()
    flow = Flow(
        "received", at, pull.asking.trace.trace_id, pull.purpose, pull.asking.principal.pseudonym, len(one.entries)
    )
    meeting = Meeting(
        side=Side.ASKER,
        home=desk.home,
        country=one.country,
        name=one.entries[0].id,
        patient_id=pull.patient_id,
        grade=one.grade,
        pattern=(),
        description=await desk.describe(pull.patient_id),
        trace=pull.asking.trace,
        flow=flow,
    )
    tie = await note_tie(meeting, unit=unit, at=at)
    return one if tie.is_living else replace(one, entries=(), grade=None)
