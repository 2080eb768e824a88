"""The other countries' nodes, over HTTP."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from corridor.domain.country import Country
from corridor.domain.directory import Departure
from corridor.domain.errors import DeadlineError, UnavailableError
from corridor.domain.history import Answer
from corridor.fhir.exchange import parse_answer
from corridor.fhir.exchange_request import HistoryAsk, render_ask
from corridor.flows.ports.clock import Clock
from corridor.flows.ports.directory import Directory
from corridor.flows.ports.peers import HistoryRequest
from corridor.remote.calls import Calls

ANSWER_BYTES_MAX = 32 * 1024 * 1024
FHIR_JSON = "application/fhir+json"


class HttpPeers:
    """Port `Peers` over signed calls.

    Args:
        home: this node's country.
        calls: signed calls of this process.
        directory: says where the others are and by which keys they are known.
        clock: against which deadlines are measured.
    """

    def __init__(self, home: Country, calls: Calls, directory: Directory, *, clock: Clock) -> None:
        self._home = home
        self._calls = calls
        self._directory = directory
        self._clock = clock

    async def history(self, country: Country, request: HistoryRequest) -> Answer:
        """See the port."""
        body = await self._ask(country, "/exchange/Patient/$history", request)
        entries, grade = parse_answer(body)
        return Answer(country, entries, grade, self._clock.now())

    async def withdraw(self, country: Country, request: HistoryRequest) -> None:
        """See the port."""
        await self._ask(country, "/exchange/Patient/$withdraw", request)

    def countries(self) -> Sequence[Country]:
        """See the port."""
        members = self._directory.federation().members
        return [member.country for member in members if member.country != self._home]

    def former(self) -> Mapping[Country, Departure]:
        """See the port."""
        gone = self._directory.federation().former
        return {each.country: each.departure for each in gone if each.country != self._home}

    async def _ask(self, country: Country, path: str, request: HistoryRequest) -> bytes:
        member = self._directory.federation().member(country)
        if member is None:
            raise UnavailableError("That country takes no part in the federation.")
        left = (request.until - self._clock.now()).total_seconds()
        if left <= 0:
            raise DeadlineError("There is no time left to ask.")
        ask = HistoryAsk(
            request.handle, request.purpose, request.statement, request.clinician, request.until, request.presence
        )
        return await self._calls.post(
            member.line + path,
            render_ask(ask),
            key=member.signing_keys,
            timeout_seconds=left,
            headers={"content-type": FHIR_JSON, "traceparent": str(request.trace)},
            max_body_bytes=ANSWER_BYTES_MAX,
        )
