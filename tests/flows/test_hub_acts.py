"""What the hub does: resolve, redeem, register, receive, list."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import pytest

from corridor.domain.audit.checkpoint import Checkpoint
from corridor.domain.audit.proof import consistency_proof
from corridor.domain.audit.tree import Frontier, leaf_hash
from corridor.domain.country import Country
from corridor.domain.disclosure import Decision, LogState, line
from corridor.domain.errors import ConflictError, ForbiddenError, InvalidError, SignatureError, UnavailableError
from corridor.domain.matching_request import PersonEntry, Redeemed, Search
from corridor.domain.principal import Principal, Role
from corridor.flows.list_disclosures import CoordinatorDesk, list_disclosures
from corridor.flows.ports.attempts import Attempt
from corridor.flows.ports.disclosures import DisclosureFilter
from corridor.flows.ports.persons import Candidate
from corridor.flows.receive_report import ReportsDesk, receive_report
from corridor.flows.redeem_handle import redeem_handle
from corridor.flows.register_persons import register_persons
from corridor.flows.remove_persons import remove_persons
from corridor.flows.resolve_identity import LIFE, resolve_identity
from corridor.flows.seen_size import seen_size
from corridor.keys.checkpoints import open_checkpoint, sign_checkpoint
from corridor.storage.database import Database
from corridor.storage.hub.disclosures import SqlDisclosures
from tests.fakes.clock import FakeClock
from tests.fakes.hub import EPOCH, FakeHub, FakePersons
from tests.fakes.signed import SignedParties

PE, VE, CO = Country("PE"), Country("VE"), Country("CO")
TOKENS = tuple((kind, bytes([kind]) * 16) for kind in range(1, 21))
FLAGS = (2, 2, 3, 1)


def entry(number: int, tokens: tuple[tuple[int, bytes], ...] = TOKENS) -> PersonEntry:
    return PersonEntry(bytes([number]) * 16, tokens, FLAGS)


def search(*countries: Country, purpose: str = "TREAT") -> Search:
    return Search(EPOCH, TOKENS, FLAGS, tuple((country, country.encode()) for country in countries), purpose)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def hub(clock: FakeClock) -> FakeHub:
    return FakeHub((CO, PE, VE), clock)


async def test_a_handle_of_a_known_person_gives_candidate_and_envelope_once(hub: FakeHub) -> None:
    await register_persons(VE, [entry(1)], epoch=EPOCH, desk=hub.registering)
    handles = await resolve_identity(PE, search(CO, VE), desk=hub.resolving)
    assert handles.keys() == {CO, VE}
    assert len(handles[CO]) == len(handles[VE])
    assert await redeem_handle(CO, handles[VE], desk=hub.redeeming) is None
    assert await redeem_handle(VE, handles[VE], desk=hub.redeeming) == Redeemed((bytes([1]) * 16,), b"VE")
    assert await redeem_handle(VE, handles[VE], desk=hub.redeeming) is None
    assert await redeem_handle(CO, handles[CO], desk=hub.redeeming) is None


async def test_a_handle_ends_after_two_minutes(hub: FakeHub, clock: FakeClock) -> None:
    await register_persons(VE, [entry(1)], epoch=EPOCH, desk=hub.registering)
    handles = await resolve_identity(PE, search(VE), desk=hub.resolving)
    clock.at += LIFE
    assert timedelta(minutes=2) == LIFE
    assert await redeem_handle(VE, handles[VE], desk=hub.redeeming) is None


async def test_a_handle_stands_for_three_candidates_at_most_the_likeliest_first(hub: FakeHub) -> None:
    same = [entry(number) for number in (1, 2, 3)]
    await register_persons(VE, [entry(9, TOKENS[:19]), *same], epoch=EPOCH, desk=hub.registering)
    handles = await resolve_identity(PE, search(VE), desk=hub.resolving)
    redeemed = await redeem_handle(VE, handles[VE], desk=hub.redeeming)
    assert redeemed is not None
    assert len(redeemed.candidates) == 3


async def test_somebody_who_shares_next_to_nothing_is_no_candidate(hub: FakeHub) -> None:
    await register_persons(VE, [entry(1, ((9, TOKENS[8][1]),))], epoch=EPOCH, desk=hub.registering)
    handles = await resolve_identity(PE, search(VE), desk=hub.resolving)
    assert await redeem_handle(VE, handles[VE], desk=hub.redeeming) is None


async def test_a_search_is_on_record_whatever_comes_of_it(hub: FakeHub) -> None:
    await resolve_identity(PE, search(VE), desk=hub.resolving)
    with pytest.raises(ForbiddenError):
        await resolve_identity(PE, search(VE, purpose="IMMIG"), desk=hub.resolving)
    with pytest.raises(InvalidError):
        await resolve_identity(PE, search(PE), desk=hub.resolving)
    with pytest.raises(InvalidError):
        await resolve_identity(PE, search(Country("AR")), desk=hub.resolving)
    assert [purpose for _, purpose, _ in hub.resolutions.searches] == ["TREAT", "IMMIG", "TREAT", "TREAT"]


class SlowPersons(FakePersons):
    """A register that takes its time."""

    def __init__(self) -> None:
        super().__init__()
        self.go_on = asyncio.Event()

    async def agreeing(
        self, epoch: int, tokens: Sequence[tuple[int, bytes]], *, besides: Country
    ) -> tuple[Candidate, ...]:
        """See the port."""
        await self.go_on.wait()
        return await super().agreeing(epoch, tokens, besides=besides)


async def test_handles_are_given_before_anybody_is_looked_for_and_redeemed_when_somebody_was(hub: FakeHub) -> None:
    slow = SlowPersons()
    await slow.put(VE, EPOCH, [entry(1)])
    handles = await resolve_identity(PE, search(CO, VE), desk=replace(hub.resolving, persons=slow))
    asked = [asyncio.create_task(redeem_handle(each, handles[each], desk=hub.redeeming)) for each in (CO, VE)]
    gone = asyncio.create_task(redeem_handle(VE, handles[VE], desk=hub.redeeming))
    await asyncio.sleep(0)
    assert not any(each.done() for each in asked)
    gone.cancel()
    slow.go_on.set()
    assert await asyncio.gather(*asked) == [None, Redeemed((bytes([1]) * 16,), b"VE")]


class BrokenPersons(FakePersons):
    """A register whose database is gone."""

    async def size(self) -> int:
        """See the port."""
        raise UnavailableError("The database does not answer.")


async def test_where_nobody_could_be_looked_for_whoever_redeems_is_told(hub: FakeHub) -> None:
    handles = await resolve_identity(PE, search(CO, VE), desk=replace(hub.resolving, persons=BrokenPersons()))
    for country in (CO, VE):
        with pytest.raises(UnavailableError):
            await redeem_handle(country, handles[country], desk=hub.redeeming)


async def test_tokens_of_a_key_that_is_not_in_use_are_refused(hub: FakeHub) -> None:
    await register_persons(VE, [entry(1)], epoch=EPOCH + 1, desk=hub.registering)
    for epoch in (EPOCH - 1, EPOCH + 2):
        with pytest.raises(InvalidError):
            await register_persons(VE, [entry(1)], epoch=epoch, desk=hub.registering)
    with pytest.raises(InvalidError):
        await register_persons(VE, [entry(1), entry(1)], epoch=EPOCH, desk=hub.registering)
    with pytest.raises(InvalidError):
        await register_persons(VE, [replace(entry(1), flags=(9, 9, 9, 9))], epoch=EPOCH, desk=hub.registering)


async def test_a_forgotten_person_is_not_found(hub: FakeHub) -> None:
    await register_persons(VE, [entry(1)], epoch=EPOCH, desk=hub.registering)
    await remove_persons(VE, [bytes([1]) * 16], desk=hub.registering)
    handles = await resolve_identity(PE, search(VE), desk=hub.resolving)
    assert await redeem_handle(VE, handles[VE], desk=hub.redeeming) is None


class GrowingLog:
    """A country's log that proves its growth for real."""

    def __init__(self, parties: SignedParties, home: Country, salt: bytes = b"") -> None:
        self.tree, self.hashes, self.salt = Frontier(), {}, salt
        self.key, self.home = parties.keys[home], home

    def grow(self, leaves: int, *, since: int) -> LogState:
        """The state after some more leaves."""
        for _ in range(leaves):
            for node in self.tree.append(leaf_hash(self.salt + bytes([self.tree.size]))):
                self.hashes[node.level, node.index] = node.hash
        note = sign_checkpoint(Checkpoint(f"log/{self.home}", self.tree.size, self.tree.root()), self.key)
        proof = consistency_proof(since, self.tree.size, lambda *place: self.hashes[place])
        return LogState(since, self.tree.size, note, proof)


