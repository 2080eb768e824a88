"""The other countries as those that may have something to tell, over signed calls."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

from corridor.domain.country import Country
from corridor.domain.directory import Member
from corridor.domain.errors import CorridorError, UnavailableError
from corridor.domain.missed_wire import MissedWords, WaitingWords
from corridor.domain.wire import read_words, write_words
from corridor.flows.ports.clock import Clock
from corridor.flows.ports.directory import Directory
from corridor.flows.tell_newly import FIRST_SECONDS
from corridor.remote.calls import Calls

FRESH = timedelta(seconds=FIRST_SECONDS * 0.75)
"""In touch within that time, a country has nothing old to tell.

Shorter than a country waits when it tells what is new: a node that was stopped for longer asks, one that was stopped
for less still has the telling at its door.
"""

ASLEEP = timedelta(seconds=20)
"""Somebody who was lost is sought all the time; if that was longer ago, it is this node that was away."""

ASK_SECONDS = 3.0
"""For saying whether something waits: whoever hangs is gone round after that."""

TELL_SECONDS = 10.0
"""For telling what waits: whoever said that something does is waited for."""

_STOOD_STILL = timedelta(seconds=ASK_SECONDS + 1)
"""A question that took longer than anybody waits for: it is this node that was stopped meanwhile, and it asks again."""

_TURNS = 2
_BYTES_MAX = 4 * 1024


class HttpContacts:
    """Port `Contacts` over signed calls.

    Args:
        home: this node's country.
        calls: signed calls of this process.
        directory: says where the others are and by which keys they are known.
        clock: a wall clock, which goes on while a process or a machine is stopped.
    """

    def __init__(self, home: Country, calls: Calls, directory: Directory, *, clock: Clock) -> None:
        self._home = home
        self._calls = calls
        self._directory = directory
        self._clock = clock
        self._tried: dict[Country, datetime] = {}
        self._lost: set[Country] = set()
        self._under_way: dict[Country, asyncio.Task[bool]] = {}

    async def regain(self) -> None:
        """See the port."""
        for _ in range(_TURNS):  # a question that was asked before this node was stopped may be answered from then
            awaited = [each.country for each in self._others() if self._is_awaited(each.country)]
            self._begin()
            asked = [self._under_way[each] for each in awaited if each in self._under_way]
            if not asked:
                return
            if not all(await asyncio.gather(*asked)):
                raise UnavailableError("Another country has something to tell first.")

    async def seek(self) -> int:
        """Ask those that did not answer last time; a worker calls it, so that they are waited for again once they do.

        Returns:
            0: nothing is left to do at once.
        """
        if self._lost:
            self._begin()
        return 0

    def _others(self) -> list[Member]:
        return [each for each in self._directory.federation().members if each.country != self._home]

    def _begin(self) -> None:
        """Ask whoever was not in touch lately and is not being asked."""
        for member in self._others():
            if member.country not in self._under_way and self._age(member.country) > FRESH:
                self._under_way[member.country] = asyncio.create_task(self._ask(member))

    def _is_awaited(self, country: Country) -> bool:
        return country not in self._lost or self._age(country) > ASLEEP

    def _age(self, country: Country) -> timedelta:
        """Since a country was last asked; for ever where the clock was set back."""
        tried = self._tried.get(country)
        age = timedelta.max if tried is None else self._clock.now() - tried
        return age if age >= timedelta(0) else timedelta.max

    async def _ask(self, member: Member) -> bool:
        """Whether nothing waits there any more; nobody who does not answer at all keeps this node from answering."""
        began = self._clock.now()
        try:
            waiting = await self._waiting(member, tell=False, seconds=ASK_SECONDS)
        except CorridorError:
            if self._clock.now() - began < _STOOD_STILL:
                self._lost.add(member.country)
                self._tried[member.country] = began
            return True
        else:
            return not waiting or await self._told(member)
        finally:
            del self._under_way[member.country]

    async def _told(self, member: Member) -> bool:
        began = self._clock.now()
        try:
            await self._waiting(member, tell=True, seconds=TELL_SECONDS)
        except CorridorError:
            return False
        self._lost.discard(member.country)
        self._tried[member.country] = began
        return True

    async def _waiting(self, member: Member, *, tell: bool, seconds: float) -> int:
        began = self._clock.now()
        body = await self._calls.post(
            f"{member.line}/withdrawals/missed",
            write_words(MissedWords(tell)),
            key=member.signing_keys,
            timeout_seconds=seconds,
            max_body_bytes=_BYTES_MAX,
        )
        waiting = read_words(body, WaitingWords).waiting
        if not waiting:
            self._lost.discard(member.country)
            self._tried[member.country] = began
        return waiting
