"""A node puts on record what its operators did with its keys."""

from __future__ import annotations

from dataclasses import dataclass

from corridor.domain.audit.fact import AuditFact, AuditKind, AuditOutcome
from corridor.domain.country import Country
from corridor.domain.trace import new_trace
from corridor.flows.ports.audit import Audit
from corridor.flows.ports.clock import Clock
from corridor.flows.ports.key_acts import KeyAct, KeyActs


@dataclass(frozen=True, slots=True)
class KeyLogDesk:
    """What putting key acts on record needs."""

    home: Country
    acts: KeyActs
    audit: Audit
    clock: Clock


async def log_key_acts(*, desk: KeyLogDesk) -> int:
    """Put what waits into the log, oldest first; each act is forgotten only when it is there.

    Returns:
        How many there were.

    Source: IDENTITY section 2; TRUST section 1.
    """
    acts = desk.acts.pending()
    for act in acts:
        await desk.audit.append(_fact(act, desk))
        desk.acts.done(act)
    return len(acts)


def _fact(act: KeyAct, desk: KeyLogDesk) -> AuditFact:
    return AuditFact(
        kind=AuditKind.KEY,
        outcome=AuditOutcome.FAILURE if act.act.endswith("-failed") else AuditOutcome.SUCCESS,
        at=desk.clock.now(),
        trace=new_trace(),
        request_id="",
        agent="keys",
        role="node",
        asker=desk.home,
        holder=desk.home,
        reason=act.act,
        query=act.details,
    )
