"""The hub with its acts wired in, and how its doors answer."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from corridor.domain.country import Country
from corridor.domain.disclosure import Disclosure, LogState
from corridor.domain.errors import CorridorError, MediaTypeError
from corridor.domain.matching_request import PersonEntry, Redeemed, Search
from corridor.domain.message import SignedRequest, SignedResponse
from corridor.domain.wire import Words, write_words
from corridor.fhir.outcome import status_of
from corridor.flows.answer_message import Act
from corridor.flows.check_message import GateDesk
from corridor.hub.signed import answer

_HEADERS = {"content-type": "application/json", "cache-control": "no-store"}


class RegisterPersons(Protocol):
    """`register_persons` with its desk."""

    def __call__(self, home: Country, persons: Sequence[PersonEntry], *, epoch: int) -> Awaitable[None]:
        """Add or replace."""


class ReceiveReport(Protocol):
    """`receive_report` with its desk."""

    def __call__(self, reporter: Country, lines: Sequence[Disclosure], *, state: LogState) -> Awaitable[None]:
        """Keep lines and state."""


@dataclass(frozen=True, slots=True)
class HubActs:
    """What the doors of the hub need.

    Attributes:
        directory: the federation's directory as bytes, to be published.
    """

    gate: GateDesk
    max_body_bytes: int
    directory: Callable[[], bytes]
    register_persons: RegisterPersons
    remove_persons: Callable[[Country, Sequence[bytes]], Awaitable[None]]
    resolve_identity: Callable[[Country, Search], Awaitable[Mapping[Country, str]]]
    redeem_handle: Callable[[Country, str], Awaitable[Redeemed | None]]
    receive_report: ReceiveReport
    seen_size: Callable[[Country], Awaitable[int]]


async def signed(request: Request, act: Act, acts: HubActs) -> Response:
    """The signed answer to a signed message.

    Source: RFC 9421; TRUST section 2.2.
    """
    return await answer(request, act, refusal=refusal, gate=acts.gate, max_body_bytes=acts.max_body_bytes)


def told(words: Words, *, fill_bytes: int = 0) -> SignedResponse:
    """An answer."""
    return SignedResponse(200, _HEADERS, write_words(words, fill_bytes=fill_bytes))


def published(body: bytes) -> SignedResponse:
    """An answer that is JSON already."""
    return SignedResponse(200, _HEADERS, body)


def refusal(error: CorridorError) -> SignedResponse:
    """An error, as one word."""
    status, code = status_of(error)
    return SignedResponse(status, _HEADERS, msgspec.json.encode({"error": code}))


def json_body(message: SignedRequest) -> bytes:
    """The body, if it says that it is JSON.

    Raises:
        MediaTypeError: it says something else.
    """
    if message.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise MediaTypeError("The hub reads application/json.")
    return message.body
