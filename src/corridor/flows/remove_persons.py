"""The hub forgets persons of its register of blind tokens."""

from __future__ import annotations

from collections.abc import Sequence

from corridor.domain.country import Country
from corridor.flows.register_persons import RegisterPersonsDesk


async def remove_persons(home: Country, handles: Sequence[bytes], *, desk: RegisterPersonsDesk) -> None:
    """Forget a country's persons; durable when this returns, and unknown handles are ignored.

    Source: IDENTITY section 2, register.
    """
    await desk.persons.remove(home, handles)
