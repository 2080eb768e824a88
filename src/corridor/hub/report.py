"""A country tells how its exchanges ended, and that its log only grew."""

from __future__ import annotations

from datetime import UTC

from starlette.requests import Request
from starlette.responses import Response

from corridor.domain.country import Country
from corridor.domain.disclosure import Disclosure, LogState
from corridor.domain.message import SignedRequest, SignedResponse
from corridor.domain.wire import DoneWords, LogSizeWords, ReportWords, read_words
from corridor.hub.acts import HubActs, json_body, signed, told


async def report(request: Request, *, acts: HubActs) -> Response:
    """Keep the lines of the country that signed, and the state of its log.

    Source: TRUST section 1.5; RFC 6962 section 2.1.2.
    """

    async def act(reporter: Country, message: SignedRequest) -> SignedResponse:
        words = read_words(json_body(message), ReportWords)
        lines = [
            Disclosure(
                id=line.id,
                hour=line.hour.astimezone(UTC),
                reporter=reporter,
                asker=Country(line.asker),
                holder=Country(line.holder),
                purpose=line.purpose,
                decision=line.decision,
            )
            for line in words.lines
        ]
        state = LogState(words.since, words.size, words.note, words.proof)
        await acts.receive_report(reporter, lines, state=state)
        return told(DoneWords())

    return await signed(request, act, acts)


async def log_size(request: Request, *, acts: HubActs) -> Response:
    """How many leaves of the log of the country that signed were proven here."""

    async def act(reporter: Country, _: SignedRequest) -> SignedResponse:
        return told(LogSizeWords(await acts.seen_size(reporter)))

    return await signed(request, act, acts)
