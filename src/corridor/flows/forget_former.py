"""The hub forgets whom countries registered that take no part any more."""

from __future__ import annotations

from corridor.domain.directory import Departure
from corridor.flows.register_persons import RegisterPersonsDesk


async def forget_former(*, desk: RegisterPersonsDesk) -> None:
    """Forget the blind tokens of every country that left or was expelled; one whose keys ended may be back tomorrow.

    Source: IDENTITY section 2, register.
    """
    former = desk.directory.federation().former
    gone = [each.country for each in former if each.departure is not Departure.LAPSED]
    if gone:
        await desk.persons.forget(gone)
