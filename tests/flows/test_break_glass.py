from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest

from corridor.domain.asking import Asking
from corridor.domain.category import Category
from corridor.domain.consent import Provision, Withdrawal
from corridor.domain.country import Country
from corridor.domain.emergency import Verdict, emergency, override
from corridor.domain.errors import (
    ConflictError,
    CorridorError,
    ForbiddenError,
    InvalidError,
    NotFoundError,
    ThrottledError,
)
from corridor.domain.history import Answer, Silence
from corridor.domain.limits import EMERGENCIES_ABROAD_PER_HOUR, EMERGENCIES_PER_HOUR
from corridor.domain.principal import Role
from corridor.domain.purpose import Purpose
from corridor.flows.ask_country import Pull
from corridor.flows.break_glass import break_glass
from corridor.flows.find_notices import find_notices
from corridor.flows.follow_pull import follow_pull
from corridor.flows.list_openings import list_openings
from corridor.flows.review_opening import review_opening
from corridor.flows.second_look import Look, ReviewDesk
from corridor.flows.serve_history import serve_history
from corridor.flows.serve_resources import ResourceRequest, serve_resources
from corridor.flows.tell_person import tell_person
from tests.fakes.federation import EVERYTHING, FakeFederation, asking
from tests.flows.entries import entries
from tests.flows.shown import Asked

PE, VE, CO = Country("PE"), Country("VE"), Country("CO")
STATED = emergency("unconscious", "Trauma de cráneo, llegó sola y no responde.")
BROKEN = ("break-glass", "success", "", ("p1",))
Break = Callable[..., Awaitable[Pull]]


@pytest.fixture
def broken(migrant: FakeFederation) -> Break:
    """Breaks the glass in Peru."""
    desk = migrant["PE"].pulling

    async def broken(who: Asking | None = None, *, of: str = "p1", id: str = "") -> Pull:
        return await break_glass(who or asking(), of, STATED, deadline_seconds=5, desk=desk, id=id)

    return broken


def looking(migrant: FakeFederation) -> ReviewDesk:
    return ReviewDesk(migrant["PE"].node.units, migrant.clock)


def auditor() -> Asking:
    who = asking(Role.AUDITOR)
    return replace(who, principal=replace(who.principal, pseudonym="f" * 32))


async def test_without_consent_a_history_crosses_in_an_emergency_and_every_log_says_so(
    migrant: FakeFederation, broken: Break
) -> None:
    heard: list[Answer | Silence] = []
    pull = await broken(id="page-1")
    history = await follow_pull(pull, heard.append, desk=migrant["PE"].pulling)
    assert [(each.country, len(each.entries)) for each in history.answers] == [("CO", 0), ("VE", 3)]
    assert sorted(one.country for one in heard) == ["CO", "VE"]
    peru, venezuela = migrant["PE"].facts, migrant["VE"].facts
    receipt = ("receipt", "success", "", ("p1",))
    assert entries(peru) == [BROKEN, ("ask", "success", "", ("p1",)), receipt, receipt]
    assert entries(venezuela) == [("answer", "success", "", ("v1",))]
    assert {fact.purpose for fact in (*peru, *venezuela)} == {"BTG"}
    assert all("Trauma" not in repr(fact) for fact in (*peru, *venezuela))
    [opening] = await list_openings(auditor(), desk=looking(migrant))
    assert (opening.patient_id, opening.emergency, opening.at) == ("p1", STATED, pull.started_at)


async def test_the_clinicians_words_never_leave(migrant: FakeFederation, broken: Break) -> None:
    await follow_pull(await broken(), lambda _: None, desk=migrant["PE"].pulling)
    statements = [request.statement.decode() for _, request in migrant["PE"].peers.heard]
    assert len(statements) == 2
    assert all("unconscious" in each and "Trauma" not in each and "Patient/p1" not in each for each in statements)


