"""A tie becomes what people decided; one that is broken stops flowing, and what it had brought is marked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from corridor.domain.country import Country
from corridor.domain.questions import Question
from corridor.domain.record import Draft, Record
from corridor.domain.tie import BROKEN, Doubt, LabelledPair, Side, Tie, TieState
from corridor.domain.trace import Trace
from corridor.flows.ports.clock import Clock
from corridor.flows.ports.counterparts import Counterparts
from corridor.flows.ports.records import Records
from corridor.flows.ports.unit import Unit
from corridor.flows.ports.units import Units
from corridor.flows.tell_tie import tell_tie

TELL = "tie"
"""Outbox kind: the other country is to be told what became of a tie."""


@dataclass(frozen=True, slots=True)
class TieDesk:
    """What everything about ties needs.

    Attributes:
        answers: from a stored Patient, the plain answers to each question that it can tell.
        recalled: a saved fact with the mark that the tie under which it came was false.
    """

    home: Country
    units: Units
    records: Records
    counterparts: Counterparts
    answers: Callable[[bytes], Mapping[Question, tuple[str, ...]]]
    recalled: Callable[[Record, Country], Draft]
    clock: Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What a tie becomes.

    Attributes:
        agent: pseudonym of who decided it, or `node` where the other country did.
        tell: whether the other country is still to be told.
    """

    state: TieState
    agent: str
    role: str
    request_id: str
    trace: Trace
    tell: bool


async def end_tie(tie: Tie, change: Change, *, unit: Unit, desk: TieDesk) -> Tie:
    """The tie in its new state; lease, saved facts, the example to learn from and the log follow in the same unit.

    Source: INTEROP section 10.4, wrong-link repair; ADR 32.
    """
    at = desk.clock.now()
    became = replace(tie, state=change.state, doubt=Doubt.NONE, changed_at=at, agent=change.agent)
    await unit.ties.keep(became)
    if change.state in BROKEN:
        await _stop(became, unit=unit, desk=desk)
    if became.pattern:
        same = change.state is TieState.ACCEPTED
        await unit.ties.label(tie.id, LabelledPair(became.pattern, became.grade, same, at))
    if change.tell:
        await unit.queue(TELL, tie.id, change.trace.trace_id.encode())
    fact = tell_tie(became, home=desk.home, trace=change.trace, at=at, role=change.role, request_id=change.request_id)
    await unit.audit(fact)
    return became


async def _stop(tie: Tie, *, unit: Unit, desk: TieDesk) -> None:
    at = desk.clock.now()
    if tie.side is Side.HOLDER:
        await unit.grant(tie.country, tie.name, patient_id=tie.patient_id, until=at, statement=b"")
        return
    for target in dict.fromkeys(each for flow in await unit.ties.flows(tie.id) for each in flow.targets):
        await _recall(target, tie.country, at=at, unit=unit, desk=desk)


async def _recall(target: str, country: Country, *, at: datetime, unit: Unit, desk: TieDesk) -> None:
    resource_type, _, own_id = target.partition("/")
    saved = await unit.read(resource_type, own_id)
    if saved and saved.body is not None:
        await unit.write([desk.recalled(saved, country)], at=at)
