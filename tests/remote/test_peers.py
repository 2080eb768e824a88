"""Other nodes that misbehave, on real sockets: each is the right error in time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import timedelta

import pytest

from corridor.domain.country import Country
from corridor.domain.errors import CorridorError, DeadlineError, MalformedError, UnavailableError
from corridor.domain.grade import Grade
from corridor.domain.history import Answer, Entry
from corridor.domain.message import SignedRequest, SignedResponse, header_fields
from corridor.domain.purpose import Purpose
from corridor.domain.trace import new_trace
from corridor.fhir.exchange import EMPTY_ANSWER, render_answer
from corridor.flows.ports.peers import HistoryRequest
from corridor.remote.calls import Calls
from corridor.remote.peers import HttpPeers
from corridor.remote.transport import Transport
from tests.fakes.signed import SignedParties
from tests.remote.servers import Behaviour, dripping, flooding, hanging, read_request, saying, serving, whole

PE, VE = Country("PE"), Country("VE")
PATIENT = Entry("Patient", "a" * 32, b'{"resourceType":"Patient","id":"%b"}' % (b"a" * 32))
ANSWER = render_answer((PATIENT,), Grade.CERTAIN, base_url="https://ve.example/exchange")


@pytest.fixture
def parties() -> SignedParties:
    return SignedParties()


@pytest.fixture
async def peers(parties: SignedParties) -> AsyncIterator[HttpPeers]:
    transport = Transport()
    yield HttpPeers(PE, Calls(transport, parties.signatures("PE"), parties.clock), parties, clock=parties.clock)
    await transport.close()


def request(parties: SignedParties, *, seconds: float = 20) -> HistoryRequest:
    until = parties.clock.now() + timedelta(seconds=seconds)
    return HistoryRequest("h" * 43, Purpose.TREAT, b"{}", "c" * 32, new_trace(), until)


def signing(
    parties: SignedParties, body: bytes, *, by: str = "VE", status: int = 200, cut: Callable[[bytes], bytes] = bytes
) -> Behaviour:
    """A node that answers everything with one body and its own signature, cut on the way."""

    async def behaviour(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head, _, sent = (await read_request(reader)).partition(b"\r\n\r\n")
        first, *lines = head.split(b"\r\n")
        method, target, _ = first.decode().split(" ")
        headers = header_fields(tuple(line.split(b": ", 1)) for line in lines)
        asked = SignedRequest(method, parties.known.member(VE).base_url + target, headers, sent)
        response = SignedResponse(status, {}, body)
        added = parties.signatures(by).sign_response(response, asked, now=parties.clock.now())
        extra = "".join(f"{name}: {value}\r\n" for name, value in added.items()).encode()
        writer.write(whole(cut(body), status=b"%d X" % status, extra=extra))
        await writer.drain()

    return behaviour


async def ask(parties: SignedParties, peers: HttpPeers, behaviour: Behaviour, *, seconds: float = 20) -> Answer:
    async with serving(behaviour) as base:
        parties.move("VE", base)
        return await asyncio.wait_for(peers.history(VE, request(parties, seconds=seconds)), timeout=30)


async def test_a_node_that_behaves_is_heard(parties: SignedParties, peers: HttpPeers) -> None:
    answer = await ask(parties, peers, signing(parties, ANSWER))
    assert (answer.country, answer.entries, answer.grade) == (VE, (PATIENT,), Grade.CERTAIN)
    nothing = await ask(parties, peers, signing(parties, EMPTY_ANSWER))
    assert (nothing.entries, nothing.grade) == ((), None)


UNSIGNED: dict[str, tuple[Behaviour, type[CorridorError]]] = {
    "garbage": (saying(b"garbage"), MalformedError),
    "an answer without a signature": (saying(whole(ANSWER)), MalformedError),
    "a page instead": (saying(whole(b"<html>", extra=b"content-type: text/html\r\n")), MalformedError),
    "half a Bundle": (saying(whole(ANSWER)[:2000]), MalformedError),
    "a redirect": (saying(whole(b"", status=b"307 Temporary", extra=b"location: http://x\r\n")), MalformedError),
    "no content": (saying(b"HTTP/1.1 204 No Content\r\n\r\n"), MalformedError),
    "an endless body": (flooding, MalformedError),
    "a failure": (saying(whole(b"boom", status=b"500 Internal Server Error")), UnavailableError),
    "that it is busy": (saying(whole(b"", status=b"503 Service Unavailable")), UnavailableError),
    "that the signature is wrong": (saying(whole(b"", status=b"401 Unauthorized")), UnavailableError),
    "nothing": (hanging, DeadlineError),
    "one byte at a time": (dripping, DeadlineError),
    "an end": (saying(b""), UnavailableError),
}


@pytest.mark.parametrize("said", UNSIGNED)
async def test_a_node_that_says(said: str, parties: SignedParties, peers: HttpPeers) -> None:
    behaviour, error = UNSIGNED[said]
    with pytest.raises(error):
        await ask(parties, peers, behaviour, seconds=0.3 if error is DeadlineError else 20)


SIGNED = {
    "of another country": lambda parties: signing(parties, ANSWER, by="CO"),
    "of the hub": lambda parties: signing(parties, ANSWER, by="hub"),
    "over something else": lambda parties: signing(parties, ANSWER, cut=lambda body: body[:-1] + b"\n"),
    "under half a Bundle": lambda parties: signing(parties, ANSWER[:100]),
    "under garbage": lambda parties: signing(parties, b"\x00\xff"),
    "under nothing": lambda parties: signing(parties, b""),
    "under another resource": lambda parties: signing(parties, b'{"resourceType":"Patient"}'),
    "under a created answer": lambda parties: signing(parties, ANSWER, status=201),
}


@pytest.mark.parametrize("signature", SIGNED)
async def test_a_signature(signature: str, parties: SignedParties, peers: HttpPeers) -> None:
    with pytest.raises(MalformedError):
        await ask(parties, peers, SIGNED[signature](parties))


async def test_an_answer_recorded_from_another_question_is_malformed(parties: SignedParties, peers: HttpPeers) -> None:
    first: list[bytes] = []
    honest = signing(parties, ANSWER)

    class Recorder:
        def __init__(self, writer: asyncio.StreamWriter) -> None:
            self._writer = writer

        def write(self, answer: bytes) -> None:
            first.append(answer)
            self._writer.write(first[0])

        async def drain(self) -> None:
            await self._writer.drain()

    async def replaying(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await honest(reader, Recorder(writer))

    async with serving(replaying) as base:
        parties.move("VE", base)
        await peers.history(VE, request(parties))
        with pytest.raises(MalformedError):
            await peers.history(VE, request(parties))


async def test_a_node_that_is_not_there_is_unavailable(parties: SignedParties, peers: HttpPeers) -> None:
    parties.move("VE", "http://127.0.0.1:1")
    with pytest.raises(UnavailableError):
        await peers.history(VE, request(parties))
    with pytest.raises(UnavailableError):
        await peers.withdraw(VE, request(parties))


async def test_a_server_that_let_go_of_a_kept_connection_is_asked_afresh(
    parties: SignedParties, peers: HttpPeers
) -> None:
    async with serving(signing(parties, ANSWER)) as base:
        parties.move("VE", base)
        for _ in range(5):
            assert (await peers.history(VE, request(parties))).grade is Grade.CERTAIN
