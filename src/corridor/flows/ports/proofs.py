"""What systems sign to show who they are."""

from __future__ import annotations

from typing import Protocol

from corridor.domain.assertion import Assertion, Possession
from corridor.domain.client import Client


class Proofs(Protocol):
    """Reads and verifies signed tokens of systems."""

    def named(self, assertion: str) -> str:
        """Whose assertion it claims to be; nothing of it is verified.

        Raises:
            TokenError: it is no signed token of the kind that is accepted.
        """

    async def assertion(self, assertion: str, client: Client) -> Assertion:
        """The content of an assertion that one of the client's registered keys signed.

        Raises:
            TokenError: no registered key did, or the content is not whole.
        """

    def possession(self, proof: str) -> Possession:
        """The content of a proof that the key inside it signed.

        Raises:
            TokenError: it did not, or the content is not whole.
        """
