"""The holders of what was told here, asked whether it may still be shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from corridor.domain.country import Country
from corridor.domain.trace import Trace


@dataclass(frozen=True, slots=True)
class LeaseAsk:
    """What one holder is asked.

    Attributes:
        name: the pseudonym under which its person is known to the asker.
        ids: pseudonyms of all resources that the asker holds of that person.
        clinician: pseudonym of who wants to read them, for this pair of countries.
    """

    name: str
    ids: Sequence[str]
    clinician: str
    trace: Trace


class Leases(Protocol):
    """Leases on what others told."""

    async def renew(self, country: Country, ask: LeaseAsk) -> bool:
        """Whether the holder says yes to everything; a no is not explained.

        Raises:
            UnavailableError: it cannot be reached, or cannot answer.
            DeadlineError: it did not answer in time.
            MalformedError: what came back is no signed answer.
        """