@pytest.mark.parametrize(
    ("provision", "reason"),
    [
        (Provision(permit=False), "denied"),
        (Provision(permit=False, purposes=frozenset({"TREAT"})), "denied"),
        (Provision(permit=False, categories=frozenset({Category.MATCH})), "denied"),
        (EVERYTHING, "consent-in-force"),
        (replace(EVERYTHING, purposes=frozenset({"ETREAT"})), "consent-in-force"),
        (replace(EVERYTHING, holders=frozenset({CO})), "consent-in-force"),
    ],
    ids=["denied", "denied-care", "denied-search", "consented", "consented-urgent", "consented-elsewhere"],
)
async def test_what_the_person_decided_here_stands(
    migrant: FakeFederation, broken: Break, provision: Provision, reason: str
) -> None:
    await migrant["PE"].keep(migrant.consent("c", provision), of="p1")
    with pytest.raises(ForbiddenError):
        await broken()
    assert entries(migrant["PE"].facts) == [("break-glass", "failure", reason, ("p1",))]
    assert migrant["PE"].peers.heard == []
    assert await list_openings(auditor(), desk=looking(migrant)) == ()


async def test_who_took_consent_back_here_is_not_asked_about(migrant: FakeFederation, broken: Break) -> None:
    async with migrant["PE"].node.units.begin() as unit:
        await unit.withdraw("p1", Withdrawal(migrant.clock.now()))
    with pytest.raises(ForbiddenError):
        await broken()
    assert entries(migrant["PE"].facts) == [("break-glass", "failure", "withdrawn", ("p1",))]


@pytest.mark.parametrize(
    ("role", "person", "error", "reason"),
    [
        (Role.PROGRAMME, "p1", ForbiddenError, "forbidden"),
        (Role.AUDITOR, "p1", ForbiddenError, "forbidden"),
        (Role.CLINICIAN, "nobody", NotFoundError, "unknown-person"),
    ],
)
async def test_who_may_not_or_finds_nobody_is_refused_on_record(
    migrant: FakeFederation, broken: Break, role: Role, person: str, error: type[CorridorError], reason: str
) -> None:
    with pytest.raises(error):
        await broken(asking(role), of=person)
    assert entries(migrant["PE"].facts) == [("break-glass", "failure", reason, (person,))]


async def test_one_clinician_breaks_it_only_so_often_in_an_hour(migrant: FakeFederation, broken: Break) -> None:
    for _ in range(EMERGENCIES_PER_HOUR):
        await broken()
    with pytest.raises(ThrottledError):
        await broken()
    assert entries(migrant["PE"].facts)[-1] == ("break-glass", "failure", "budget-spent", ("p1",))
    migrant.clock.advance(hours=1)
    await broken()


@pytest.mark.parametrize("purposes", [frozenset(), frozenset({"TREAT"}), frozenset({"BTG"})])
async def test_a_denial_that_the_holder_keeps_is_never_overridden(
    migrant: FakeFederation, broken: Break, purposes: frozenset[str]
) -> None:
    await migrant["VE"].keep(migrant.consent("no", Provision(permit=False, purposes=purposes)), of="v1")
    history = await follow_pull(await broken(), lambda _: None, desk=migrant["PE"].pulling)
    assert [len(each.entries) for each in history.answers] == [0, 0]
    assert history.silences == ()
    assert entries(migrant["VE"].facts) == [("refuse", "failure", "denied", ("v1",))]


async def test_a_withdrawal_that_reached_the_holder_is_never_overridden(migrant: FakeFederation, broken: Break) -> None:
    async with migrant["VE"].node.units.begin() as unit:
        await unit.withdraw("v1", Withdrawal(migrant.clock.now()))
    await follow_pull(await broken(), lambda _: None, desk=migrant["PE"].pulling)
    assert entries(migrant["VE"].facts) == [("refuse", "failure", "withdrawn", ("v1",))]


async def test_what_was_denied_in_part_here_stays_out_abroad(migrant: FakeFederation, broken: Break) -> None:
    part = Provision(permit=False, purposes=frozenset({"TREAT"}), categories=frozenset({Category.VIRAL_LOAD}))
    await migrant["PE"].keep(migrant.consent("part", part), of="p1")
    history = await follow_pull(await broken(), lambda _: None, desk=migrant["PE"].pulling)
    types = [entry.resource_type for answer in history.answers for entry in answer.entries]
    assert sorted(types) == ["MedicationStatement", "Patient"]


