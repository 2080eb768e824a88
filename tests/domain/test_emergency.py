from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corridor.domain.category import Category
from corridor.domain.consent import Ask, Consent, Deny, Permit, Provision, Reason, Withdrawal
from corridor.domain.country import Country
from corridor.domain.emergency import (
    LASTS,
    NOTE_MAX,
    REVIEW_WITHIN,
    Cause,
    Opening,
    Verdict,
    decide_override,
    emergency,
    is_override,
    override,
)
from corridor.domain.errors import InvalidError
from corridor.domain.period import Period
from corridor.domain.purpose import Purpose

PE, VE, CO = Country("PE"), Country("VE"), Country("CO")
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
ASK = Ask(PE, VE, Purpose.BTG, frozenset(Category))
STATED = override("o", PE, at=NOW)
DENY = Provision(permit=False)


def consent(*provisions: Provision, days_ago: float = 10) -> Consent:
    return Consent("c", status_active=True, given_at=NOW - timedelta(days=days_ago), provisions=provisions)


def decided(*stored: Consent, withdrawals: Sequence[Withdrawal] = (), now: datetime = NOW) -> Permit | Deny:
    return decide_override(STATED, stored, ASK, now=now, withdrawals=withdrawals)


def test_the_absence_of_consent_stops_nobody_in_an_emergency() -> None:
    permit = decided()
    assert isinstance(permit, Permit)
    assert permit.categories == frozenset(Category)
    assert permit.until == NOW + LASTS


def test_a_consent_that_is_over_is_an_absence() -> None:
    yes = replace(DENY, permit=True, purposes=frozenset({"TREAT"}), categories=frozenset(Category))
    over = replace(consent(yes), period=Period(None, NOW - timedelta(days=1)))
    assert isinstance(decided(over), Permit)


@pytest.mark.parametrize(
    "denial",
    [
        DENY,
        replace(DENY, purposes=frozenset({"TREAT"})),
        replace(DENY, purposes=frozenset({"ETREAT"})),
        replace(DENY, purposes=frozenset({"BTG"})),
        replace(DENY, countries=frozenset({PE})),
        replace(DENY, holders=frozenset({VE})),
    ],
    ids=["all", "TREAT", "ETREAT", "BTG", "asker", "holder"],
)
def test_a_stored_denial_is_never_overridden(denial: Provision) -> None:
    assert decided(consent(denial)) == Deny(Reason.DENIED)


@pytest.mark.parametrize(
    "denial",
    [
        replace(DENY, purposes=frozenset({"PUBHLTH"})),
        replace(DENY, countries=frozenset({CO})),
        replace(DENY, holders=frozenset({CO})),
        replace(DENY, period=Period(None, NOW - timedelta(days=1))),
    ],
    ids=["not-care", "other-asker", "other-holder", "over"],
)
def test_a_denial_of_something_else_does_not_count(denial: Provision) -> None:
    assert isinstance(decided(consent(denial)), Permit)


def test_what_was_denied_in_part_stays_out() -> None:
    permit = decided(consent(replace(DENY, purposes=frozenset({"TREAT"}), categories=frozenset({Category.RESISTANCE}))))
    assert isinstance(permit, Permit)
    assert permit.categories == frozenset(Category) - {Category.RESISTANCE}


def test_who_took_consent_back_has_refused_until_they_give_one_again() -> None:
    back = Withdrawal(NOW - timedelta(days=3))
    yes = replace(DENY, permit=True, purposes=frozenset({"TREAT"}), categories=frozenset(Category))
    assert decided(withdrawals=[back]) == Deny(Reason.WITHDRAWN)
    assert decided(consent(yes, days_ago=5), withdrawals=[back]) == Deny(Reason.WITHDRAWN)
    assert decided(replace(consent(yes, days_ago=5), withdrawn_at=NOW - timedelta(days=4))) == Deny(Reason.WITHDRAWN)
    assert isinstance(decided(consent(yes, days_ago=2), withdrawals=[back]), Permit)


