from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from corridor.domain.asking import Asking
from corridor.domain.category import Category
from corridor.domain.consent import Consent, Provision, Withdrawal
from corridor.domain.country import Country
from corridor.domain.directory import Departure
from corridor.domain.disclosure import Decision
from corridor.domain.errors import (
    CorridorError,
    ForbiddenError,
    MalformedError,
    NotFoundError,
    ThrottledError,
    UnavailableError,
)
from corridor.domain.grade import Grade
from corridor.domain.history import History, SilenceReason
from corridor.domain.period import Period
from corridor.domain.principal import Role
from corridor.domain.purpose import Purpose
from corridor.flows.pull_history import pull_history
from corridor.flows.serve_history import ServeDesk
from tests.fakes.federation import EVERYTHING, FakeCountry, FakeFederation, asking
from tests.fakes.resources import patient, viral_load
from tests.flows.entries import entries, lines

PE, VE, CO = Country("PE"), Country("VE"), Country("CO")
ASKED = ("ask", "success", "", ("p1",))
HEARD = ("receipt", "success", "", ("p1",))
Pull = Callable[..., Awaitable[History]]


@pytest.fixture
async def consented(migrant: FakeFederation) -> FakeFederation:
    """The migrant's consent to everything for treatment is kept in Peru."""
    await migrant["PE"].keep(migrant.consent(), of="p1")
    return migrant


@pytest.fixture
def pull(migrant: FakeFederation) -> Pull:
    """A pull in Peru."""

    async def pull(who: Asking | None = None, *, of: str = "p1", purpose: str = "TREAT", seconds: float = 5) -> History:
        return await pull_history(
            who or asking(), of, purpose_code=purpose, deadline_seconds=seconds, desk=migrant["PE"].pulling
        )

    return pull


def silences(history: History) -> dict[str, SilenceReason]:
    return {each.country: each.reason for each in history.silences}


async def test_a_history_crosses_the_border_and_everyone_else_says_nothing(
    consented: FakeFederation, pull: Pull
) -> None:
    who = asking()
    history = await pull(who)
    assert [(each.country, len(each.entries)) for each in history.answers] == [("CO", 0), ("VE", 3)]
    assert [each.grade for each in history.answers] == [None, Grade.CERTAIN]
    assert history.silences == ()
    assert (history.patient_id, history.purpose, history.trace) == ("p1", Purpose.TREAT, who.trace)
    assert history.at == consented.clock.now()


async def test_every_country_has_its_part_on_record_under_one_trace(consented: FakeFederation, pull: Pull) -> None:
    await pull()
    peru, venezuela, colombia = (consented[code].facts for code in ("PE", "VE", "CO"))
    assert entries(peru) == [ASKED, HEARD, HEARD]
    assert entries(venezuela) == [("answer", "success", "", ("v1",))]
    assert entries(colombia) == [("refuse", "failure", "unknown-person", ())]
    assert len({fact.trace.trace_id for fact in (*peru, *venezuela, *colombia)}) == 1
    assert [fact.holder for fact in peru] == [None, CO, VE]
    assert peru[0].consent_ids == ("consent-1",)


async def test_both_sides_tell_the_coordinator(consented: FakeFederation, pull: Pull) -> None:
    await pull()
    told = {code: [(each.holder, each.decision) for each in lines(consented[code].node)] for code in consented.codes}
    assert told == {
        "PE": [(CO, Decision.ASKED), (VE, Decision.ASKED)],
        "VE": [(VE, Decision.DISCLOSED)],
        "CO": [(CO, Decision.NOTHING)],
    }


async def test_the_holder_learns_a_pseudonym_of_the_clinician(consented: FakeFederation, pull: Pull) -> None:
    who = asking()
    await pull(who)
    agents = {consented[code].facts[0].agent for code in ("VE", "CO")}
    assert len(agents) == 2
    assert not agents & {who.principal.account, who.principal.pseudonym}


async def test_the_hub_has_on_record_that_peru_searched_and_not_for_whom(consented: FakeFederation, pull: Pull) -> None:
    await pull()
    assert consented.hub.resolutions.searches == [(PE, "TREAT", consented.clock.now().replace(minute=0))]


