"""That somebody asked for a person's history goes on record, whether or not anybody may be asked."""

from __future__ import annotations

from dataclasses import dataclass

from corridor.domain.asking import Asking
from corridor.domain.audit.fact import AuditFact, AuditKind, AuditOutcome
from corridor.flows.ask_country import PullDesk
from corridor.flows.ports.unit import Unit


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody asks for.

    Attributes:
        purpose: PurposeOfUse as claimed.
        reason: why nobody may be asked; empty where somebody may.
        consent_ids: consents that it rests on.
        opening: id of the emergency, where the glass is broken for it.
        presence: how it was shown that the person is there.
    """

    patient_id: str
    purpose: str
    reason: str = ""
    consent_ids: tuple[str, ...] = ()
    opening: str = ""
    presence: str = ""


async def record_ask(
    asking: Asking, wish: Wish, *, unit: Unit, desk: PullDesk, kind: AuditKind = AuditKind.ASK
) -> None:
    """Keep the wish and what became of it; durable when the unit ends.

    Source: IHE BALP, AuthZ-Consent; DICOM PS3.15 A.5.3, Emergency Override Started.
    """
    await unit.audit(
        AuditFact(
            kind=kind,
            outcome=AuditOutcome.FAILURE if wish.reason else AuditOutcome.SUCCESS,
            at=desk.clock.now(),
            trace=asking.trace,
            request_id=asking.request_id,
            agent=asking.principal.pseudonym,
            role=asking.principal.role.value,
            asker=desk.home,
            purpose=wish.purpose,
            patient_ids=(wish.patient_id,),
            query=f"opening={wish.opening}" if wish.opening and not wish.reason else "",
            reason=wish.reason,
            consent_ids=() if wish.reason else wish.consent_ids,
            presence=wish.presence,
        )
    )
