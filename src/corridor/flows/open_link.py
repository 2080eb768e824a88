"""Somebody opens a health link of this node: its encrypted file, or nothing."""

from __future__ import annotations

from corridor.domain.errors import NotFoundError, PasscodeError
from corridor.domain.link import HealthLink, LinkState
from corridor.flows.find_living_link import find_living_link
from corridor.flows.record_knock import Knock, OpenDesk, record_knock


async def open_link(knock: Knock, *, desk: OpenDesk) -> HealthLink:
    """The link, once everything about the knock is right; every knock is on record before it is answered.

    Raises:
        NotFoundError: no such link, or one that does not open any more; all of them alike.
        PasscodeError: a passcode is asked for, and this is not it.
        ThrottledError: too many tries this hour.

    Source: SMART Health Links 1.0.0, manifest request; IHE VHL ITI-YY5.
    """
    link = await find_living_link(knock, desk=desk)
    if link.passcode:
        await _check_passcode(link, knock, desk)
    await record_knock(link, knock, "opened", desk=desk)
    return link


async def _check_passcode(link: HealthLink, knock: Knock, desk: OpenDesk) -> None:
    """One try is used up before the passcode is looked at, so that guesses sent at once are counted one by one."""
    left = await desk.links.take_try(link.id)
    if left is None:
        await record_knock(link, knock, LinkState.LOCKED.value, desk=desk)
        raise NotFoundError("There is nothing at this address.")
    if knock.passcode is None or not await desk.seals.right(link.passcode, knock.passcode):
        await record_knock(link, knock, "wrong-passcode", desk=desk)
        raise PasscodeError(remaining=left)
    await desk.links.give_back_try(link.id)
