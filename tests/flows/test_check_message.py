"""Who sent a message is made sure of before anything else is done."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from corridor.domain.country import Country
from corridor.domain.errors import CorridorError, ForbiddenError, SignatureError
from corridor.domain.message import SignedRequest, SignedResponse
from corridor.flows.answer_message import Arriving, answer_message
from corridor.flows.check_message import check_message
from tests.fakes.signed import SignedParties

REQUEST = SignedRequest("POST", "https://pe.example/exchange/x?y=1", {"content-type": "text/plain"}, b"body")


@pytest.fixture
def parties() -> SignedParties:
    return SignedParties()


async def reason(request: SignedRequest, parties: SignedParties) -> str:
    with pytest.raises(SignatureError) as caught:
        await check_message(request, desk=parties.gate("PE"))
    return caught.value.reason


async def test_a_members_message_is_known_by_its_country_once(parties: SignedParties) -> None:
    message = parties.signed("VE", REQUEST)
    assert await check_message(message, desk=parties.gate("PE")) == Country("VE")
    assert await reason(message, parties) == "replayed"


async def test_two_messages_with_the_same_words_are_two_messages(parties: SignedParties) -> None:
    for _ in range(2):
        assert await check_message(parties.signed("VE", REQUEST), desk=parties.gate("PE")) == "VE"


@pytest.mark.parametrize(
    ("part", "value"),
    [
        ("body", b"other"),
        ("method", "PUT"),
        ("url", "https://ec.example/exchange/x?y=1"),
        ("url", "https://pe.example/exchange/x?y=2"),
        ("url", "http://pe.example/exchange/x?y=1"),
    ],
)
async def test_an_altered_message_is_refused(parties: SignedParties, part: str, value: object) -> None:
    message = parties.signed("VE", REQUEST)
    assert await reason(replace(message, **{part: value}), parties)


async def test_an_expired_message_is_refused(parties: SignedParties) -> None:
    message = parties.signed("VE", REQUEST)
    parties.clock.advance(minutes=5)
    assert await reason(message, parties) == "expired"


async def test_an_unsigned_message_is_refused(parties: SignedParties) -> None:
    assert await reason(REQUEST, parties)


async def test_neither_the_hub_nor_a_stranger_is_a_country(parties: SignedParties) -> None:
    assert await reason(parties.signed("hub", REQUEST), parties) == "keyid-unknown"
    other = SignedParties()
    assert await reason(other.signed("VE", REQUEST), parties) == "signature-wrong"


async def _body(*chunks: bytes) -> AsyncIterator[bytes]:
    for chunk in chunks:
        yield chunk


def arriving(message: SignedRequest, *, limit: int = 100) -> Arriving:
    headers = [(name.encode(), value.encode()) for name, value in message.headers.items()]
    return Arriving(message.method, b"/exchange/x?y=1", headers, _body(message.body[:2], message.body[2:]), limit)


def refusal(error: CorridorError) -> SignedResponse:
    return SignedResponse(418, {"x-error": type(error).__name__}, b"")


async def test_an_answer_is_signed_for_exactly_this_message(parties: SignedParties) -> None:
    message = parties.signed("VE", REQUEST)

    async def act(asker: Country, got: SignedRequest) -> SignedResponse:
        assert (asker, got.body, got.url) == ("VE", b"body", REQUEST.url)
        return SignedResponse(200, {"content-type": "text/plain"}, b"answer")

    response = await answer_message(arriving(message), act, refusal=refusal, desk=parties.gate("PE"))
    check = parties.signatures("VE").verify_response
    check(response, message, key=parties.public("PE"), now=parties.clock.now())
    with pytest.raises(SignatureError):
        check(response, parties.signed("VE", REQUEST), key=parties.public("PE"), now=parties.clock.now())


async def test_a_refusal_to_a_member_is_signed_too(parties: SignedParties) -> None:
    message = parties.signed("VE", REQUEST)

    async def act(_: Country, __: SignedRequest) -> SignedResponse:
        raise ForbiddenError("no")

    response = await answer_message(arriving(message), act, refusal=refusal, desk=parties.gate("PE"))
    assert (response.status, response.headers["x-error"]) == (418, "ForbiddenError")
    parties.signatures("VE").verify_response(response, message, key=parties.public("PE"), now=parties.clock.now())


async def test_a_stranger_gets_an_unsigned_refusal_and_the_log_says_why(parties: SignedParties) -> None:
    async def act(_: Country, __: SignedRequest) -> SignedResponse:
        raise AssertionError

    response = await answer_message(arriving(REQUEST), act, refusal=refusal, desk=parties.gate("PE"))
    assert response.headers == {"x-error": "SignatureError"}
    assert parties.log.reasons == ["content-digest-missing"]


async def test_a_body_beyond_the_limit_is_not_taken_in(parties: SignedParties) -> None:
    async def act(_: Country, __: SignedRequest) -> SignedResponse:
        raise AssertionError

    message = arriving(parties.signed("VE", REQUEST), limit=3)
    response = await answer_message(message, act, refusal=refusal, desk=parties.gate("PE"))
    assert response.headers["x-error"] == "TooLargeError"
