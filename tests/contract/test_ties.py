"""Contract of the port `Ties`."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from corridor.domain.country import Country
from corridor.domain.grade import Grade
from corridor.domain.tie import Doubt, Flow, LabelledPair, Said, Side, Tie, TieState, Vote
from tests.contract.conftest import Stores
from tests.contract.samples import NOW

VE, CO = Country("VE"), Country("CO")
HOUR = timedelta(hours=1)
TIE = Tie(
    id="t-1",
    side=Side.ASKER,
    country=VE,
    name="a" * 32,
    patient_id="ana",
    grade=Grade.PROBABLE,
    pattern=("given:whole", "birth:swapped"),
    described="d" * 64,
    state=TieState.PROPOSED,
    doubt=Doubt.PROBABLE,
    made_at=NOW,
    changed_at=NOW,
    agent="node",
)


async def test_ties_are_found_by_person_and_by_pseudonym_and_only_doubtful_ones_wait(stores: Stores) -> None:
    newer = replace(
        TIE, id="t-2", country=CO, made_at=NOW + HOUR, state=TieState.ACCEPTED, doubt=Doubt.NONE, pattern=()
    )
    held = replace(TIE, id="t-3", side=Side.HOLDER, patient_id="eva")
    async with stores.units.begin() as unit:
        for each in (TIE, newer, held):
            await unit.ties.keep(each)
    async with stores.units.begin() as unit:
        assert await unit.ties.find("t-1") == TIE
        assert await unit.ties.find("another") is None
        assert await unit.ties.of("ana") == (newer, TIE)
        assert await unit.ties.of("nobody") == ()
        assert await unit.ties.named(Side.HOLDER, VE, TIE.name) == (held,)
        assert await unit.ties.named(Side.ASKER, CO, "b" * 32) == ()
        assert await unit.ties.doubtful() == (TIE,)
        undone = replace(TIE, state=TieState.UNDONE, changed_at=NOW + HOUR, agent="b" * 32)
        await unit.ties.keep(undone)
        assert await unit.ties.find("t-1") == undone
        assert await unit.ties.doubtful() == ()


async def test_everyone_votes_once_and_the_first_answer_to_a_question_stays(stores: Stores) -> None:
    mine, theirs = Vote("a" * 32, True, NOW), Vote("b" * 32, False, NOW + HOUR)  # noqa: FBT003  # the field's order is the value's
    async with stores.units.begin() as unit:
        assert await unit.ties.vote("t-1", mine)
        assert not await unit.ties.vote("t-1", replace(mine, accepts=False))
        assert await unit.ties.vote("t-1", theirs)
        assert await unit.ties.answer("t-1", "birth-month", Said.NO, at=NOW) is Said.NO
        assert await unit.ties.answer("t-1", "birth-month", Said.YES, at=NOW) is Said.NO
    async with stores.units.begin() as unit:
        assert await unit.ties.votes("t-1") == (mine, theirs)
        assert await unit.ties.answers("t-1") == {"birth-month": Said.NO}
        await unit.ties.forget_votes("t-1")
        assert (await unit.ties.votes("t-1"), await unit.ties.answers("t-1")) == ((), {})


async def test_what_flowed_is_listed_once_by_trace_and_kind(stores: Stores) -> None:
    told = Flow("received", NOW, "trace-1", "TREAT", "a" * 32, 7)
    saved = Flow("saved", NOW + HOUR, "trace-1", "TREAT", "a" * 32, 2, ("Observation/1", "Observation/2"))
    async with stores.units.begin() as unit:
        for each in (told, saved, replace(told, number=9)):
            await unit.ties.flow("t-1", each)
    async with stores.units.begin() as unit:
        assert await unit.ties.flows("t-1") == (told, saved)
        assert await unit.ties.flows("t-2") == ()


async def test_the_newest_decision_about_a_tie_is_learnt_from(stores: Stores) -> None:
    pair = LabelledPair(TIE.pattern, Grade.PROBABLE, True, NOW)  # noqa: FBT003  # the field's order is the value's
    other = LabelledPair((), Grade.CERTAIN, False, NOW - HOUR)  # noqa: FBT003  # the field's order is the value's
    async with stores.units.begin() as unit:
        await unit.ties.label("t-1", pair)
        await unit.ties.label("t-2", other)
        await unit.ties.label("t-1", replace(pair, same=False))
    async with stores.units.begin() as unit:
        assert await unit.ties.labels() == (other, replace(pair, same=False))


async def test_what_a_clinician_received_or_saved_is_found_with_its_tie_and_what_others_did_is_not(
    stores: Stores,
) -> None:
    received = Flow("received", NOW, "1" * 32, "TREAT", "a" * 32, 3)
    saved = replace(received, kind="saved", at=NOW + HOUR, targets=("Observation/o-1",))
    others = [
        replace(received, trace="2" * 32, agent="b" * 32),
        replace(received, trace="3" * 32, at=NOW - HOUR),
        replace(received, trace="4" * 32, kind="told"),
    ]
    async with stores.units.begin() as unit:
        await unit.ties.keep(TIE)
        for flow in (saved, received, *others):
            await unit.ties.flow("t-1", flow)
        await unit.ties.flow("t-gone", received)
        assert await unit.ties.flows_of("a" * 32, since=NOW) == ((TIE, received), (TIE, saved))
        assert await unit.ties.flows_of("c" * 32, since=NOW) == ()
