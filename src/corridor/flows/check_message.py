"""A signed message comes in: who sent it is made sure of before anything else is done."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass

from corridor.domain.country import Country, country
from corridor.domain.errors import CorridorError, SignatureError, TooLargeError
from corridor.domain.log import SIGNATURE_REFUSED
from corridor.domain.message import SignedRequest, SignedResponse, header_fields
from corridor.flows.ports.clock import Clock
from corridor.flows.ports.directory import Directory
from corridor.flows.ports.log import Log
from corridor.flows.ports.nonces import Nonces
from corridor.flows.ports.signatures import Signatures


@dataclass(frozen=True, slots=True)
class GateDesk:
    """What checking and answering signed messages needs.

    Attributes:
        public_url: address that others are configured to reach this party at, without a slash at the end.
    """

    public_url: str
    signatures: Signatures
    nonces: Nonces
    directory: Directory
    clock: Clock
    log: Log


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


Act = Callable[[Country, SignedRequest], Awaitable[SignedResponse]]
"""What is done for a country whose message was checked."""

Refusal = Callable[[CorridorError], SignedResponse]
"""How an error is said at one door."""


async def check_message(request: SignedRequest, *, desk: GateDesk) -> Country:
    """The country that signed a request, once.

    Args:
        request: with `url` made of the configured public URL, never of what the caller says the host is.
        desk: the ports.

    Raises:
        SignatureError: not signed by a member, altered, expired, for another address, or seen before.

    Source: RFC 9421; TRUST section 2.2.
    """
    verified = desk.signatures.verify_request(request, key_of=_keys(desk), now=desk.clock.now())
    if not await desk.nonces.spend(verified.keyid, verified.nonce, until=verified.keep_until):
        raise SignatureError(reason="replayed")
    return country(verified.keyid)


def _keys(desk: GateDesk) -> Callable[[str], bytes | None]:
    members = {member.country: member.signing_key for member in desk.directory.federation().members}
    return lambda keyid: members.get(Country(keyid))


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
