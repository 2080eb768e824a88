"""The other countries as those that may have something to tell, over signed calls."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

from corridor.domain.country import Country
from corridor.domain.directory import Member
from corridor.domain.errors import CorridorError
from corridor.domain.wire import DoneWords, read_words, write_words
from corridor.flows.ports.clock import Clock
from corridor.flows.ports.directory import Directory
from corridor.remote.calls import Calls

FRESH = timedelta(seconds=5)
"""In touch within that time, a country has nothing old to tell: it told what is new itself."""

PATIENCE_SECONDS = 3.0
_BYTES_MAX = 16 * 1024


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
        self._under_way: dict[Country, asyncio.Task[None]] = {}

    async def regain(self) -> None:
        """See the port."""
        for member in self._directory.federation().members:
            if member.country not in {self._home, *self._under_way} and not self._is_fresh(member.country):
                task = asyncio.create_task(self._ask(member))
                self._under_way[member.country] = task
        awaited = [task for country, task in self._under_way.items() if country not in self._lost]
        if awaited:
            await asyncio.wait(awaited)

    def _is_fresh(self, country: Country) -> bool:
        tried = self._tried.get(country)
        return tried is not None and timedelta(0) <= self._clock.now() - tried <= FRESH

    async def _ask(self, member: Member) -> None:
        began = self._clock.now()
        try:
            body = await self._calls.post(
                f"{member.base_url}/withdrawals/missed",
                write_words(DoneWords()),
                key=member.signing_key,
                timeout_seconds=PATIENCE_SECONDS,
                max_body_bytes=_BYTES_MAX,
            )
            read_words(body, DoneWords)
            self._lost.discard(member.country)
        except CorridorError:
            self._lost.add(member.country)
        finally:
            self._tried[member.country] = began
            del self._under_way[member.country]
