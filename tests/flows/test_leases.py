from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial

import pytest

from corridor.domain.audit.fact import AuditFact, AuditKind, AuditOutcome
from corridor.domain.category import Category
from corridor.domain.consent import Provision, Withdrawal
from corridor.domain.country import Country
from corridor.domain.errors import UnavailableError
from corridor.domain.history import Answer, History, SilenceReason
from corridor.domain.lease import FRESH, LEASE, Copies
from corridor.domain.trace import new_trace
from corridor.flows.ports.leases import LeaseAsk
from corridor.flows.pull_history import pull_history
from corridor.flows.renew_copies import RenewDesk, Renewed, renew_copies
from corridor.flows.renew_lease import renew_lease
from corridor.flows.spread_withdrawal import spread_withdrawal
from corridor.flows.tell_missed import tell_missed
from corridor.flows.withdraw_consent import WithdrawDesk, withdraw_consent
from tests.fakes.federation import FakeFederation, asking
from tests.fakes.leases import FakeLeases
from tests.fakes.resources import patient, viral_load
from tests.flows.entries import entries

VE, PE = Country("VE"), Country("PE")
TRACE = new_trace()
STALE = FRESH.total_seconds() + 1


@dataclass
class Bedside:
    """A history that was pulled in Lima, and what is asked before it is shown again."""

    federation: FakeFederation
    history: History
    leases: FakeLeases
    copies: Copies = field(default_factory=Copies)

    async def look(self) -> Renewed:
        """Show it again."""
        peru = self.federation["PE"]
        desk = RenewDesk(PE, peru.node.units, self.leases, peru.pulling.pseudonyms, self.federation.clock)
        renewed = await renew_copies(asking(), self.history, self.copies, desk=desk)
        self.copies = renewed.copies
        return renewed

    def shown(self, renewed: Renewed) -> list[str]:
        """Types of what Caracas told."""
        return [each.resource_type for answer in renewed.history.answers for each in answer.entries]


@pytest.fixture
async def bedside(migrant: FakeFederation) -> Bedside:
    """Somebody of whom Caracas told a viral load."""
    peru = migrant["PE"]
    await peru.keep(migrant.consent(), of="p1")
    history = await pull_history(asking(), "p1", purpose_code="TREAT", deadline_seconds=5, desk=peru.pulling)
    peru.facts.clear()
    migrant["VE"].facts.clear()
    return Bedside(
        migrant,
        replace(history, answers=tuple(map(partial(named, migrant), history.answers))),
        FakeLeases(PE, peru.peers.others),
    )


def named(federation: FakeFederation, answer: Answer) -> Answer:
    """The answer with every resource under its pseudonym, as a real exchange names it."""
    pseudonym = federation[answer.country].serving.pseudonyms.pseudonym
    entries = (
        each if each.resource_type == "Patient" else replace(each, id=pseudonym(PE, f"{each.resource_type}/{each.id}"))
        for each in answer.entries
    )
    return replace(answer, entries=tuple(entries))


def silences(renewed: Renewed) -> dict[Country, SilenceReason]:
    return {each.country: each.reason for each in renewed.history.silences}


async def test_a_yes_that_was_just_said_is_not_asked_for_again(bedside: Bedside) -> None:
    told = bedside.shown(await bedside.look())
    assert told
    assert bedside.leases.asked == []
    bedside.federation.clock.advance(seconds=STALE)
    assert bedside.shown(await bedside.look()) == told
    assert bedside.leases.asked == [VE]
    assert bedside.shown(await bedside.look()) == told
    assert bedside.leases.asked == [VE]
    assert entries(bedside.federation["VE"].facts) == [("answer", "success", "", ("v1",))]


async def test_a_copy_is_not_shown_while_its_holder_cannot_be_asked_and_is_again_when_it_can(bedside: Bedside) -> None:
    bedside.federation.clock.advance(seconds=STALE)
    bedside.leases.away = {VE}
    hidden = await bedside.look()
    assert bedside.shown(hidden) == []
    assert silences(hidden) == {VE: SilenceReason.NOT_RENEWED}
    bedside.leases.away = set()
    assert bedside.shown(await bedside.look())


def test_a_yes_counts_for_five_seconds_and_a_lease_lasts_no_longer_than_a_day() -> None:
    assert (timedelta(seconds=5), timedelta(hours=24)) == (FRESH, LEASE)


async def test_a_clock_that_was_set_back_makes_nothing_fresh(bedside: Bedside) -> None:
    bedside.federation.clock.advance(seconds=-60)
    bedside.leases.away = {VE}
    assert bedside.shown(await bedside.look()) == []


async def test_after_a_withdrawal_that_the_holder_knows_the_copy_is_over_for_good(bedside: Bedside) -> None:
    async with bedside.federation["VE"].node.units.begin() as unit:
        await unit.withdraw("v1", Withdrawal(bedside.federation.clock.now()))
    bedside.federation.clock.advance(seconds=STALE)
    over = await bedside.look()
    assert bedside.shown(over) == []
    assert silences(over) == {VE: SilenceReason.LEASE_OVER}
    assert entries(bedside.federation["VE"].facts) == [("refuse", "failure", "withdrawn", ("v1",))]
    assert entries(bedside.federation["PE"].facts) == [("receipt", "failure", "lease-over", ("p1",))]
    bedside.federation["VE"].node.shelf.state.withdrawals.clear()
    bedside.federation.clock.advance(seconds=STALE)
    assert silences(await bedside.look()) == {VE: SilenceReason.LEASE_OVER}
    assert len(bedside.federation["PE"].facts) == 1


