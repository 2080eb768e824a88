"""What else the hub remembers: disclosures, log proofs, searches, nonces, sign-ins, handles."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from corridor.domain.country import Country
from corridor.domain.disclosure import Decision, Disclosure
from corridor.domain.errors import ConflictError, ThrottledError, UnavailableError
from corridor.domain.matching_request import Redeemed
from corridor.domain.principal import Role
from corridor.flows.ports.attempts import Attempt
from corridor.flows.ports.disclosures import DisclosureFilter, LogProof
from corridor.keys.passwords import hash_password, verify_password
from corridor.storage.accounts import SqlAccounts
from corridor.storage.database import Database
from corridor.storage.hub import tables
from corridor.storage.hub.attempts import SqlAttempts
from corridor.storage.hub.disclosures import SqlDisclosures
from corridor.storage.hub.handles import MemoryHandles
from corridor.storage.hub.resolutions import SqlResolutions
from corridor.storage.limits import SqlBudgets, SqlNonces
from corridor.storage.sessions import SqlSessions
from tests.fakes.hub import standing_for

PE, VE, CO = Country("PE"), Country("VE"), Country("CO")
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def line(
    number: int, *, hour: datetime = NOON, reporter: Country = PE, decision: Decision = Decision.ASKED
) -> Disclosure:
    return Disclosure(f"{number:032x}", hour, reporter, PE, VE, "TREAT", decision)


async def test_a_line_counts_once_per_reporter(hub_database: Database) -> None:
    disclosures = SqlDisclosures(hub_database)
    await disclosures.add([line(1), line(2), line(1)])
    await disclosures.add([line(2), line(1, reporter=VE)])
    await disclosures.add([])
    counts = await disclosures.counts(DisclosureFilter())
    assert [(one.reporter, one.count) for one in counts] == [(PE, 2), (VE, 1)]


async def test_counts_are_filtered_and_come_newest_first(hub_database: Database) -> None:
    disclosures = SqlDisclosures(hub_database)
    later = NOON + timedelta(hours=1)
    await disclosures.add([line(1), line(2, hour=later), line(3, decision=Decision.REFUSED)])
    counts = await disclosures.counts(DisclosureFilter())
    assert [one.hour for one in counts] == [later, NOON, NOON]
    assert [one.count for one in await disclosures.counts(DisclosureFilter(start=later))] == [1]
    assert [one.hour for one in await disclosures.counts(DisclosureFilter(end=later, asker=PE))] == [NOON, NOON]
    [refused] = await disclosures.counts(DisclosureFilter(decision=Decision.REFUSED, holder=VE, purpose="TREAT"))
    assert refused.decision is Decision.REFUSED
    assert await disclosures.counts(DisclosureFilter(holder=CO)) == ()


async def test_a_log_proof_replaces_the_one_before(hub_database: Database) -> None:
    disclosures = SqlDisclosures(hub_database)
    assert await disclosures.proof(VE) is None
    await disclosures.keep_proof(LogProof(VE, 3, whole=True, seen_at=NOON, note="note\n"), 0)
    await disclosures.keep_proof(LogProof(VE, 5, whole=False, seen_at=NOON, note="other\n"), 3)
    await disclosures.keep_proof(LogProof(CO, 1, whole=True, seen_at=NOON, note=""), 0)
    assert await disclosures.proof(VE) == LogProof(VE, 5, whole=False, seen_at=NOON, note="other\n")
    assert [proof.country for proof in await disclosures.proofs()] == [CO, VE]


async def test_of_two_proofs_from_the_same_size_one_is_kept(hub_database: Database) -> None:
    disclosures = SqlDisclosures(hub_database)
    kept = LogProof(VE, 5, whole=True, seen_at=NOON, note="note\n")
    assert await disclosures.keep_proof(kept, 0)
    assert not await disclosures.keep_proof(LogProof(VE, 4, whole=True, seen_at=NOON, note="late\n"), 0)
    assert await disclosures.proof(VE) == kept


async def test_searches_are_counted_by_hour_and_nothing_else_is_kept(hub_database: Database) -> None:
    resolutions = SqlResolutions(hub_database)
    await resolutions.record(PE, purpose="TREAT", at=NOON)
    await resolutions.record(PE, purpose="TREAT", at=NOON + timedelta(minutes=59))
    await resolutions.record(PE, purpose="IMMIG", at=NOON)
    async with hub_database.read() as connection:
        rows = (await connection.execute(text("SELECT asker, purpose, count FROM resolution ORDER BY purpose"))).all()
    assert [tuple(row) for row in rows] == [("PE", "IMMIG", 1), ("PE", "TREAT", 2)]


async def test_searches_for_what_is_never_permitted_can_be_told_from_the_others(hub_database: Database) -> None:
    resolutions, attempts = SqlResolutions(hub_database), SqlAttempts(hub_database)
    for purpose in ("TREAT", "IMMIG", "IMMIG", "<script>"):
        await resolutions.record(PE, purpose=purpose, at=NOON)
    await resolutions.record(VE, purpose="HLEGAL", at=NOON + timedelta(hours=1))
    seen = await attempts.between(None, None)
    assert seen == (
        Attempt(NOON + timedelta(hours=1), VE, "HLEGAL", 1),
        Attempt(NOON, PE, "OTHER", 1),
        Attempt(NOON, PE, "IMMIG", 2),
    )
    assert await attempts.between(NOON + timedelta(hours=1), None) == seen[:1]
    assert await attempts.between(None, NOON + timedelta(hours=1)) == seen[1:]


async def test_a_nonce_is_spent_once_even_by_many_at_a_time(hub_database: Database) -> None:
    nonces = SqlNonces(hub_database, tables.nonce, now=lambda: NOON)
    until = NOON + timedelta(minutes=3)
    spent = await asyncio.gather(*(nonces.spend("VE", "n", until=until) for _ in range(8)))
    assert sorted(spent) == [False] * 7 + [True]
    assert await nonces.spend("CO", "n", until=until)
    reopened = SqlNonces(hub_database, tables.nonce, now=lambda: NOON)
    assert not await reopened.spend("VE", "n", until=until)


async def test_many_nonces_are_spent_side_by_side_and_each_hears_of_its_own(hub_database: Database) -> None:
    here, there = (SqlNonces(hub_database, tables.nonce, now=lambda: NOON) for _ in range(2))
    until = NOON + timedelta(minutes=3)
    assert await here.spend("VE", "7", until=until)
    names = [str(number) for number in range(150)]
    turns = [each.spend("VE", name, until=until) for name in names for each in (here, there)]
    spent = await asyncio.gather(*turns)
    firsts = {name: sum(spent[2 * place : 2 * place + 2]) for place, name in enumerate(names)}
    assert firsts == {name: int(name != "7") for name in names}


async def test_whoever_brings_what_no_database_takes_is_told_and_nobody_else_suffers(hub_database: Database) -> None:
    nonces = SqlNonces(hub_database, tables.nonce, now=lambda: NOON)
    until = NOON + timedelta(minutes=3)
    names = ("a", "\ud800", "b", "a", "\ud800")
    told = await asyncio.gather(*(nonces.spend("VE", each, until=until) for each in names), return_exceptions=True)
    assert told[::2][:2] == [True, True]
    assert told[3] is False
    assert all(isinstance(each, UnavailableError) for each in (told[1], told[4]))
    assert await nonces.spend("VE", "c", until=until)


async def test_a_budget_ends_with_its_hour(hub_database: Database) -> None:
    budgets = SqlBudgets(hub_database, tables.budget)
    await budgets.spend("x", 3, limit=4, at=NOON)
    with pytest.raises(ThrottledError):
        await budgets.spend("x", 2, limit=4, at=NOON)
    await budgets.spend("x", 1, limit=4, at=NOON)
    await budgets.spend("x", 4, limit=4, at=NOON + timedelta(hours=1))


async def test_a_coordinator_signs_in_and_out(hub_database: Database) -> None:
    accounts = SqlAccounts(hub_database, tables.account, keep=hash_password, check=verify_password)
    sessions = SqlSessions(hub_database, tables.session)
    created = await accounts.create("ana", "a long password", Role.COORDINATOR)
    with pytest.raises(ConflictError):
        await accounts.create("ana", "another", Role.COORDINATOR)
    assert await accounts.verify("ana", "wrong") is None
    assert await accounts.verify("nobody", "a long password") is None
    who = await accounts.verify("ana", "a long password")
    assert who == created
    assert who is not None
    token = await sessions.open(who, at=NOON - timedelta(hours=1), until=NOON)
    assert await sessions.who(token, at=NOON - timedelta(hours=1)) == who
    assert await sessions.who(token, at=NOON) is None
    await sessions.close(token)
    assert await sessions.who(token, at=NOON - timedelta(hours=1)) is None


async def test_a_handle_is_redeemed_once_by_its_own_country_in_its_time() -> None:
    handles = MemoryHandles(lambda: NOON)
    meaning = Redeemed((bytes(16),), b"sealed")
    until = NOON + timedelta(minutes=2)
    real, decoy, late = (handles.issue(VE, standing_for(what), until=until) for what in (meaning, None, meaning))
    assert len({real, decoy, late}) == 3
    assert {len(handle) for handle in (real, decoy, late)} == {43}
    assert await handles.redeem(real, country=CO, at=NOON) is None
    assert await handles.redeem(real, country=VE, at=NOON) == meaning
    assert await handles.redeem(real, country=VE, at=NOON) is None
    assert await handles.redeem(decoy, country=VE, at=NOON) is None
    assert await handles.redeem("made-up", country=VE, at=NOON) is None
    assert await handles.redeem(late, country=VE, at=until) is None


async def test_what_nobody_redeems_does_not_stay_in_memory() -> None:
    handles = MemoryHandles(lambda: NOON)
    handles.issue(VE, standing_for(Redeemed((bytes(16),), b"sealed")), until=NOON)
    assert len(handles) == 1
    await asyncio.sleep(0.05)
    assert len(handles) == 0


async def test_handles_have_a_limit() -> None:
    handles = MemoryHandles(lambda: NOON, most=2)
    for _ in range(2):
        handles.issue(VE, standing_for(None), until=NOON)
    with pytest.raises(UnavailableError):
        handles.issue(VE, standing_for(None), until=NOON)
