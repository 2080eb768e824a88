"""Whether this node has missed what it should know before it tells anybody anything."""

from __future__ import annotations

from typing import Protocol


class Contacts(Protocol):
    """The other countries, as those that may have had something to tell while this node was away."""

    async def regain(self) -> None:
        """Hear what was missed from every country that was not in touch within the last seconds.

        A country that answers has told everything that waited when this returns. One that does not answer is waited for
        once and not again until it has been heard.

        Raises:
            UnavailableError: a country says that something waits and did not tell it: nothing may be told before.
        """
