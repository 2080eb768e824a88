"""The country's identity provider, as it can be asked over the network."""

from __future__ import annotations

from typing import Protocol

from corridor.domain.sign_in_attempt import SignInAttempt


class IdentityProvider(Protocol):
    """Where people sign in; Authorization Code with PKCE and nothing else."""

    async def entrance(self, attempt: SignInAttempt) -> str:
        """The address to which a browser is sent to sign in.

        Raises:
            UnavailableError: what the provider says of itself cannot be had, or cannot be accepted.
        """

    async def names_itself(self) -> bool:
        """Whether it promises to say who it is with each answer (RFC 9207).

        Raises:
            UnavailableError: as above.
        """

    async def redeem(self, code: str, attempt: SignInAttempt) -> str:
        """The ID token for a code, not looked at yet.

        Raises:
            SignInError: the provider refuses the code.
            UnavailableError: it does not answer, or not with a token.
        """

    async def exit(self) -> str:
        """The address that ends the sign-in there as well; empty where it offers none.

        Raises:
            UnavailableError: as above.
        """
