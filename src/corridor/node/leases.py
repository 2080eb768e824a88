"""The door at which another country asks whether it may still show what it was told, for peers only."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from corridor.domain.country import Country
from corridor.domain.errors import CorridorError
from corridor.domain.lease_wire import LeaseWords, StandsWords
from corridor.domain.message import SignedRequest, SignedResponse
from corridor.domain.trace import trace_of
from corridor.domain.wire import read_words, write_words
from corridor.fhir.outcome import status_of
from corridor.flows.check_message import GateDesk
from corridor.flows.ports.leases import LeaseAsk
from corridor.node.floor import arrival, wait_for_floor
from corridor.node.signed import answer

BODY_BYTES_MAX = 1024 * 1024
_FILL_BYTES = 256
_HEADERS = {"content-type": "application/json", "cache-control": "no-store"}


@dataclass(frozen=True, slots=True)
class Renewing:
    """The act behind the door, wired in.

    Attributes:
        empty_milliseconds: a no leaves at multiples of this after the question came.
        renew_lease: whether everything may still be shown.
    """

    gate: GateDesk
    empty_milliseconds: int
    renew_lease: Callable[[Country, LeaseAsk], Awaitable[bool]]


def routes(renewing: Renewing) -> list[Route]:
    """The door; it wants a signed request."""

    async def door(request: Request) -> Response:
        """Yes or no; the one no is the same for a stranger, an ended lease and a refusal.

        Source: ADR 8; ADR 37.
        """
        arrived = arrival()

        async def act(asker: Country, message: SignedRequest) -> SignedResponse:
            words = read_words(message.body, LeaseWords)
            ask = LeaseAsk(words.name, words.ids, words.clinician, trace_of(message.headers.get("traceparent")))
            stands = await renewing.renew_lease(asker, ask)
            if not stands:
                await wait_for_floor(arrived, renewing.empty_milliseconds)
            return SignedResponse(200, _HEADERS, write_words(StandsWords(stands), fill_bytes=_FILL_BYTES))

        return await answer(request, act, refusal=_refusal, gate=renewing.gate, max_body_bytes=BODY_BYTES_MAX)

    return [Route("/leases/renew", door, methods=["POST"])]


def _refusal(error: CorridorError) -> SignedResponse:
    status, code = status_of(error)
    return SignedResponse(status, _HEADERS, msgspec.json.encode({"error": code}))
