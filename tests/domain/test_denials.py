from __future__ import annotations

from dataclasses import replace

import pytest

from corridor.domain.denials import denials
from corridor.domain.period import Period
from corridor.domain.provision import Provision
from tests.domain.consent_values import ASK, CL, CLINIC, CO, DAY, DOCTOR, NOW, PE, VALID, VE

NO = Provision(permit=False)
ELSEWHERE = replace(NO, countries=frozenset({CL}))


@pytest.mark.parametrize(
    ("provision", "travels"),
    [
        (NO, True),
        (replace(NO, countries=frozenset({PE, CL})), True),
        (ELSEWHERE, False),
        (replace(ELSEWHERE, organisations=frozenset({CLINIC})), True),
        (replace(ELSEWHERE, roles=frozenset({"programme"})), True),
        (replace(ELSEWHERE, persons=frozenset({DOCTOR})), True),
        (replace(NO, roles=frozenset({"programme"})), True),
        (replace(NO, holders=frozenset({VE, CO})), True),
        (replace(NO, holders=frozenset({CO})), False),
        (replace(ELSEWHERE, roles=frozenset({"programme"}), holders=frozenset({CO})), False),
        (replace(NO, period=Period(NOW + 2 * DAY)), False),  # never within its document's period
        (replace(NO, permit=True), False),
    ],
)
def test_a_denial_travels_unless_it_is_of_other_countries_alone(provision: Provision, travels: bool) -> None:  # noqa: FBT001 - a row of the table
    assert bool([*denials([replace(VALID, provisions=(provision,))], ASK)]) is travels


def test_a_denial_travels_with_the_dates_of_its_document() -> None:
    later = replace(NO, period=Period(NOW - DAY, NOW))
    [found] = denials([replace(VALID, provisions=(later,))], ASK)
    assert found == replace(NO, period=Period(NOW, NOW))


def test_of_a_document_that_was_ended_nothing_travels() -> None:
    assert [*denials([replace(VALID, provisions=(NO,), status_active=False)], ASK)] == []
