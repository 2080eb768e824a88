"""The life of a tie between a person here and one abroad: met, doubted, asked about, decided and undone."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

import orjson
import pytest

from corridor.domain.asking import Asking
from corridor.domain.country import Country
from corridor.domain.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError, UnavailableError
from corridor.domain.grade import Grade
from corridor.domain.identity.demographics import Demographics
from corridor.domain.principal import Principal, Role
from corridor.domain.questions import Question
from corridor.domain.record import Record
from corridor.domain.tie import Doubt, Said, Side, Tie, TieState
from corridor.domain.trace import new_trace
from corridor.fhir.questioned import answers
from corridor.fhir.recalled import recalled
from corridor.flows.compare_answers import compare_answers
from corridor.flows.decide_tie import decide_tie
from corridor.flows.end_tie import TieDesk
from corridor.flows.list_doubts import list_doubts
from corridor.flows.move_ties import move_ties
from corridor.flows.pull_history import pull_history
from corridor.flows.read_tie import read_tie
from corridor.flows.serve_history import serve_history
from corridor.flows.spread_ties import SpreadTiesDesk, spread_ties
from corridor.flows.undo_tie import undo_tie
from tests.fakes.counterparts import FakeCounterparts
from tests.fakes.federation import FakeFederation, asking
from tests.fakes.resources import draft_of, patient, regimen
from tests.flows.shown import Asked

PE, VE = Country("PE"), Country("VE")
MOTHER = {"contact": [{"relationship": [{"coding": [{"code": "MTH"}]}], "name": {"given": ["Carmen"]}}]}
YES, NO = Said.YES, Said.NO


def desk_of(federation: FakeFederation, code: Country) -> TieDesk:
    """What one country does about ties with."""
    node = federation[code].node

    def marked(record: Record, country: Country) -> Any:
        resource = orjson.loads(recalled(record.body or b"", country))
        return draft_of(record.id, resource, code)

    return TieDesk(
        home=code,
        units=node.units,
        records=node.records,
        counterparts=FakeCounterparts(code),
        answers=partial(answers, home=code),
        recalled=marked,
        clock=federation.clock,
    )


class Land:
    """Peru and Venezuela with what they do about ties.

    Args:
        federation: with a woman in both.
    """

    def __init__(self, federation: FakeFederation) -> None:
        self.federation = federation
        self.peru, self.venezuela = desk_of(federation, PE), desk_of(federation, VE)
        desks = {PE: self.peru, VE: self.venezuela}
        for desk in desks.values():
            desk.counterparts.others = desks  # type: ignore[attr-defined]  # the fake's, not the port's

    async def pull(self) -> Tie:
        """Peru asks about her; its tie with Venezuela afterwards."""
        await pull_history(asking(), "p1", purpose_code="TREAT", deadline_seconds=5, desk=self.federation["PE"].pulling)
        return await self.tie(PE)

    async def tie(self, code: Country) -> Tie:
        """The newest tie of a country."""
        who = {PE: "p1", VE: "v1"}[code]
        async with self.federation[code].node.units.begin() as unit:
            return (await unit.ties.of(who))[0]

    async def spread(self) -> None:
        """Messages of both countries arrive."""
        for code, desk in ((PE, self.peru), (VE, self.venezuela)):
            await spread_ties(desk=SpreadTiesDesk(desk, self.federation[code].node.outbox))


def clinician(number: int, role: Role = Role.CLINICIAN) -> Asking:
    """One of several people."""
    return Asking(Principal(f"c-{number}", role, f"{number:032x}"), "r", new_trace())


@pytest.fixture
async def sure(migrant: FakeFederation) -> Land:
    """The same description in both countries."""
    await migrant["PE"].keep(migrant.consent(), of="p1")
    return Land(migrant)


@pytest.fixture
async def unsure(federation: FakeFederation) -> Land:
    """One second name is missing in Peru, and the day and month of birth are swapped."""
    here = patient(given="Yusneidi", family="Urdaneta Barboza", birth="1991-04-17")
    paper = [{"type": {"text": "CEDULA"}, "system": "urn:oid:2.16.862.1", "value": "V-18234567"}]
    await federation["PE"].admit("p1", here | {"identifier": paper, "birthDate": "1991-04-18"})
    there = patient(given="Yusneidi", family="Urdaneta") | MOTHER | {"identifier": paper}
    await federation["VE"].admit("v1", there, regimen("v1"))
    await federation["PE"].keep(federation.consent(), of="p1")
    return Land(federation)


async def proposed(land: Land) -> Tie:
    """A tie that waits for people, on both sides."""
    tie = await land.pull()
    for code in (PE, VE):
        async with land.federation[code].node.units.begin() as unit:
            for each in await unit.ties.of({PE: "p1", VE: "v1"}[code]):
                weak = ("given:single", "surnames:shorter", "birth:slip", "papers:same", "sex:same")
                await unit.ties.keep(
                    replace(
                        each,
                        state=TieState.PROPOSED,
                        doubt=Doubt.PROBABLE,
                        grade=Grade.PROBABLE,
                        pattern=weak if each.side is Side.HOLDER else (),
                    )
                )
    return tie


async def test_a_certain_match_ties_itself_on_both_sides_under_one_name(sure: Land) -> None:
    here, there = await sure.pull(), await sure.tie(VE)
    assert (here.state, here.doubt, here.grade) == (TieState.ACCEPTED, Doubt.NONE, Grade.CERTAIN)
    assert (there.state, there.side, here.side) == (TieState.ACCEPTED, Side.HOLDER, Side.ASKER)
    assert (here.name, here.described) == (there.name, there.described)
    assert here.id != there.id
    assert "given:whole" in there.pattern
    assert here.pattern == ()
    again = await sure.pull()
    assert again == here
    async with sure.federation["PE"].node.units.begin() as unit:
        assert [each.kind for each in await unit.ties.flows(here.id)] == ["received", "received"]


async def test_a_correction_that_changes_what_was_told_waits_for_people(sure: Land) -> None:
    first = await sure.pull()
    await sure.federation["PE"].write("p1", patient() | {"birthDate": "1991-04-18"})
    again = await sure.pull()
    assert (again.id, again.state, again.doubt) == (first.id, TieState.ACCEPTED, Doubt.EVIDENCE)
    assert again.described != first.described
    waiting = await list_doubts(clinician(1), desk=sure.peru)
    assert [each.id for each in waiting] == [first.id]


async def test_what_people_undid_flows_no_more_from_either_side(sure: Land) -> None:
    tie = await sure.pull()
    flows = await undo_tie(clinician(1), tie.id, desk=sure.peru)
    assert [(each.kind, each.number) for each in flows] == [("received", 3)]
    await sure.spread()
    there = await sure.tie(VE)
    assert there.state is TieState.UNDONE
    async with sure.federation["VE"].node.units.begin() as unit:
        assert [pair.same for pair in await unit.ties.labels()] == [False]
        assert await unit.granted(PE, tie.name, at=sure.federation.clock.now()) is None
    request = Asked(sure.federation, sure.federation.consent("again")).request()
    assert await serve_history(PE, request, desk=sure.federation["VE"].serving) is None
    assert sure.federation["VE"].facts[-1].reason == "tie-broken"
    with pytest.raises(ConflictError):
        await undo_tie(clinician(1), tie.id, desk=sure.peru)
    reasons = [fact.reason for fact in sure.federation["PE"].facts]
    assert "tie-undone" in reasons
    assert reasons[-1] == "tie-conflict"


async def test_the_holder_undoes_too_and_facts_that_were_saved_abroad_are_marked(sure: Land) -> None:
    await sure.pull()
    saved = {"resourceType": "Observation", "status": "final", "code": {"text": "CD4"}}
    await sure.federation["PE"].write("kept", saved | {"subject": {"reference": "Patient/p1"}})
    async with sure.federation["PE"].node.units.begin() as unit:
        here = (await unit.ties.of("p1"))[0]
        [flow] = await unit.ties.flows(here.id)
        await unit.ties.flow(here.id, replace(flow, kind="saved", targets=("Observation/kept",)))
    there = await sure.tie(VE)
    await undo_tie(clinician(2, Role.PROGRAMME), there.id, desk=sure.venezuela)
    await sure.spread()
    assert (await sure.tie(PE)).state is TieState.UNDONE
    async with sure.federation["PE"].node.units.begin() as unit:
        marked = await unit.read("Observation", "kept")
    assert marked
    assert b"entered-in-error" in (marked.body or b"")
    assert b"false-tie" in (marked.body or b"")


async def test_after_a_false_tie_another_description_is_believed_only_where_it_compares_otherwise(sure: Land) -> None:
    tie = await sure.pull()
    await undo_tie(clinician(1), tie.id, desk=sure.peru)
    await sure.spread()
    written_otherwise = Demographics(("Yusneidi Carolina",), ("Urdaneta", "Barboza"), (1991, 4, 17), "female")
    fewer_names = Demographics(("Yusneidi",), ("Urdaneta", "Barboza"), (1991, 4, 17), "female")
    for described in (written_otherwise, fewer_names):
        request = Asked(sure.federation, sure.federation.consent("b"), described=described).request()
        assert await serve_history(PE, request, desk=sure.federation["VE"].serving) is None
        assert sure.federation["VE"].facts[-1].reason == "tie-broken"


async def test_the_person_is_asked_what_did_not_agree_and_only_yes_or_no_comes_back(unsure: Land) -> None:
    tie = await proposed(unsure)
    view = await read_tie(clinician(1), tie.id, desk=unsure.peru)
    assert view.offer
    assert view.offer.questions[:2] == (Question.BIRTH_MONTH, Question.BIRTH_DAY)
    assert Question.MOTHER_NAME in view.offer.questions
    given = {Question.BIRTH_MONTH: "4", Question.MOTHER_NAME: "carmén", Question.BIRTH_DAY: "18"}
    said = await compare_answers(clinician(1), tie.id, given, desk=unsure.peru)
    assert said == {Question.BIRTH_MONTH: YES, Question.MOTHER_NAME: YES, Question.BIRTH_DAY: NO}
    again = await compare_answers(clinician(1), tie.id, {Question.BIRTH_DAY: "17"}, desk=unsure.peru)
    assert again == {Question.BIRTH_DAY: NO}
    with pytest.raises(InvalidError):
        await compare_answers(clinician(1), tie.id, {Question.BIRTH_MONTH: "abril"}, desk=unsure.peru)


async def test_two_people_make_a_tie_and_each_speaks_once(unsure: Land) -> None:
    tie = await proposed(unsure)
    with pytest.raises(ConflictError):
        await decide_tie(clinician(1), tie.id, accepts=True, desk=unsure.peru)
    given = {Question.BIRTH_MONTH: "4", Question.MOTHER_NAME: "Carmen"}
    await compare_answers(clinician(1), tie.id, given, desk=unsure.peru)
    assert (await decide_tie(clinician(1), tie.id, accepts=True, desk=unsure.peru)).state is TieState.PROPOSED
    with pytest.raises(ConflictError):
        await decide_tie(clinician(1), tie.id, accepts=True, desk=unsure.peru)
    assert (await decide_tie(clinician(2), tie.id, accepts=True, desk=unsure.peru)).state is TieState.ACCEPTED
    assert await list_doubts(clinician(2), desk=unsure.peru) == ()
    await unsure.spread()
    assert (await unsure.tie(VE)).state is TieState.ACCEPTED
    async with unsure.federation["VE"].node.units.begin() as unit:
        [pair] = await unit.ties.labels()
    assert pair.same
    assert "birth:slip" in pair.pattern


async def test_one_no_is_enough_and_is_told_until_the_other_country_has_it(unsure: Land) -> None:
    tie = await proposed(unsure)
    unsure.peru.counterparts.away.add(VE)  # type: ignore[attr-defined]  # the fake's, not the port's
    assert (await decide_tie(clinician(1), tie.id, accepts=False, desk=unsure.peru)).state is TieState.REJECTED
    await unsure.spread()
    assert (await unsure.tie(VE)).state is TieState.PROPOSED
    unsure.peru.counterparts.away.clear()  # type: ignore[attr-defined]  # the fake's, not the port's
    unsure.federation.clock.advance(seconds=5)
    await unsure.spread()
    assert (await unsure.tie(VE)).state is TieState.REJECTED


async def test_ties_of_a_merged_entry_go_over_with_what_flowed_and_wait_for_people(sure: Land) -> None:
    first = await sure.pull()
    peru = sure.federation["PE"]
    await peru.write("p9", patient())
    await peru.keep(sure.federation.consent("again"), of="p9")
    async with peru.node.units.begin() as unit:
        assert await move_ties(clinician(1), ("p1", "p9"), unit=unit, at=sure.federation.clock.now()) == 1
        assert await move_ties(clinician(1), ("p1", "p9"), unit=unit, at=sure.federation.clock.now()) == 0
    await pull_history(asking(), "p9", purpose_code="TREAT", deadline_seconds=5, desk=peru.pulling)
    async with peru.node.units.begin() as unit:
        [moved] = await unit.ties.of("p9")
        assert len(await unit.ties.flows(moved.id)) == 2
    assert (moved.id, moved.state, moved.doubt) == (first.id, TieState.ACCEPTED, Doubt.MERGED)
    assert [each.id for each in await list_doubts(clinician(1), desk=sure.peru)] == [first.id]
    assert "tie-moved" in [fact.reason for fact in peru.facts]


async def test_an_auditor_may_not_and_nobody_is_told_of_what_is_not_there(sure: Land) -> None:
    tie = await sure.pull()
    auditor = clinician(9, Role.AUDITOR)
    for act in (partial(undo_tie, auditor, tie.id), partial(read_tie, auditor, tie.id), partial(list_doubts, auditor)):
        with pytest.raises(ForbiddenError):
            await act(desk=sure.peru)
        assert sure.federation["PE"].facts[-1].reason == "forbidden"
    for act in (partial(undo_tie, clinician(1), "x"), partial(read_tie, clinician(1), "x")):
        with pytest.raises(NotFoundError):
            await act(desk=sure.peru)


async def test_a_country_that_is_away_offers_no_questions_and_compares_nothing(unsure: Land) -> None:
    tie = await proposed(unsure)
    unsure.peru.counterparts.away.add(VE)  # type: ignore[attr-defined]  # the fake's, not the port's
    assert (await read_tie(clinician(1), tie.id, desk=unsure.peru)).offer is None
    with pytest.raises(UnavailableError):
        await compare_answers(clinician(1), tie.id, {Question.BIRTH_MONTH: "4"}, desk=unsure.peru)
