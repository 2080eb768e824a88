"""How one country of a pull ended goes on record: heard, or silent and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from corridor.domain.audit.fact import AuditFact, AuditKind, AuditOutcome
from corridor.domain.country import Country
from corridor.domain.disclosure import Decision, line
from corridor.domain.history import Answer, Silence
from corridor.domain.pull import ANSWERED, PullRecord
from corridor.domain.trace import Trace, trace_of
from corridor.flows.ask_country import Pull, PullDesk
from corridor.flows.ports.unit import Unit


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """How one country of a pull ended.

    Attributes:
        pull_id: empty where the pull is not kept.
        agent: pseudonym of who asked.
        silent: why the country was not heard; empty where it was.
        facts: number of resources it told.
    """

    pull_id: str
    country: Country
    agent: str
    role: str
    request_id: str
    trace: Trace
    purpose: str
    patient_id: str
    silent: str = ""
    facts: int = 0

    @classmethod
    def of(cls, pull: Pull, one: Answer | Silence) -> Self:
        """The end of a country that was asked just now."""
        who = pull.asking.principal
        return cls(
            pull_id=pull.id,
            country=one.country,
            agent=who.pseudonym,
            role=who.role.value,
            request_id=pull.asking.request_id,
            trace=pull.asking.trace,
            purpose=pull.purpose.value,
            patient_id=pull.patient_id,
            silent=one.reason.value if isinstance(one, Silence) else "",
            facts=len(one.entries) if isinstance(one, Answer) else 0,
        )

    @classmethod
    def of_kept(cls, kept: PullRecord, country: Country, silent: str) -> Self:
        """The end of a country of which only the record of the pull is left."""
        return cls(
            pull_id=kept.id,
            country=country,
            agent=kept.agent,
            role=kept.role,
            request_id=kept.request_id,
            trace=trace_of(kept.trace),
            purpose=kept.purpose,
            patient_id=kept.patient_id,
            silent=silent,
        )


async def close_leg(end: Ending, *, unit: Unit, desk: PullDesk) -> None:
    """Keep the end of one country: the receipt, the line for the coordinator, and what the pull's page shows.

    Source: IHE BALP, Privacy Disclosure as recorded by a Recipient.
    """
    at = desk.clock.now()
    await unit.audit(
        AuditFact(
            kind=AuditKind.RECEIPT,
            outcome=AuditOutcome.FAILURE if end.silent else AuditOutcome.SUCCESS,
            at=at,
            trace=end.trace,
            request_id=end.request_id,
            agent=end.agent,
            role=end.role,
            asker=desk.home,
            holder=end.country,
            purpose=end.purpose,
            patient_ids=(end.patient_id,),
            reason=end.silent,
        )
    )
    decision = Decision.SILENT if end.silent else Decision.ASKED
    await unit.report(line((desk.home, end.country), reporter=desk.home, purpose=end.purpose, decision=decision, at=at))
    if end.pull_id:
        await unit.pulls.close(end.pull_id, end.country, state=end.silent or ANSWERED, facts=end.facts, at=at)
