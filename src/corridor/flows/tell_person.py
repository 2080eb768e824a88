"""The person is told, at the next visit, that somebody opened their history without asking them."""

from __future__ import annotations

from corridor.domain.access import Interaction, check_access
from corridor.domain.asking import Asking
from corridor.domain.audit.fact import AuditFact, AuditKind, AuditOutcome
from corridor.domain.errors import CorridorError, ForbiddenError, NotFoundError
from corridor.flows.ports.unit import Unit
from corridor.flows.second_look import ReviewDesk


async def tell_person(asking: Asking, patient_id: str, id: str, *, desk: ReviewDesk) -> None:
    """Keep that the person was told of one opening; telling twice changes nothing.

    Raises:
        ForbiddenError: the role does not see people; audited first.
        NotFoundError: no opening of that person; audited first.

    Source: EHDS article 9; TRUST threat table, row 8: patient notice.
    """
    async with desk.units.begin() as unit:
        reason, refusal = await _tell(asking, patient_id, id, unit=unit, desk=desk)
        await unit.audit(
            AuditFact(
                kind=AuditKind.NOTICE,
                outcome=AuditOutcome.FAILURE if refusal else AuditOutcome.SUCCESS,
                at=desk.clock.now(),
                trace=asking.trace,
                request_id=asking.request_id,
                agent=asking.principal.pseudonym,
                role=asking.principal.role.value,
                patient_ids=(patient_id,),
                query="" if refusal else f"opening={id}",
                reason=reason,
            )
        )
    if refusal:
        raise refusal


async def _tell(
    asking: Asking, patient_id: str, id: str, *, unit: Unit, desk: ReviewDesk
) -> tuple[str, CorridorError | None]:
    try:
        check_access(asking.principal, Interaction.BREAK_GLASS, "Patient")
    except ForbiddenError as error:
        return "forbidden", error
    found = await unit.openings.find(id)
    if found is None or found.patient_id != patient_id:
        return "unknown-opening", NotFoundError("There is no such opening.")
    await unit.openings.told(id, at=desk.clock.now())
    return "", None
