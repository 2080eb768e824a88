from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corridor.domain.category import CLINICAL, Category
from corridor.domain.consent import Ask, Consent, Deny, Permit, Provision, Reason, Withdrawal, decide, denial
from corridor.domain.country import Country
from corridor.domain.period import ALWAYS, Period
from corridor.domain.purpose import FORBIDDEN, Purpose

NOW = datetime(2026, 3, 1, tzinfo=UTC)
TICK = timedelta.resolution
DAY = timedelta(days=1)
PE, CO, VE, CL = map(Country, ("PE", "CO", "VE", "CL"))

instants = st.sampled_from([NOW - DAY, NOW - TICK, NOW, NOW + TICK, NOW + DAY])
edges = st.none() | instants
periods = st.builds(Period, edges, edges)
countries = st.frozensets(st.sampled_from([PE, CO, VE, CL]), max_size=2)
codes = st.sampled_from([*Purpose, *sorted(FORBIDDEN), "HPAYMT", "treat", ""])
categories = st.frozensets(st.sampled_from(Category), max_size=4)
provisions = st.builds(
    Provision,
    permit=st.booleans(),
    countries=countries,
    holders=countries,
    purposes=st.frozensets(codes, max_size=2),
    categories=categories,
    period=periods,
    data_period=st.just(ALWAYS) | periods,
)
denials = st.builds(lambda provision, **rest: replace(provision, permit=False, **rest), provisions)
consents = st.builds(
    Consent,
    id=st.sampled_from(["a", "b", "c"]),
    status_active=st.booleans(),
    given_at=instants,
    withdrawn_at=edges,
    period=periods,
    provisions=st.lists(provisions, max_size=3).map(tuple),
)
records = st.tuples(st.sampled_from(Category), edges)

PERMITTING = Provision(
    permit=True,
    countries=frozenset({PE}),
    purposes=frozenset({Purpose.TREAT}),
    categories=CLINICAL,
    holders=frozenset({VE}),
)
VALID = Consent("valid", status_active=True, given_at=NOW, period=Period(NOW, NOW + DAY), provisions=(PERMITTING,))
ASK = Ask(PE, VE, Purpose.TREAT, frozenset({Category.REGIMEN, Category.VIRAL_LOAD}))

provision_changes = st.sampled_from(
    [
        {},
        {"countries": frozenset({CL})},
        {"holders": frozenset({CO})},
        {"countries": frozenset()},
        {"purposes": frozenset({Purpose.ETREAT})},
        {"categories": frozenset({Category.MATCH})},
        {"categories": frozenset({Category.REGIMEN})},
        {"period": Period(NOW + TICK)},
        {"period": Period(None, NOW)},
        {"data_period": Period(NOW)},
        {"permit": False},
    ]
)
consent_changes = st.sampled_from(
    [
        {},
        {"status_active": False},
        {"given_at": NOW + timedelta(seconds=60)},
        {"given_at": NOW + timedelta(seconds=60) + TICK},
        {"withdrawn_at": NOW},
        {"withdrawn_at": NOW + TICK},
        {"period": Period(None, NOW)},
        {"period": Period(None, NOW - TICK)},
        {"period": Period(NOW + TICK)},
    ]
)
ask_changes = st.sampled_from(
    [{}, {"asker": CL}, {"holder": CL}, {"purpose": "IMMIG"}, {"purpose": Purpose.ETREAT}, {"categories": frozenset()}]
)


@st.composite
def near_valid(draw: st.DrawFn) -> tuple[list[Consent], Ask, list[Withdrawal]]:
    """A permitted ask with at most one field changed: where mistakes in a policy live."""
    provision, consent, ask, withdrawals = PERMITTING, VALID, ASK, list[Withdrawal]()
    changed = draw(st.sampled_from(["provision", "consent", "ask", "ask", "withdrawal", "denial"]))
    others = list[Consent]()
    if changed == "provision":
        provision = replace(provision, **draw(provision_changes))
    elif changed == "consent":
        consent = replace(consent, **draw(consent_changes))
    elif changed == "ask":
        ask = replace(ask, **draw(ask_changes))
    elif changed == "withdrawal":
        withdrawals = [Withdrawal(draw(instants))]
    elif changed == "denial":
        others = [replace(VALID, id="other", period=draw(periods), provisions=(draw(denials),))]
    return [replace(consent, provisions=(provision,)), *others], ask, withdrawals


def allowed(decision: Permit | Deny, record: tuple[Category, datetime | None]) -> bool:
    return isinstance(decision, Permit) and decision.allows(*record)


def test_the_cases_that_properties_are_tried_on_reach_permits_and_denials() -> None:
    reached = list[bool]()

    @given(near_valid())
    def count(case: tuple[list[Consent], Ask, list[Withdrawal]]) -> None:
        known, ask, withdrawals = case
        reached.append(isinstance(decide(known, ask, NOW, withdrawals=withdrawals), Permit))

    count()
    assert 0.2 <= sum(reached) / len(reached) <= 0.8


