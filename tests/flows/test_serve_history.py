from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from msgspec import structs

from corridor.domain.category import Category
from corridor.domain.consent import Consent, Provision, Withdrawal
from corridor.domain.country import Country
from corridor.domain.disclosure import Decision
from corridor.domain.errors import UnavailableError
from corridor.domain.grade import Grade
from corridor.domain.period import ALWAYS, Period
from corridor.domain.purpose import Purpose
from corridor.flows.serve_history import LEASE, serve_history
from tests.fakes.federation import EVERYTHING, FakeCountry, FakeFederation
from tests.fakes.hub import standing_for
from tests.fakes.resources import draft_of, patient, rendered
from tests.flows.entries import entries, lines
from tests.flows.shown import HER, Asked

PE, VE, CO = Country("PE"), Country("VE"), Country("CO")
REFUSED = ("refuse", "failure")


def provision(*categories: Category, data_period: Period = ALWAYS) -> Provision:
    return replace(EVERYTHING, categories=frozenset(categories), data_period=data_period)


async def test_what_consent_permits_leaves_with_the_patient_first(
    migrant: FakeFederation, venezuela: FakeCountry
) -> None:
    request = Asked(migrant, migrant.consent()).request()
    served = await serve_history(PE, request, desk=venezuela.serving)
    assert served
    assert [row.resource_type for row in served.rows] == ["Patient", "MedicationStatement", "Observation"]
    assert served.grade is Grade.CERTAIN
    assert not any(name in row.template for row in served.rows for name in (b"Yusneidi", b"Urdaneta", b"04-17"))


async def test_a_disclosure_is_on_record_and_told_to_the_coordinator(
    migrant: FakeFederation, venezuela: FakeCountry
) -> None:
    request = Asked(migrant, migrant.consent()).request()
    await serve_history(PE, request, desk=venezuela.serving)
    [fact] = venezuela.facts
    assert entries([fact]) == [("answer", "success", "", ("v1",))]
    assert (fact.asker, fact.holder, fact.purpose, fact.trace) == (PE, VE, "TREAT", request.trace)
    assert fact.agent == request.clinician
    [line] = lines(venezuela.node)
    assert (line.reporter, line.asker, line.holder, line.decision) == (VE, PE, VE, Decision.DISCLOSED)
    assert line.hour == migrant.clock.now().replace(minute=0)


async def test_only_permitted_categories_and_dates_leave(migrant: FakeFederation, venezuela: FakeCountry) -> None:
    recent = Period(start=migrant.clock.now() - timedelta(days=800))
    consent = migrant.consent(
        "c",
        provision(Category.MATCH, Category.DEMOGRAPHICS),
        provision(Category.VIRAL_LOAD, Category.REGIMEN, data_period=recent),
    )
    served = await serve_history(PE, Asked(migrant, consent).request(), desk=venezuela.serving)
    assert served
    assert [row.resource_type for row in served.rows] == ["Patient", "Observation"]


async def assert_nothing_leaves(venezuela: FakeCountry, asked: Asked, reason: str, *, known: bool = True) -> None:
    assert await serve_history(PE, asked.request(), desk=venezuela.serving) is None
    assert entries(venezuela.facts) == [(*REFUSED, reason, ("v1",) if known else ())]
    assert [each.decision for each in lines(venezuela.node)] == [Decision.REFUSED if known else Decision.NOTHING]
    assert venezuela.node.shelf.state.grants == {}


async def test_without_a_statement_nothing_leaves(migrant: FakeFederation, venezuela: FakeCountry) -> None:
    await assert_nothing_leaves(venezuela, Asked(migrant, None), "no-consent")


async def test_a_consent_stored_here_does_not_stand_in_for_a_statement(
    migrant: FakeFederation, venezuela: FakeCountry
) -> None:
    await venezuela.keep(migrant.consent(), of="v1")
    await assert_nothing_leaves(venezuela, Asked(migrant, None), "no-consent")


HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("bend", "reason"),
    [
        (lambda consent, now: replace(consent, period=Period(end=now - HOUR)), "not-in-force"),
        (lambda consent, now: replace(consent, period=Period(start=now + HOUR)), "not-in-force"),
        (lambda consent, now: replace(consent, withdrawn_at=now - HOUR), "withdrawn"),
        (lambda consent, now: replace(consent, given_at=now + HOUR), "not-in-force"),
    ],
    ids=["expired", "not-yet", "withdrawn", "given-tomorrow"],
)
async def test_a_statement_that_is_not_in_force_permits_nothing_even_where_one_is_stored_here(
    migrant: FakeFederation, venezuela: FakeCountry, bend: Callable[[Consent, datetime], Consent], reason: str
) -> None:
    await venezuela.keep(migrant.consent("stored"), of="v1")
    consent = bend(migrant.consent(), migrant.clock.now())
    await assert_nothing_leaves(venezuela, Asked(migrant, consent), reason)


@pytest.mark.parametrize(
    ("provisions", "reason"),
    [
        ((replace(EVERYTHING, countries=frozenset({CO})),), "not-covered"),
        ((replace(EVERYTHING, holders=frozenset({CO})),), "not-covered"),
        ((replace(EVERYTHING, purposes=frozenset({Purpose.ETREAT})),), "not-covered"),
        ((EVERYTHING, Provision(permit=False)), "denied"),
        ((provision(Category.MATCH, Category.REGIMEN),), "nothing-permitted"),
    ],
    ids=["other-asker", "other-holder", "other-purpose", "denied", "demographics-not-permitted"],
)
async def test_a_statement_permits_no_more_than_it_says(
    migrant: FakeFederation, venezuela: FakeCountry, provisions: tuple[Provision, ...], reason: str
) -> None:
    await assert_nothing_leaves(venezuela, Asked(migrant, migrant.consent("c", *provisions)), reason)


async def test_a_denial_stored_here_wins(migrant: FakeFederation, venezuela: FakeCountry) -> None:
    await venezuela.keep(migrant.consent("no", Provision(permit=False), days_ago=300), of="v1")
    await assert_nothing_leaves(venezuela, Asked(migrant, migrant.consent()), "denied")


async def test_a_denial_of_one_category_keeps_that_one_home(migrant: FakeFederation, venezuela: FakeCountry) -> None:
    no = Provision(permit=False, categories=frozenset({Category.REGIMEN}))
    await venezuela.keep(migrant.consent("no", no), of="v1")
    served = await serve_history(PE, Asked(migrant, migrant.consent()).request(), desk=venezuela.serving)
    assert served
    assert [row.resource_type for row in served.rows] == ["Patient", "Observation"]


async def test_what_is_stored_here_adds_to_a_statement_that_permits(
    migrant: FakeFederation, venezuela: FakeCountry
) -> None:
    await venezuela.keep(migrant.consent("more", provision(Category.REGIMEN)), of="v1")
    consent = migrant.consent("c", provision(Category.MATCH, Category.DEMOGRAPHICS))
    served = await serve_history(PE, Asked(migrant, consent).request(), desk=venezuela.serving)
    assert served
    assert [row.resource_type for row in served.rows] == ["Patient", "MedicationStatement"]


async def test_a_withdrawal_kept_here_wins_over_every_earlier_consent(
    migrant: FakeFederation, venezuela: FakeCountry
) -> None:
    async with venezuela.node.units.begin() as unit:
        await unit.withdraw("v1", Withdrawal(migrant.clock.now() - timedelta(hours=2)))
    await assert_nothing_leaves(venezuela, Asked(migrant, migrant.consent()), "withdrawn")