async def test_an_ordinary_statement_opens_nothing_in_an_emergency_nor_the_other_way_round(
    migrant: FakeFederation,
) -> None:
    venezuela = migrant["VE"]
    ordinary = Asked(migrant, migrant.consent(), purpose=Purpose.BTG, sealed_for=Purpose.BTG).request()
    assert await serve_history(PE, ordinary, desk=venezuela.serving) is None
    stands_in = override("o", PE, at=migrant.clock.now())
    as_consent = Asked(migrant, stands_in).request()
    assert await serve_history(PE, as_consent, desk=venezuela.serving) is None
    widened = Asked(
        migrant,
        migrant.consent("c", replace(EVERYTHING, purposes=frozenset({"BTG"}))),
        purpose=Purpose.BTG,
        sealed_for=Purpose.BTG,
    ).request()
    assert await serve_history(PE, widened, desk=venezuela.serving) is None
    assert {reason for _, _, reason, _ in entries(venezuela.facts)} == {"no-consent", "not-covered"}


async def test_inside_its_hour_the_asker_may_come_back_and_not_after(migrant: FakeFederation, broken: Break) -> None:
    venezuela = migrant["VE"]
    pull = await broken()
    await follow_pull(pull, lambda _: None, desk=migrant["PE"].pulling)
    pseudonym = venezuela.serving.pseudonyms.pseudonym(PE, "Patient/v1")
    back = ResourceRequest(pseudonym, "Observation", "cd" * 16, pull.asking.trace)
    assert len((await serve_resources(PE, back, desk=venezuela.serving)).rows) == 1
    assert venezuela.facts[-1].purpose == "BTG"
    migrant.clock.advance(hours=1, seconds=1)
    assert (await serve_resources(PE, back, desk=venezuela.serving)).rows == ()


async def test_a_country_that_asks_without_consent_too_often_hears_nothing(
    migrant: FakeFederation, broken: Break
) -> None:
    for _ in range(EMERGENCIES_ABROAD_PER_HOUR):
        await migrant["VE"].node.budgets.spend(
            "emergency/PE", 1, limit=EMERGENCIES_ABROAD_PER_HOUR, at=migrant.clock.now()
        )
    history = await follow_pull(await broken(), lambda _: None, desk=migrant["PE"].pulling)
    assert [len(each.entries) for each in history.answers] == [0, 0]
    assert entries(migrant["VE"].facts) == [("refuse", "failure", "too-many", ("v1",))]


async def test_the_second_look_is_another_persons_happens_once_and_is_on_record(
    migrant: FakeFederation, broken: Break
) -> None:
    await broken()
    desk, look = looking(migrant), Look(Verdict.JUSTIFIED, "")
    [opening] = await list_openings(auditor(), desk=desk)
    with pytest.raises(ForbiddenError):
        await review_opening(asking(), opening.id, look, desk=desk)
    same = replace(auditor(), principal=replace(auditor().principal, pseudonym=opening.agent))
    with pytest.raises(ForbiddenError):
        await review_opening(same, opening.id, look, desk=desk)
    with pytest.raises(InvalidError):
        await review_opening(auditor(), opening.id, Look(Verdict.NOT_JUSTIFIED, " "), desk=desk)
    with pytest.raises(NotFoundError):
        await review_opening(auditor(), "another", look, desk=desk)
    await review_opening(auditor(), opening.id, look, desk=desk)
    with pytest.raises(ConflictError):
        await review_opening(auditor(), opening.id, look, desk=desk)
    assert await list_openings(auditor(), desk=desk) == ()
    told = [fact.reason for fact in migrant["PE"].facts if fact.kind == "review"]
    assert told == ["", "forbidden", "forbidden", "unknown-opening", "justified", "reviewed-already", ""]
    with pytest.raises(ForbiddenError):
        await list_openings(asking(), desk=desk)


async def test_the_person_is_told_once_and_that_is_on_record(migrant: FakeFederation, broken: Break) -> None:
    await broken()
    desk = looking(migrant)
    [notice] = await find_notices("p1", desk=desk)
    assert notice.told_at is None
    with pytest.raises(NotFoundError):
        await tell_person(asking(), "p2", notice.id, desk=desk)
    with pytest.raises(ForbiddenError):
        await tell_person(auditor(), "p1", notice.id, desk=desk)
    at = migrant.clock.now()
    await tell_person(asking(), "p1", notice.id, desk=desk)
    migrant.clock.advance(days=1)
    await tell_person(asking(), "p1", notice.id, desk=desk)
    [notice] = await find_notices("p1", desk=desk)
    assert notice.told_at == at
    assert [fact.outcome for fact in migrant["PE"].facts if fact.kind == "notice"] == [
        "failure",
        "failure",
        "success",
        "success",
    ]