async def test_a_peer_that_hangs_is_named_within_the_deadline(consented: FakeFederation, pull: Pull) -> None:
    consented["PE"].peers.hanging = {CO}
    history = await pull(seconds=0.3)
    assert [each.country for each in history.answers] == ["VE"]
    assert silences(history) == {"CO": SilenceReason.TIMEOUT}
    assert entries(consented["PE"].facts) == [ASKED, HEARD, ("receipt", "failure", "timeout", ("p1",))]
    assert {each.holder: each.decision for each in lines(consented["PE"].node)} == {
        VE: Decision.ASKED,
        CO: Decision.SILENT,
    }


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (UnavailableError("Down."), SilenceReason.UNREACHABLE),
        (MalformedError("Garbage."), SilenceReason.GARBLED),
        (ThrottledError("Too much."), SilenceReason.GARBLED),
    ],
)
async def test_a_peer_that_fails_is_named_with_the_reason(
    consented: FakeFederation, pull: Pull, error: CorridorError, reason: SilenceReason
) -> None:
    consented["PE"].peers.failing = {VE: error}
    history = await pull()
    assert silences(history) == {"VE": reason}
    assert entries(consented["PE"].facts)[-1] == ("receipt", "failure", str(reason), ("p1",))


async def test_a_holder_that_cannot_write_its_log_is_silent(consented: FakeFederation, pull: Pull) -> None:
    consented["VE"].node.shelf.broken = True
    assert silences(await pull()) == {"VE": SilenceReason.UNREACHABLE}


async def test_where_no_handles_can_be_had_every_country_is_named(consented: FakeFederation, pull: Pull) -> None:
    consented["PE"].register.away = True
    history = await pull()
    assert history.answers == ()
    assert silences(history) == {"CO": SilenceReason.NOT_ASKED, "VE": SilenceReason.NOT_ASKED}
    assert [reason for _, _, reason, _ in entries(consented["PE"].facts)] == ["", "not-asked", "not-asked"]


@pytest.mark.parametrize("error", [ThrottledError("Too many."), ForbiddenError("No."), NotFoundError("Nothing.")])
async def test_a_hub_that_refuses_leaves_every_country_named(
    consented: FakeFederation, pull: Pull, error: CorridorError
) -> None:
    consented["PE"].register.refusal = error
    assert set(silences(await pull()).values()) == {SilenceReason.NOT_ASKED}


async def test_key_holders_that_hang_leave_every_country_named_within_the_deadline(
    consented: FakeFederation, pull: Pull
) -> None:
    consented.holders.hangs = True
    assert set(silences(await pull(seconds=0.2)).values()) == {SilenceReason.NOT_ASKED}


async def test_a_country_without_a_handle_is_named(consented: FakeFederation, pull: Pull) -> None:
    consented["PE"].register.leaves_out = {CO}
    history = await pull()
    assert silences(history) == {"CO": SilenceReason.NOT_ASKED}
    assert [each.country for each in history.answers] == ["VE"]


async def test_a_country_that_the_consent_leaves_out_is_not_asked_and_named(
    migrant: FakeFederation, pull: Pull
) -> None:
    consent = migrant.consent("c", replace(EVERYTHING, holders=frozenset({VE})))
    await migrant["PE"].keep(consent, of="p1")
    history = await pull()
    assert silences(history) == {"CO": SilenceReason.NOT_ASKED}
    assert [country for country, _ in migrant["PE"].peers.heard] == [VE]


@pytest.mark.parametrize(
    ("provisions", "reason"),
    [
        ((), "no-consent"),
        ((Provision(permit=False),), "denied"),
        ((replace(EVERYTHING, countries=frozenset({VE})),), "not-covered"),
        ((replace(EVERYTHING, categories=frozenset(Category) - {Category.MATCH}),), "not-covered"),
        ((replace(EVERYTHING, purposes=frozenset({Purpose.ETREAT})),), "not-covered"),
    ],
    ids=["none", "denied", "other-country", "no-search", "other-purpose"],
)
async def test_without_a_consent_that_covers_it_nothing_is_sent_and_the_refusal_is_on_record(
    migrant: FakeFederation, pull: Pull, provisions: tuple[Provision, ...], reason: str
) -> None:
    if provisions:
        await migrant["PE"].keep(migrant.consent("c", *provisions), of="p1")
    await assert_refused(migrant, pull, reason)


