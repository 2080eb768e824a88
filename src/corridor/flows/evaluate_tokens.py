"""A holder of a key share evaluates what another country cannot compute alone, within a budget and on record."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from corridor.domain.audit.fact import AuditFact, AuditKind, AuditOutcome
from corridor.domain.country import Country
from corridor.domain.errors import ConflictError, CorridorError, ForbiddenError, InvalidError, ThrottledError
from corridor.domain.log import BUDGET_ALARM
from corridor.domain.quota import check_quota
from corridor.domain.trace import Trace
from corridor.flows.beside import beside
from corridor.flows.ports.audit import Audit
from corridor.flows.ports.budgets import Budgets
from corridor.flows.ports.clock import Clock
from corridor.flows.ports.directory import Directory
from corridor.flows.ports.log import Log
from corridor.flows.ports.quotas import Quotas
from corridor.flows.ports.shares import Shares

ALARM_SHARE = 0.8
"""Of a budget: whoever has spent as much is told of, before the budget stops them."""


@dataclass(frozen=True, slots=True)
class EvaluateDesk:
    """What evaluating needs.

    Attributes:
        limit_per_hour: elements that one country may have evaluated in an hour, with each key.
    """

    home: Country
    shares: Shares
    budgets: Budgets
    quotas: Quotas
    directory: Directory
    audit: Audit
    clock: Clock
    log: Log
    limit_per_hour: int


@dataclass(frozen=True, slots=True)
class Question:
    """What a country wants evaluated.

    Attributes:
        blinded: elements of the group, which say nothing to the holder.
        epoch: number of the key.
        generation: of its shares.
        quota: the document that allows more than the everyday budget; empty for none.
    """

    blinded: Sequence[bytes]
    epoch: int
    generation: int = 0
    quota: bytes = b""


@dataclass(frozen=True, slots=True)
class _Budget:
    """A counter that a question is counted against."""

    name: str
    limit: int
    since: datetime


async def evaluate_tokens(
    asker: Country, question: Question, *, trace: Trace, desk: EvaluateDesk
) -> tuple[list[bytes], bytes]:
    """Partial evaluations in the same order, and one proof for all; that it was done is durable before it is told.

    Raises:
        ThrottledError: the asker's budget for this hour, or its quota, is spent; audited first.
        ForbiddenError: the quota allows nothing here and now; audited first.
        ConflictError: this node holds no share of that key and generation.
        InvalidError: an element or the quota is malformed; audited first.

    Source: RFC 9497 section 3.3.2; IDENTITY section 2.
    """
    share = desk.shares.of(question.epoch, question.generation)
    if share is None:
        raise ConflictError("This holder's share is of another key.")
    try:
        budget = _budget(asker, question, desk)
        await desk.budgets.spend(budget.name, len(question.blinded), limit=budget.limit, at=budget.since)
        found = await beside(len(question.blinded), partial(share.evaluate, question.blinded))
    except (ThrottledError, ForbiddenError, InvalidError) as error:
        await desk.audit.append(_fact(asker, question, trace=trace, reason=_REASONS[type(error)], desk=desk))
        raise
    await desk.audit.append(_fact(asker, question, trace=trace, reason="", desk=desk))
    await _alarm(asker, question, trace=trace, budget=budget, desk=desk)
    return found


_REASONS: dict[type[CorridorError], str] = {
    ThrottledError: "budget-spent",
    ForbiddenError: "quota-refused",
    InvalidError: "malformed",
}


def _budget(asker: Country, question: Question, desk: EvaluateDesk) -> _Budget:
    """The everyday budget of the hour, or that of the quota, which counts from its beginning to its end."""
    now = desk.clock.now()
    if not question.quota:
        return _Budget(f"evaluate/{asker}/{question.epoch}", desk.limit_per_hour, now)
    quota, signers = desk.quotas.read(question.quota)
    key = desk.directory.federation().key_of(question.epoch)
    if key is None:
        raise ForbiddenError("This quota is for a key that is not in use.")
    check_quota(quota, signers, asker=asker, key=key, now=now)
    return _Budget(f"quota/{quota.id}", quota.elements, quota.start)


async def _alarm(asker: Country, question: Question, *, trace: Trace, budget: _Budget, desk: EvaluateDesk) -> None:
    """Tell, once for each budget, that somebody has spent most of it; the answer is given all the same."""
    spent = await desk.budgets.spent(budget.name, at=budget.since)
    edge = budget.limit * ALARM_SHARE
    if spent - len(question.blinded) < edge <= spent:
        kind = budget.name.partition("/")[0]
        desk.log(BUDGET_ALARM, country=asker, budget=kind, spent=spent, limit=budget.limit)
        await desk.audit.append(_fact(asker, question, trace=trace, reason="budget-alarm", desk=desk))


def _fact(asker: Country, question: Question, *, trace: Trace, reason: str, desk: EvaluateDesk) -> AuditFact:
    alarm = reason == "budget-alarm"
    return AuditFact(
        kind=AuditKind.KEY if alarm else AuditKind.EVALUATE,
        outcome=AuditOutcome.FAILURE if reason and not alarm else AuditOutcome.SUCCESS,
        at=desk.clock.now(),
        trace=trace,
        request_id="",
        agent="holder",
        role="node",
        asker=asker,
        holder=desk.home,
        reason=reason,
        query=f"elements={len(question.blinded)}&epoch={question.epoch}" + ("&quota" if question.quota else ""),
    )
