"""A clinician sees which ties wait for a person's own word."""

from __future__ import annotations

from corridor.domain.access import Interaction, check_access
from corridor.domain.asking import Asking
from corridor.domain.audit.fact import AuditFact, AuditKind, AuditOutcome
from corridor.domain.tie import Tie
from corridor.flows.end_tie import TieDesk
from corridor.flows.record_refusal import record_refusal


async def list_doubts(asking: Asking, *, desk: TieDesk) -> tuple[Tie, ...]:
    """Ties that people have to look at, oldest first; who looked is on record.

    Raises:
        ForbiddenError: the role may not do this; audited first.

    Source: issue of identity, links with a life; ADR 32.
    """
    async with record_refusal(asking, units=desk.units, clock=desk.clock) as unit:
        check_access(asking.principal, Interaction.MATCH, "Patient")
        found = await unit.ties.doubtful()
        await unit.audit(
            AuditFact(
                kind=AuditKind.TIE,
                outcome=AuditOutcome.SUCCESS,
                at=desk.clock.now(),
                trace=asking.trace,
                request_id=asking.request_id,
                agent=asking.principal.pseudonym,
                role=asking.principal.role.value,
                patient_ids=tuple(dict.fromkeys(each.patient_id for each in found)),
                resource="Patient",
                reason="tie-queue",
            )
        )
        return found
