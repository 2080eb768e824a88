"""The other countries, as those that may have something to tell."""

from __future__ import annotations

from collections.abc import Awaitable, Callable


class FakeContacts:
    """Port `Contacts`.

    Attributes:
        missed: what is done when contact is regained: nothing, unless a test has something to tell.
        regained: how often it was.
    """

    def __init__(self) -> None:
        self.missed: Callable[[], Awaitable[object]] | None = None
        self.regained = 0

    async def regain(self) -> None:
        """See the port."""
        self.regained += 1
        if self.missed:
            await self.missed()
