from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from corridor.domain.category import Category
from corridor.domain.consent import Consent, Deny, Permit, Provision, Reason, Withdrawal
from corridor.domain.country import Country
from corridor.domain.purpose import Purpose
from corridor.flows.weigh_consent import Shown, weigh_consent
from tests.fakes.federation import EVERYTHING, FakeFederation

PE, VE = Country("PE"), Country("VE")
HANDLE = "a-handle-of-the-hub-0001"


async def weighed(
    federation: FakeFederation, consent: Consent, *, purpose: Purpose = Purpose.TREAT, asker: Country = PE
) -> Permit | Deny:
    statement = federation.statements("PE").write(consent, handle=HANDLE)
    serving = federation["VE"].serving
    async with serving.units.begin() as unit:
        return await weigh_consent(
            Shown(asker, purpose, HANDLE, statement),
            "v1",
            home=VE,
            now=federation.clock.now(),
            unit=unit,
            statements=serving.statements,
        )


async def test_a_statement_in_force_permits_what_it_names(federation: FakeFederation) -> None:
    decision = await weighed(federation, federation.consent())
    assert isinstance(decision, Permit)
    assert decision.categories == frozenset(Category)


async def test_the_statement_of_one_country_is_none_for_another(federation: FakeFederation) -> None:
    assert await weighed(federation, federation.consent(), asker=Country("CO")) == Deny(Reason.NO_CONSENT)


@pytest.mark.parametrize("purpose", sorted(set(Purpose) - {Purpose.TREAT, Purpose.ETREAT}))
async def test_only_treatment_crosses_a_border(federation: FakeFederation, purpose: Purpose) -> None:
    consent = federation.consent("c", replace(EVERYTHING, purposes=frozenset({purpose})))
    reason = Reason.NO_CONSENT if purpose is Purpose.BTG else Reason.UNKNOWN_PURPOSE
    assert await weighed(federation, consent, purpose=purpose) == Deny(reason)


async def test_adding_a_denial_never_enlarges(federation: FakeFederation) -> None:
    no = Provision(permit=False, categories=frozenset({Category.CD4, Category.REGIMEN}))
    await federation["VE"].keep(federation.consent("no", no), of="v1")
    decision = await weighed(federation, federation.consent())
    assert isinstance(decision, Permit)
    assert decision.categories == frozenset(Category) - {Category.CD4, Category.REGIMEN}


async def test_of_somebody_elses_consents_nothing_counts(federation: FakeFederation) -> None:
    await federation["VE"].keep(federation.consent("no", Provision(permit=False)), of="v2")
    async with federation["VE"].node.units.begin() as unit:
        await unit.withdraw("v2", Withdrawal(federation.clock.now()))
    assert isinstance(await weighed(federation, federation.consent()), Permit)


async def test_a_withdrawal_here_outlives_a_consent_given_later_here(federation: FakeFederation) -> None:
    async with federation["VE"].node.units.begin() as unit:
        await unit.withdraw("v1", Withdrawal(federation.clock.now() - timedelta(hours=3)))
    await federation["VE"].keep(federation.consent("later", days_ago=0.05), of="v1")
    assert await weighed(federation, federation.consent()) == Deny(Reason.WITHDRAWN)
