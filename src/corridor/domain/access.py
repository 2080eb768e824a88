"""National policy: which role may do what at its own country's base."""

from __future__ import annotations

from enum import StrEnum

from corridor.domain.errors import ForbiddenError
from corridor.domain.grant import Grant
from corridor.domain.principal import Principal, Role
from corridor.domain.scope import EVERY_TYPE


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
    Role.DATA_PROTECTION: _READING,
    Role.OPERATOR: frozenset(),
    Role.COORDINATOR: frozenset(),
}
"""Rights by role. Auditors read audit records alone and take the second look; so does nobody else.

Who answers for data protection reads audit records alone as well: who received what, and who asked, on which ground. No
clinical resource, and no name of a person who is cared for, is in them.
"""

_OF_THE_AUDIT = frozenset({Role.AUDITOR, Role.DATA_PROTECTION})


_PROGRAMME_ONLY = frozenset({"Subscription"})
"""A subscription sends records out of the node: the programme alone decides where to."""


_NEEDED = {
    Interaction.READ: "r",
    Interaction.VREAD: "r",
    Interaction.HISTORY_INSTANCE: "r",
    Interaction.SEARCH: "s",
    Interaction.HISTORY_TYPE: "s",
    Interaction.CREATE: "c",
    Interaction.UPDATE: "u",
    Interaction.PATCH: "u",
    Interaction.DELETE: "d",
    Interaction.TRANSACTION: "cu",
    Interaction.MATCH: "rs",
    Interaction.LASTN: "rs",
    Interaction.EXPORT: "rs",
    Interaction.EVERYTHING: "rs",
    Interaction.SUMMARY: "rs",
    Interaction.HISTORY_SYSTEM: "rs",
    Interaction.PULL: "rs",
    Interaction.IMPORT: "cu",
}
"""Letters of SMART's scopes that an interaction needs; what is not here no scope can give.

Source: https://hl7.org/fhir/smart-app-launch/scopes-and-launch-context.html
"""

_OF_EVERY_TYPE = frozenset(
    {Interaction.EVERYTHING, Interaction.SUMMARY, Interaction.HISTORY_SYSTEM, Interaction.PULL, Interaction.IMPORT}
)
"""What touches many types at once needs a scope for all of them."""


def check_access(principal: Principal, interaction: Interaction, resource_type: str, *, person: str = "") -> None:
    """Let pass what national policy allows, and of that, with a system, what its token was given for.

    Args:
        principal: who asks.
        interaction: what they want to do.
        resource_type: with which type.
        person: of whom all of it is, where that is one person and consent decides it; a token for one person opens
            that and nothing else.

    Raises:
        ForbiddenError: the role may not do this with this type, or the token's scopes do not cover it.
    """
    allowed = interaction in POLICY[principal.role]
    audit_matter = resource_type == "AuditEvent"
    if resource_type in _PROGRAMME_ONLY and principal.role is not Role.PROGRAMME:
        allowed = False
    if not allowed or audit_matter != (principal.role in _OF_THE_AUDIT):
        raise ForbiddenError("Your role does not allow this here.")
    if principal.grant and not _granted(principal.grant, interaction, resource_type):
        raise ForbiddenError("The scopes of this token do not cover this.")
    if principal.grant and principal.grant.person not in {"", person}:
        raise ForbiddenError("This token is for one person.")


def check_card_care(principal: Principal) -> None:
    """Let pass who runs the node: they see which cards answer, never whose they are, and end one that was found.

    Raises:
        ForbiddenError: nobody else may; who has the person before them ends that person's card as a clinician.
    """
    if principal.role is not Role.OPERATOR or principal.grant:
        raise ForbiddenError("Your role does not allow this here.")


def check_purpose_of(principal: Principal, purpose_code: str) -> None:
    """Let pass what a person asks for any reason, and what a system asks for the reason its token was given for.

    Raises:
        ForbiddenError: a system's token was given for another purpose.
    """
    if principal.grant and principal.purpose != purpose_code:
        raise ForbiddenError("This token was given for another purpose.")


def _granted(grant: Grant, interaction: Interaction, resource_type: str) -> bool:
    letters = _NEEDED.get(interaction, "")
    wanted = EVERY_TYPE if interaction in _OF_EVERY_TYPE else resource_type
    return bool(letters) and grant.covers(letters, wanted)