async def assert_refused(migrant: FakeFederation, pull: Pull, reason: str) -> None:
    with pytest.raises(ForbiddenError):
        await pull()
    assert entries(migrant["PE"].facts) == [("ask", "failure", reason, ("p1",))]
    assert migrant["PE"].facts[0].consent_ids == ()
    assert migrant["PE"].peers.heard == []
    assert migrant.hub.resolutions.searches == []
    assert lines(migrant["PE"].node) == []


async def test_an_expired_consent_covers_nothing(migrant: FakeFederation, pull: Pull) -> None:
    ended = Period(end=migrant.clock.now() - timedelta(seconds=1))
    await migrant["PE"].keep(replace(migrant.consent(), period=ended), of="p1")
    await assert_refused(migrant, pull, "not-in-force")


async def test_a_withdrawal_stops_the_next_pull(consented: FakeFederation, pull: Pull) -> None:
    async with consented["PE"].node.units.begin() as unit:
        await unit.withdraw("p1", Withdrawal(consented.clock.now()))
    await assert_refused(consented, pull, "withdrawn")


@pytest.mark.parametrize("purpose", ["IMMIG", "LAWENFORCE", "PUBHLTH", "BTG", "HMARKT", ""])
async def test_no_history_is_pulled_for_another_purpose_than_treatment(
    consented: FakeFederation, pull: Pull, purpose: str
) -> None:
    public = replace(EVERYTHING, purposes=frozenset({Purpose.PUBHLTH}))
    await consented["PE"].keep(consented.consent("public", public), of="p1")
    with pytest.raises(ForbiddenError):
        await pull(purpose=purpose)
    [fact] = consented["PE"].facts
    assert (fact.kind, fact.outcome, fact.purpose) == ("ask", "failure", purpose)
    assert fact.reason in {"forbidden-purpose", "unknown-purpose"}
    assert consented["PE"].peers.heard == []


@pytest.mark.parametrize(
    ("purpose", "told"), [("IMMIG", ["IMMIG"]), ("COVERAGE", ["COVERAGE"]), ("police", ["OTHER"]), ("PUBHLTH", [])]
)
async def test_somebody_at_home_who_names_a_purpose_that_is_never_permitted_is_reported(
    consented: FakeFederation, pull: Pull, purpose: str, told: list[str]
) -> None:
    with pytest.raises(ForbiddenError):
        await pull(purpose=purpose)
    found = [(each.asker, each.holder, each.purpose, each.decision) for each in lines(consented["PE"].node)]
    assert found == [("PE", "PE", code, "forbidden") for code in told]


@pytest.mark.parametrize("role", [Role.PROGRAMME, Role.AUDITOR, Role.OPERATOR])
async def test_who_may_not_pull_is_refused_even_with_consent(consented: FakeFederation, pull: Pull, role: Role) -> None:
    with pytest.raises(ForbiddenError):
        await pull(asking(role))
    assert entries(consented["PE"].facts) == [("ask", "failure", "forbidden", ("p1",))]


async def test_nobody_is_asked_for_a_person_who_is_not_known_here(consented: FakeFederation, pull: Pull) -> None:
    with pytest.raises(NotFoundError):
        await pull(of="nobody")
    assert entries(consented["PE"].facts) == [("ask", "failure", "unknown-person", ("nobody",))]
    assert consented["PE"].peers.heard == []


async def test_a_deleted_person_is_not_known_any_more(consented: FakeFederation, pull: Pull) -> None:
    async with consented["PE"].node.units.begin() as unit:
        await unit.delete("Patient", "p1", at=consented.clock.now())
    with pytest.raises(NotFoundError):
        await pull()


@pytest.mark.parametrize("role", [Role.CLINICIAN, Role.AUDITOR])
async def test_nobody_is_asked_where_asking_cannot_be_put_on_record(
    consented: FakeFederation, pull: Pull, role: Role
) -> None:
    consented["PE"].node.shelf.broken = True
    with pytest.raises(UnavailableError):
        await pull(asking(role))
    assert consented["PE"].peers.heard == []
    assert consented.hub.resolutions.searches == []


