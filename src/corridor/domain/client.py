"""A system of this country that may ask its node by itself, such as a hospital's record system."""

from __future__ import annotations

from dataclasses import dataclass

from corridor.domain.principal import Role
from corridor.domain.purpose import Purpose
from corridor.domain.scope import Scope

ROLES = frozenset({Role.CLINICIAN, Role.PROGRAMME, Role.AUDITOR})
"""Roles that a system can have."""

PURPOSES = frozenset(Purpose) - {Purpose.BTG}
"""For which a system can ask; breaking the glass is a person's act."""


@dataclass(frozen=True, slots=True)
class Client:
    """A registered system.

    Attributes:
        id: by which it names itself.
        name: for people.
        role: its rights at most.
        pseudonym: 32 hex digits that stand for it in the audit.
        scopes: what it may be granted at most.
        purposes: for which it may ask.
        keys: its public keys as a JSON Web Key Set, or the address of one.
        bound: whether its tokens must be bound to a key (DPoP).
    """

    id: str
    name: str
    role: Role
    pseudonym: str
    scopes: tuple[Scope, ...]
    purposes: frozenset[Purpose]
    keys: str
    bound: bool = False

    @property
    def keys_url(self) -> str:
        """Where its keys are published; empty where they are registered themselves."""
        return self.keys if self.keys.startswith("http") else ""
