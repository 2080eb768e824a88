"""A proof of possession is read, and carries a number that this node gave out lately."""

from __future__ import annotations

import hmac
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from corridor.domain.assertion import Possession
from corridor.domain.errors import NonceError
from corridor.flows.ports.clock import Clock
from corridor.flows.ports.nonces import Nonces
from corridor.flows.ports.proofs import Proofs

NONCE_SECONDS = 300
"""For which a number is given out; it counts as long again."""


@dataclass(frozen=True, slots=True)
class PossessionDesk:
    """What checking a proof needs.

    Attributes:
        number: the unforeseeable number of a span of time, the same in every process of this node.
    """

    proofs: Proofs
    nonces: Nonces
    clock: Clock
    number: Callable[[int], str]


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


def read_possession(shown: Shown, *, desk: PossessionDesk) -> Possession:
    """A proof that the key in it signed lately; nothing is written down, so that it can be looked at twice.

    Raises:
        NonceError: it does not carry a number that was given out lately: it may have been signed long before.
        TokenError: the key in it did not sign it.

    Source: RFC 9449 section 8.
    """
    found = desk.proofs.possession(shown.proof)
    now, before = _numbers(desk.clock.now(), desk)
    if not any(hmac.compare_digest(found.nonce.encode(), each.encode()) for each in (now, before)):
        raise NonceError(now)
    return found


def _numbers(at: datetime, desk: PossessionDesk) -> tuple[str, str]:
    span = int(at.timestamp()) // NONCE_SECONDS
    return desk.number(span), desk.number(span - 1)
