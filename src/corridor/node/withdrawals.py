"""The door at which a country that was away hears which withdrawals it missed, for peers only."""

from __future__ import annotations

from collections.abc import Awaitable
from dataclasses import dataclass
from typing import Protocol

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from corridor.domain.country import Country
from corridor.domain.errors import CorridorError
from corridor.domain.message import SignedRequest, SignedResponse
from corridor.domain.missed_wire import MissedWords, WaitingWords
from corridor.domain.wire import read_words, write_words
from corridor.fhir.outcome import status_of
from corridor.flows.check_message import GateDesk
from corridor.node.signed import answer

BODY_BYTES_MAX = 1024
_HEADERS = {"content-type": "application/json", "cache-control": "no-store"}


class TellMissed(Protocol):
    """`tell_missed` with its desk."""

    def __call__(self, country: Country, *, tell: bool) -> Awaitable[int]:
        """How many withdrawals wait."""


@dataclass(frozen=True, slots=True)
class Missed:
    """The act behind the door, wired in.

    Attributes:
        tell_missed: how much waits for a country, after telling it by the calls by which it is always told.
    """

    gate: GateDesk
    tell_missed: TellMissed


def routes(missed: Missed) -> list[Route]:
    """The door; it wants a signed request."""

    async def door(request: Request) -> Response:
        """How many withdrawals that country has not acknowledged, which says nothing of whom.

        Source: ADR 37.
        """

        async def act(country: Country, message: SignedRequest) -> SignedResponse:
            words = read_words(message.body, MissedWords)
            waiting = await missed.tell_missed(country, tell=words.tell)
            return SignedResponse(200, _HEADERS, write_words(WaitingWords(waiting)))

        return await answer(request, act, refusal=_refusal, gate=missed.gate, max_body_bytes=BODY_BYTES_MAX)

    return [Route("/withdrawals/missed", door, methods=["POST"])]


def _refusal(error: CorridorError) -> SignedResponse:
    status, code = status_of(error)
    return SignedResponse(status, _HEADERS, msgspec.json.encode({"error": code}))
