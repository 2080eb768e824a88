"""A node puts on record which holder of a key share answered it wrongly."""

from __future__ import annotations

from dataclasses import dataclass

from corridor.domain.audit.fact import AuditFact, AuditKind, AuditOutcome
from corridor.domain.country import Country
from corridor.domain.log import HOLDER_WRONG
from corridor.domain.trace import new_trace
from corridor.flows.ports.audit import Audit
from corridor.flows.ports.clock import Clock
from corridor.flows.ports.log import Log


@dataclass(frozen=True, slots=True)
class NameDesk:
    """What naming a holder needs."""

    home: Country
    audit: Audit
    clock: Clock
    log: Log


async def name_holder(country: Country, reason: str, *, desk: NameDesk) -> None:
    """Put on record that a holder answered wrongly; durable when this returns.

    Args:
        country: the holder.
        reason: `wrong-proof`, or `wrong-answer` where it was none at all.
        desk: what is needed.

    Source: RFC 9497 section 2.2.2.
    """
    desk.log(HOLDER_WRONG, country=country, reason=reason)
    await desk.audit.append(
        AuditFact(
            kind=AuditKind.KEY,
            outcome=AuditOutcome.FAILURE,
            at=desk.clock.now(),
            trace=new_trace(),
            request_id="",
            agent="keys",
            role="node",
            asker=desk.home,
            holder=country,
            reason=reason,
        )
    )
