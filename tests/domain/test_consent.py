from dataclasses import replace
from datetime import datetime, timedelta
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corridor.domain.category import Category
from corridor.domain.consent import (
    Consent,
    Deny,
    Permit,
    Provision,
    Reason,
    Spoken,
    Withdrawal,
    decide,
    denial,
    permits,
)
from corridor.domain.period import Period
from corridor.domain.purpose import FORBIDDEN, Purpose
from tests.domain.consent_values import (
    ASK,
    DAY,
    NOW,
    PERMITTING,
    TICK,
    VALID,
    Case,
    allowed,
    categories,
    consents,
    denials,
    instants,
    near_valid,
    records,
)

Record = tuple[Category, datetime | None]
several = st.lists(consents, max_size=2).map(tuple)


def test_the_cases_that_properties_are_tried_on_reach_permits_and_denials() -> None:
    reached = list[bool]()

    @settings(max_examples=500)  # a share of one hundred strays by 0.07 from run to run, of five hundred by 0.015
    @given(near_valid())
    def count(case: Case) -> None:
        reached.append(isinstance(case.decided(), Permit))

    count()
    assert 0.2 <= sum(reached) / len(reached) <= 0.8


@given(near_valid(), several, denials, records)
def test_one_more_denial_never_permits_more(
    case: Case, more: tuple[Consent, ...], denied: Provision, record: Record
) -> None:
    before = case.decided(more=more)
    after = case.decided(more=(*more, replace(VALID, provisions=(denied,))))
    assert allowed(before, record) or not allowed(after, record)


@given(near_valid(), several, records)
def test_one_more_unreadable_consent_permits_nothing(case: Case, more: tuple[Consent, ...], record: Record) -> None:
    assert not allowed(case.decided(more=(*more, denial("x", NOW))), record)


@given(near_valid(), several, instants, records)
def test_a_withdrawal_never_permits_more(case: Case, more: tuple[Consent, ...], at: datetime, record: Record) -> None:
    before = case.decided(more=more)
    after = replace(case, withdrawals=(*case.withdrawals, Withdrawal(at))).decided(more=more)
    assert allowed(before, record) or not allowed(after, record)


@given(near_valid(), several, records)
def test_asking_for_fewer_dates_never_permits_more(case: Case, more: tuple[Consent, ...], record: Record) -> None:
    before = case.decided(more=more)
    after = replace(case, ask=replace(case.ask, data_period=Period(NOW, NOW))).decided(more=more)
    assert allowed(before, record) or not allowed(after, record) or case.ask.data_period.end == NOW - TICK
    assert not allowed(after, (record[0], NOW + TICK))
    assert not allowed(after, (record[0], None))


@given(near_valid(), st.lists(consents, max_size=3).map(tuple), st.randoms(use_true_random=False))
def test_the_order_of_consents_does_not_matter(case: Case, more: tuple[Consent, ...], random: Random) -> None:
    shuffled = [*case.known, *more]
    random.shuffle(shuffled)
    first, second = case.decided(more=more), replace(case, known=tuple(shuffled)).decided()
    assert first == second
    assert first.provisions == second.provisions


@given(near_valid(), st.sampled_from([TICK, DAY, 400 * DAY]))
def test_nothing_is_permitted_after_the_end_unless_decided_again(case: Case, later: timedelta) -> None:
    known = tuple(replace(each, period=Period(each.period.start, NOW)) for each in case.known)
    assert isinstance(replace(case, known=known).decided(NOW + later), Deny)


@given(near_valid(), several, st.sampled_from(sorted(FORBIDDEN)))
def test_a_forbidden_purpose_is_never_permitted(case: Case, more: tuple[Consent, ...], purpose: str) -> None:
    willing = replace(PERMITTING, purposes=frozenset({purpose, *Purpose}), countries=frozenset(), holders=frozenset())
    asked = replace(case, ask=replace(case.ask, purpose=purpose))
    found = asked.decided(more=(*more, replace(VALID, provisions=(willing,))))
    assert found == Deny(Reason.FORBIDDEN_PURPOSE)
    assert found.provisions == ()


@given(several, st.text(max_size=8).filter(lambda code: code not in {*Purpose, *FORBIDDEN}))
def test_an_unknown_purpose_is_never_permitted(known: tuple[Consent, ...], purpose: str) -> None:
    assert decide([VALID, *known], replace(ASK, purpose=purpose), NOW) == Deny(Reason.UNKNOWN_PURPOSE)


