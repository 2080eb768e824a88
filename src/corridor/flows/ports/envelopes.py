"""Sealing a person's description for one country."""

from __future__ import annotations

from typing import Protocol

from corridor.domain.country import Country
from corridor.domain.identity.demographics import Demographics


class Envelopes(Protocol):
    """Seals for others, opens what was sealed for this node."""

    def seal(self, country: Country, described: Demographics, *, purpose: str) -> bytes:
        """An envelope that only this country's node can open, of a size that tells nothing.

        Raises:
            UnavailableError: the country takes no part in the federation that is known here.
        """

    def open(self, envelope: bytes, *, purpose: str) -> Demographics:
        """What was sealed for this node under this purpose.

        Raises:
            InvalidError: not for this node, altered, or sealed for another purpose.
        """
