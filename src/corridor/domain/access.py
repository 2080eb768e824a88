"""National policy: which role may do what at its own country's base."""

from __future__ import annotations

from enum import StrEnum

from corridor.domain.errors import ForbiddenError
from corridor.domain.principal import Principal, Role


class Interaction(StrEnum):
    """A FHIR interaction or operation as CapabilityStatement names it."""

    READ = "read"
    VREAD = "vread"
    SEARCH = "search-type"
    CREATE = "create"
    UPDATE = "update"
    PATCH = "patch"
    DELETE = "delete"
    TRANSACTION = "transaction"
    MATCH = "match"
    PULL = "pull-history"
    EVERYTHING = "everything"
    SUMMARY = "summary"
    LASTN = "lastn"
    EXPORT = "export"
    IMPORT = "import"
    HISTORY_INSTANCE = "history-instance"
    HISTORY_TYPE = "history-type"
    HISTORY_SYSTEM = "history-system"
    BREAK_GLASS = "break-glass"
    SAVE = "save-facts"
    REVIEW = "review"


_READING = frozenset(
    {
        Interaction.READ,
        Interaction.VREAD,
        Interaction.SEARCH,
        Interaction.HISTORY_INSTANCE,
        Interaction.HISTORY_TYPE,
    }
)
_ALL = frozenset(Interaction)
_AT_THE_BEDSIDE = frozenset({Interaction.PULL, Interaction.BREAK_GLASS, Interaction.SAVE})
"""What only somebody who has the person before them does."""

POLICY: dict[Role, frozenset[Interaction]] = {
    Role.PROGRAMME: _ALL - _AT_THE_BEDSIDE - {Interaction.REVIEW},
    Role.CLINICIAN: _ALL - {Interaction.DELETE, Interaction.EXPORT, Interaction.IMPORT, Interaction.REVIEW},
    Role.AUDITOR: _READING | {Interaction.REVIEW},
    Role.OPERATOR: frozenset(),
    Role.COORDINATOR: frozenset(),
}
"""Rights by role. An auditor reads audit records only, and nobody else reads them or takes the second look."""


_PROGRAMME_ONLY = frozenset({"Subscription"})
"""A subscription sends records out of the node: the programme alone decides where to."""


def check_access(principal: Principal, interaction: Interaction, resource_type: str) -> None:
    """Let pass what national policy allows.

    Raises:
        ForbiddenError: the role may not do this with this type.
    """
    allowed = interaction in POLICY[principal.role]
    audit_matter = resource_type == "AuditEvent"
    if resource_type in _PROGRAMME_ONLY and principal.role is not Role.PROGRAMME:
        allowed = False
    if not allowed or audit_matter != (principal.role is Role.AUDITOR):
        raise ForbiddenError("Your role does not allow this here.")
