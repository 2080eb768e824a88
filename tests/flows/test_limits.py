from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

import pytest

from corridor.domain.access import Interaction
from corridor.domain.asking import Asking
from corridor.domain.audit.fact import AuditKind
from corridor.domain.change import Change
from corridor.domain.disclosure import Decision, disclosure_of
from corridor.domain.errors import (
    ConflictError,
    ForbiddenError,
    InvalidError,
    NotFoundError,
    PreconditionError,
    ThrottledError,
)
from corridor.domain.grant import Grant
from corridor.domain.limits import Limits, Reason
from corridor.domain.principal import Role
from corridor.domain.purpose import Purpose
from corridor.domain.query import ChainCriterion, Query, StringCriterion, TokenCriterion
from corridor.domain.scope import scopes
from corridor.flows.lift_pause import PauseDesk, lift_pause
from corridor.flows.list_pauses import list_pauses
from corridor.flows.match_patient import MatchDesk, match_patient
from corridor.flows.pull_history import pull_history
from corridor.flows.search_records import SearchDesk, search_records
from corridor.flows.store_on_condition import Condition, ConditionDesk, Matches, store_on_condition
from corridor.flows.store_records import StoreDesk
from tests.fakes.federation import FakeCountry, FakeFederation, asking, limiting
from tests.fakes.resources import draft_of, patient
from tests.flows.shown import HER

FEW = Limits(
    clinician_searches=30,
    clinician_people=8,
    clinician_misses=3,
    clinician_pulls=4,
    purpose_pulls=3,
    patient_pulls=2,
    empty_pulls=2,
    client_searches=10,
    client_misses=4,
    purpose_searches=6,
)


@pytest.fixture
async def desk(peru: FakeCountry, federation: FakeFederation) -> SearchDesk:
    for number in range(12):
        await peru.write(f"p{number}", patient(given=f"Ana{'abcdefghijkl'[number]}", family="Quispe Mamani"))
    limits = limiting(peru.node, federation.clock, FEW)
    return SearchDesk(peru.node.records, peru.node.audit, federation.clock, limits)


def named(name: str) -> Query:
    return Query("Patient", (StringCriterion("given", (name,)),))


def system(purpose: Purpose) -> Asking:
    who = asking(Role.PROGRAMME)
    return replace(who, principal=replace(who.principal, grant=Grant(scopes("system/*.rs"), purpose)))


def auditor() -> Asking:
    who = asking(Role.AUDITOR)
    return replace(who, principal=replace(who.principal, pseudonym="f" * 32))


@contextmanager
def stopped(reason: str) -> Iterator[None]:
    with pytest.raises(ThrottledError) as told:
        yield
    assert (told.value.reason, told.value.message) == (reason, ThrottledError().message)
    assert told.value.retry_seconds > 0


async def search(desk: SearchDesk, query: Query, who: Asking | None = None) -> int:
    return len((await search_records(who or asking(), query, asked="given=hidden", desk=desk)).records)


async def test_looking_for_many_who_are_not_there_pauses_and_is_told_to_the_coordinator(
    desk: SearchDesk, peru: FakeCountry, federation: FakeFederation
) -> None:
    for number in range(FEW.clinician_misses):
        assert await search(desk, named(f"nobody {number}")) == 0
    with stopped("paused"):
        await search(desk, named("nobody more"))
    alarm = next(each for each in peru.facts if each.kind is AuditKind.ALARM)
    assert (alarm.reason, alarm.agent) == (Reason.FEW_MATCHES, asking().principal.pseudonym)
    assert peru.node.told == [("asker-paused", {"role": "clinician", "reason": "few-matches"})]
    (report,) = await peru.node.outbox.due("report", at=federation.clock.now(), limit=9)
    told = disclosure_of(report.payload)
    assert (told.decision, told.asker, told.holder) == (Decision.PAUSED, peru.home, peru.home)
    assert "nobody" not in repr(peru.facts) + json.dumps(report.payload.decode())
    with stopped("paused"):
        await search(desk, Query("Observation"))
    assert [(each.kind, each.reason) for each in peru.facts][-1] == (AuditKind.SEARCH, "paused")


