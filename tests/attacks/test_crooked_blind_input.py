"""Nothing that is no proper element is evaluated: not the identity, no second spelling, nothing of a small subgroup."""

from __future__ import annotations

import httpx
import pytest

from corridor.domain.message import SignedRequest
from corridor.domain.wire import EvaluatedWords, EvaluateWords, read_words, write_words
from tests.attacks.envoy import JSON, Envoy, blinded, refused
from tests.journeys.world import World

HOLDER = "VE"
CROOKED = {
    "the identity": "00" * 32,
    "minus one, which has no other name": "ec" + "ff" * 30 + "7f",
    "the field's prime, zero spelt again": "ed" + "ff" * 30 + "7f",
    "beyond the prime": "f3" + "ff" * 30 + "7f",
    "all ones": "ff" * 32,
    "the highest bit set": "00" * 31 + "80",
    "a negative element": "01" + "00" * 31,
    "another negative element": "ed57ffd8c914fb201471d1c3d245ce3c746fcbe63a3679d51b6a516ebebe0e20",
    "no square": "26948d35ca62e643e26a83177332e6b6afeb9d08e4268b650f1f5bbd8d81d371",
    "a negative product": "3eb858e78f5a7254d8c9731174a94f76755fd3941c0ac93735c07ba14579630e",
    "a point of order eight": "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "another point of order eight": "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    "the point of order two": "ec" + "ff" * 30 + "7f",
}
"""Source: RFC 9496 appendix A.3; points of small order of edwards25519, RFC 7748 section 5 and RFC 8032."""


def evaluate(envoy: Envoy, *elements: bytes, generation: int = 0) -> httpx.Response:
    """A holder's answer."""
    words = EvaluateWords(envoy.known.epoch, elements, generation)
    return envoy.post(HOLDER, "/oprf/evaluate", write_words(words))


@pytest.mark.parametrize("crooked", CROOKED)
def test_a_crooked_element_is_refused_alone_and_in_good_company(lima: Envoy, crooked: str) -> None:
    element = bytes.fromhex(CROOKED[crooked])
    assert refused(evaluate(lima, element), 400)
    assert refused(evaluate(lima, blinded(), element, blinded()), 400)


def test_a_second_spelling_of_a_good_element_is_refused(lima: Envoy) -> None:
    element = blinded()
    assert evaluate(lima, element).status_code == httpx.codes.OK
    assert refused(evaluate(lima, element[:31] + bytes([element[31] | 0x80])), 400)


@pytest.mark.parametrize("element", [b"", b"\x01", bytes(31), bytes(33)])
def test_an_element_of_another_length_is_refused(lima: Envoy, element: bytes) -> None:
    assert refused(evaluate(lima, element), 400)


def test_a_share_of_another_generation_evaluates_nothing(lima: Envoy) -> None:
    assert refused(evaluate(lima, blinded(), generation=1), 409)


def test_a_question_is_answered_once_and_as_it_was_signed(lima: Envoy) -> None:
    body = write_words(EvaluateWords(lima.known.epoch, (blinded(),)))
    request = lima.signed(SignedRequest("POST", lima.address(HOLDER) + "/oprf/evaluate", dict(JSON), body))
    assert lima.send(request).status_code == httpx.codes.OK
    assert refused(lima.send(request), 401)
    other = write_words(EvaluateWords(lima.known.epoch, (blinded(),)))
    assert refused(lima.send(SignedRequest("POST", request.url, request.headers, other)), 401)


def test_the_same_question_signed_anew_gives_the_same_elements_and_another_proof(lima: Envoy) -> None:
    element = blinded()
    first, second = (read_words(evaluate(lima, element).content, EvaluatedWords) for _ in range(2))
    assert first.evaluated == second.evaluated
    assert first.proof != second.proof


def test_what_was_refused_is_on_record_at_the_holder(land: World, lima: Envoy) -> None:
    evaluate(lima, bytes(32))
    reasons = [event.get("outcomeDesc") for event in land.audit(HOLDER, "&outcome=4")]
    assert "malformed" in reasons
