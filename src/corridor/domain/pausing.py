"""Who looks at those who were paused, and lets them ask again."""

from __future__ import annotations

from corridor.domain.access import Interaction, check_access
from corridor.domain.errors import ForbiddenError
from corridor.domain.limits import Pause
from corridor.domain.principal import Principal, Role


def check_pause_access(principal: Principal, found: Pause | None = None) -> None:
    """Let pass an auditor or operator, but nobody to their own pause.

    Raises:
        ForbiddenError: anybody else.
    """
    if principal.role is not Role.OPERATOR:
        check_access(principal, Interaction.REVIEW, "AuditEvent")
    if found and found.agent == principal.pseudonym:
        raise ForbiddenError("Nobody lifts their own pause.")
