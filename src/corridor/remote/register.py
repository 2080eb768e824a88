"""The hub, over HTTP."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from corridor.domain.country import Country
from corridor.domain.disclosure import Disclosure, LogState
from corridor.domain.errors import DeadlineError, MalformedError, UnavailableError
from corridor.domain.matching_request import PersonEntry, Redeemed, Search
from corridor.domain.trace import Trace
from corridor.domain.wire import (
    PERSONS_MAX,
    DoneWords,
    Kind,
    LineWords,
    LocatedWords,
    LocateWords,
    LogSizeWords,
    PersonWords,
    RedeemedWords,
    RedeemWords,
    RegisterWords,
    RemoveWords,
    ReportWords,
    Words,
    read_words,
    write_words,
)
from corridor.flows.ports.directory import Directory
from corridor.remote.calls import Calls

WRITING_SECONDS = 20.0
"""For what no person waits for."""


class HttpRegister:
    """Port `Register` over signed calls.

    Args:
        calls: signed calls of this process.
        directory: says where the hub is and by which keys it is known.
    """

    def __init__(self, calls: Calls, directory: Directory) -> None:
        self._calls = calls
        self._directory = directory

    async def register(self, epoch: int, persons: Sequence[PersonEntry]) -> None:
        """See the port."""
        for start in range(0, len(persons), PERSONS_MAX):
            part = persons[start : start + PERSONS_MAX]
            rows = tuple(PersonWords(person.handle, person.tokens, person.flags) for person in part)
            await self._tell("/register", RegisterWords(epoch, rows))

    async def remove(self, handles: Sequence[bytes]) -> None:
        """See the port."""
        for start in range(0, len(handles), PERSONS_MAX):
            await self._tell("/remove", RemoveWords(tuple(handles[start : start + PERSONS_MAX])))

    async def locate(self, search: Search, *, trace: Trace, timeout_seconds: float) -> Mapping[Country, str]:
        """See the port."""
        words = LocateWords(
            epoch=search.epoch,
            tokens=search.tokens,
            flags=search.flags,
            envelopes=dict(search.envelopes),
            purpose=search.purpose,
        )
        found = await self._ask("/locate", words, LocatedWords, timeout_seconds=timeout_seconds, trace=trace)
        if found.handles.keys() != words.envelopes.keys():
            raise UnavailableError("The hub did not give one handle for each country.")
        return {Country(country): handle for country, handle in found.handles.items()}

    async def redeem(self, handle: str, *, trace: Trace, timeout_seconds: float) -> Redeemed | None:
        """See the port."""
        words = RedeemWords(handle)
        found = await self._ask("/redeem", words, RedeemedWords, timeout_seconds=timeout_seconds, trace=trace)
        return Redeemed(found.candidates, found.envelope) if found.candidates else None

    async def report(self, disclosures: Sequence[Disclosure], state: LogState) -> None:
        """See the port."""
        lines = tuple(
            LineWords(line.id, line.hour, line.asker, line.holder, line.purpose, line.decision) for line in disclosures
        )
        await self._tell("/report", ReportWords(lines, state.since, state.size, state.note, state.proof))

    async def log_size(self) -> int:
        """See the port."""
        federation = self._directory.federation()
        url = federation.hub_line + "/log-size"
        try:
            body = await self._calls.get(url, key=federation.hub_keys, timeout_seconds=WRITING_SECONDS)
            return read_words(body, LogSizeWords).size
        except (DeadlineError, MalformedError):
            raise UnavailableError("The hub did not answer.") from None

    async def _tell(self, path: str, words: Words) -> None:
        await self._ask(path, words, DoneWords, timeout_seconds=WRITING_SECONDS)

    async def _ask(
        self, path: str, words: Words, kind: type[Kind], *, timeout_seconds: float, trace: Trace | None = None
    ) -> Kind:
        federation = self._directory.federation()
        try:
            body = await self._calls.post(
                federation.hub_line + path,
                write_words(words),
                key=federation.hub_keys,
                timeout_seconds=timeout_seconds,
                headers={"traceparent": str(trace)} if trace else None,
            )
            return read_words(body, kind)
        except (DeadlineError, MalformedError):
            raise UnavailableError("The hub did not answer.") from None
