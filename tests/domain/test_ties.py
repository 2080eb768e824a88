"""The rules of ties, and of questions whose answers are compared blind."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corridor.domain.country import Country
from corridor.domain.grade import Grade
from corridor.domain.questions import QUESTIONS_MAX, Question, agreed, compared, plain, to_ask, veiled
from corridor.domain.tie import (
    Doubt,
    Said,
    Side,
    Tie,
    TieState,
    Vote,
    decided,
    description_of,
    is_blocked,
    may_accept,
    meet,
    tie_id,
)

AT = datetime(2026, 3, 2, tzinfo=UTC)
SALT = b"s" * 16
SEEN = Tie(
    id="t",
    side=Side.HOLDER,
    country=Country("PE"),
    name="a" * 32,
    patient_id="v1",
    grade=Grade.CERTAIN,
    pattern=("given:whole", "birth:same"),
    described="d",
    state=TieState.PROPOSED,
    doubt=Doubt.NONE,
    made_at=AT,
    changed_at=AT,
    agent="node",
)
PROBABLE = replace(SEEN, grade=Grade.PROBABLE)


def test_only_what_is_certain_ties_itself() -> None:
    assert (meet(None, SEEN).state, meet(None, SEEN).doubt) == (TieState.ACCEPTED, Doubt.NONE)
    assert (meet(None, PROBABLE).state, meet(None, PROBABLE).doubt) == (TieState.PROPOSED, Doubt.PROBABLE)


def test_a_second_description_of_one_person_is_looked_at() -> None:
    assert meet(None, SEEN, rivals=[replace(SEEN, id="o", state=TieState.ACCEPTED)]).doubt is Doubt.RIVAL
    after = meet(None, SEEN, rivals=[replace(SEEN, id="o", state=TieState.UNDONE)])
    assert (after.state, after.doubt) == (TieState.PROPOSED, Doubt.EVIDENCE)


@given(st.sampled_from(TieState), st.sampled_from(Doubt))
def test_meeting_again_with_the_same_evidence_changes_nothing(state: TieState, doubt: Doubt) -> None:
    known = replace(SEEN, state=state, doubt=doubt, agent="b" * 32)
    later = replace(SEEN, made_at=AT + timedelta(days=1))
    assert meet(known, later) == known


def test_what_was_probable_and_becomes_certain_ties_itself_unless_people_have_another_doubt() -> None:
    assert meet(meet(None, PROBABLE), SEEN).state is TieState.ACCEPTED
    assert meet(replace(PROBABLE, doubt=Doubt.RIVAL), SEEN).state is TieState.PROPOSED


def test_an_accepted_tie_whose_evidence_changed_waits_and_goes_on() -> None:
    again = meet(meet(None, SEEN), replace(SEEN, pattern=("given:whole", "birth:different")))
    assert (again.state, again.doubt) == (TieState.ACCEPTED, Doubt.EVIDENCE)


def test_nothing_flows_under_a_broken_tie_nor_under_its_like() -> None:
    undone = replace(SEEN, state=TieState.UNDONE)
    certain = Grade.CERTAIN, SEEN.pattern
    assert is_blocked(certain, undone, [])
    assert is_blocked(certain, None, [undone])
    assert is_blocked((Grade.PROBABLE, ("birth:slip",)), None, [undone])
    assert not is_blocked((Grade.CERTAIN, ("birth:slip",)), None, [undone])
    assert not is_blocked(certain, replace(undone, state=TieState.ACCEPTED), [undone])


def test_two_different_people_accept_and_one_rejects() -> None:
    yes = Vote("a", True, AT)  # noqa: FBT003  # the field's order is the value's
    assert decided([]) is None
    assert decided([yes]) is None
    assert decided([yes, replace(yes, at=AT + timedelta(hours=1))]) is None
    assert decided([yes, replace(yes, agent="b")]) is TieState.ACCEPTED
    assert decided([yes, Vote("b", False, AT)]) is TieState.REJECTED  # noqa: FBT003  # the field's order is the value's


@pytest.mark.parametrize(
    ("said", "enough"),
    [("yy", True), ("yyn", True), ("yynn", False), ("y", False), ("yuu", False), ("", False), ("yyyn", True)],
)
def test_two_answers_agree_and_at_most_one_does_not(said: str, enough: bool) -> None:  # noqa: FBT001  # a table's column
    words = {"y": Said.YES, "n": Said.NO, "u": Said.UNKNOWN}
    assert may_accept({str(index): words[each] for index, each in enumerate(said)}) is enough


def test_one_description_has_another_digest_for_every_pseudonym_and_a_tie_another_id_for_every_side() -> None:
    assert description_of(b"x", "a") != description_of(b"x", "b")
    ids = {tie_id(side, Country("PE"), name="n", about="x") for side in Side}
    assert len(ids) == len(Side)


def test_what_did_not_agree_is_asked_first_and_never_too_much() -> None:
    pattern = ("given:single", "surnames:shorter", "birth:swapped", "papers:same", "sex:same")
    assert agreed(pattern) == ("given", "surnames", "papers", "sex")
    asked = to_ask(pattern, set(Question))
    assert asked[:2] == (Question.BIRTH_MONTH, Question.BIRTH_DAY)
    assert len(asked) == QUESTIONS_MAX
    assert to_ask(pattern, {Question.BIRTH_PLACE}) == (Question.BIRTH_PLACE,)
    assert to_ask(pattern, set()) == ()


@pytest.mark.parametrize(
    ("question", "left", "right"),
    [
        (Question.BIRTH_MONTH, "4", " 04 "),
        (Question.MOTHER_NAME, "Cármen Rosa", "carmen"),
        (Question.BIRTH_PLACE, "San Cristóbal", "SAN CRISTOVAL"),
        (Question.SECOND_SURNAME, "Gonzales", "González"),
        (Question.DOCUMENT_END, "V-18.234.567", "567"),
    ],
)
def test_one_answer_written_in_two_ways_agrees(question: Question, left: str, right: str) -> None:
    given_one = veiled(question, plain(question, left), salt=SALT)
    assert compared(question, given_one, [plain(question, right)], salt=SALT) is Said.YES
    assert compared(question, given_one, [plain(question, "11")], salt=SALT) in {Said.NO, Said.UNKNOWN}
    assert compared(question, given_one, [], salt=SALT) is Said.UNKNOWN


@pytest.mark.parametrize("text", ["", "abril", "13", "0", "-4", "²", "4" * 5000])
def test_what_is_no_month_is_no_answer(text: str) -> None:
    assert plain(Question.BIRTH_MONTH, text) == ""


@given(st.sampled_from(Question), st.text())
def test_any_text_becomes_an_answer_or_none(question: Question, text: str) -> None:
    assert plain(question, plain(question, text)) in {plain(question, text), ""} or question not in {
        Question.BIRTH_MONTH,
        Question.DOCUMENT_END,
    }