def test_the_consent_that_takes_back_a_refusal_comes_after_it_and_stands() -> None:
    back = Withdrawal(NOW - timedelta(days=3))
    yes = consent(replace(DENY, permit=True, purposes=frozenset({"TREAT"}), categories=frozenset(Category)), days_ago=3)
    assert decided(yes, withdrawals=[back]) == Deny(Reason.WITHDRAWN)
    later = replace(yes, given_at=back.at + timedelta.resolution)
    assert isinstance(decided(later, withdrawals=[back]), Permit)
    assert decided(replace(later, status_active=False), withdrawals=[back]) == Deny(Reason.WITHDRAWN)
    refusal = consent(replace(DENY, purposes=frozenset({"PUBHLTH"})), days_ago=2)
    assert decided(refusal, withdrawals=[back]) == Deny(Reason.WITHDRAWN)
    assert decided(refusal, later, withdrawals=[back]).__class__ is Permit


def test_a_withdrawal_that_a_document_bears_counts_from_its_instant() -> None:
    permit = replace(DENY, permit=True, purposes=frozenset({"TREAT"}), categories=frozenset(Category))
    assert decided(replace(consent(permit), withdrawn_at=NOW)) == Deny(Reason.WITHDRAWN)
    assert isinstance(decided(replace(consent(permit), withdrawn_at=NOW + timedelta.resolution)), Permit)


@given(hours=st.floats(0.0, 400.0))
def test_an_opening_ends_by_itself(hours: float) -> None:
    now = NOW + timedelta(hours=hours)
    assert isinstance(decided(now=now), Permit) == (now <= NOW + LASTS)


def test_only_one_country_one_purpose_and_one_hour_make_an_override() -> None:
    permit = STATED.provisions[0]
    assert is_override(STATED, PE)
    assert is_override(replace(STATED, provisions=(permit, DENY)), PE)
    for other in (
        replace(STATED, provisions=(replace(permit, countries=frozenset({PE, CO})),)),
        replace(STATED, provisions=(replace(permit, countries=frozenset()),)),
        replace(STATED, provisions=(replace(permit, purposes=frozenset({"BTG", "TREAT"})),)),
        replace(STATED, provisions=(permit, permit)),
        replace(STATED, provisions=()),
        replace(STATED, period=Period(NOW, NOW + LASTS + timedelta(seconds=1))),
        replace(STATED, period=Period(NOW, None)),
        replace(STATED, period=Period(None, NOW)),
    ):
        assert not is_override(other, PE)
    assert not is_override(STATED, CO)


@pytest.mark.parametrize(
    ("cause", "words"),
    [
        ("", "x" * 30),
        ("bored", "x" * 30),
        ("critical", ""),
        ("critical", "too short"),
        ("critical", " " * 40),
        ("critical", "x" * 501),
    ],
)
def test_an_emergency_that_says_too_little_is_none(cause: str, words: str) -> None:
    with pytest.raises(InvalidError):
        emergency(cause, words)


def test_an_emergency_says_enough_in_twenty_to_five_hundred_characters() -> None:
    for words in ("x" * 20, "x" * 500):
        assert emergency("other", words).words == words
    assert emergency("other", "  sin   papeles,\n sola y grave ").words == "sin papeles, sola y grave"
    with pytest.raises(InvalidError):
        emergency("other", "x" * 19)


def test_the_numbers_and_words_are_those_that_others_know() -> None:
    assert (timedelta(hours=1), timedelta(hours=24), 500) == (LASTS, REVIEW_WITHIN, NOTE_MAX)
    assert {*Cause} == {"unconscious", "confused", "critical", "child-alone", "other"}
    assert {*Verdict} == {"justified", "not-justified"}


def test_the_words_of_an_emergency_are_not_shown_by_accident() -> None:
    stated = emergency("unconscious", "Trauma de cráneo, sin acompañante.")
    opening = Opening("o", "p", "a", stated, "t", NOW)
    assert stated.cause is Cause.UNCONSCIOUS
    assert "Trauma" not in repr(opening)
    assert "Sola" not in repr(replace(opening, note="Sola"))
    assert (opening.reviewer, opening.note) == ("", "")
    assert opening.due_at == NOW + timedelta(hours=24)
