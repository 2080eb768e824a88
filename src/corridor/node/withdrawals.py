"""The door at which a country that was away hears which withdrawals it missed, for peers only."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from corridor.domain.country import Country
from corridor.domain.errors import CorridorError
from corridor.domain.message import SignedRequest, SignedResponse
from corridor.domain.wire import DoneWords, read_words, write_words
from corridor.fhir.outcome import status_of
from corridor.flows.check_message import GateDesk
from corridor.node.signed import answer

BODY_BYTES_MAX = 1024
_HEADERS = {"content-type": "application/json", "cache-control": "no-store"}


@dataclass(frozen=True, slots=True)
class Missed:
    """The act behind the door, wired in.

    Attributes:
        tell_missed: tell a country whatever waits for it, by the calls by which it is always told.
    """

    gate: GateDesk
    tell_missed: Callable[[Country], Awaitable[object]]


def routes(missed: Missed) -> list[Route]:
    """The door; it wants a signed request."""

    async def door(request: Request) -> Response:
        """That nothing waits any more which could be told: the same answer whether there was anything or not.

        Source: ADR 33.
        """

        async def act(country: Country, message: SignedRequest) -> SignedResponse:
            read_words(message.body, DoneWords)
            await missed.tell_missed(country)
            return SignedResponse(200, _HEADERS, write_words(DoneWords()))

        return await answer(request, act, refusal=_refusal, gate=missed.gate, max_body_bytes=BODY_BYTES_MAX)

    return [Route("/withdrawals/missed", door, methods=["POST"])]


def _refusal(error: CorridorError) -> SignedResponse:
    status, code = status_of(error)
    return SignedResponse(status, _HEADERS, msgspec.json.encode({"error": code}))
