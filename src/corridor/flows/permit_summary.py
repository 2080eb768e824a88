"""Whether another health system of the region may have a person's summary."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from corridor.domain.access import Interaction, check_access, check_purpose_of
from corridor.domain.asking import Asking
from corridor.domain.audit.fact import AuditFact, AuditKind, AuditOutcome
from corridor.domain.category import CLINICAL
from corridor.domain.consent import Ask, Deny, Permit, decide
from corridor.domain.country import Country
from corridor.domain.errors import ForbiddenError
from corridor.domain.principal import Role
from corridor.domain.purpose import EXCHANGE, Purpose
from corridor.domain.record import Record
from corridor.flows.ports.audit import Audit
from corridor.flows.ports.clock import Clock
from corridor.flows.ports.units import Units
from corridor.flows.summarise_patient import SummaryDesk

_ROLES = frozenset({Role.CLINICIAN, Role.PROGRAMME})


@dataclass(frozen=True, slots=True)
class ShareDesk:
    """What sharing needs; `categories` as in `permitted`."""

    home: Country
    units: Units
    summaries: SummaryDesk
    audit: Audit
    clock: Clock
    categories: Callable[[Record], frozenset[str] | None]


async def permit_summary(asking: Asking, patient_id: str, purpose: Purpose | None, *, desk: ShareDesk) -> Permit | None:
    """What of a summary this asker may have, as the person's consents stand now, or None; on record either way.

    Raises:
        ForbiddenError: the role or the purpose is none for this; audited.

    Source: IHE MHD ITI-67; IHE PCF.
    """
    await _check(asking, patient_id, purpose, desk=desk)
    decision = await _weighed(patient_id, purpose or Purpose.TREAT, desk, role=asking.principal.role)
    await desk.audit.append(_fact(asking, desk, purpose, patient_id=patient_id, decision=decision))
    return decision if isinstance(decision, Permit) else None


async def _check(asking: Asking, patient_id: str, purpose: Purpose | None, *, desk: ShareDesk) -> None:
    if asking.principal.role not in _ROLES or purpose not in EXCHANGE or not _covered(asking, patient_id, purpose):
        await desk.audit.append(_fact(asking, desk, purpose, reason="forbidden"))
        raise ForbiddenError("Say for which treatment purpose you ask, with a role that may.")


def _covered(asking: Asking, patient_id: str, purpose: Purpose | None) -> bool:
    """Whether a system's token is for whole summaries, for this person and for this purpose."""
    try:
        check_access(asking.principal, Interaction.SUMMARY, "Patient", person=patient_id)
        check_purpose_of(asking.principal, purpose or "")
    except ForbiddenError:
        return False
    return True


async def _weighed(patient_id: str, purpose: Purpose, desk: ShareDesk, *, role: Role) -> Permit | Deny | None:
    async with desk.units.begin() as unit:
        patient = await unit.read("Patient", patient_id)
        consents, withdrawals = await unit.consents(patient_id), await unit.withdrawals(patient_id)
    if patient is None or patient.body is None:
        return None
    ask = Ask(desk.home, desk.home, purpose, CLINICAL, role=role)
    return decide(consents, ask, desk.clock.now(), withdrawals=withdrawals)


def _fact(
    asking: Asking,
    desk: ShareDesk,
    purpose: Purpose | None,
    *,
    patient_id: str = "",
    decision: Permit | Deny | None = None,
    reason: str = "",
) -> AuditFact:
    permit = decision if isinstance(decision, Permit) else None
    refused = decision.reason.value if isinstance(decision, Deny) else reason or "unknown-person"
    return AuditFact(
        kind=AuditKind.SEARCH,
        outcome=AuditOutcome.SUCCESS if permit else AuditOutcome.FAILURE,
        at=desk.clock.now(),
        trace=asking.trace,
        request_id=asking.request_id,
        agent=asking.principal.pseudonym,
        role=asking.principal.role.value,
        purpose=purpose.value if purpose else "",
        patient_ids=(patient_id,) if permit else (),
        resource="DocumentReference",
        query="patient-summary",
        reason="" if permit else refused,
        consent_ids=permit.consent_ids if permit else (),
    )
