"""A role may not change what it wants to change: that is put on record."""

from __future__ import annotations

from collections.abc import Sequence

from corridor.domain.access import Interaction, check_access
from corridor.domain.asking import Asking
from corridor.domain.audit.fact import AuditFact
from corridor.domain.change import Change
from corridor.domain.errors import ForbiddenError
from corridor.flows.ports.clock import Clock
from corridor.flows.tell_changes import tell_changes


def refuse_changes(
    asking: Asking, changes: Sequence[Change], *, interaction: Interaction, clock: Clock
) -> AuditFact | None:
    """What the log keeps of the first change that the role may not make, or None where it may make all.

    A transaction lets nobody delete who may not delete alone.

    Source: IHE Basic Audit Log Patterns, https://profiles.ihe.net/ITI/BALP/
    """
    kinds: dict[tuple[str, bool], Change] = {}
    for change in changes:
        kinds.setdefault((change.resource_type, change.draft is None), change)
    for change in kinds.values():  # the first of each: rights are to types
        try:
            check_access(asking.principal, interaction, change.resource_type)
            if change.draft is None:
                check_access(asking.principal, Interaction.DELETE, change.resource_type)
        except ForbiddenError:
            (fact,) = tell_changes(asking, [(change, None)], at=clock.now(), refused=True)
            return fact
    return None
