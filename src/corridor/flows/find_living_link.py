"""Somebody comes with the address of a health link: is there one, and does it open?"""

from __future__ import annotations

from corridor.domain.errors import NotFoundError
from corridor.domain.link import HealthLink, LinkState
from corridor.flows.record_knock import Knock, OpenDesk, record_knock
from corridor.flows.weigh_link import weigh_link

PER_HOUR = 120
"""Tries on one link in an hour, right and wrong."""


async def find_living_link(knock: Knock, *, desk: OpenDesk) -> HealthLink:
    """The link of an address, if it opens now; a knock at any other is on record before it is refused.

    Raises:
        NotFoundError: no such link, or one that does not open any more; all of them alike.
        ThrottledError: too many tries this hour.

    Source: SMART Health Links 1.0.0, manifest request.
    """
    now, link = desk.clock.now(), await desk.links.find(knock.folder)
    if link is None or link.kind is not knock.kind:
        await record_knock(None, knock, "unknown", desk=desk)
        raise NotFoundError("There is nothing at this address.")
    await desk.budgets.spend(f"open/{link.id}", 1, limit=PER_HOUR, at=now)
    state = await weigh_link(link, units=desk.units, now=now)
    if state is not LinkState.ACTIVE:
        await record_knock(link, knock, state.value, desk=desk)
        raise NotFoundError("There is nothing at this address.")
    return link