async def test_a_withdrawal_that_is_known_here_ends_the_copy_at_once_whatever_the_holder_knows(
    bedside: Bedside,
) -> None:
    await withdraw_consent(
        asking(), "p1", desk=WithdrawDesk(bedside.federation["PE"].node.units, bedside.federation.clock)
    )
    over = await bedside.look()
    assert silences(over) == {VE: SilenceReason.LEASE_OVER}
    assert bedside.leases.asked == []


async def test_a_holder_that_was_away_hears_of_the_withdrawal_before_it_says_yes_again(bedside: Bedside) -> None:
    federation = bedside.federation
    colombia = federation["CO"]
    await colombia.admit("c2", patient())
    federation["PE"].peers.failing = {}
    colombia.peers.failing = {VE: UnavailableError("Cut off."), PE: UnavailableError("Cut off.")}
    await withdraw_consent(asking(), "c2", desk=WithdrawDesk(colombia.node.units, federation.clock))
    await spread_withdrawal(desk=colombia.spreading)
    colombia.peers.failing = {}

    async def missed() -> None:
        await tell_missed(VE, tell=True, desk=colombia.spreading)

    federation["VE"].contacts.missed = missed
    federation.clock.advance(seconds=STALE)
    assert silences(await bedside.look()) == {VE: SilenceReason.LEASE_OVER}


async def test_what_the_holder_would_not_tell_any_more_is_over_with_the_rest(bedside: Bedside) -> None:
    refusal = Provision(permit=False, categories=frozenset({Category.VIRAL_LOAD}))
    await bedside.federation["VE"].keep(bedside.federation.consent("later", refusal), of="v1")
    bedside.federation.clock.advance(seconds=STALE)
    assert silences(await bedside.look()) == {VE: SilenceReason.LEASE_OVER}
    assert entries(bedside.federation["VE"].facts)[-1] == ("refuse", "failure", "narrowed", ("v1",))


async def test_what_is_new_at_the_holder_changes_nothing(bedside: Bedside) -> None:
    await bedside.federation["VE"].write("v1-new", viral_load("v1", on="2024-08-09"))
    bedside.federation.clock.advance(seconds=STALE)
    assert bedside.shown(await bedside.look())


async def test_a_lease_ends_after_a_day_however_often_it_was_renewed(bedside: Bedside) -> None:
    for _ in range(4):
        bedside.federation.clock.advance(hours=5)
        assert bedside.shown(await bedside.look())
    bedside.federation.clock.advance(seconds=LEASE.total_seconds() - timedelta(hours=20).total_seconds())
    assert silences(await bedside.look()) == {VE: SilenceReason.LEASE_OVER}


async def test_a_stranger_an_ended_lease_and_a_refusal_are_the_same_no(bedside: Bedside) -> None:
    venezuela, clock = bedside.federation["VE"], bedside.federation.clock

    async def said(name: str, *ids: str) -> bool:
        return await renew_lease(PE, LeaseAsk(name, ids, "c" * 32, new_trace()), desk=venezuela.serving)

    known = next(each for each in bedside.history.answers if each.entries).entries[0].id
    assert await said(known, known)
    assert not await said("0" * 32, known)
    assert not await said(known, "0" * 32)
    async with venezuela.node.units.begin() as unit:
        await unit.withdraw("v1", Withdrawal(clock.now()))
    assert not await said(known, known)
    assert entries(venezuela.facts) == [
        ("answer", "success", "", ("v1",)),
        ("refuse", "failure", "no-lease", ()),
        ("refuse", "failure", "narrowed", ("v1",)),
        ("refuse", "failure", "withdrawn", ("v1",)),
    ]


async def said_of(bedside: Bedside) -> AuditFact:
    """What Caracas writes down when it is asked for its person's name alone."""
    venezuela = bedside.federation["VE"]
    known = next(each for each in bedside.history.answers if each.entries).entries[0].id
    asked = LeaseAsk(known, (known,), "c" * 32, TRACE)
    assert await renew_lease(PE, asked, desk=venezuela.serving) is not bool(venezuela.facts[-1].reason)
    return venezuela.facts[-1]


async def test_who_asked_for_which_renewal_is_written_down(bedside: Bedside) -> None:
    assert await said_of(bedside) == AuditFact(
        kind=AuditKind.ANSWER,
        outcome=AuditOutcome.SUCCESS,
        at=bedside.federation.clock.now(),
        trace=TRACE,
        request_id="",
        agent="c" * 32,
        role="clinician",
        asker=PE,
        holder=VE,
        purpose="TREAT",
        patient_ids=("v1",),
        query="lease",
        reason="",
    )


async def test_where_nothing_is_left_to_tell_the_copy_ends(bedside: Bedside) -> None:
    venezuela = bedside.federation["VE"]
    async with venezuela.node.units.begin() as unit:
        for row in await unit.projection("v1"):
            await unit.delete(row.resource_type, row.id, at=bedside.federation.clock.now())
    venezuela.facts.clear()
    await said_of(bedside)
    assert entries(venezuela.facts) == [("refuse", "failure", "nothing-permitted", ("v1",))]


@pytest.mark.parametrize(("word", "reason"), [(b"TREAT ", ""), (b"", ""), (b"NOPE ", "no-consent")])
async def test_a_lease_of_an_earlier_release_that_says_no_purpose_was_given_for_treatment(
    bedside: Bedside, word: bytes, reason: str
) -> None:
    grants = bedside.federation["VE"].node.shelf.state.grants
    for key, (patient_id, until, kept) in grants.items():
        grants[key] = (patient_id, until, word + kept.removeprefix(b"TREAT "))
    fact = await said_of(bedside)
    assert (fact.purpose, fact.reason) == ("TREAT", reason)