async def test_a_consent_given_after_a_withdrawal_counts(migrant: FakeFederation, venezuela: FakeCountry) -> None:
    async with venezuela.node.units.begin() as unit:
        await unit.withdraw("v1", Withdrawal(migrant.clock.now() - timedelta(days=2)))
    request = Asked(migrant, migrant.consent()).request()
    assert await serve_history(PE, request, desk=venezuela.serving)


async def test_a_consent_that_cannot_be_read_here_counts_as_a_denial(
    migrant: FakeFederation, venezuela: FakeCountry
) -> None:
    async with venezuela.node.units.begin() as unit:
        resource = rendered(migrant.consent("odd"), of="v1", home=VE)
        readable = draft_of("odd", resource, "VE")
        # Nothing like this is written today; a database can hold it from before.
        odd = structs.replace(readable, tail=readable.tail.replace(b'"type":"deny"', b'"type":"permit"', 1))
        assert odd != readable
        await unit.write([odd], at=migrant.clock.now())
    await assert_nothing_leaves(venezuela, Asked(migrant, migrant.consent()), "unreadable")


async def test_a_statement_for_another_handle_permits_nothing(migrant: FakeFederation, venezuela: FakeCountry) -> None:
    asked = Asked(migrant, migrant.consent())
    request = replace(asked.request(), statement=asked.request().statement)
    assert await serve_history(PE, request, desk=venezuela.serving) is None
    assert entries(venezuela.facts) == [(*REFUSED, "no-consent", ("v1",))]


@pytest.mark.parametrize("signer", ["CO", "VE"])
async def test_a_statement_that_the_asker_did_not_sign_permits_nothing(
    migrant: FakeFederation, venezuela: FakeCountry, signer: str
) -> None:
    request = Asked(migrant, migrant.consent()).signed_by(signer)
    assert await serve_history(PE, request, desk=venezuela.serving) is None
    assert entries(venezuela.facts) == [(*REFUSED, "no-consent", ("v1",))]


@pytest.mark.parametrize("statement", [b"", b"{}", b"\xff", b"[" * 2000])
async def test_garbage_instead_of_a_statement_permits_nothing(
    migrant: FakeFederation, venezuela: FakeCountry, statement: bytes
) -> None:
    request = replace(Asked(migrant, migrant.consent()).request(), statement=statement)
    assert await serve_history(PE, request, desk=venezuela.serving) is None
    assert entries(venezuela.facts) == [(*REFUSED, "no-consent", ("v1",))]


async def test_a_decoy_finds_nobody(migrant: FakeFederation, venezuela: FakeCountry) -> None:
    until = migrant.clock.now() + timedelta(minutes=1)
    decoy = migrant.hub.handles.issue(VE, standing_for(None), until=until)
    request = replace(Asked(migrant, migrant.consent()).request(), handle=decoy)
    assert await serve_history(PE, request, desk=venezuela.serving) is None
    assert entries(venezuela.facts) == [(*REFUSED, "unknown-person", ())]
    assert [each.decision for each in lines(venezuela.node)] == [Decision.NOTHING]


async def test_a_handle_works_once(migrant: FakeFederation, venezuela: FakeCountry) -> None:
    request = Asked(migrant, migrant.consent()).request()
    assert await serve_history(PE, request, desk=venezuela.serving)
    assert await serve_history(PE, request, desk=venezuela.serving) is None
    assert entries(venezuela.facts)[1] == (*REFUSED, "unknown-person", ())


async def test_a_handle_ends(migrant: FakeFederation, venezuela: FakeCountry) -> None:
    request = Asked(migrant, migrant.consent()).request()
    migrant.clock.advance(minutes=2)
    assert await serve_history(PE, request, desk=venezuela.serving) is None


async def test_the_handle_of_another_country_finds_nobody(migrant: FakeFederation) -> None:
    request = Asked(migrant, migrant.consent()).request()
    assert await serve_history(PE, request, desk=migrant["CO"].serving) is None
    assert entries(migrant["CO"].facts) == [(*REFUSED, "unknown-person", ())]


