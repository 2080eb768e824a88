"""Two people of two countries meet: the tie between them is made, or looked at anew."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from corridor.domain.country import Country
from corridor.domain.grade import Grade
from corridor.domain.tie import NODE, Doubt, Flow, Side, Tie, TieState, description_of, meet, tie_id
from corridor.domain.trace import Trace
from corridor.flows.ports.unit import Unit
from corridor.flows.tell_tie import tell_tie


@dataclass(frozen=True, slots=True, kw_only=True)
class Meeting:
    """One time that two people met.

    Attributes:
        home: this country.
        country: the other one.
        name: the pairwise pseudonym of the holder's person.
        description: how the asker described the person, as `describe_person` gives it.
        flow: what flowed.
    """

    side: Side
    home: Country
    country: Country
    name: str
    patient_id: str
    grade: Grade
    pattern: tuple[str, ...]
    description: bytes
    trace: Trace
    flow: Flow

    def seen(self, at: datetime) -> Tie:
        """The tie as this meeting alone would make it."""
        described = description_of(self.description, self.name)
        about = self.patient_id if self.side is Side.ASKER else described
        return Tie(
            id=tie_id(self.side, self.country, name=self.name, about=about),
            side=self.side,
            country=self.country,
            name=self.name,
            patient_id=self.patient_id,
            grade=self.grade,
            pattern=self.pattern,
            described=described,
            state=TieState.PROPOSED,
            doubt=Doubt.NONE,
            made_at=at,
            changed_at=at,
            agent=NODE,
        )


async def _known(meeting: Meeting, seen: Tie, *, unit: Unit) -> Tie | None:
    """The tie of the two as it stands, even where one of them was merged since and is known by another name."""
    found = await unit.ties.find(seen.id)
    if found:
        return found
    of = [
        each
        for each in await unit.ties.of(meeting.patient_id)
        if (each.side, each.country) == (seen.side, seen.country)
    ]
    if meeting.side is Side.ASKER:
        return next((each for each in of if each.name == meeting.name), None)
    moved = next((each for each in of if each.described == description_of(meeting.description, each.name)), None)
    return replace(moved, name=seen.name, described=seen.described) if moved else None


async def note_tie(meeting: Meeting, *, unit: Unit, at: datetime) -> Tie:
    """The tie as it stands after the meeting, kept with what flowed; nothing is kept where it had been broken.

    What is certain ties itself; what is probable, or was something else before, waits for people.

    Source: IDENTITY section 2, grades; ADR 32.
    """
    seen = meeting.seen(at)
    known = await _known(meeting, seen, unit=unit)
    seen = replace(seen, id=known.id) if known else seen
    others = await unit.ties.named(meeting.side, meeting.country, meeting.name)
    tie = meet(known, seen, rivals=[each for each in others if each.id != seen.id])
    if not tie.is_living:
        return tie
    if known and known.is_living and tie.doubt is not known.doubt:
        await unit.ties.forget_votes(tie.id)
    await unit.ties.keep(tie)
    await unit.ties.flow(tie.id, meeting.flow)
    if tie.doubt is not Doubt.NONE and (known is None or known.doubt is not tie.doubt):
        await unit.audit(tell_tie(tie, home=meeting.home, trace=meeting.trace, at=at))
    return tie
