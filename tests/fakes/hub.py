"""The hub in memory, and the register as one country sees it."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime

from corridor.domain.country import Country
from corridor.domain.directory import Federation, Member
from corridor.domain.disclosure import Disclosure, LogState
from corridor.domain.errors import CorridorError, UnavailableError
from corridor.domain.matching_request import PersonEntry, Redeemed, Search
from corridor.domain.trace import Trace
from corridor.flows.ports.clock import Clock
from corridor.flows.ports.handles import Meaning
from corridor.flows.ports.persons import Candidate
from corridor.flows.redeem_handle import RedeemDesk, redeem_handle
from corridor.flows.register_persons import RegisterPersonsDesk, register_persons
from corridor.flows.resolve_identity import ResolveDesk, resolve_identity

EPOCH = 1


class FakePersons:
    """Port `Persons`."""

    def __init__(self) -> None:
        self.entries: dict[tuple[Country, bytes], tuple[int, PersonEntry]] = {}

    async def put(self, country: Country, epoch: int, persons: Sequence[PersonEntry]) -> None:
        """See the port."""
        self.entries |= {(country, each.handle): (epoch, each) for each in persons}

    async def remove(self, country: Country, handles: Sequence[bytes]) -> None:
        """See the port."""
        for handle in handles:
            self.entries.pop((country, handle), None)

    async def forget(self, countries: Sequence[Country]) -> None:
        """See the port."""
        self.entries = {key: entry for key, entry in self.entries.items() if key[0] not in countries}

    async def agreeing(
        self, epoch: int, tokens: Sequence[tuple[int, bytes]], *, besides: Country
    ) -> tuple[Candidate, ...]:
        """See the port."""
        places = {token: place for place, token in reversed([*enumerate(tokens)])}
        found = []
        for (country, handle), (known_epoch, each) in self.entries.items():
            agreeing = tuple(sorted(places[token] for token in set(each.tokens) if token in places))
            if agreeing and known_epoch == epoch and country != besides:
                found.append(Candidate(country, handle, each.flags, agreeing))
        return tuple(found)

    async def size(self) -> int:
        """See the port."""
        return len(self.entries)

    async def count(self) -> dict[Country, int]:
        """See the port."""
        return dict(Counter(country for country, _ in self.entries))


class FakeHandles:
    """Port `Handles`."""

    def __init__(self) -> None:
        self._waiting: dict[str, tuple[Country, Meaning, datetime]] = {}

    def issue(self, country: Country, meaning: Meaning, *, until: datetime) -> str:
        """See the port."""
        handle = secrets.token_urlsafe(32)
        self._waiting[handle] = (country, meaning, until)
        return handle

    async def redeem(self, handle: str, *, country: Country, at: datetime) -> Redeemed | None:
        """See the port."""
        owner, meaning, until = self._waiting.get(handle, (None, None, at))
        if meaning is None or owner != country or at >= until:
            return None
        del self._waiting[handle]
        return await meaning()


def standing_for(meaning: Redeemed | None) -> Meaning:
    """What a handle means, known from the beginning."""

    async def known() -> Redeemed | None:
        return meaning

    return known


class FakeResolutions:
    """Port `Resolutions`."""

    def __init__(self) -> None:
        self.searches: list[tuple[Country, str, datetime]] = []

    async def record(self, asker: Country, *, purpose: str, at: datetime) -> None:
        """See the port."""
        self.searches.append((asker, purpose, at.replace(minute=0, second=0, microsecond=0)))


class FakeDirectory:
    """Port `Directory`, of members without keys."""

    def __init__(self, countries: Sequence[Country]) -> None:
        members = tuple(Member(each, f"Node {each}", f"https://{each.lower()}.example", b"", b"") for each in countries)
        self.known = Federation(1, EPOCH, 3, b"", "https://hub.example", b"", members)

    def federation(self) -> Federation:
        """See the port."""
        return self.known


class FakeHub:
    """The hub's acts on memory alone.

    Attributes:
        lines: what was reported, by reporter and id.
    """

    def __init__(self, countries: Sequence[Country], clock: Clock) -> None:
        self.persons, self.handles, self.resolutions = FakePersons(), FakeHandles(), FakeResolutions()
        self.directory = FakeDirectory(countries)
        self.resolving = ResolveDesk(self.persons, self.handles, self.resolutions, self.directory, clock)
        self.redeeming = RedeemDesk(self.handles, clock)
        self.registering = RegisterPersonsDesk(self.persons, self.directory)
        self.lines: dict[tuple[Country, str], Disclosure] = {}
        self.sizes: dict[Country, int] = {}


class FakeRegister:
    """Port `Register`, straight to a hub in memory.

    Attributes:
        away: True makes the hub silent.
        refusal: what the hub refuses everything with, where it does.
        forgets_to_answer: True makes the hub do what it is asked and its answer get lost.
        leaves_out: countries that get no handle.
    """

    def __init__(self, home: Country, hub: FakeHub) -> None:
        self._home, self._hub = home, hub
        self.away = False
        self.refusal: CorridorError | None = None
        self.forgets_to_answer = False
        self.leaves_out: set[Country] = set()

    async def register(self, epoch: int, persons: Sequence[PersonEntry]) -> None:
        """See the port."""
        self._check()
        await register_persons(self._home, persons, epoch=epoch, desk=self._hub.registering)

    async def remove(self, handles: Sequence[bytes]) -> None:
        """See the port."""
        self._check()
        await self._hub.persons.remove(self._home, handles)

    async def locate(self, search: Search, *, trace: Trace, timeout_seconds: float) -> Mapping[Country, str]:  # noqa: ARG002  # the port's
        """See the port."""
        self._check()
        found = await resolve_identity(self._home, search, desk=self._hub.resolving)
        return {country: handle for country, handle in found.items() if country not in self.leaves_out}

    async def redeem(self, handle: str, *, trace: Trace, timeout_seconds: float) -> Redeemed | None:  # noqa: ARG002  # the port's
        """See the port."""
        self._check()
        return await redeem_handle(self._home, handle, desk=self._hub.redeeming)

    async def report(self, disclosures: Sequence[Disclosure], state: LogState) -> None:
        """See the port."""
        self._check()
        for each in disclosures:
            self._hub.lines.setdefault((self._home, each.id), each)
        self._hub.sizes[self._home] = state.size
        if self.forgets_to_answer:
            raise UnavailableError("The hub does not answer.")

    async def log_size(self) -> int:
        """See the port."""
        self._check()
        return self._hub.sizes.get(self._home, 0)

    def _check(self) -> None:
        if self.away:
            raise UnavailableError("The hub does not answer.")
        if self.refusal:
            raise self.refusal
