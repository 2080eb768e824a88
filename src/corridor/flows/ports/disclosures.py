"""The hub's memory of who shared with whom, without anyone's identity."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from corridor.domain.country import Country
from corridor.domain.disclosure import Decision, Disclosure


@dataclass(frozen=True, slots=True)
class DisclosureFilter:
    """What the coordinator wants to see; None means any. `start` is included, `end` is not."""

    start: datetime | None = None
    end: datetime | None = None
    asker: Country | None = None
    holder: Country | None = None
    purpose: str | None = None
    decision: Decision | None = None


@dataclass(frozen=True, slots=True)
class DisclosureCount:
    """How many disclosures of one kind one country reported in one hour."""

    hour: datetime
    reporter: Country
    asker: Country
    holder: Country
    purpose: str
    decision: Decision
    count: int


@dataclass(frozen=True, slots=True)
class LogProof:
    """What the hub knows of a country's log.

    Attributes:
        whole: False once a proof failed; it stays False.
        seen_at: when the country last reported.
        note: the last proven signed checkpoint.
    """

    country: Country
    size: int
    whole: bool
    seen_at: datetime
    note: str


class Disclosures(Protocol):
    """Reports from the nodes."""

    async def add(self, disclosures: Sequence[Disclosure]) -> None:
        """Keep each once, by (reporter, id)."""

    async def counts(self, wanted: DisclosureFilter) -> tuple[DisclosureCount, ...]:
        """Counts by hour and kind, newest hour first."""

    async def proof(self, country: Country) -> LogProof | None:
        """The last known state of a country's log."""

    async def keep_proof(self, proof: LogProof, since: int) -> bool:
        """Replace the known state of a log that is of size `since` or unknown; False where it no longer is."""

    async def proofs(self) -> tuple[LogProof, ...]:
        """All known states, by country."""
