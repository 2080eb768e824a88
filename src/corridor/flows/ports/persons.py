"""The hub's register of blind tokens."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from corridor.domain.country import Country
from corridor.domain.matching_request import PersonEntry


@dataclass(frozen=True, slots=True)
class Candidate:
    """A registered person who shares tokens with the one sought.

    Attributes:
        agreeing: places in the search of the tokens that agree, in order.
    """

    country: Country
    handle: bytes
    flags: tuple[int, ...]
    agreeing: tuple[int, ...]


class Persons(Protocol):
    """Who is registered, as tokens keyed once more by the hub, so that its database alone compares with nothing."""

    async def put(self, country: Country, epoch: int, persons: Sequence[PersonEntry]) -> None:
        """Add or replace by (country, handle), all or none; durable when this returns."""

    async def remove(self, country: Country, handles: Sequence[bytes]) -> None:
        """Forget; unknown handles are ignored."""

    async def forget(self, countries: Sequence[Country]) -> None:
        """Forget everybody whom these countries registered."""

    async def agreeing(
        self, epoch: int, tokens: Sequence[tuple[int, bytes]], *, besides: Country
    ) -> tuple[Candidate, ...]:
        """Everyone outside one country who shares a token of that epoch, with what agrees."""

    async def size(self) -> int:
        """About how many persons are registered, at once and never too few."""

    async def count(self) -> dict[Country, int]:
        """How many persons each country has registered."""
