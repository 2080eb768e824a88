"""A holder's door: other countries have blind elements evaluated with this node's share."""

from __future__ import annotations

from collections.abc import Awaitable
from dataclasses import dataclass
from functools import partial
from typing import Protocol

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from corridor.domain.country import Country
from corridor.domain.errors import CorridorError
from corridor.domain.message import SignedRequest, SignedResponse
from corridor.domain.trace import Trace, trace_of
from corridor.domain.wire import EvaluatedWords, EvaluateWords, read_words, write_words
from corridor.fhir.outcome import status_of
from corridor.flows.check_message import GateDesk
from corridor.flows.evaluate_tokens import Question
from corridor.node.signed import answer

BODY_BYTES_MAX = 256 * 1024
_HEADERS = {"content-type": "application/json", "cache-control": "no-store"}


class EvaluateTokens(Protocol):
    """`evaluate_tokens` with its desk."""

    def __call__(self, asker: Country, question: Question, *, trace: Trace) -> Awaitable[tuple[list[bytes], bytes]]:
        """Partial evaluations and their proof."""


@dataclass(frozen=True, slots=True)
class Holder:
    """What the door of a holder needs."""

    gate: GateDesk
    evaluate_tokens: EvaluateTokens


async def evaluate(request: Request, *, holder: Holder) -> Response:
    """Partial evaluations of blinded elements, with one proof.

    Source: RFC 9497 section 3.3.2.
    """

    async def act(asker: Country, message: SignedRequest) -> SignedResponse:
        words = read_words(message.body, EvaluateWords)
        trace = trace_of(message.headers.get("traceparent"))
        question = Question(words.blinded, words.epoch, words.generation, words.quota)
        evaluated, proof = await holder.evaluate_tokens(asker, question, trace=trace)
        return SignedResponse(200, _HEADERS, write_words(EvaluatedWords(tuple(evaluated), proof)))

    return await answer(request, act, refusal=_refusal, gate=holder.gate, max_body_bytes=BODY_BYTES_MAX)


def _refusal(error: CorridorError) -> SignedResponse:
    status, code = status_of(error)
    return SignedResponse(status, _HEADERS, msgspec.json.encode({"error": code}))


def routes(holder: Holder) -> list[Route]:
    """The door of a key holder."""
    return [Route("/oprf/evaluate", partial(evaluate, holder=holder), methods=["POST"])]
