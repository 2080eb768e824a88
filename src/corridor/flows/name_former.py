"""A history names countries that took part in the federation and do not now."""

from __future__ import annotations

from corridor.domain.history import Silence, SilenceReason
from corridor.flows.ask_country import PullDesk


def name_former(desk: PullDesk) -> tuple[Silence, ...]:
    """A silence for each country that left, was expelled or whose keys ended: nobody is asked, and nobody forgets it.

    Source: TRUST section 6, partial results.
    """
    now = desk.clock.now()
    gone = sorted(desk.peers.former().items())
    return tuple(Silence(country, SilenceReason(departure.value), now) for country, departure in gone)
