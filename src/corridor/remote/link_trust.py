"""The keys under which the other nodes sign health links, as their members vouch for them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Generic, TypeVar

from corridor.domain.country import Country
from corridor.domain.directory import Member
from corridor.domain.errors import CorridorError
from corridor.flows.ports.clock import Clock
from corridor.flows.ports.directory import Directory
from corridor.remote.calls import Calls

Key = TypeVar("Key")

FRESH = timedelta(hours=1)
AGAIN = timedelta(minutes=1)
"""After a member did not answer; until then its last known keys count."""
TIMEOUT_SECONDS = 3.0
PATH = "/exchange/did.json"


class MemberKeys(Generic[Key]):
    """Each member's DID document, fetched by a signed call, so that only its own node can have written it.

    Args:
        home: this node's country, which is not asked.
        calls: signed calls of this process.
        directory: says who the members are.
        clock: by which documents age.
        read: keys of a document.
    """

    def __init__(
        self,
        home: Country,
        calls: Calls,
        directory: Directory,
        *,
        clock: Clock,
        read: Callable[[bytes], Sequence[Key]],
    ) -> None:
        self._home = home
        self._calls = calls
        self._directory = directory
        self._clock = clock
        self._read = read
        self._known: dict[Country, tuple[Sequence[Key], datetime]] = {}

    async def keys(self) -> Sequence[Key]:
        """The keys of all members that could be heard; a silent one keeps those that it had."""
        now = self._clock.now()
        members = [each for each in self._directory.federation().members if each.country != self._home]
        stale = [each for each in members if self._known.get(each.country, ((), now))[1] <= now]
        await asyncio.gather(*(self._renew(each, now) for each in stale))
        return [key for each in members for key in self._known.get(each.country, ((), now))[0]]

    async def _renew(self, member: Member, now: datetime) -> None:
        try:
            raw = await self._calls.get(member.line + PATH, key=member.signing_keys, timeout_seconds=TIMEOUT_SECONDS)
            self._known[member.country] = (self._read(raw), now + FRESH)
        except CorridorError:
            known = self._known.get(member.country, ((), now))[0]
            self._known[member.country] = (known, now + AGAIN)