@given(near_valid(), st.lists(consents, max_size=2), denials, records)
def test_one_more_denial_never_permits_more(
    case: tuple[list[Consent], Ask, list[Withdrawal]],
    more: list[Consent],
    denied: Provision,
    record: tuple[Category, datetime | None],
) -> None:
    known, ask, withdrawals = [*case[0], *more], case[1], case[2]
    before = decide(known, ask, NOW, withdrawals=withdrawals)
    after = decide([*known, replace(VALID, provisions=(denied,))], ask, NOW, withdrawals=withdrawals)
    assert allowed(before, record) or not allowed(after, record)


@given(near_valid(), st.lists(consents, max_size=2), instants, records)
def test_a_withdrawal_never_permits_more(
    case: tuple[list[Consent], Ask, list[Withdrawal]],
    more: list[Consent],
    at: datetime,
    record: tuple[Category, datetime | None],
) -> None:
    known, ask, withdrawals = [*case[0], *more], case[1], case[2]
    before = decide(known, ask, NOW, withdrawals=withdrawals)
    after = decide(known, ask, NOW, withdrawals=[*withdrawals, Withdrawal(at)])
    assert allowed(before, record) or not allowed(after, record)


@given(near_valid(), st.lists(consents, max_size=3), st.randoms(use_true_random=False))
def test_the_order_of_consents_does_not_matter(
    case: tuple[list[Consent], Ask, list[Withdrawal]], more: list[Consent], random: object
) -> None:
    known = [*case[0], *more]
    shuffled = known[:]
    random.shuffle(shuffled)  # type: ignore[attr-defined]  # Hypothesis gives a random.Random
    assert decide(known, case[1], NOW, withdrawals=case[2]) == decide(shuffled, case[1], NOW, withdrawals=case[2])


@given(near_valid(), st.sampled_from([TICK, DAY, 400 * DAY]))
def test_nothing_is_permitted_after_the_end_unless_decided_again(
    case: tuple[list[Consent], Ask, list[Withdrawal]], later: timedelta
) -> None:
    known = [replace(each, period=Period(each.period.start, NOW)) for each in case[0]]
    assert isinstance(decide(known, case[1], NOW + later, withdrawals=case[2]), Deny)


@given(near_valid(), st.lists(consents, max_size=2), st.sampled_from(sorted(FORBIDDEN)))
def test_a_forbidden_purpose_is_never_permitted(
    case: tuple[list[Consent], Ask, list[Withdrawal]], more: list[Consent], purpose: str
) -> None:
    willing = replace(PERMITTING, purposes=frozenset({purpose, *Purpose}), countries=frozenset(), holders=frozenset())
    known = [*case[0], *more, replace(VALID, provisions=(willing,))]
    assert decide(known, replace(case[1], purpose=purpose), NOW) == Deny(Reason.FORBIDDEN_PURPOSE)


@given(st.lists(consents, max_size=2), st.text(max_size=8).filter(lambda code: code not in {*Purpose, *FORBIDDEN}))
def test_an_unknown_purpose_is_never_permitted(known: list[Consent], purpose: str) -> None:
    assert decide([VALID, *known], replace(ASK, purpose=purpose), NOW) == Deny(Reason.UNKNOWN_PURPOSE)


@given(near_valid(), st.lists(consents, max_size=2), records, st.integers(0, 10**6))
def test_a_permit_holds_until_its_end(
    case: tuple[list[Consent], Ask, list[Withdrawal]],
    more: list[Consent],
    record: tuple[Category, datetime | None],
    part: int,
) -> None:
    known, ask, withdrawals = [*case[0], *more], case[1], case[2]
    first = decide(known, ask, NOW, withdrawals=withdrawals)
    if isinstance(first, Permit) and first.until:
        assert first.until >= NOW
        then = NOW + (first.until - NOW) * part / 10**6
        again = decide(known, ask, then, withdrawals=withdrawals)
        assert allowed(again, record) or not allowed(first, record)


@given(st.lists(consents, max_size=3), categories)
def test_only_asked_categories_are_permitted_and_at_least_one(known: list[Consent], asked: frozenset[Category]) -> None:
    decision = decide([VALID, *known], replace(ASK, categories=asked), NOW)
    if isinstance(decision, Permit):
        assert decision.categories
        assert decision.categories <= asked


def test_a_naive_instant_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(ValueError, match="aware"):
        decide([VALID], ASK, NOW.replace(tzinfo=None))


def test_what_cannot_be_read_denies_everything() -> None:
    assert decide([VALID, denial("x", NOW)], ASK, NOW) == Deny(Reason.UNREADABLE)