@pytest.fixture
def parties() -> SignedParties:
    return SignedParties()


@pytest.fixture
def desk(parties: SignedParties, hub_database: Database) -> ReportsDesk:
    def opened(country: Country, note: str) -> Checkpoint:
        return open_checkpoint(note, origin=f"log/{country}", public_key=parties.public(country))

    return ReportsDesk(SqlDisclosures(hub_database), parties, parties.clock, opened)


async def test_a_log_that_grows_stays_whole(parties: SignedParties, desk: ReportsDesk) -> None:
    log, size = GrowingLog(parties, VE), 0
    for leaves in (3, 0, 1, 7):
        await receive_report(VE, [], state=log.grow(leaves, since=size), desk=desk)
        size += leaves
        assert await seen_size(VE, disclosures=desk.disclosures) == size
    proof = await desk.disclosures.proof(VE)
    assert proof is not None
    assert proof.whole
    assert await seen_size(CO, disclosures=desk.disclosures) == 0


async def test_a_log_that_was_rewritten_is_marked_for_ever(parties: SignedParties, desk: ReportsDesk) -> None:
    log = GrowingLog(parties, VE)
    await receive_report(VE, [], state=log.grow(5, since=0), desk=desk)
    forged = GrowingLog(parties, VE, salt=b"x").grow(8, since=5)
    await receive_report(VE, [], state=forged, desk=desk)
    await receive_report(VE, [], state=log.grow(3, since=5), desk=desk)
    proof = await desk.disclosures.proof(VE)
    assert proof is not None
    assert (proof.whole, proof.size) == (False, 8)


