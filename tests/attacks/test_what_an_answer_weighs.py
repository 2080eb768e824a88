"""Size and time of the hub's answers are the same for people whom it knows and for people whom nobody knows."""

from __future__ import annotations

import secrets
from itertools import count
from time import perf_counter

import httpx

from corridor.domain.wire import LocatedWords, LocateWords, RedeemWords, read_words, write_words
from demo.parties import HUB
from demo.people import person as person_of
from demo.values import Person
from tests.attacks.envoy import Envoy, looks
from tests.attacks.keys_in_hand import tokens_of
from tests.journeys.world import World

FLAGS = (2, 2, 3, 1)
TOKENS = 14
"""As many for everybody: a search is as long as its asker makes it."""

ROUNDS = 40
BETTER_THAN_CHANCE = 0.35
"""A guesser who is right this much more often than every second time is not one by luck: chance gives 0.07."""


def strangers() -> list[Person]:
    """People whom no register has."""
    found = (person_of(7, number) for number in count(5_000))
    return [next(found) for _ in range(6)]


def search(land: World, lima: Envoy, person: Person) -> bytes:
    """A search for somebody."""
    envelopes = {code: secrets.token_bytes(256) for code in ("VE", "CO", "EC", "CL")}
    return write_words(LocateWords(lima.known.epoch, tokens_of(land, person)[:TOKENS], FLAGS, envelopes, "TREAT"))


def light(answer: httpx.Response) -> str:
    """All of an answer but the handles themselves."""
    status, headers, content = looks(answer)
    return f"{status} {sorted(headers.items())} {len(content)}"


def test_a_search_for_anybody_is_answered_by_as_many_bytes(land: World, lima: Envoy) -> None:
    sought = [*land.people[:6], *strangers()]
    assert len({light(lima.post(HUB, "/locate", search(land, lima, each))) for each in sought}) == 1


def test_a_handle_of_anybody_is_redeemed_by_as_many_bytes(land: World, lima: Envoy, woman: Person) -> None:
    caracas = Envoy(land, "VE")
    shown = []
    for person in (woman, *land.people[1:4], *strangers()[:3]):
        located = read_words(lima.post(HUB, "/locate", search(land, lima, person)).content, LocatedWords)
        shown.append(located.handles["VE"])
    answers = [caracas.post(HUB, "/redeem", write_words(RedeemWords(each))) for each in (*shown, shown[0], "h" * 43)]
    assert len({light(each) for each in answers}) == 1
    assert len({each.content for each in answers}) > 1


def test_the_time_of_an_answer_does_not_tell_the_known_from_the_unknown(
    land: World, lima: Envoy, woman: Person
) -> None:
    bodies = {"known": search(land, lima, woman), "unknown": search(land, lima, strangers()[0])}
    took: dict[str, list[float]] = {name: [] for name in bodies}
    for turn in range(ROUNDS):
        for name in sorted(bodies, reverse=bool(turn % 2)):
            began = perf_counter()
            lima.post(HUB, "/locate", bodies[name])
            took[name].append(perf_counter() - began)
    slower = sum(known > unknown for known in took["known"] for unknown in took["unknown"]) / ROUNDS**2
    assert abs(slower - 0.5) < BETTER_THAN_CHANCE
