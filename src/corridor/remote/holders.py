"""The holders of the token key, asked in parallel; any few right answers are enough."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from corridor.domain.country import Country
from corridor.domain.directory import KeyHolder, TokenKey
from corridor.domain.errors import CorridorError, InvalidError, MalformedError, UnavailableError
from corridor.domain.identity.tokens import check_partial
from corridor.domain.wire import ELEMENTS_MAX, EvaluatedWords, EvaluateWords, read_words, write_words
from corridor.flows.beside import beside
from corridor.flows.ports.directory import Directory
from corridor.flows.ports.shares import Shares
from corridor.remote.calls import Calls

HEDGE_SHARE = 0.25
"""Of the time given: after that the holders that were not asked yet are asked too."""

DISTRUST_SECONDS = 600.0
"""How long a holder that answered wrongly is asked only after all others."""

Partial = tuple[int, Sequence[bytes]]
Name = Callable[[Country, str], Awaitable[None]]
"""Puts on record that a country answered wrongly, and how."""


@dataclass(frozen=True, slots=True)
class _Batch:
    """What is asked of every holder alike."""

    blinded: Sequence[bytes]
    key: TokenKey
    body: bytes
    timeout_seconds: float


class HttpHolders:
    """Port `Holders` over signed calls.

    Args:
        home: this node's country.
        calls: signed calls of this process.
        directory: says where the holders are.
        shares: this node's own, which need no call and no budget; None where it holds none.
        name: told of a holder whose answer is wrong, before anybody else is asked.
        quota: shown to every holder; empty for the everyday budget.
    """

    def __init__(
        self,
        home: Country,
        calls: Calls,
        directory: Directory,
        *,
        shares: Shares | None,
        name: Name,
        quota: bytes = b"",
    ) -> None:
        self._home = home
        self._calls = calls
        self._directory = directory
        self._shares = shares
        self._name = name
        self._quota = quota
        self._distrusted: dict[Country, float] = {}
        self._turn = 0

    async def evaluate(
        self, blinded: Sequence[bytes], *, key: TokenKey, timeout_seconds: float
    ) -> Mapping[int, Sequence[bytes]]:
        """See the port.

        Raises:
            InvalidError: nothing is asked, or more than one request holds.
        """
        if not 0 < len(blinded) <= ELEMENTS_MAX:
            raise InvalidError(f"Between 1 and {ELEMENTS_MAX} elements are evaluated in one request.")
        words = EvaluateWords(key.epoch, tuple(blinded), key.generation, self._quota)
        batch = _Batch(blinded, key, write_words(words), timeout_seconds)
        try:
            async with asyncio.timeout(timeout_seconds):
                own = asyncio.create_task(self._own(batch))
                try:
                    held = self._shares is not None and self._shares.of(key.epoch, key.generation) is not None
                    found = await self._gather(batch, key.threshold - held)
                    return found | dict(await own)
                finally:
                    own.cancel()
        except TimeoutError:
            raise UnavailableError("Too few key holders answered in time.") from None

    async def _own(self, batch: _Batch) -> Sequence[Partial]:
        """This node's own answer, which it need not prove to itself."""
        share = self._shares.of(batch.key.epoch, batch.key.generation) if self._shares else None
        if share is None:
            return ()
        return [(share.index, await beside(len(batch.blinded), partial(share.answer, batch.blinded)))]

    async def _gather(self, batch: _Batch, missing: int) -> dict[int, Sequence[bytes]]:
        """Right answers of as many others as are missing; one more is asked for each that fails, all when late."""
        waiting = self._order(batch.key)
        asked: set[asyncio.Task[Partial | None]] = set()
        found: dict[int, Sequence[bytes]] = {}
        late = asyncio.get_running_loop().time() + batch.timeout_seconds * HEDGE_SHARE
        try:
            while len(found) < missing:
                hurry = asyncio.get_running_loop().time() >= late
                count = len(waiting) if hurry else missing - len(found) - len(asked)
                asked |= {asyncio.create_task(self._ask(holder, batch)) for holder in _taken(waiting, count)}
                if not asked:
                    raise UnavailableError("Too few key holders gave a right answer.")
                pause = None if hurry else max(late - asyncio.get_running_loop().time(), 0)
                done, asked = await asyncio.wait(asked, timeout=pause, return_when=asyncio.FIRST_COMPLETED)
                found |= dict(right for task in done if (right := task.result()) is not None)
        finally:
            for task in asked:
                task.cancel()
        return dict(list(found.items())[:missing])

    def _order(self, key: TokenKey) -> list[KeyHolder]:
        """The other holders, beginning with another one each time, so that all share the work; who lied comes last."""
        others = [each for each in key.holders if each.country != self._home]
        self._turn += 1
        start = self._turn % max(len(others), 1)
        now = asyncio.get_running_loop().time()
        return sorted(others[start:] + others[:start], key=lambda each: self._distrusted.get(each.country, 0) > now)

    async def _ask(self, holder: KeyHolder, batch: _Batch) -> Partial | None:
        """A holder's right answer, or None; whoever answers wrongly is named."""
        member = self._directory.federation().member(holder.country)
        if member is None:
            return None
        try:
            body = await self._calls.post(
                member.line + "/oprf/evaluate",
                batch.body,
                key=member.signing_keys,
                timeout_seconds=batch.timeout_seconds,
            )
            answer = read_words(body, EvaluatedWords)
            await beside(len(batch.blinded), partial(_checked, holder, batch, answer))
        except (MalformedError, InvalidError) as error:
            await self._named(holder.country, "wrong-proof" if isinstance(error, InvalidError) else "wrong-answer")
            return None
        except CorridorError:
            return None
        return holder.index, answer.evaluated

    async def _named(self, country: Country, reason: str) -> None:
        self._distrusted[country] = asyncio.get_running_loop().time() + DISTRUST_SECONDS
        await self._name(country, reason)


def _checked(holder: KeyHolder, batch: _Batch, answer: EvaluatedWords) -> None:
    check_partial(holder.share_key, batch.blinded, answer.evaluated, proof=answer.proof)


def _taken(waiting: list[KeyHolder], count: int) -> list[KeyHolder]:
    """The first few that wait; they wait no more."""
    taken = waiting[: max(count, 0)]
    del waiting[: len(taken)]
    return taken
