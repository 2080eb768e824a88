"""Leave to evaluate a whole register is nobody's but the asker's, ends by itself, and takes three others to give."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import httpx
import pytest

from corridor.domain.country import Country
from corridor.domain.quota import Quota
from corridor.domain.wire import ELEMENTS_MAX, EvaluateWords, write_words
from corridor.keys.quotas import new_quota_id, request_quota, sign_quota
from tests.attacks.conftest import BUDGET
from tests.attacks.envoy import Envoy, blinded, refused
from tests.journeys.world import World

STINGY = "CL"
ELEMENTS = BUDGET + ELEMENTS_MAX


def evaluate(envoy: Envoy, quota: bytes, count: int = 1) -> httpx.Response:
    """The stingy holder's answer."""
    words = EvaluateWords(envoy.known.epoch, (blinded(),) * count, 0, quota)
    return envoy.post(STINGY, "/oprf/evaluate", write_words(words))


def asked(envoy: Envoy, **other: object) -> Quota:
    """A quota in force, unless said otherwise."""
    now = envoy.clock.now()
    quota = Quota(
        new_quota_id(), envoy.country, envoy.known.epoch, ELEMENTS, now, now + timedelta(hours=3), "a register"
    )
    return replace(quota, **other)


def signed(envoy: Envoy, quota: Quota, *countries: str) -> bytes:
    """The document with its asker's signature and those of some holders."""
    document = request_quota(quota, envoy.key)
    for code in countries:
        document = sign_quota(document, Country(code), Envoy(envoy.world, code).key)
    return document


def test_a_quota_reaches_beyond_the_budget_and_not_beyond_itself_however_often_it_is_shown(santiago: Envoy) -> None:
    caracas = Envoy(santiago.world, "VE")
    quota = signed(caracas, asked(caracas), "CO", "EC", "PE")
    left = ELEMENTS
    while left >= ELEMENTS_MAX:
        assert evaluate(caracas, quota, ELEMENTS_MAX).status_code == httpx.codes.OK
        left -= ELEMENTS_MAX
    assert refused(evaluate(caracas, quota, left + 1), 429)
    assert refused(evaluate(caracas, sign_quota(quota, Country("CL"), santiago.key), left + 1), 429)


def test_two_holders_are_not_three_even_when_one_signs_twice_or_the_asker_helps(lima: Envoy) -> None:
    quota = asked(lima)
    assert refused(evaluate(lima, signed(lima, quota, "CO", "EC")), 403)
    assert refused(evaluate(lima, signed(lima, quota, "CO", "EC", "EC", "PE")), 403)


def test_another_country_cannot_use_it(lima: Envoy) -> None:
    quota = signed(lima, asked(lima), "CO", "EC", "VE")
    assert refused(evaluate(Envoy(lima.world, "CO"), quota), 403)


@pytest.mark.parametrize("hours", [-4, 1])
def test_it_counts_neither_before_nor_after_its_time(lima: Envoy, hours: int) -> None:
    now = lima.clock.now() + timedelta(hours=hours)
    quota = asked(lima, start=now, end=now + timedelta(hours=3))
    assert refused(evaluate(lima, signed(lima, quota, "CO", "EC", "VE")), 403)


def test_it_counts_for_no_other_key(lima: Envoy) -> None:
    quota = asked(lima, epoch=lima.known.epoch + 1)
    assert refused(evaluate(lima, signed(lima, quota, "CO", "EC", "VE")), 403)


def test_a_document_that_was_altered_is_refused_and_on_record(land: World, lima: Envoy) -> None:
    quota = signed(lima, asked(lima), "CO", "EC", "VE")
    assert refused(evaluate(lima, quota[:-20] + quota[-19:]), 400)
    assert refused(evaluate(lima, b"three of us agreed"), 400)
    events = land.audit(STINGY, "&outcome=4")
    assert "malformed" in {event.get("outcomeDesc") for event in events}
