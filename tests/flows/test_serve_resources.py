from __future__ import annotations

from datetime import timedelta

import pytest

from corridor.domain.consent import Provision, Withdrawal
from corridor.domain.country import Country
from corridor.domain.disclosure import Decision
from corridor.domain.errors import UnavailableError
from corridor.domain.trace import new_trace
from corridor.flows.serve_history import LEASE, serve_history
from corridor.flows.serve_resources import ResourceRequest, serve_resources
from tests.fakes.federation import FakeCountry, FakeFederation
from tests.fakes.resources import viral_load
from tests.flows.entries import entries, lines
from tests.flows.shown import Asked

PE, VE, CO = Country("PE"), Country("VE"), Country("CO")


@pytest.fixture
async def leased(migrant: FakeFederation, venezuela: FakeCountry) -> FakeFederation:
    """Peru was given the history, and may come back."""
    await serve_history(PE, Asked(migrant, migrant.consent()).request(), desk=venezuela.serving)
    venezuela.facts.clear()
    venezuela.node.shelf.state.outbox.clear()
    return migrant


def request(venezuela: FakeCountry, resource_type: str = "Observation", *, of: str = "v1") -> ResourceRequest:
    pseudonym = venezuela.serving.pseudonyms.pseudonym(PE, f"Patient/{of}")
    return ResourceRequest(pseudonym, resource_type, "cd" * 16, new_trace())


async def test_who_comes_back_gets_the_rows_of_one_type_and_that_is_on_record(
    leased: FakeFederation, venezuela: FakeCountry
) -> None:
    asked = request(venezuela)
    rows = (await serve_resources(PE, asked, desk=venezuela.serving)).rows
    assert [(row.resource_type, row.id) for row in rows] == [("Observation", "v1-1")]
    [fact] = venezuela.facts
    assert entries([fact]) == [("answer", "success", "", ("v1",))]
    assert (fact.asker, fact.holder, fact.agent, fact.trace) == (PE, VE, asked.clinician, asked.trace)
    assert (fact.resource, fact.purpose, fact.at) == ("Observation", "TREAT", leased.clock.now())
    assert [each.decision for each in lines(venezuela.node)] == [Decision.DISCLOSED]


async def test_what_was_written_since_comes_too(leased: FakeFederation, venezuela: FakeCountry) -> None:
    await venezuela.write("new", viral_load("v1", on="2026-02-01"))
    assert len((await serve_resources(PE, request(venezuela), desk=venezuela.serving)).rows) == 2
    assert leased["PE"].facts == []


async def assert_nothing_comes(
    venezuela: FakeCountry, asker: Country, asked: ResourceRequest, reason: str, *, known: bool
) -> None:
    assert (await serve_resources(asker, asked, desk=venezuela.serving)).rows == ()
    assert entries(venezuela.facts) == [("refuse", "failure", reason, ("v1",) if known else ())]
    assert [each.decision for each in lines(venezuela.node)] == [Decision.REFUSED if known else Decision.NOTHING]


async def test_a_stranger_gets_nothing(leased: FakeFederation, venezuela: FakeCountry) -> None:
    assert leased
    await assert_nothing_comes(venezuela, PE, request(venezuela, of="nobody"), "no-lease", known=False)


async def test_the_lease_of_one_country_is_none_for_another(leased: FakeFederation, venezuela: FakeCountry) -> None:
    assert leased
    await assert_nothing_comes(venezuela, CO, request(venezuela), "no-lease", known=False)


async def test_a_lease_ends_after_a_day(leased: FakeFederation, venezuela: FakeCountry) -> None:
    leased.clock.advance(seconds=LEASE.total_seconds())
    await assert_nothing_comes(venezuela, PE, request(venezuela), "no-lease", known=False)


async def test_a_type_that_there_is_nothing_of_gives_nothing(leased: FakeFederation, venezuela: FakeCountry) -> None:
    assert leased
    await assert_nothing_comes(venezuela, PE, request(venezuela, "Condition"), "nothing-permitted", known=True)


async def test_a_withdrawal_ends_the_lease_at_once(leased: FakeFederation, venezuela: FakeCountry) -> None:
    async with venezuela.node.units.begin() as unit:
        await unit.withdraw("v1", Withdrawal(leased.clock.now()))
    await assert_nothing_comes(venezuela, PE, request(venezuela), "withdrawn", known=True)


async def test_a_denial_kept_since_ends_the_lease_at_once(leased: FakeFederation, venezuela: FakeCountry) -> None:
    await venezuela.keep(leased.consent("no", Provision(permit=False)), of="v1")
    await assert_nothing_comes(venezuela, PE, request(venezuela), "denied", known=True)


async def test_a_statement_that_was_altered_in_the_store_permits_nothing(
    leased: FakeFederation, venezuela: FakeCountry
) -> None:
    grants = venezuela.node.shelf.state.grants
    [(key, (patient_id, until, kept))] = grants.items()
    for altered in (b"\xff" + kept, b"", kept.replace(b"\n", b"", 1), kept.replace(b"TREAT", b"ETREAT")):
        grants[key] = (patient_id, until, altered)
        assert (await serve_resources(PE, request(venezuela), desk=venezuela.serving)).rows == ()
    assert {reason for _, _, reason, _ in entries(venezuela.facts)} == {"no-consent"}
    assert until == leased.clock.now() + timedelta(days=1)


async def test_nothing_comes_where_it_cannot_be_put_on_record(leased: FakeFederation, venezuela: FakeCountry) -> None:
    assert leased
    venezuela.node.shelf.broken = True
    with pytest.raises(UnavailableError):
        await serve_resources(PE, request(venezuela), desk=venezuela.serving)
