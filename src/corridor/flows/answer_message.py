"""A signed message is read, checked, acted on, and answered with a signature of its own."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from corridor.domain.country import Country
from corridor.domain.errors import CorridorError, SignatureError, TooLargeError
from corridor.domain.log import SIGNATURE_REFUSED
from corridor.domain.message import SignedRequest, SignedResponse, header_fields
from corridor.flows.check_message import GateDesk, check_message
from corridor.flows.ports.log import Log


@dataclass(frozen=True, slots=True)
class Arriving:
    """A message that is coming in.

    Attributes:
        target: path and query exactly as sent.
        headers: in wire order.
        chunks: the body as it comes.
        max_body_bytes: more is not taken in.
    """

    method: str
    target: bytes
    headers: Sequence[tuple[bytes, bytes]]
    chunks: AsyncIterator[bytes]
    max_body_bytes: int

    @staticmethod
    def of(scope: Mapping[str, Any], chunks: AsyncIterator[bytes], *, max_body_bytes: int) -> Arriving:
        """The message of an ASGI connection scope.

        Source: https://asgi.readthedocs.io/en/latest/specs/www.html
        """
        query: bytes = scope["query_string"]
        target = scope["raw_path"] + (b"?" + query if query else b"")
        return Arriving(scope["method"], target, scope["headers"], chunks, max_body_bytes)


Act = Callable[[Country, SignedRequest], Awaitable[SignedResponse]]
"""What is done for a country whose message was checked."""

Refusal = Callable[[CorridorError], SignedResponse]
"""How an error is said at one door."""


async def answer_message(arriving: Arriving, act: Act, *, refusal: Refusal, desk: GateDesk) -> SignedResponse:
    """Read a message, check it, act on it, and sign the answer to exactly this message.

    A message that nobody known has signed gets a refusal without a signature: there is nobody to answer to.

    Source: RFC 9421 section 2.4, request-response binding.
    """
    try:
        request = await _read(arriving, desk.public_url)
        asker = await check_message(request, desk=desk)
    except CorridorError as error:
        _tell(arriving, error, desk.log)
        return refusal(error)
    try:
        response = await act(asker, request)
    except CorridorError as error:
        response = refusal(error)
    added = desk.signatures.sign_response(response, request, now=desk.clock.now())
    return SignedResponse(response.status, {**response.headers, **added}, response.body)


async def _read(arriving: Arriving, public_url: str) -> SignedRequest:
    """The whole message.

    Raises:
        SignatureError: a header that signatures depend on came twice, or the address is not ASCII.
        TooLargeError: the rest of the body is not taken in.
    """
    headers = header_fields(arriving.headers)
    chunks: list[bytes] = []
    left = arriving.max_body_bytes
    async for chunk in arriving.chunks:
        left -= len(chunk)
        if left < 0:
            raise TooLargeError("The body is larger than is read here.")
        chunks.append(chunk)
    if not arriving.target.isascii():
        raise SignatureError(reason="address-malformed")
    return SignedRequest(arriving.method, public_url + arriving.target.decode(), headers, b"".join(chunks))


def _tell(arriving: Arriving, error: CorridorError, log: Log) -> None:
    if isinstance(error, SignatureError):
        request_id = next((value for name, value in arriving.headers if name.lower() == b"x-request-id"), b"")
        log(SIGNATURE_REFUSED, request_id=request_id[:64].decode("latin-1"), reason=error.reason)
