"""A signed message comes in: who sent it is made sure of before anything else is done."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from corridor.domain.country import Country, country
from corridor.domain.errors import SignatureError
from corridor.domain.message import SignedRequest
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
    members = {member.country: member.signing_keys for member in desk.directory.federation().members}
    return lambda keyid: members.get(Country(keyid))
