"""Names that mean something to one country only."""

from __future__ import annotations

from typing import Protocol

from corridor.domain.country import Country


class Pseudonyms(Protocol):
    """Keyed, one-way, different for every asking country."""

    def pseudonym(self, country: Country, name: str) -> str:
        """32 lower-case hex digits for `Type/id` or an account; a valid FHIR id."""
