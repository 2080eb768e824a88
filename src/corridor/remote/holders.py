"""The holders of the token key, asked in parallel; any few right answers are enough."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping, Sequence

from corridor.domain.country import Country
from corridor.domain.directory import Federation, Member
from corridor.domain.errors import CorridorError, InvalidError, UnavailableError
from corridor.domain.identity.tokens import check_partial
from corridor.domain.log import HOLDER_WRONG
from corridor.domain.wire import ELEMENTS_MAX, EvaluatedWords, EvaluateWords, read_words, write_words
from corridor.flows.ports.directory import Directory
from corridor.flows.ports.log import Log
from corridor.flows.ports.shares import Shares
from corridor.remote.calls import Calls

HEDGE_SHARE = 0.25
"""Of the time given: after that the holders that were not asked yet are asked too."""

Partial = tuple[int, Sequence[bytes]]


class HttpHolders:
    """Port `Holders` over signed calls.

    Args:
        home: this node's country.
        calls: signed calls of this process.
        directory: says who holds which share.
        shares: this node's own share, or None where it holds none; it needs no call and no budget.
        log: told of a holder whose proof is wrong.
    """

    def __init__(self, home: Country, calls: Calls, directory: Directory, *, shares: Shares | None, log: Log) -> None:
        self._home = home
        self._calls = calls
        self._directory = directory
        self._shares = shares
        self._log = log
        self._turn = 0

    async def evaluate(self, blinded: Sequence[bytes], *, timeout_seconds: float) -> Mapping[int, Sequence[bytes]]:
        """See the port; more elements than one request holds are asked for in parts.

        Raises:
            InvalidError: nothing is asked.
        """
        if not blinded:
            raise InvalidError("There is nothing to evaluate.")
        if len(blinded) > ELEMENTS_MAX:
            raise InvalidError(f"At most {ELEMENTS_MAX} elements are evaluated in one request.")
        federation = self._directory.federation()
        found = dict(self._own(blinded, federation))
        missing = federation.threshold - len(found)
        try:
            async with asyncio.timeout(timeout_seconds):
                found |= await self._gather(blinded, federation, missing, timeout_seconds=timeout_seconds)
        except TimeoutError:
            raise UnavailableError("Too few key holders answered in time.") from None
        return found

    def _own(self, blinded: Sequence[bytes], federation: Federation) -> Iterator[Partial]:
        if self._shares is not None and self._shares.epoch == federation.epoch:
            evaluated, _ = self._shares.evaluate(blinded)
            yield self._shares.index, evaluated

    async def _gather(
        self, blinded: Sequence[bytes], federation: Federation, missing: int, *, timeout_seconds: float
    ) -> dict[int, Sequence[bytes]]:
        """Right answers of as many others as are missing; one more is asked for each that fails, all when late."""
        waiting = self._order(federation)
        asked: set[asyncio.Task[Partial | None]] = set()
        found: dict[int, Sequence[bytes]] = {}
        late = asyncio.get_running_loop().time() + timeout_seconds * HEDGE_SHARE
        try:
            while len(found) < missing:
                hurry = asyncio.get_running_loop().time() >= late
                count = len(waiting) if hurry else missing - len(found) - len(asked)
                asked |= {
                    asyncio.create_task(self._ask(member, blinded, federation, timeout_seconds=timeout_seconds))
                    for member in _taken(waiting, count)
                }
                if not asked:
                    raise UnavailableError("Too few key holders gave a right answer.")
                pause = None if hurry else max(late - asyncio.get_running_loop().time(), 0)
                done, asked = await asyncio.wait(asked, timeout=pause, return_when=asyncio.FIRST_COMPLETED)
                found |= dict(partial for task in done if (partial := task.result()) is not None)
        finally:
            for task in asked:
                task.cancel()
        return dict(list(found.items())[:missing])

    def _order(self, federation: Federation) -> list[Member]:
        """The other holders, beginning with another one each time, so that all share the work."""
        others = [each for each in federation.members if each.share_index and each.country != self._home]
        self._turn += 1
        start = self._turn % max(len(others), 1)
        return others[start:] + others[:start]

    async def _ask(
        self, member: Member, blinded: Sequence[bytes], federation: Federation, *, timeout_seconds: float
    ) -> Partial | None:
        """A holder's right answer, or None; a wrong proof is named in the log."""
        words = EvaluateWords(federation.epoch, tuple(blinded))
        url = member.base_url + "/oprf/evaluate"
        try:
            body = await self._calls.post(
                url, write_words(words), key=member.signing_key, timeout_seconds=timeout_seconds
            )
            answer = read_words(body, EvaluatedWords)
        except CorridorError:
            return None
        try:
            check_partial(member.share_key, blinded, answer.evaluated, proof=answer.proof)
        except InvalidError:
            self._log(HOLDER_WRONG, country=member.country)
            return None
        return member.share_index, answer.evaluated


def _taken(waiting: list[Member], count: int) -> list[Member]:
    """The first few that wait; they wait no more."""
    taken = waiting[: max(count, 0)]
    del waiting[: len(taken)]
    return taken
