"""Erasing a person: who may, and on which ground."""

from __future__ import annotations

from enum import StrEnum

from corridor.domain.errors import ForbiddenError
from corridor.domain.principal import Principal, Role


class Ground(StrEnum):
    """Why somebody is erased; it stands in the log for ever, and says nothing of them."""

    ASKED = "asked-by-the-person"
    ORDERED = "ordered-by-an-authority"
    NEVER_THEIRS = "entered-in-error"
    TIME_IS_OVER = "retention-is-over"


_MAY = frozenset({Role.DATA_PROTECTION, Role.OPERATOR})


def check_erasure(principal: Principal) -> None:
    """Let pass who answers for data protection, or for the machine; nobody who treats or judges.

    Raises:
        ForbiddenError: it is somebody else.
    """
    if principal.role not in _MAY:
        raise ForbiddenError("Your role does not allow this here.")
