"""Somebody fetches the encrypted file of a health link from the address that its manifest gave out."""

from __future__ import annotations

from corridor.domain.errors import NotFoundError
from corridor.domain.link_secrets import ticket_holds
from corridor.flows.find_living_link import find_living_link
from corridor.flows.record_knock import Knock, OpenDesk, record_knock


async def fetch_link(ticket: str, knock: Knock, *, desk: OpenDesk) -> str:
    """The encrypted file behind an address that a manifest gave out.

    Raises:
        NotFoundError: the address is over, is not ours, or the link does not open any more.

    Source: SMART Health Links 1.0.0, location; IHE MHD ITI-68.
    """
    link = await find_living_link(knock, desk=desk)
    if not ticket_holds(link, ticket, now=desk.clock.now()):
        await record_knock(link, knock, "ticket-over", desk=desk)
        raise NotFoundError("There is nothing at this address.")
    await record_knock(link, knock, "file", desk=desk)
    return await desk.links.content(link.id)