async def test_a_possible_match_releases_nothing(migrant: FakeFederation, venezuela: FakeCountry) -> None:
    sister = replace(HER, given=("Maryelis", "Josefina"))
    asked = Asked(migrant, migrant.consent(), described=sister)
    await assert_nothing_leaves(venezuela, asked, "unknown-person", known=False)


async def test_two_equal_candidates_release_nothing(migrant: FakeFederation, venezuela: FakeCountry) -> None:
    await venezuela.admit("v2", patient())
    venezuela.node.shelf.state.outbox.clear()
    asked = Asked(migrant, migrant.consent(), candidates=("v1", "v2"))
    await assert_nothing_leaves(venezuela, asked, "unknown-person", known=False)


async def test_a_purpose_widened_after_the_search_finds_nobody(migrant: FakeFederation, venezuela: FakeCountry) -> None:
    asked = Asked(migrant, migrant.consent(), purpose=Purpose.ETREAT)
    await assert_nothing_leaves(venezuela, asked, "unknown-person", known=False)


@pytest.mark.parametrize("why", [Purpose.PUBHLTH, Purpose.BTG, Purpose.PATRQT])
async def test_no_history_leaves_for_another_purpose_than_treatment(
    migrant: FakeFederation, venezuela: FakeCountry, why: Purpose
) -> None:
    consent = migrant.consent("c", replace(EVERYTHING, purposes=frozenset({why})))
    reason = "no-consent" if why is Purpose.BTG else "unknown-purpose"
    await assert_nothing_leaves(venezuela, Asked(migrant, consent, purpose=why, sealed_for=why), reason)


async def test_a_deleted_patient_is_a_stranger(migrant: FakeFederation, venezuela: FakeCountry) -> None:
    async with venezuela.node.units.begin() as unit:
        await unit.delete("Patient", "v1", at=migrant.clock.now())
    asked = Asked(migrant, migrant.consent())
    await assert_nothing_leaves(venezuela, asked, "unknown-person", known=False)


async def test_the_asker_may_come_back_for_a_day(migrant: FakeFederation, venezuela: FakeCountry) -> None:
    await serve_history(PE, Asked(migrant, migrant.consent()).request(), desk=venezuela.serving)
    [((country, pseudonym), (patient_id, until, _))] = venezuela.node.shelf.state.grants.items()
    assert (country, patient_id, until) == (PE, "v1", migrant.clock.now() + LEASE)
    assert pseudonym == venezuela.serving.pseudonyms.pseudonym(PE, "Patient/v1")


async def test_the_asker_may_not_come_back_after_the_consent_ends(
    migrant: FakeFederation, venezuela: FakeCountry
) -> None:
    end = migrant.clock.now() + timedelta(hours=3)
    consent = replace(migrant.consent(), period=Period(end=end))
    await serve_history(PE, Asked(migrant, consent).request(), desk=venezuela.serving)
    [(_, until, _)] = venezuela.node.shelf.state.grants.values()
    assert until == end


async def test_without_the_hub_nothing_is_known_or_said(migrant: FakeFederation, venezuela: FakeCountry) -> None:
    venezuela.register.away = True
    with pytest.raises(UnavailableError):
        await serve_history(PE, Asked(migrant, migrant.consent()).request(), desk=venezuela.serving)
    assert venezuela.facts == []


@pytest.mark.parametrize("consented", [True, False])
async def test_nothing_leaves_where_it_cannot_be_put_on_record(
    migrant: FakeFederation, venezuela: FakeCountry, *, consented: bool
) -> None:
    request = Asked(migrant, migrant.consent() if consented else None).request()
    venezuela.node.shelf.broken = True
    with pytest.raises(UnavailableError):
        await serve_history(PE, request, desk=venezuela.serving)
    assert venezuela.node.shelf.state.grants == {}
    assert lines(venezuela.node) == []
