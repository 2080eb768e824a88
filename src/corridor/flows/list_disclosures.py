"""The coordinator sees which countries shared with which, when and why, and whether each log is whole."""

from __future__ import annotations

from dataclasses import dataclass

from corridor.domain.country import Country
from corridor.domain.errors import ForbiddenError
from corridor.domain.principal import Principal, Role
from corridor.flows.ports.attempts import Attempt, Attempts
from corridor.flows.ports.disclosures import DisclosureCount, DisclosureFilter, Disclosures, LogProof
from corridor.flows.ports.persons import Persons


@dataclass(frozen=True, slots=True)
class CoordinatorDesk:
    """What the coordinator's view needs."""

    disclosures: Disclosures
    persons: Persons
    attempts: Attempts


@dataclass(frozen=True, slots=True)
class Overview:
    """The coordinator's view.

    Attributes:
        counts: newest hour first.
        proofs: by country; one that never reported is missing.
        registered: how many persons each country has registered, of any programme.
        attempts: what the hub itself saw of searches for purposes that are never permitted; newest hour first.
    """

    counts: tuple[DisclosureCount, ...]
    proofs: tuple[LogProof, ...]
    registered: dict[Country, int]
    attempts: tuple[Attempt, ...] = ()


async def list_disclosures(who: Principal, wanted: DisclosureFilter, *, desk: CoordinatorDesk) -> Overview:
    """Counts that match, with the state of every log; no one's identity is in reach of this.

    Raises:
        ForbiddenError: whoever asks is no coordinator.

    Source: TRUST section 7.2, coordinator; UNAIDS accountability.
    """
    if who.role is not Role.COORDINATOR:
        raise ForbiddenError("Only a coordinator sees this.")
    return Overview(
        counts=await desk.disclosures.counts(wanted),
        proofs=await desk.disclosures.proofs(),
        registered=await desk.persons.count(),
        attempts=await desk.attempts.between(wanted.start, wanted.end),
    )
