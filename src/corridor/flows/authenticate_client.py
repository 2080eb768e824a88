"""A system shows who it is, with a statement that it signed for this one question."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from corridor.domain.assertion import Assertion
from corridor.domain.client import Client
from corridor.domain.errors import TokenError
from corridor.domain.grant import LASTS
from corridor.flows.ports.clients import Clients
from corridor.flows.ports.clock import Clock
from corridor.flows.ports.nonces import Nonces
from corridor.flows.ports.proofs import Proofs

SKEW = timedelta(seconds=60)
"""How far clocks may differ."""


@dataclass(frozen=True, slots=True)
class ClientDesk:
    """What telling systems apart needs.

    Attributes:
        audience: the token endpoint's public address.
    """

    audience: str
    clients: Clients
    proofs: Proofs
    nonces: Nonces
    clock: Clock


async def authenticate_client(assertion: str, client_id: str, *, desk: ClientDesk) -> tuple[Client, Assertion]:
    """The system that signed this, and what it signed; each assertion counts once.

    Args:
        assertion: a signed token.
        client_id: as it names itself beside that; may be empty.
        desk: the ports.

    Raises:
        TokenError: an unknown system or key, a wrong signature, another audience, expired, too long or seen before.

    Source: https://hl7.org/fhir/smart-app-launch/client-confidential-asymmetric.html; RFC 7523 section 3.
    """
    client = await desk.clients.find(desk.proofs.named(assertion))
    if client is None:
        raise TokenError(reason="unknown-client")
    found = await desk.proofs.assertion(assertion, client)
    reason = _wrong(found, client, desk) if client_id in {"", client.id} else "another-client"
    if reason:
        raise TokenError(reason=reason)
    if not await desk.nonces.spend(f"client/{client.id}", found.id, until=found.until + 2 * SKEW):
        raise TokenError(reason="replayed")
    return client, found


def _wrong(found: Assertion, client: Client, desk: ClientDesk) -> str:
    """Why an assertion whose signature is right does not count here and now; empty where it does."""
    now = desk.clock.now()
    issued, begins = found.issued_at or now, found.not_before or now
    wrong = {
        "another-client": not found.issuer == found.subject == client.id,
        "another-audience": found.audiences != (desk.audience,),
        "expired": found.until <= now - SKEW,
        "too-long": found.until > now + LASTS + SKEW or (found.issued_at and found.until > found.issued_at + LASTS),
        "of-the-future": max(issued, begins) > now + SKEW,
    }
    return next((name for name, is_so in wrong.items() if is_so), "")
