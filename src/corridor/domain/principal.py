"""Who asks at a node, and in which role."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What somebody is at this node or hub; rights follow from it, never from a name."""

    CLINICIAN = "clinician"
    PROGRAMME = "programme"
    AUDITOR = "auditor"
    OPERATOR = "operator"
    COORDINATOR = "coordinator"


@dataclass(frozen=True, slots=True)
class Principal:
    """Somebody who signed in.

    Attributes:
        account: the account's name at this node; never leaves it.
        role: what they may do.
        pseudonym: 32 hex digits that stand for the account inside this node's audit.
    """

    account: str
    role: Role
    pseudonym: str
