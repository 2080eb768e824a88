"""Who asks at a node, and in which role."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from corridor.domain.grant import Grant


class Role(StrEnum):
    """What somebody is at this node or hub; rights follow from it, never from a name."""

    CLINICIAN = "clinician"
    PROGRAMME = "programme"
    DATA_PROTECTION = "data-protection"
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
        grant: what a system was let do, narrower than its role; None for people, whom their role alone limits.
    """

    account: str
    role: Role
    pseudonym: str
    grant: Grant | None = None

    @property
    def purpose(self) -> str:
        """The one purpose for which a system was let in; empty for people, who name theirs with each act."""
        return self.grant.purpose.value if self.grant else ""
