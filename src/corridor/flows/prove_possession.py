"""A system shows, with one request, that it holds the key that its token is bound to."""

from __future__ import annotations

from datetime import timedelta

from corridor.domain.errors import TokenError
from corridor.flows.read_possession import PossessionDesk, Shown, read_possession

FRESH = timedelta(seconds=60)
"""How far the time of a proof may lie from ours, either way."""


async def prove_possession(shown: Shown, *, desk: PossessionDesk) -> str:
    """The thumbprint of the key that signed this very request; each proof counts once.

    Raises:
        NonceError: it does not carry a number that was given out lately.
        TokenError: it is for another request or token, too old, too new, or was seen before.

    Source: RFC 9449 sections 4.3, 8 and 9.
    """
    found, now = read_possession(shown, desk=desk), desk.clock.now()
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
