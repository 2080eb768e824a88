"""A holder evaluates within a budget and on record."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from corridor.domain.audit.fact import AuditKind, AuditOutcome
from corridor.domain.country import Country
from corridor.domain.directory import Federation
from corridor.domain.errors import ConflictError, ForbiddenError, InvalidError, ThrottledError, UnavailableError
from corridor.domain.identity.oprf import blind
from corridor.domain.identity.tokens import check_partial
from corridor.domain.log import BUDGET_ALARM
from corridor.domain.quota import Quota
from corridor.domain.trace import new_trace
from corridor.flows.evaluate_tokens import EvaluateDesk, Question, evaluate_tokens
from tests.fakes.clock import FakeClock
from tests.fakes.holders import dealt
from tests.fakes.hub import EPOCH
from tests.fakes.limits import FakeBudgets
from tests.fakes.node import FakeNode
from tests.fakes.shares import FakeShares
from tests.fakes.signed import FakeLog, SignedParties

PE, VE, CO, EC, CL = map(Country, ("PE", "VE", "CO", "EC", "CL"))
CLOCK = FakeClock()
QUOTA = Quota("0" * 32, VE, EPOCH, 400, CLOCK.now(), CLOCK.now() + timedelta(hours=20), "the register of Caracas")


@dataclass
class FakeQuotas:
    """Port `Quotas`: one quota, signed by whom one likes."""

    quota: Quota = QUOTA
    signers: frozenset[Country] = frozenset({VE, CO, EC, CL})

    def read(self, document: bytes) -> tuple[Quota, frozenset[Country]]:
        """See the port."""
        if document != b"quota":
            raise InvalidError("The quota is malformed.")
        return self.quota, self.signers


@pytest.fixture
def node() -> FakeNode:
    return FakeNode(PE)


@pytest.fixture
def log() -> FakeLog:
    return FakeLog()


@pytest.fixture
def desk(node: FakeNode, log: FakeLog) -> EvaluateDesk:
    clock, parties = FakeClock(), SignedParties()
    return EvaluateDesk(
        PE, FakeShares(1), FakeBudgets(), FakeQuotas(), parties, node.audit, clock, log, limit_per_hour=150
    )


def elements(count: int) -> list[bytes]:
    return [blind(b"%d" % number).element for number in range(count)]


async def ask(
    desk: EvaluateDesk, asked: Iterable[bytes], *, by: Country = VE, epoch: int = EPOCH, quota: bytes = b""
) -> tuple[list[bytes], bytes]:
    question = Question([*asked], epoch, quota=quota)
    return await evaluate_tokens(by, question, trace=new_trace(), desk=desk)


@pytest.mark.parametrize("count", [1, 120])
async def test_what_is_evaluated_is_proven_and_on_record(count: int, desk: EvaluateDesk, node: FakeNode) -> None:
    asked = elements(count)
    evaluated, proof = await ask(desk, asked)
    check_partial(dealt()[1][1], asked, evaluated, proof=proof)
    fact = node.facts[0]
    assert (fact.kind, fact.outcome, fact.asker, fact.holder) == (AuditKind.EVALUATE, AuditOutcome.SUCCESS, VE, PE)
    assert fact.query == f"elements={count}&epoch={EPOCH}"


async def test_beyond_the_budget_nothing_is_evaluated_and_the_attempt_is_on_record(
    desk: EvaluateDesk, node: FakeNode
) -> None:
    await ask(desk, elements(100))
    with pytest.raises(ThrottledError):
        await ask(desk, elements(51))
    assert [(fact.outcome, fact.reason) for fact in node.facts] == [
        (AuditOutcome.SUCCESS, ""),
        (AuditOutcome.FAILURE, "budget-spent"),
    ]
    await ask(desk, elements(51), by=CO)


async def test_whoever_has_spent_most_of_a_budget_is_told_of_once(
    desk: EvaluateDesk, node: FakeNode, log: FakeLog
) -> None:
    for count in (100, 19, 1, 10):
        await ask(desk, elements(count))
    [(event, fields)] = log.lines
    assert (event, fields) == (BUDGET_ALARM, {"country": VE, "budget": "evaluate", "spent": 120, "limit": 150})
    [alarm] = [fact for fact in node.facts if fact.reason == "budget-alarm"]
    assert (alarm.kind, alarm.asker) == (AuditKind.KEY, VE)


async def test_a_quota_counts_beside_the_everyday_budget_and_only_up_to_its_end(
    desk: EvaluateDesk, node: FakeNode
) -> None:
    await ask(desk, elements(140))
    for _ in range(2):
        await ask(desk, elements(200), quota=b"quota")
    assert isinstance(desk.clock, FakeClock)
    desk.clock.advance(hours=2)
    with pytest.raises(ThrottledError):
        await ask(desk, elements(1), quota=b"quota")
    assert [fact.query for fact in node.facts if fact.reason == "budget-spent"] == [f"elements=1&epoch={EPOCH}&quota"]
    await ask(desk, elements(140))


@pytest.mark.parametrize(
    ("quotas", "asker"),
    [
        (FakeQuotas(), CO),
        (FakeQuotas(replace(QUOTA, epoch=EPOCH + 1)), VE),
        (FakeQuotas(replace(QUOTA, start=QUOTA.start - timedelta(hours=9), end=QUOTA.start)), VE),
        (FakeQuotas(replace(QUOTA, start=QUOTA.start + timedelta(hours=1))), VE),
        (FakeQuotas(signers=frozenset({VE, CO, EC})), VE),
        (FakeQuotas(signers=frozenset({VE, CO, EC, Country("BR")})), VE),
    ],
)
async def test_a_quota_of_another_country_key_or_time_or_with_too_few_names_allows_nothing(
    quotas: FakeQuotas, asker: Country, desk: EvaluateDesk, node: FakeNode
) -> None:
    with pytest.raises(ForbiddenError):
        await ask(replace(desk, quotas=quotas), elements(1), by=asker, quota=b"quota")
    assert [fact.reason for fact in node.facts] == ["quota-refused"]


async def test_what_is_no_quota_is_refused_and_on_record(desk: EvaluateDesk, node: FakeNode) -> None:
    with pytest.raises(InvalidError):
        await ask(desk, elements(1), quota=b"my word")
    assert [fact.reason for fact in node.facts] == ["malformed"]


async def test_a_share_of_another_key_evaluates_nothing(desk: EvaluateDesk) -> None:
    with pytest.raises(ConflictError):
        await ask(desk, elements(1), epoch=EPOCH + 1)


async def test_a_malformed_element_is_refused_and_on_record(desk: EvaluateDesk, node: FakeNode) -> None:
    for wrong in (bytes(32), b"\xff" * 32):
        with pytest.raises(InvalidError):
            await ask(desk, [wrong])
    assert [fact.reason for fact in node.facts] == ["malformed", "malformed"]


async def test_without_a_log_nothing_is_evaluated(desk: EvaluateDesk, node: FakeNode) -> None:
    node.shelf.broken = True
    with pytest.raises(UnavailableError):
        await ask(desk, elements(1))


def test_a_directory_knows_the_key_in_use() -> None:
    known: Federation = SignedParties().federation()
    assert known.key_of(EPOCH) == known.key
    assert known.key_of(EPOCH + 1) is None
    assert known.key.holder(Country("BR")) is None
