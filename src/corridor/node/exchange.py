"""The cross-border base, for peers only: a history, a withdrawal, and resources inside a lease.

Whatever has nothing to give is one answer of the same bytes, and leaves at a whole multiple of the same time.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import cache, partial
from typing import Protocol
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from corridor.domain.country import Country
from corridor.domain.errors import (
    CorridorError,
    DeadlineError,
    InvalidError,
    MediaTypeError,
    NotFoundError,
)
from corridor.domain.history import Entry
from corridor.domain.message import SignedRequest, SignedResponse
from corridor.domain.purpose import Purpose
from corridor.domain.trace import trace_of
from corridor.fhir.exchange import EMPTY_ANSWER, TYPES, render_answer
from corridor.fhir.exchange_request import REQUEST_BYTES_MAX, read_ask, read_search, select
from corridor.fhir.outcome import outcome
from corridor.fhir.projection import fill
from corridor.flows.check_message import GateDesk
from corridor.flows.check_purpose import Claim
from corridor.flows.ports.peers import HistoryRequest
from corridor.flows.ports.pseudonyms import Pseudonyms
from corridor.flows.ports.unit import Projected
from corridor.flows.serve_history import Served
from corridor.flows.serve_resources import ResourceRequest, Resources
from corridor.node.floor import Moment, arrival, wait_for_floor
from corridor.node.signed import answer

FHIR_JSON = "application/fhir+json; charset=utf-8"
_HEADERS = {"content-type": FHIR_JSON, "cache-control": "no-store"}
_CLINICIAN = re.compile(r"[A-Za-z0-9_-]{1,128}")
_NOTHING = SignedResponse(200, _HEADERS, EMPTY_ANSWER)


class ServeHistory(Protocol):
    """`serve_history` with its desk."""

    def __call__(
        self, asker: Country, request: HistoryRequest, *, begin: Callable[[], None]
    ) -> Awaitable[Served | None]:
        """What may be told, or None."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """The cross-border base with its acts wired in.

    Attributes:
        base_url: public address of the base, without a slash at the end.
        empty_milliseconds: answers that give nothing leave at multiples of this after the question came.
        metadata: CapabilityStatement of the base.
    """

    base_url: str
    empty_milliseconds: int
    metadata: bytes
    gate: GateDesk
    pseudonyms: Pseudonyms
    check_purpose: Callable[[Claim], Awaitable[Purpose]]
    serve_history: ServeHistory
    accept_withdrawal: Callable[[Country, HistoryRequest], Awaitable[None]]
    serve_resources: Callable[[Country, ResourceRequest], Awaitable[Resources]]


async def history(request: Request, *, exchange: Exchange) -> Response:
    """A person's permitted history, or the one empty answer.

    Source: IHE QEDm PCC-44; HOUSE section 2.
    """
    moment = Moment()

    async def act(asker: Country, message: SignedRequest) -> SignedResponse:
        asked = await _history_request(asker, message, exchange)
        served = await exchange.serve_history(asker, asked, begin=moment.begin)
        if served is None:
            await moment.wait(exchange.empty_milliseconds)
            return _NOTHING
        entries = _entries(asker, served.rows, frozenset([row.name for row in served.rows]), exchange=exchange)
        return _found(render_answer(entries, served.grade, base_url=exchange.base_url))

    return await _answer(request, act, exchange)


async def withdraw(request: Request, *, exchange: Exchange) -> Response:
    """That a withdrawal was taken in, which says nothing of whether the person is known here.

    Source: TRUST section 6, revocation.
    """
    arrived = arrival()

    async def act(asker: Country, message: SignedRequest) -> SignedResponse:
        await exchange.accept_withdrawal(asker, await _history_request(asker, message, exchange))
        return await _nothing(arrived, exchange)

    return await _answer(request, act, exchange)


async def search(request: Request, *, exchange: Exchange) -> Response:
    """Permitted resources of one type of a person inside a lease, or the one empty answer.

    Source: IHE QEDm PCC-44; https://hl7.org/fhir/R4/http.html#search
    """
    arrived = arrival()
    resource_type = request.path_params["type"]

    async def act(asker: Country, message: SignedRequest) -> SignedResponse:
        wanted = read_search(_query(message), resource_type=resource_type)
        entries = await _lease(asker, message, (resource_type, wanted.patient), exchange=exchange)
        found = select(entries, wanted.tokens)
        if not found:
            return await _nothing(arrived, exchange)
        return _found(render_answer(found, None, base_url=exchange.base_url))

    return await _answer(request, act, exchange)


async def read(request: Request, *, exchange: Exchange) -> Response:
    """One permitted resource inside a lease; `patient` names whose it is, and a Patient names itself.

    Source: https://hl7.org/fhir/R4/http.html#read
    """
    arrived = arrival()
    wanted, own_id = request.path_params["type"], request.path_params["id"]

    async def act(asker: Country, message: SignedRequest) -> SignedResponse:
        patient = own_id if wanted == "Patient" else read_search(_query(message), resource_type=wanted).patient
        entries = await _lease(asker, message, (wanted, patient), exchange=exchange)
        found = [entry for entry in entries if entry.id == own_id]
        if not found:
            await wait_for_floor(arrived, exchange.empty_milliseconds)
            raise NotFoundError("There is nothing at this address.")
        return _found(found[0].body)

    return await _answer(request, act, exchange)


async def _answer(
    request: Request, act: Callable[[Country, SignedRequest], Awaitable[SignedResponse]], exchange: Exchange
) -> Response:
    return await answer(request, act, refusal=_refusal, gate=exchange.gate, max_body_bytes=REQUEST_BYTES_MAX)


async def _history_request(asker: Country, message: SignedRequest, exchange: Exchange) -> HistoryRequest:
    media_type = message.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != "application/fhir+json":
        raise MediaTypeError("The exchange reads application/fhir+json.")
    ask, trace = read_ask(message.body), trace_of(message.headers.get("traceparent"))
    why = await exchange.check_purpose(Claim(asker, ask.purpose, ask.clinician, trace))
    if ask.until <= exchange.gate.clock.now():
        raise DeadlineError("Nobody waits for the answer any more.")
    return HistoryRequest(
        handle=ask.handle,
        purpose=why,
        statement=ask.statement,
        clinician=ask.clinician,
        trace=trace,
        until=ask.until,
        presence=ask.presence,
    )


async def _lease(
    asker: Country, message: SignedRequest, wanted: tuple[str, str], *, exchange: Exchange
) -> tuple[Entry, ...]:
    """What may be had of a type and a patient; nothing for a type that does not cross."""
    resource_type, patient = wanted
    clinician = message.headers.get("x-clinician", "")
    if not _CLINICIAN.fullmatch(clinician):
        raise InvalidError("A request inside a lease names the clinician's pseudonym in X-Clinician.")
    if resource_type not in TYPES:
        return ()
    trace = trace_of(message.headers.get("traceparent"))
    asked = ResourceRequest(patient=patient, resource_type=resource_type, clinician=clinician, trace=trace)
    found = await exchange.serve_resources(asker, asked)
    return _entries(asker, found.rows, found.among, exchange=exchange)


def _entries(
    asker: Country, rows: Sequence[Projected], among: frozenset[str], *, exchange: Exchange
) -> tuple[Entry, ...]:
    """The rows with every slot filled by the pseudonym that is meant for this country, and none for what stays home."""
    pseudonym = cache(partial(exchange.pseudonyms.pseudonym, asker))
    return tuple(Entry(row.resource_type, pseudonym(row.name), fill(row.template, pseudonym, among)) for row in rows)


def _query(message: SignedRequest) -> list[tuple[str, str]]:
    try:
        return parse_qsl(message.url.partition("?")[2], keep_blank_values=True, strict_parsing=True, max_num_fields=20)
    except ValueError:
        raise InvalidError("The search cannot be read.") from None


def _found(body: bytes) -> SignedResponse:
    return SignedResponse(200, _HEADERS, body)


async def _nothing(arrived: float, exchange: Exchange) -> SignedResponse:
    await wait_for_floor(arrived, exchange.empty_milliseconds)
    return _NOTHING


def _refusal(error: CorridorError) -> SignedResponse:
    status, body = outcome(error)
    return SignedResponse(status, _HEADERS, body)


def routes(exchange: Exchange) -> list[Route]:
    """Every door of the base; all but `metadata` want a signed request."""
    base = "/exchange"

    async def metadata(_: Request) -> Response:
        return Response(exchange.metadata, media_type=FHIR_JSON)

    return [
        Route(f"{base}/metadata", metadata, methods=["GET"]),
        Route(f"{base}/Patient/$history", partial(history, exchange=exchange), methods=["POST"]),
        Route(f"{base}/Patient/$withdraw", partial(withdraw, exchange=exchange), methods=["POST"]),
        Route(f"{base}/{{type}}/{{id}}", partial(read, exchange=exchange), methods=["GET"]),
        Route(f"{base}/{{type}}", partial(search, exchange=exchange), methods=["GET"]),
    ]
