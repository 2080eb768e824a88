"""Short messages to people's telephones."""

from __future__ import annotations

from typing import Protocol


class TextMessages(Protocol):
    """Sends what a telephone shows."""

    async def send(self, telephone: str, text: str) -> None:
        """Hand a message over to be sent.

        Args:
            telephone: with the sign + and the calling code.
            text: what the telephone shows; it names no disease.

        Raises:
            UnavailableError: nobody took it.
        """
