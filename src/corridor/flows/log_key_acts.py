"""A node puts on record what its operators did with its keys, and which holder of a share it found to be wrong."""

from __future__ import annotations

from dataclasses import dataclass

from corridor.domain.audit.fact import AuditFact, AuditKind, AuditOutcome
from corridor.domain.country import Country
from corridor.domain.log import HOLDER_WRONG
from corridor.domain.trace import new_trace
from corridor.flows.ports.audit import Audit
from corridor.flows.ports.clock import Clock
from corridor.flows.ports.key_acts import KeyActs
from corridor.flows.ports.log import Log


@dataclass(frozen=True, slots=True)
class KeyLogDesk:
    """What putting key acts on record needs."""

    home: Country
    acts: KeyActs
    audit: Audit
    clock: Clock
    log: Log


async def log_key_acts(*, desk: KeyLogDesk) -> int:
    """Put what waits into the log, oldest first; each act is forgotten only when it is there.

    Returns:
        How many there were.

    Source: IDENTITY section 2; TRUST section 1.
    """
    acts = desk.acts.pending()
    for act in acts:
        await desk.audit.append(_fact(desk, act.act, details=act.details, holder=desk.home))
        desk.acts.done(act)
    return len(acts)


async def name_holder(country: Country, reason: str, *, desk: KeyLogDesk) -> None:
    """Put on record that a holder answered wrongly; durable when this returns.

    Args:
        country: the holder.
        reason: `wrong-proof`, or `wrong-answer` where it was none at all.
        desk: what is needed.

    Source: RFC 9497 section 2.2.2.
    """
    desk.log(HOLDER_WRONG, country=country, reason=reason)
    await desk.audit.append(_fact(desk, reason, details="", holder=country))


def _fact(desk: KeyLogDesk, reason: str, *, details: str, holder: Country) -> AuditFact:
    return AuditFact(
        kind=AuditKind.KEY,
        outcome=AuditOutcome.SUCCESS if holder == desk.home else AuditOutcome.FAILURE,
        at=desk.clock.now(),
        trace=new_trace(),
        request_id="",
        agent="keys",
        role="node",
        asker=desk.home,
        holder=holder,
        reason=reason,
        query=details,
    )
