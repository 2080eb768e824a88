"""A country that answers anything but an answer is named as silent, and the caller's deadline holds."""

from collections.abc import Iterator
from time import perf_counter

import pytest

from demo.values import Person
from tests.attacks.standing_in import impostor
from tests.journeys.world import World

DEADLINE_SECONDS = 2.0
GRACE_SECONDS = 3.0
"""Far more than a busy machine needs, far less than the peers that never end take."""

AWAY = "EC"
TIMEOUT, GARBLED, UNREACHABLE = "timeout", "incomplete", "transient"
BEHAVIOURS = {
    "garbage": GARBLED,
    "error": UNREACHABLE,
    "half": GARBLED,
    "redirect": GARBLED,
    "unsigned": GARBLED,
    "endless": GARBLED,
    "closing": UNREACHABLE,
    "silent": TIMEOUT,
    "dripping": TIMEOUT,
    "signed-garbage": GARBLED,
    "signed-html": GARBLED,
    "signed-deep": GARBLED,
    "signed-other-bundle": GARBLED,
    "signed-two-people": GARBLED,
    "signed-foreign-type": GARBLED,
}


@pytest.fixture(scope="module", autouse=True)
def away(land: World) -> Iterator[None]:
    """The country is off while others stand in its place."""
    with land.away(AWAY):
        yield


@pytest.mark.parametrize("behaviour", BEHAVIOURS)
def test_it_is_named_the_others_are_read_and_the_deadline_holds(land: World, woman: Person, behaviour: str) -> None:
    with impostor(land, behaviour, country=AWAY):
        began = perf_counter()
        pulled = land.pull(woman, seconds=DEADLINE_SECONDS)
        took = perf_counter() - began
    assert pulled.silent == {AWAY: BEHAVIOURS[behaviour]}
    assert pulled.summary == "3 of 4 countries answered."
    assert set(pulled.by_country) == {"VE", "CO"}
    assert took < DEADLINE_SECONDS + GRACE_SECONDS


def test_somebody_in_its_place_without_its_keys_is_not_heard(land: World, woman: Person) -> None:
    with impostor(land, "unsigned", country=AWAY):
        assert land.pull(woman).silent == {AWAY: GARBLED}


def test_a_pull_that_a_peer_hindered_is_on_record_as_such(land: World, woman: Person) -> None:
    trace = "5" * 32
    with impostor(land, "signed-garbage", country=AWAY):
        land.pull(woman, trace=trace)
    received = [event for event in land.audited("PE", trace) if event["type"]["code"] == "110107"]
    assert sorted(event["outcome"] for event in received) == ["0", "0", "0", "4"]
