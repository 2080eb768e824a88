"""What a system was let do, for one purpose and a few minutes; narrower than its role."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from corridor.domain.purpose import Purpose
from corridor.domain.scope import Scope

MARK = "sys."
"""How the tokens of systems begin; those of people do not."""

LASTS = timedelta(seconds=300)
"""Longest life of an access token and of the proof that a system asks for it with.

Source: https://hl7.org/fhir/smart-app-launch/backend-services.html
"""


@dataclass(frozen=True, slots=True)
class Grant:
    """What an access token stands for.

    Attributes:
        scopes: what may be done with which types.
        purpose: the one reason for which the token was given.
        bound_to: thumbprint of the key that must be shown with the token (RFC 9449); empty for a plain bearer token.
        person: local id of the one person for whom it may be used; empty where it is for no one in particular.
    """

    scopes: tuple[Scope, ...]
    purpose: Purpose
    bound_to: str = ""
    person: str = ""

    def covers(self, letters: str, resource_type: str) -> bool:
        """Whether one of its scopes lets all of that be done with a type."""
        return any(each.covers(letters, resource_type) for each in self.scopes)
