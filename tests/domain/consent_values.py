"""Consents near the edge of what they permit: a valid one with one thing changed, at the instants that matter."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from corridor.domain.category import CLINICAL, Category
from corridor.domain.consent import Ask, Consent, Decision, Permit, Provision, Withdrawal, decide
from corridor.domain.country import Country
from corridor.domain.period import ALWAYS, Period
from corridor.domain.purpose import FORBIDDEN, Purpose

NOW = datetime(2026, 3, 1, tzinfo=UTC)
TICK = timedelta.resolution
DAY = timedelta(days=1)
PE, CO, VE, CL = map(Country, ("PE", "CO", "VE", "CL"))
CLINIC, OTHER_CLINIC = "https://pe.example/clinics|17", "https://pe.example/clinics|18"
DOCTOR, OTHER_DOCTOR = "https://pe.example/doctors|4", "https://pe.example/doctors|5"

instants = st.sampled_from([NOW - DAY, NOW - TICK, NOW, NOW + TICK, NOW + DAY])
edges = st.none() | instants
periods = st.builds(Period, edges, edges)
countries = st.frozensets(st.sampled_from([PE, CO, VE, CL]), max_size=2)
codes = st.sampled_from([*Purpose, *sorted(FORBIDDEN), "HRESCH", "treat", ""])
categories = st.frozensets(st.sampled_from(Category), max_size=4)
organisations = st.frozensets(st.sampled_from([CLINIC, OTHER_CLINIC]), max_size=1)
roles = st.frozensets(st.sampled_from(["clinician", "programme"]), max_size=1)
persons = st.frozensets(st.sampled_from([DOCTOR, OTHER_DOCTOR]), max_size=1)
provisions = st.builds(
    Provision,
    permit=st.booleans(),
    countries=countries,
    holders=countries,
    purposes=st.frozensets(codes, max_size=2),
    categories=categories,
    period=periods,
    data_period=st.just(ALWAYS) | periods,
    organisations=organisations,
    roles=roles,
    persons=persons,
)
denials = st.builds(lambda provision: replace(provision, permit=False), provisions)
consents = st.builds(
    Consent,
    id=st.sampled_from(["a", "b", "c"]),
    status_active=st.booleans(),
    given_at=instants,
    withdrawn_at=edges,
    period=periods,
    provisions=st.lists(provisions, max_size=3).map(tuple),
    readable=st.booleans(),
)
records = st.tuples(st.sampled_from(Category), edges)

PERMITTING = Provision(
    permit=True,
    countries=frozenset({PE}),
    purposes=frozenset({Purpose.TREAT}),
    categories=CLINICAL,
    holders=frozenset({VE}),
)
NAMING = replace(
    PERMITTING, organisations=frozenset({CLINIC}), roles=frozenset({"clinician"}), persons=frozenset({DOCTOR})
)
VALID = Consent("valid", status_active=True, given_at=NOW, period=Period(NOW, NOW + DAY), provisions=(PERMITTING,))
ASK = Ask(
    PE,
    VE,
    Purpose.TREAT,
    frozenset({Category.REGIMEN, Category.VIRAL_LOAD}),
    organisation=CLINIC,
    role="clinician",
    person=DOCTOR,
)

PROVISION_CHANGES: list[dict[str, Any]] = [
    {},
    {"countries": frozenset({CL})},
    {"holders": frozenset({CO})},
    {"countries": frozenset()},
    {"organisations": frozenset({OTHER_CLINIC})},
    {"roles": frozenset({"programme"})},
    {"persons": frozenset({OTHER_DOCTOR})},
    {"purposes": frozenset({Purpose.ETREAT})},
    {"purposes": frozenset()},
    {"purposes": frozenset({Purpose.TREAT, Purpose.BTG})},
    {"categories": frozenset({Category.MATCH})},
    {"categories": frozenset()},
    {"categories": frozenset({Category.REGIMEN})},
    {"period": Period(NOW)},
    {"period": Period(NOW + TICK)},
    {"period": Period(None, NOW)},
    {"period": Period(None, NOW - TICK)},
    {"data_period": Period(NOW)},
    {"data_period": Period(None, NOW)},
    {"permit": False},
]
CONSENT_CHANGES: list[dict[str, Any]] = [
    {},
    {"status_active": False},
    {"given_at": NOW + timedelta(seconds=60)},
    {"given_at": NOW + timedelta(seconds=60) + TICK},
    {"withdrawn_at": NOW},
    {"withdrawn_at": NOW + TICK},
    {"period": Period(NOW, NOW)},
    {"period": Period(None, NOW - TICK)},
    {"period": Period(NOW + TICK)},
]
ASK_CHANGES: list[dict[str, Any]] = [
    {},
    {"asker": CL},
    {"holder": CL},
    {"purpose": "IMMIG"},
    {"purpose": "HRESCH"},
    {"purpose": Purpose.ETREAT},
    {"purpose": Purpose.BTG},
    {"categories": frozenset()},
    {"categories": frozenset({Category.MATCH})},
    {"organisation": ""},
    {"organisation": OTHER_CLINIC},
    {"role": ""},
    {"person": ""},
    {"person": OTHER_DOCTOR},
    {"data_period": Period(NOW)},
    {"data_period": Period(None, NOW - TICK)},
]


def _about(denied: Provision) -> Provision:
    """The same denial, about what `ASK` asks for among other things; only its periods can keep it from counting."""
    return replace(
        denied,
        countries=denied.countries | {PE},
        holders=denied.holders | {VE},
        purposes=denied.purposes | {Purpose.TREAT},
        categories=denied.categories | ASK.categories,
        organisations=frozenset(),
        roles=frozenset(),
        persons=frozenset(),
    )


@dataclass(frozen=True)
class Case:
    """What is known of a person, and one ask."""

    known: tuple[Consent, ...]
    ask: Ask
    withdrawals: tuple[Withdrawal, ...]

    def decided(self, now: datetime = NOW, *, more: tuple[Consent, ...] = ()) -> Decision:
        return decide((*self.known, *more), self.ask, now, withdrawals=self.withdrawals)


@st.composite
def near_valid(draw: st.DrawFn) -> Case:
    """A permitted ask with at most one field changed: where mistakes in a policy live."""
    provision, consent, ask = draw(st.sampled_from([PERMITTING, NAMING])), VALID, ASK
    withdrawals: tuple[Withdrawal, ...] = ()
    others: tuple[Consent, ...] = ()
    changed = draw(st.sampled_from(["provision", "consent", "ask", "ask", "withdrawal", "denial", "denial"]))
    if changed == "provision":
        provision = replace(provision, **draw(st.sampled_from(PROVISION_CHANGES)))
    elif changed == "consent":
        consent = replace(consent, **draw(st.sampled_from(CONSENT_CHANGES)))
    elif changed == "ask":
        ask = replace(ask, **draw(st.sampled_from(ASK_CHANGES)))
    elif changed == "withdrawal":
        withdrawals = (Withdrawal(draw(instants)),)
    else:
        denied = draw(st.one_of(denials, denials.map(_about)))
        others = (replace(VALID, id="other", period=draw(st.just(VALID.period) | periods), provisions=(denied,)),)
    return Case((replace(consent, provisions=(provision,)), *others), ask, withdrawals)


def allowed(decision: Decision, record: tuple[Category, datetime | None]) -> bool:
    """Whether one record may go."""
    return isinstance(decision, Permit) and decision.allows(*record)
