from dataclasses import replace

from corridor.domain.category import Category
from corridor.domain.consent import Deny, Permit, Provision, Reason, Spoken, decide
from corridor.domain.period import Period
from tests.domain.consent_values import ASK, DAY, NOW, PERMITTING, TICK, VALID

REGIMEN = replace(ASK, categories=frozenset({Category.REGIMEN}))
OF_CD4 = Provision(permit=False, categories=frozenset({Category.CD4}))


def test_a_permit_that_names_no_category_permits_none() -> None:
    empty = replace(VALID, provisions=(replace(PERMITTING, categories=frozenset()),))
    assert decide([empty], ASK, NOW) == Deny(Reason.NOT_COVERED)


def test_a_permit_that_names_no_purpose_permits_none() -> None:
    silent = replace(VALID, provisions=(replace(PERMITTING, purposes=frozenset()),))
    assert decide([silent], ASK, NOW) == Deny(Reason.NOT_COVERED)


def test_a_denial_of_what_nobody_asks_for_explains_nothing() -> None:
    found = decide([replace(VALID, provisions=(PERMITTING, OF_CD4))], REGIMEN, NOW)
    assert found.provisions == (Spoken("valid", 0, permit=True),)
    assert decide([replace(VALID, provisions=(OF_CD4,))], REGIMEN, NOW) == Deny(Reason.NOT_COVERED)


def test_a_permit_still_to_come_does_not_end_one_that_holds() -> None:
    later = replace(PERMITTING, period=Period(NOW + TICK))
    found = decide([replace(VALID, provisions=(PERMITTING, later))], REGIMEN, NOW)
    assert isinstance(found, Permit)
    assert found.until == NOW + DAY


def test_a_permit_whose_dates_are_all_denied_is_not_named_beside_another() -> None:
    old = Period(None, NOW - DAY)
    provisions = (PERMITTING, replace(PERMITTING, data_period=old), Provision(permit=False, data_period=old))
    found = decide([replace(VALID, provisions=provisions)], REGIMEN, NOW)
    assert [each.index for each in found.provisions] == [0, 2]


def test_a_denial_of_everything_reaches_a_category_that_nobody_knows() -> None:
    ask = replace(ASK, categories=frozenset({"genome"}))  # type: ignore[arg-type]  # what a file may ask for
    assert decide([replace(VALID, provisions=(Provision(permit=False),))], ask, NOW) == Deny(Reason.DENIED)


def test_a_permit_names_the_consents_it_rests_on_in_their_order() -> None:
    names = [f"c{place:02}" for place in range(20)]
    found = decide([replace(VALID, id=name) for name in reversed(names)], REGIMEN, NOW)
    assert isinstance(found, Permit)
    assert found.consent_ids == tuple(names)


def test_a_consent_is_shown_as_it_was_written_and_not_as_it_was_compiled() -> None:
    assert "Rule(" not in repr(VALID)
