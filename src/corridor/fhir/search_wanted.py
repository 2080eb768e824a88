"""One parameter of a search as it was asked for, and how its values are read."""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo

import msgspec

from corridor.domain.errors import InvalidError
from corridor.fhir.parameters import Parameter


class Terms(msgspec.Struct, frozen=True):
    """How the values of a search are read.

    Attributes:
        zone: of dates that name none.
        now: what a date is near to or far from, for `ap`.
        base: address of this node's FHIR base; references that start with it are its own. Empty for none.
        strict: refuse values that nothing can have, instead of finding nothing.
    """

    zone: tzinfo = UTC
    now: datetime | None = None
    base: str = ""
    strict: bool = False


class Wanted(msgspec.Struct, frozen=True):
    """One parameter of a search as it was asked for.

    Attributes:
        parameter: what is compared.
        modifier: what follows the colon in its name, or empty.
        terms: how values are read.
    """

    parameter: Parameter
    modifier: str
    terms: Terms

    @property
    def name(self) -> str:
        """Name of the parameter."""
        return self.parameter.name

    def refusal(self, message: str) -> InvalidError:
        """An error that blames the parameter."""
        return InvalidError(message, (self.name,))
