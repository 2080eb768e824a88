"""A holder of a key share evaluates what another country cannot compute alone, within a budget and on record."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from corridor.domain.audit.fact import AuditFact, AuditKind, AuditOutcome
from corridor.domain.country import Country
from corridor.domain.errors import ConflictError, ThrottledError
from corridor.domain.trace import Trace
from corridor.flows.ports.audit import Audit
from corridor.flows.ports.budgets import Budgets
from corridor.flows.ports.clock import Clock
from corridor.flows.ports.shares import Shares

_LONG_BATCH = 100
"""From here on evaluating takes long enough to hold up everybody else; it is done beside the event loop."""


@dataclass(frozen=True, slots=True)
class EvaluateDesk:
    """What evaluating needs.

    Attributes:
        limit_per_hour: elements that one country may have evaluated in an hour.
    """

    home: Country
    shares: Shares
    budgets: Budgets
    audit: Audit
    clock: Clock
    limit_per_hour: int


async def evaluate_tokens(
    asker: Country, blinded: Sequence[bytes], *, epoch: int, trace: Trace, desk: EvaluateDesk
) -> tuple[list[bytes], bytes]:
    """Partial evaluations in the same order, and one proof for all; that it was done is durable before it is told.

    Raises:
        ThrottledError: the asker's budget for this hour is spent; audited first.
        ConflictError: the share belongs to another key than was asked for.
        InvalidError: an element is malformed.

    Source: RFC 9497 section 3.3.2; IDENTITY section 2.
    """
    if epoch != desk.shares.epoch:
        raise ConflictError("This holder's share is of another key.")
    now = desk.clock.now()
    try:
        await desk.budgets.spend(f"evaluate/{asker}", len(blinded), limit=desk.limit_per_hour, at=now)
    except ThrottledError:
        await desk.audit.append(_fact(asker, trace, reason="budget-spent", desk=desk))
        raise
    evaluate = desk.shares.evaluate
    found = await asyncio.to_thread(evaluate, blinded) if len(blinded) >= _LONG_BATCH else evaluate(blinded)
    await desk.audit.append(_fact(asker, trace, reason="", desk=desk))
    return found


def _fact(asker: Country, trace: Trace, *, reason: str, desk: EvaluateDesk) -> AuditFact:
    return AuditFact(
        kind=AuditKind.EVALUATE,
        outcome=AuditOutcome.FAILURE if reason else AuditOutcome.SUCCESS,
        at=desk.clock.now(),
        trace=trace,
        request_id="",
        agent="holder",
        role="node",
        asker=asker,
        holder=desk.home,
        reason=reason,
    )
