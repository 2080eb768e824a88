"""What the country's identity provider signed."""

from __future__ import annotations

from typing import Protocol

from corridor.domain.provider import IdentityToken


class IdentityTokens(Protocol):
    """Reads and verifies what the provider signed."""

    async def read(self, token: str) -> IdentityToken:
        """The content of an ID token that one of the provider's own keys signed.

        Raises:
            SignInError: no such key did, or the content is not whole.
        """
