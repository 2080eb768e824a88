"""Pulls that no country has anything to say to are counted: so looks who asks about many to find a few."""

from __future__ import annotations

from contextlib import suppress

from corridor.domain.errors import ThrottledError
from corridor.domain.history import History
from corridor.domain.limits import Cost, Reason
from corridor.flows.ask_country import Pull, PullDesk
from corridor.flows.count_or_pause import count_or_pause


async def watch_pull(pull: Pull, history: History, *, desk: PullDesk) -> None:
    """Count a pull that came to nothing, and pause a clinician of whom there are too many; this answer is still given.

    Countries that were not heard say nothing either way: only a pull that somebody answered counts.

    Source: TRUST threat table, row 4.
    """
    if not history.answers or any(answer.entries for answer in history.answers):
        return
    limits = desk.limits
    cost = Cost(f"empty/{pull.asking.principal.pseudonym}", limits.limits.empty_pulls)
    with suppress(ThrottledError):
        await count_or_pause(pull.asking, Reason.NOBODY_ABROAD, cost, desk=limits)