@given(near_valid(), several, records, st.integers(0, 10**6))
def test_a_permit_holds_until_its_end(case: Case, more: tuple[Consent, ...], record: Record, part: int) -> None:
    first = case.decided(more=more)
    if isinstance(first, Permit) and first.until:
        assert first.until >= NOW
        then = NOW + (first.until - NOW) * part / 10**6
        assert allowed(case.decided(then, more=more), record) or not allowed(first, record)


@given(st.lists(consents, max_size=3), categories)
def test_only_asked_categories_are_permitted_and_at_least_one(known: list[Consent], asked: frozenset[Category]) -> None:
    decision = decide([VALID, *known], replace(ASK, categories=asked), NOW)
    if isinstance(decision, Permit):
        assert decision.categories
        assert decision.categories <= asked


@given(near_valid(), several)
def test_a_permit_is_explained_by_the_provisions_it_names(case: Case, more: tuple[Consent, ...]) -> None:
    """What is permitted rests on permits that are named, and those alone permit it again."""
    known = tuple(replace(each, id=str(place)) for place, each in enumerate((*case.known, *more)))
    decision = replace(case, known=known).decided()
    if isinstance(decision, Deny):
        return
    assert any(each.permit for each in decision.provisions)
    assert decision.consent_ids == tuple(sorted({each.consent_id for each in decision.provisions if each.permit}))
    named = {(each.consent_id, each.index) for each in decision.provisions}
    alone = tuple(
        replace(each, provisions=tuple(one for place, one in enumerate(each.provisions) if (each.id, place) in named))
        for each in known
    )
    again = replace(case, known=alone).decided()
    assert isinstance(again, Permit)
    assert again.grants == decision.grants


@given(near_valid(), several)
def test_whether_anything_goes_is_found_as_what_goes_is(case: Case, more: tuple[Consent, ...]) -> None:
    known = (*case.known, *more)
    found = permits(known, case.ask, NOW, withdrawals=case.withdrawals)
    assert found == isinstance(case.decided(more=more), Permit)


def test_nothing_goes_for_a_purpose_that_no_consent_can_permit_or_where_nothing_is_asked() -> None:
    assert permits([VALID], ASK, NOW)
    willing = replace(VALID, provisions=(replace(PERMITTING, purposes=frozenset({"IMMIG"})),))
    assert not permits([willing], replace(ASK, purpose="IMMIG"), NOW)
    assert not permits([VALID], replace(ASK, categories=frozenset()), NOW)


@given(near_valid(), several)
def test_a_denial_by_denials_is_explained_by_each_of_them(case: Case, more: tuple[Consent, ...]) -> None:
    decision = case.decided(more=more)
    if isinstance(decision, Deny) and decision.reason in {Reason.DENIED, Reason.UNREADABLE}:
        assert decision.provisions
        assert not any(each.permit for each in decision.provisions)


def test_a_naive_instant_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(ValueError, match="aware"):
        decide([VALID], ASK, NOW.replace(tzinfo=None))


def test_what_cannot_be_read_denies_everything() -> None:
    found = decide([VALID, denial("x", NOW)], ASK, NOW)
    assert found == Deny(Reason.UNREADABLE)
    assert found.provisions == (Spoken("x", 0, permit=False),)


def test_a_consent_is_compiled_once_for_as_long_as_it_lives() -> None:
    assert VALID.rules is VALID.rules
    assert replace(VALID).rules is not VALID.rules
    assert replace(VALID) == VALID


def test_the_first_and_the_last_instant_of_the_calendar_can_be_decided_on() -> None:
    first = datetime.min.replace(tzinfo=NOW.tzinfo)
    last = datetime.max.replace(tzinfo=NOW.tzinfo)
    always = replace(VALID, given_at=first, period=Period())
    assert isinstance(decide([always], ASK, first), Permit)
    assert isinstance(decide([always], ASK, last), Permit)
    assert isinstance(decide([replace(always, given_at=last)], ASK, last), Permit)


def test_what_a_decision_rests_on_does_not_make_it_another() -> None:
    spoken = (Spoken("c", 0, True),)  # noqa: FBT003  # the field's order is the value's
    assert Permit((), None, ("c",), spoken) == Permit((), None, ("c",))
    assert Deny(Reason.DENIED, spoken) == Deny(Reason.DENIED)
