"""The other halves of ties, over signed calls."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from corridor.domain.country import Country
from corridor.domain.errors import UnavailableError
from corridor.domain.questions import Question
from corridor.domain.tie import Said, TieState
from corridor.domain.tie_wire import BecameWords, ComparedWords, CompareWords, NamedWords, QuestionsWords
from corridor.domain.trace import Trace
from corridor.domain.wire import DoneWords, Words, read_words, write_words
from corridor.flows.ports.counterparts import Offer, TieName, Veiled
from corridor.flows.ports.directory import Directory
from corridor.remote.calls import Calls

PATIENCE_SECONDS = 8.0
_BYTES_MAX = 16 * 1024
_FILL_BYTES = 1024


class HttpCounterparts:
    """Port `Counterparts` over signed calls.

    Args:
        calls: signed calls of this process.
        directory: says where the others are and by which keys they are known.
    """

    def __init__(self, calls: Calls, directory: Directory) -> None:
        self._calls = calls
        self._directory = directory

    async def questions(self, country: Country, tie: TieName, *, trace: Trace) -> Offer:
        """See the port."""
        body = await self._ask(country, "questions", NamedWords(tie.name, tie.described), trace=trace)
        words = read_words(body, QuestionsWords)
        return Offer(words.questions, words.agreed)

    async def compare(self, country: Country, tie: TieName, veiled: Veiled, *, trace: Trace) -> Mapping[Question, Said]:
        """See the port."""
        words = CompareWords(tie.name, tie.described, veiled.salt, dict(veiled.answers))
        return read_words(await self._ask(country, "compare", words, trace=trace), ComparedWords).said

    async def became(self, country: Country, tie: TieName, state: TieState, *, at: datetime, trace: Trace) -> None:
        """See the port."""
        words = BecameWords(tie.name, tie.described, state, at)
        read_words(await self._ask(country, "became", words, trace=trace), DoneWords)

    async def _ask(self, country: Country, what: str, words: Words, *, trace: Trace) -> bytes:
        member = self._directory.federation().member(country)
        if member is None:
            raise UnavailableError("That country takes no part in the federation.")
        return await self._calls.post(
            f"{member.line}/ties/{what}",
            write_words(words, fill_bytes=_FILL_BYTES),
            key=member.signing_keys,
            timeout_seconds=PATIENCE_SECONDS,
            headers={"content-type": "application/json", "traceparent": str(trace)},
            max_body_bytes=_BYTES_MAX,
        )
