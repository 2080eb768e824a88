"""The log is told what became of a tie."""

from __future__ import annotations

from datetime import datetime

from corridor.domain.audit.fact import AuditFact, AuditKind, AuditOutcome
from corridor.domain.country import Country
from corridor.domain.tie import NODE, Side, Tie
from corridor.domain.trace import Trace


def tell_tie(
    tie: Tie, *, home: Country, trace: Trace, at: datetime, role: str = NODE, request_id: str = ""
) -> AuditFact:
    """What the log keeps of a tie that became something: its state, and why people must look where they must.

    Source: IHE BALP 1.1; TRUST invariant 7.
    """
    is_asker = tie.side is Side.ASKER
    return AuditFact(
        kind=AuditKind.TIE,
        outcome=AuditOutcome.SUCCESS,
        at=at,
        trace=trace,
        request_id=request_id,
        agent=tie.agent,
        role=role,
        asker=home if is_asker else tie.country,
        holder=tie.country if is_asker else home,
        patient_ids=(tie.patient_id,),
        resource="Patient",
        reason=" ".join(filter(None, (f"tie-{tie.state.value}", tie.doubt.value))),
    )