@pytest.mark.parametrize("wrong", ["shorter", "unsigned", "other-size", "foreign"])
async def test_what_no_honest_log_says_marks_it(wrong: str, parties: SignedParties, desk: ReportsDesk) -> None:
    log = GrowingLog(parties, VE)
    first = log.grow(3, since=0)
    second, longer = log.grow(2, since=3), GrowingLog(parties, VE).grow(5, since=0)
    await receive_report(VE, [], state=longer if wrong == "shorter" else first, desk=desk)
    told = {
        "shorter": replace(first, since=5, proof=()),
        "unsigned": replace(second, note="nonsense"),
        "other-size": replace(second, size=6),
        "foreign": GrowingLog(parties, CO).grow(5, since=3),
    }[wrong]
    await receive_report(VE, [], state=told, desk=desk)
    proof = await desk.disclosures.proof(VE)
    assert proof is not None
    assert not proof.whole


async def test_a_proof_from_another_size_is_asked_for_again_and_marks_nobody(
    parties: SignedParties, desk: ReportsDesk
) -> None:
    log = GrowingLog(parties, VE)
    await receive_report(VE, [], state=log.grow(3, since=0), desk=desk)
    with pytest.raises(ConflictError):
        await receive_report(VE, [], state=log.grow(2, since=0), desk=desk)
    proof = await desk.disclosures.proof(VE)
    assert proof is not None
    assert proof.whole


async def test_a_country_reports_only_what_is_its_own_to_tell(parties: SignedParties, desk: ReportsDesk) -> None:
    state = GrowingLog(parties, VE).grow(1, since=0)
    now = parties.clock.now()
    good = line((PE, VE), reporter=VE, purpose="TREAT", decision=Decision.DISCLOSED, at=now)
    for bad in (
        replace(good, reporter=PE),
        replace(good, holder=CO),
        replace(good, asker=VE),
        replace(good, asker=Country("AR")),
        replace(good, hour=now),
    ):
        with pytest.raises(InvalidError):
            await receive_report(VE, [bad], state=state, desk=desk)
    await receive_report(VE, [good], state=state, desk=desk)
    await receive_report(VE, [good], state=replace(state, since=1, proof=()), desk=desk)
    [counted] = await desk.disclosures.counts(DisclosureFilter())
    assert (counted.count, counted.decision) == (1, Decision.DISCLOSED)


@dataclass(frozen=True)
class Seen:
    """Port `Attempts`."""

    attempts: tuple[Attempt, ...]

    async def between(self, start: datetime | None, end: datetime | None) -> tuple[Attempt, ...]:
        """See the port."""
        assert start is None
        assert end is None
        return self.attempts


async def test_only_a_coordinator_sees_the_overview(desk: ReportsDesk, hub: FakeHub) -> None:
    await register_persons(VE, [entry(1)], epoch=EPOCH, desk=hub.registering)
    attempt = Attempt(FakeClock().now(), PE, "IMMIG", 1)
    view = CoordinatorDesk(desk.disclosures, hub.persons, Seen((attempt,)))
    seen = await list_disclosures(Principal("ana", Role.COORDINATOR, "0" * 32), DisclosureFilter(), desk=view)
    assert (seen.counts, seen.proofs, seen.registered, seen.attempts) == ((), (), {VE: 1}, (attempt,))
    for role in set(Role) - {Role.COORDINATOR}:
        with pytest.raises(ForbiddenError):
            await list_disclosures(Principal("ana", role, "0" * 32), DisclosureFilter(), desk=view)


def test_a_checkpoint_of_another_country_is_no_proof(parties: SignedParties) -> None:
    note = GrowingLog(parties, CO).grow(1, since=0).note
    with pytest.raises(SignatureError):
        open_checkpoint(note, origin="log/VE", public_key=parties.public("VE"))
