"""The doors about ties, for peers only: what to ask a person, whether answers agree, and what became of a tie.

Every answer is padded to one size and leaves at a whole multiple of one time, and a tie that is not known here is
answered like one that has nothing to ask.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
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
from corridor.domain.questions import Question
from corridor.domain.tie import Said, TieState
from corridor.domain.tie_wire import BecameWords, ComparedWords, CompareWords, NamedWords, QuestionsWords
from corridor.domain.trace import Trace, trace_of
from corridor.domain.wire import DoneWords, Words, read_words, write_words
from corridor.fhir.outcome import status_of
from corridor.flows.answer_message import Act
from corridor.flows.check_message import GateDesk
from corridor.flows.ports.counterparts import Offer, TieName, Veiled
from corridor.node.floor import arrival, wait_for_floor
from corridor.node.signed import answer

BODY_BYTES_MAX = 16 * 1024
_FILL_BYTES = 1024
_HEADERS = {"content-type": "application/json", "cache-control": "no-store"}


class AnswerQuestions(Protocol):
    """`answer_questions` with its desk."""

    def __call__(
        self, asker: Country, named: TieName, veiled: Veiled, *, trace: Trace
    ) -> Awaitable[Mapping[Question, Said]]:
        """Yes, no or unknown for each."""


class AcceptTieChange(Protocol):
    """`accept_tie_change` with its desk."""

    def __call__(self, country: Country, named: TieName, state: TieState, *, trace: Trace) -> Awaitable[object]:
        """Keep what people abroad decided."""


@dataclass(frozen=True, slots=True)
class TieActs:
    """The acts behind the doors, wired in.

    Attributes:
        empty_milliseconds: every answer leaves at multiples of this after the question came.
    """

    gate: GateDesk
    empty_milliseconds: int
    offer_questions: Callable[[Country, TieName], Awaitable[Offer]]
    answer_questions: AnswerQuestions
    accept_tie_change: AcceptTieChange


async def questions(request: Request, *, acts: TieActs) -> Response:
    """What to ask the person, and which traits agreed.

    Source: ADR 32.
    """

    async def act(asker: Country, message: SignedRequest) -> SignedResponse:
        words = read_words(message.body, NamedWords)
        offer = await acts.offer_questions(asker, TieName(words.name, words.described))
        return _said(QuestionsWords(offer.questions, offer.agreed))

    return await _answer(request, act, acts)


async def compare(request: Request, *, acts: TieActs) -> Response:
    """Whether veiled answers agree with the register.

    Source: ADR 32.
    """

    async def act(asker: Country, message: SignedRequest) -> SignedResponse:
        words = read_words(message.body, CompareWords)
        named, veiled = TieName(words.name, words.described), Veiled(words.salt, words.answers)
        said = await acts.answer_questions(asker, named, veiled, trace=_trace(message))
        return _said(ComparedWords(dict(said)))

    return await _answer(request, act, acts)


async def became(request: Request, *, acts: TieActs) -> Response:
    """That what people decided abroad is kept, which says nothing of whether the tie is known here.

    Source: ADR 32.
    """

    async def act(country: Country, message: SignedRequest) -> SignedResponse:
        words = read_words(message.body, BecameWords)
        named = TieName(words.name, words.described)
        await acts.accept_tie_change(country, named, words.state, trace=_trace(message))
        return _said(DoneWords())

    return await _answer(request, act, acts)


async def _answer(request: Request, act: Act, acts: TieActs) -> Response:
    arrived = arrival()

    async def stepped(asker: Country, message: SignedRequest) -> SignedResponse:
        said = await act(asker, message)
        await wait_for_floor(arrived, acts.empty_milliseconds)
        return said

    return await answer(request, stepped, refusal=_refusal, gate=acts.gate, max_body_bytes=BODY_BYTES_MAX)


def _trace(message: SignedRequest) -> Trace:
    return trace_of(message.headers.get("traceparent"))


def _said(words: Words) -> SignedResponse:
    return SignedResponse(200, _HEADERS, write_words(words, fill_bytes=_FILL_BYTES))


def _refusal(error: CorridorError) -> SignedResponse:
    status, code = status_of(error)
    return SignedResponse(status, _HEADERS, msgspec.json.encode({"error": code}))


def routes(acts: TieActs) -> list[Route]:
    """Every door about ties; all want a signed request."""
    doors = {"questions": questions, "compare": compare, "became": became}
    return [Route(f"/ties/{name}", partial(door, acts=acts), methods=["POST"]) for name, door in doors.items()]
