"""A signed message comes in: who sent it is made sure of before anything else is done."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from corridor.domain.country import Country, country
from corridor.domain.errors import CorridorError, SignatureError
from corridor.domain.log import SIGNATURE_REFUSED
from corridor.domain.message import SignedRequest, SignedResponse
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


async def answer_message(request: SignedRequest, act: Act, *, refusal: Refusal, desk: GateDesk) -> SignedResponse:
    """Check a message, act on it, and sign the answer to exactly this message.

    A message that nobody known has signed gets a refusal without a signature: there is nobody to answer to.

    Source: RFC 9421 section 2.4, request-response binding.
    """
    try:
        asker = await check_message(request, desk=desk)
    except SignatureError as error:
        desk.log(SIGNATURE_REFUSED, request_id=request.headers.get("x-request-id", "")[:64], reason=error.reason)
        return refusal(error)
    try:
        response = await act(asker, request)
    except CorridorError as error:
        response = refusal(error)
    added = desk.signatures.sign_response(response, request, now=desk.clock.now())
    return SignedResponse(response.status, {**response.headers, **added}, response.body)
