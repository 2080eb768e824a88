"""A holder evaluates within a budget and on record."""

from __future__ import annotations

import pytest

from corridor.domain.audit.fact import AuditKind, AuditOutcome
from corridor.domain.country import Country
from corridor.domain.errors import ConflictError, InvalidError, ThrottledError, UnavailableError
from corridor.domain.identity.oprf import blind
from corridor.domain.identity.tokens import check_partial
from corridor.domain.trace import new_trace
from corridor.flows.evaluate_tokens import EvaluateDesk, evaluate_tokens
from tests.fakes.clock import FakeClock
from tests.fakes.holders import dealt
from tests.fakes.hub import EPOCH
from tests.fakes.limits import FakeBudgets
from tests.fakes.node import FakeNode
from tests.fakes.shares import FakeShares

PE, VE = Country("PE"), Country("VE")


@pytest.fixture
def node() -> FakeNode:
    return FakeNode(PE)


@pytest.fixture
def desk(node: FakeNode) -> EvaluateDesk:
    return EvaluateDesk(PE, FakeShares(1), FakeBudgets(), node.audit, FakeClock(), limit_per_hour=150)


def elements(count: int) -> list[bytes]:
    return [blind(b"%d" % number).element for number in range(count)]


@pytest.mark.parametrize("count", [1, 120])
async def test_what_is_evaluated_is_proven_and_on_record(count: int, desk: EvaluateDesk, node: FakeNode) -> None:
    asked = elements(count)
    evaluated, proof = await evaluate_tokens(VE, asked, epoch=EPOCH, trace=new_trace(), desk=desk)
    check_partial(dealt()[1][1], asked, evaluated, proof=proof)
    [fact] = node.facts
    assert (fact.kind, fact.outcome, fact.asker, fact.holder) == (AuditKind.EVALUATE, AuditOutcome.SUCCESS, VE, PE)


async def test_beyond_the_budget_nothing_is_evaluated_and_the_attempt_is_on_record(
    desk: EvaluateDesk, node: FakeNode
) -> None:
    await evaluate_tokens(VE, elements(100), epoch=EPOCH, trace=new_trace(), desk=desk)
    with pytest.raises(ThrottledError):
        await evaluate_tokens(VE, elements(51), epoch=EPOCH, trace=new_trace(), desk=desk)
    assert [(fact.outcome, fact.reason) for fact in node.facts] == [
        (AuditOutcome.SUCCESS, ""),
        (AuditOutcome.FAILURE, "budget-spent"),
    ]
    await evaluate_tokens(Country("CO"), elements(51), epoch=EPOCH, trace=new_trace(), desk=desk)


async def test_a_share_of_another_key_evaluates_nothing(desk: EvaluateDesk) -> None:
    with pytest.raises(ConflictError):
        await evaluate_tokens(VE, elements(1), epoch=EPOCH + 1, trace=new_trace(), desk=desk)


async def test_a_malformed_element_is_refused(desk: EvaluateDesk) -> None:
    for wrong in (bytes(32), b"\xff" * 32):
        with pytest.raises(InvalidError):
            await evaluate_tokens(VE, [wrong], epoch=EPOCH, trace=new_trace(), desk=desk)


async def test_without_a_log_nothing_is_evaluated(desk: EvaluateDesk, node: FakeNode) -> None:
    node.shelf.broken = True
    with pytest.raises(UnavailableError):
        await evaluate_tokens(VE, elements(1), epoch=EPOCH, trace=new_trace(), desk=desk)
