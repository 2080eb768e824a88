"""What the coordinator's pages need, ready to be called."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from corridor.domain.country import Country
from corridor.domain.principal import Principal
from corridor.flows.list_disclosures import Overview
from corridor.flows.ports.disclosures import DisclosureFilter


@dataclass(frozen=True, slots=True)
class Office:
    """A coordinator's view of the hub.

    Attributes:
        countries: all members of the federation, in order.
        overview: `flows.list_disclosures` with its desk given.
        now: aware UTC.
    """

    countries: Callable[[], Sequence[Country]]
    overview: Callable[[Principal, DisclosureFilter], Awaitable[Overview]]
    now: Callable[[], datetime]
