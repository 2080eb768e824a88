"""A system shows, with one request, that it holds the key that its token is bound to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from corridor.domain.errors import TokenError
from corridor.flows.ports.clock import Clock
from corridor.flows.ports.nonces import Nonces
from corridor.flows.ports.proofs import Proofs

FRESH = timedelta(seconds=60)
"""How far the time of a proof may lie from ours, either way."""


@dataclass(frozen=True, slots=True)
class PossessionDesk:
    """What checking a proof needs."""

    proofs: Proofs
    nonces: Nonces
    clock: Clock


@dataclass(frozen=True, slots=True)
class Shown:
    """One request and the proof that came with it.

    Attributes:
        method: of the request.
        address: of the request, as the world writes it, without its query.
        proof: the header `DPoP`.
        token_digest: SHA-256 of the access token in base64url; empty where a token is only asked for.
    """

    method: str
    address: str
    proof: str
    token_digest: str = ""


async def prove_possession(shown: Shown, *, desk: PossessionDesk) -> str:
    """The thumbprint of the key that signed this very request; each proof counts once.

    Raises:
        TokenError: it is for another request or token, too old, too new, or was seen before.

    Source: RFC 9449 section 4.3.
    """
    found, now = desk.proofs.possession(shown.proof), desk.clock.now()
    address = found.address.partition("#")[0].partition("?")[0]
    wrong = {
        "proof-for-another-method": found.method != shown.method,
        "proof-for-another-address": address != shown.address,
        "proof-for-another-token": bool(shown.token_digest) and found.token_digest != shown.token_digest,
        "proof-not-of-now": abs(found.issued_at - now) > FRESH,
    }
    reason = next((name for name, is_so in wrong.items() if is_so), "")
    until = found.issued_at + 2 * FRESH
    if not reason and not await desk.nonces.spend(f"dpop/{found.thumbprint}", found.id, until=until):
        reason = "proof-replayed"
    if reason:
        raise TokenError("The proof of possession is not valid.", code="invalid_dpop_proof", reason=reason)
    return found.thumbprint
