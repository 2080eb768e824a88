"""What a person agreed to take along: decided by their consents, and kept as one where they just said yes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from uuid6 import uuid7

from corridor.domain.asking import Asking
from corridor.domain.audit.fact import AuditFact, AuditKind, AuditOutcome
from corridor.domain.category import CLINICAL
from corridor.domain.consent import Ask, Consent, Permit, Provision, decide
from corridor.domain.country import Country
from corridor.domain.errors import ForbiddenError
from corridor.domain.link import LinkTerms
from corridor.domain.period import Period
from corridor.domain.principal import Role
from corridor.domain.record import Draft, Record
from corridor.domain.taken_along import permitted
from corridor.flows.ports.clock import Clock
from corridor.flows.ports.unit import Unit
from corridor.flows.ports.units import Units
from corridor.flows.summarise_patient import SummaryDesk, summarise_patient


class AgreeDesk(Protocol):
    """What deciding needs."""

    @property
    def home(self) -> Country:
        """This node's country."""

    @property
    def units(self) -> Units:
        """Whole or not at all."""

    @property
    def summaries(self) -> SummaryDesk:
        """Reading a whole record."""

    @property
    def clock(self) -> Clock:
        """The time."""

    @property
    def categories(self) -> Callable[[Record], frozenset[str] | None]:
        """What of a record a consent must permit, all of it; None for what every summary needs."""

    @property
    def draft(self) -> Callable[..., Draft]:
        """A Consent as it is stored."""


@dataclass(frozen=True, slots=True)
class Agreed:
    """Whose record goes along, on which consent, and what of it that consent permits."""

    patient_id: str
    consent_id: str
    records: tuple[Record, ...]


async def agree_to_take_along(asking: Asking, patient_id: str, terms: LinkTerms, *, desk: AgreeDesk) -> Agreed:
    """The permitted records; a yes that was said just now is stored as a Consent first.

    That Consent names this country as holder and as receiver, so that no pull by another country can rest on it.

    Raises:
        ForbiddenError: not a clinician, or no consent covers it.
        NotFoundError: there is no such person here.
        GoneError: the person's record was deleted.

    Source: IHE PCF; IHE VHL, Record Consent.
    """
    if asking.principal.role is not Role.CLINICIAN or asking.principal.grant:
        raise ForbiddenError("Only a clinician of this node can make health links.")
    records = await summarise_patient(asking, patient_id, desk=desk.summaries)
    async with desk.units.begin() as unit:
        consent = _said_now(terms, desk) if terms.agreed else None
        permits = await _weighed(patient_id, terms, consent, unit=unit, desk=desk)
        if consent and permits:
            await _keep(asking, patient_id, consent, unit=unit, desk=desk)
    if not permits:
        raise ForbiddenError("No consent of this person covers a health link.")
    for permit in permits:
        records = permitted(records, permit, categories=desk.categories)
    return Agreed(patient_id, consent.id if consent else permits[0].consent_ids[0], records)


def _said_now(terms: LinkTerms, desk: AgreeDesk) -> Consent:
    now = desk.clock.now()
    here = frozenset({desk.home})
    permit = Provision(
        permit=True,
        countries=here,
        holders=here,
        purposes=frozenset(str(each) for each in terms.purposes),
        categories=CLINICAL,
    )
    period = Period(now, terms.until)
    return Consent(id=str(uuid7()), status_active=True, given_at=now, period=period, provisions=(permit,))


async def _weighed(
    patient_id: str, terms: LinkTerms, consent: Consent | None, *, unit: Unit, desk: AgreeDesk
) -> list[Permit]:
    """What each purpose of the link is permitted, or nothing; denials that are on record win over what was said now."""
    stored = (*await unit.consents(patient_id), *((consent,) if consent else ()))
    withdrawals = await unit.withdrawals(patient_id)
    now = desk.clock.now()
    asks = [Ask(desk.home, desk.home, purpose, CLINICAL) for purpose in terms.purposes]
    decisions = [decide(stored, ask, now, withdrawals=withdrawals) for ask in asks]
    permits = [each for each in decisions if isinstance(each, Permit)]
    return permits if len(permits) == len(decisions) else []


async def _keep(asking: Asking, patient_id: str, consent: Consent, *, unit: Unit, desk: AgreeDesk) -> None:
    now = desk.clock.now()
    await unit.write([desk.draft(consent, patient_id)], at=now)
    await unit.audit(
        AuditFact(
            kind=AuditKind.CREATE,
            outcome=AuditOutcome.SUCCESS,
            at=now,
            trace=asking.trace,
            request_id=asking.request_id,
            agent=asking.principal.pseudonym,
            role=asking.principal.role.value,
            patient_ids=(patient_id,),
            resource=f"Consent/{consent.id}",
        )
    )