async def test_looking_for_many_pauses_even_where_all_are_there(desk: SearchDesk) -> None:
    for letter in "abcdefgh":
        assert await search(desk, named(f"ana{letter}"))
    with stopped("paused"):
        await search(desk, named("anai"))


async def test_the_same_person_again_is_no_other_person(desk: SearchDesk) -> None:
    for _ in range(FEW.clinician_misses + 2):
        assert await search(desk, named("nobody")) == 0


async def test_a_search_by_way_of_their_results_is_a_search_for_somebody(desk: SearchDesk) -> None:
    for number in range(FEW.clinician_misses):
        hers = TokenCriterion("identifier", ((None, f"{number}"),))
        await search(desk, Query("Observation", (ChainCriterion("subject", ("Patient",), hers),)))
    with stopped("paused"):
        await search(desk, Query("Observation", (TokenCriterion("subject:identifier", ((None, "x"),)),)))


async def test_a_system_that_spreads_over_purposes_gets_no_more_than_its_budget(
    desk: SearchDesk, peru: FakeCountry
) -> None:
    passed = 0
    for purpose in (Purpose.TREAT, Purpose.PUBHLTH, Purpose.ETREAT):
        with stopped("budget-spent"):
            while True:
                await search(desk, Query("Observation"), system(purpose))
                passed += 1
    assert passed == FEW.client_searches
    assert {each.kind for each in peru.facts} == {AuditKind.SEARCH}


async def test_a_system_is_paused_for_whom_it_looks_for_in_vain_alone(desk: SearchDesk) -> None:
    who = asking(Role.PROGRAMME)
    for letter in "abcde":
        assert await search(desk, named(f"ana{letter}"), who)
    for number in range(FEW.client_misses):
        assert await search(desk, named(f"nobody {number}"), who) == 0
    with stopped("paused"):
        await search(desk, named("nobody more"), who)


async def test_matching_is_watched_like_searching(peru: FakeCountry, federation: FakeFederation) -> None:
    limits = limiting(peru.node, federation.clock, FEW)
    desk = MatchDesk(peru.node.people, peru.node.records, peru.node.audit, federation.clock, limits)
    for number in range(FEW.clinician_misses):
        other = replace(HER, given=("Otra " + "x" * number,))
        assert await match_patient(asking(), other, only_certain=False, count=5, desk=desk) == ()
    with stopped("paused"):
        await match_patient(asking(), HER, only_certain=False, count=5, desk=desk)
    assert [(each.kind, each.reason) for each in peru.facts][-1] == (AuditKind.MATCH, "paused")


async def test_pulls_are_counted_by_clinician_purpose_and_person(migrant: FakeFederation) -> None:
    peru = migrant["PE"]
    desk = replace(peru.pulling, limits=limiting(peru.node, migrant.clock, FEW))
    purposes = ("TREAT", "TREAT", "TREAT", "TREAT", "ETREAT", "ETREAT")
    reasons = []
    for number, purpose in enumerate(purposes):
        try:
            await pull_history(asking(), f"x{number % 3}", purpose_code=purpose, deadline_seconds=5, desk=desk)
        except (ForbiddenError, NotFoundError, ThrottledError):
            reasons.append(peru.facts[-1].reason)
    assert reasons == ["unknown-person"] * 6
    counted = [f"pull/{asking().principal.pseudonym}", "pulled/x0", "pulled/x1"]
    assert [await peru.node.budgets.spent(name, at=migrant.clock.now()) for name in counted] == [4, 1, 2]


async def test_asking_abroad_about_many_of_whom_nobody_knows_anything_pauses(federation: FakeFederation) -> None:
    peru = federation["PE"]
    desk = replace(peru.pulling, limits=limiting(peru.node, federation.clock, FEW))
    for number, letter in enumerate("abc"):
        await peru.admit(f"p{number}", patient(given=f"Ana {letter}", family="Quispe"))
        await peru.keep(federation.consent(f"c{number}"), of=f"p{number}")
    for number in range(FEW.empty_pulls + 1):
        history = await pull_history(asking(), f"p{number}", purpose_code="TREAT", deadline_seconds=5, desk=desk)
        assert [answer.entries for answer in history.answers] == [(), ()]
    with stopped("paused"):
        await pull_history(asking(), "p0", purpose_code="TREAT", deadline_seconds=5, desk=desk)
    assert peru.facts[-1].reason == "paused"
    assert Reason.NOBODY_ABROAD in [each.reason for each in peru.facts if each.kind is AuditKind.ALARM]


