"""Nobody tries names one after the other: every holder counts what it evaluates for whom."""

import json

import httpx
import pytest

from corridor.domain.errors import CorridorError
from corridor.domain.identity.features import features
from corridor.domain.identity.tokens import begin, finish
from corridor.domain.wire import ELEMENTS_MAX, EvaluatedWords, EvaluateWords, read_words, write_words
from corridor.fhir.patient import demographics
from demo.values import Person
from tests.attacks.conftest import BUDGET
from tests.attacks.envoy import Envoy, blinded, refused
from tests.journeys.world import World, patient_of

STINGY = "CL"
BATCH = 1_000


def evaluate(envoy: Envoy, count: int, *, epoch: int | None = None) -> httpx.Response:
    """The stingy holder's answer to that many elements."""
    element = blinded()
    words = EvaluateWords(envoy.known.epoch if epoch is None else epoch, (element,) * count)
    return envoy.post(STINGY, "/oprf/evaluate", write_words(words))


def spend(envoy: Envoy) -> httpx.Response:
    """The answer once the budget is spent; an hour may end on the way."""
    for _ in range(2 * BUDGET // BATCH + 2):
        answer = evaluate(envoy, BATCH)
        if answer.status_code != httpx.codes.OK:
            return answer
    return answer


@pytest.fixture(scope="module")
def quito(land: World) -> Envoy:
    """Who has Ecuador's keys and has spent what there was."""
    envoy = Envoy(land, "EC")
    assert refused(spend(envoy), 429)
    return envoy


def test_a_spent_budget_is_told_and_on_record(land: World, quito: Envoy) -> None:
    assert refused(evaluate(quito, BATCH), 429)
    refusals = [event for event in land.audit(STINGY, "&outcome=4") if event.get("outcomeDesc") == "budget-spent"]
    assert refusals
    assert "EC" in json.dumps(refusals[-1]["agent"])


@pytest.mark.usefixtures("quito")
def test_a_new_signature_is_no_new_budget_and_neither_is_a_restart(land: World) -> None:
    with land.away(STINGY):
        pass
    assert refused(evaluate(Envoy(land, "EC"), BATCH), 429)


def test_the_budget_of_one_country_is_not_that_of_another(land: World, quito: Envoy) -> None:
    assert quito.country == "EC"
    assert evaluate(Envoy(land, "CO"), 1).status_code == 200


def test_more_than_a_batch_is_not_evaluated_at_once(lima: Envoy) -> None:
    assert refused(evaluate(lima, ELEMENTS_MAX + 1), 400)


def test_nothing_is_evaluated_for_another_key(lima: Envoy) -> None:
    assert refused(evaluate(lima, 1, epoch=lima.known.epoch + 1), 409)


@pytest.mark.parametrize("element", [bytes(32), b"\xff" * 32, bytes([1]) + bytes(31)], ids=["identity", "large", "odd"])
def test_what_is_no_element_is_not_evaluated(lima: Envoy, element: bytes) -> None:
    words = EvaluateWords(lima.known.epoch, (element,))
    assert refused(lima.post(STINGY, "/oprf/evaluate", write_words(words)), 400)
    mixed = EvaluateWords(lima.known.epoch, (blinded(), element))
    assert refused(lima.post(STINGY, "/oprf/evaluate", write_words(mixed)), 400)


def test_two_holders_together_cannot_make_a_token(lima: Envoy, woman: Person) -> None:
    described = demographics(patient_of(woman), home="PE")
    assert described is not None
    blind, state = begin(features(described))
    words = write_words(EvaluateWords(lima.known.epoch, tuple(blind)))
    shares = {}
    for member in lima.known.members[1:4]:
        answer = lima.post(member.country, "/oprf/evaluate", words)
        shares[member.share_index] = read_words(answer.content, EvaluatedWords).evaluated
    tokens = finish(state, shares, threshold=3)
    two = dict(list(shares.items())[:2])
    assert not {token.value for token in finish(state, two, threshold=2)} & {token.value for token in tokens}
    with pytest.raises(CorridorError):
        finish(state, two, threshold=3)