class LosesTheLog:
    """A country in front of which another's log breaks while it is being asked."""

    def __init__(self, asked: FakeCountry, asker: FakeCountry) -> None:
        self._asked, self._asker = asked, asker

    @property
    def serving(self) -> ServeDesk:
        self._asker.node.shelf.broken = True
        return self._asked.serving


async def test_no_history_is_shown_where_its_receipt_cannot_be_put_on_record(
    consented: FakeFederation, pull: Pull
) -> None:
    peru = consented["PE"]
    peru.peers.others = {VE: LosesTheLog(consented["VE"], peru)}
    with pytest.raises(UnavailableError):
        await pull()
    assert entries(peru.facts) == [ASKED]


async def heard_of(migrant: FakeFederation, pull: Pull, *consents: Consent) -> list[str]:
    """Types that Venezuela sends on these consents, all kept in Peru."""
    for consent in consents:
        await migrant["PE"].keep(consent, of="p1")
    [answer] = [each for each in (await pull()).answers if each.country == VE]
    return [entry.resource_type for entry in answer.entries]


def only(*categories: Category) -> Provision:
    return replace(EVERYTHING, categories=frozenset(categories))


async def test_a_denial_kept_where_the_person_is_now_is_kept_abroad_too(migrant: FakeFederation, pull: Pull) -> None:
    no = Provision(permit=False, categories=frozenset({Category.VIRAL_LOAD}))
    consents = [migrant.consent("yes"), migrant.consent("no", no, days_ago=300)]
    assert await heard_of(migrant, pull, *consents) == ["Patient", "MedicationStatement"]


async def test_a_denial_lasts_abroad_for_as_long_as_its_document_says(migrant: FakeFederation, pull: Pull) -> None:
    no = Provision(permit=False, categories=frozenset({Category.VIRAL_LOAD}))
    ended = Period(end=migrant.clock.now() - timedelta(days=1))
    over = replace(migrant.consent("no", no, days_ago=300), period=ended)
    never = replace(migrant.consent("never", replace(no, period=Period(start=migrant.clock.now())), days_ago=300))
    never = replace(never, period=ended)
    assert "Observation" in await heard_of(migrant, pull, migrant.consent("yes"), over, never)


async def test_what_the_person_denies_other_countries_is_not_told(migrant: FakeFederation, pull: Pull) -> None:
    no = Provision(permit=False, holders=frozenset({CO}))
    elsewhere = Provision(permit=False, countries=frozenset({Country("EC")}))
    await heard_of(migrant, pull, migrant.consent("yes"), migrant.consent("no", no, elsewhere))
    [(country, request)] = migrant["PE"].peers.heard
    assert country == VE
    statement = migrant.statements("VE").read(request.statement, handle=request.handle, asker=PE)
    assert statement.provisions == (EVERYTHING,)


async def test_a_later_and_smaller_consent_takes_nothing_away(migrant: FakeFederation, pull: Pull) -> None:
    consents = [migrant.consent("all", days_ago=9), migrant.consent("one", only(Category.CD4), days_ago=1)]
    assert await heard_of(migrant, pull, *consents) == ["Patient", "MedicationStatement", "Observation"]


async def test_of_equal_consents_the_newest_travels(migrant: FakeFederation, pull: Pull) -> None:
    newest = migrant.consent("new", days_ago=1)
    await heard_of(migrant, pull, newest, migrant.consent("old", days_ago=9))
    request = migrant["PE"].peers.heard[0][1]
    statement = migrant.statements("VE").read(request.statement, handle=request.handle, asker=PE)
    assert statement.given_at == newest.given_at


async def test_a_person_known_in_two_countries_is_heard_from_both(consented: FakeFederation, pull: Pull) -> None:
    swapped = patient(family="Barboza Urdaneta")
    await consented["CO"].admit("c2", swapped, viral_load("c2"))
    history = await pull()
    assert {each.country for each in history.answers if each.entries} == {"VE", "CO"}


async def test_a_country_that_was_expelled_is_not_asked_and_is_named(consented: FakeFederation, pull: Pull) -> None:
    ecuador = Country("EC")
    consented["PE"].peers.gone[ecuador] = Departure.EXPELLED
    history = await pull()
    assert silences(history) == {ecuador: SilenceReason.EXPELLED}
    assert ecuador not in {country for country, _ in consented["PE"].peers.heard}