async def test_a_pause_ends_when_somebody_else_looked_at_it(
    desk: SearchDesk, peru: FakeCountry, federation: FakeFederation
) -> None:
    with stopped("paused"):
        for number in range(FEW.clinician_misses + 1):
            await search(desk, named(f"nobody {number}"))
    pausing = PauseDesk(peru.node.units, federation.clock)
    for who in (asking(), asking(Role.PROGRAMME)):
        with pytest.raises(ForbiddenError):
            await list_pauses(who, desk=pausing)
    (pause,) = await list_pauses(auditor(), desk=pausing)
    with pytest.raises(ForbiddenError):
        await lift_pause(asking(), pause.id, "Mine.", desk=pausing)
    with pytest.raises(ForbiddenError):  # an auditor by the pseudonym that was paused
        await lift_pause(asking(Role.AUDITOR), pause.id, "Mine.", desk=pausing)
    with pytest.raises(InvalidError):
        await lift_pause(auditor(), pause.id, "  ", desk=pausing)
    with pytest.raises(NotFoundError):
        await lift_pause(auditor(), "0", "Which?", desk=pausing)
    await lift_pause(auditor(), pause.id, "A training.", desk=pausing)
    with pytest.raises(ConflictError):
        await lift_pause(auditor(), pause.id, "Again.", desk=pausing)
    assert await search(desk, Query("Patient")) == 12
    assert peru.facts[-2].reason == "lifted-already"


async def put(desk: ConditionDesk, name: str, *, there: bool = True) -> None:
    """Write somebody unless they are there; or write nothing, whatever was found."""

    def settle(found: Sequence[Matches]) -> Sequence[Change]:
        if not there:
            raise PreconditionError("Nothing is written.")
        return (
            []
            if found[0]
            else [Change("Patient", f"new-{name}", draft_of(f"new-{name}", patient(given=name)), create=True)]
        )

    condition = Condition(named(name.lower()), "given=hidden", Interaction.CREATE)
    await store_on_condition(asking(), [condition], settle, desk=desk, interaction=Interaction.CREATE)


@pytest.fixture
def conditional(desk: SearchDesk, peru: FakeCountry, federation: FakeFederation) -> ConditionDesk:
    store = StoreDesk(peru.node.units, peru.node.audit, federation.clock)
    return ConditionDesk(store, peru.node.records, desk.limits)


async def test_looking_by_writing_on_a_condition_is_counted_as_looking(
    desk: SearchDesk, conditional: ConditionDesk, peru: FakeCountry
) -> None:
    for number in range(FEW.clinician_misses):
        with pytest.raises(PreconditionError):
            await put(conditional, f"Zoe{'abcdefghijkl'[number]}", there=False)
    with pytest.raises(PreconditionError):
        await put(conditional, "Zoez", there=False)
    with stopped(Reason.PAUSED.value):
        await put(conditional, "Zoey", there=False)
    with stopped(Reason.PAUSED.value):
        await search(desk, named("Anaa"))
    assert [fact.reason for fact in peru.facts if fact.kind is AuditKind.ALARM] == [Reason.FEW_MATCHES.value]
    assert [fact.reason for fact in peru.facts if fact.kind is AuditKind.SEARCH][-2:] == [Reason.PAUSED.value] * 2


async def test_whoever_is_registered_by_looking_is_no_name_that_was_tried(conditional: ConditionDesk) -> None:
    for number in range(FEW.clinician_misses + 2):
        await put(conditional, f"Zoe{'abcdefghijkl'[number]}")


async def test_a_budget_of_searches_holds_for_conditions(
    conditional: ConditionDesk, federation: FakeFederation
) -> None:
    for _ in range(FEW.clinician_searches):
        await put(conditional, "Anaa")
    with stopped("budget-spent"):
        await put(conditional, "Anaa")
    federation.clock.advance(hours=1)
    await put(conditional, "Anaa")
