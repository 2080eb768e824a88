"""A holder compares what the person said abroad with its register, and says yes or no."""

from __future__ import annotations

from collections.abc import Mapping

from corridor.domain.country import Country
from corridor.domain.questions import Question, compared, to_ask
from corridor.domain.tie import Said
from corridor.domain.trace import Trace
from corridor.flows.end_tie import TieDesk
from corridor.flows.find_held_tie import find_held_tie
from corridor.flows.ports.counterparts import TieName, Veiled
from corridor.flows.tell_tie import tell_tie


async def answer_questions(
    asker: Country, named: TieName, veiled: Veiled, *, trace: Trace, desk: TieDesk
) -> Mapping[Question, Said]:
    """Yes or no for each question that was offered; a question is compared once, and then keeps its first answer.

    Everything else is unknown: another question, a tie that is not known here, one that is broken.

    Source: ADR 32.
    """
    at = desk.clock.now()
    said = dict.fromkeys(veiled.answers, Said.UNKNOWN)
    async with desk.units.begin() as unit:
        tie = await find_held_tie(asker, named, unit=unit)
        record = await unit.read("Patient", tie.patient_id) if tie else None
        if tie and record and record.body is not None:
            known = desk.answers(record.body)
            offered = to_ask(tie.pattern, {each for each, answers in known.items() if answers})
            for question in sorted(set(offered) & set(veiled.answers)):
                found = compared(question, veiled.answers[question], known[question], salt=veiled.salt)
                said[question] = await unit.ties.answer(tie.id, question.value, found, at=at)
            await unit.audit(tell_tie(tie, home=desk.home, trace=trace, at=at))
    return said
