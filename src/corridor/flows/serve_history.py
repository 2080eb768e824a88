"""A home node answers another country's request for a person's history, or says nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from corridor.domain.audit.fact import AuditFact, AuditKind, AuditOutcome
from corridor.domain.category import Category
from corridor.domain.consent import Ask, Consent, Deny, Permit, Withdrawal, decide
from corridor.domain.country import Country
from corridor.domain.disclosure import Decision, line
from corridor.domain.errors import CorridorError
from corridor.domain.grade import Grade
from corridor.domain.purpose import EXCHANGE
from corridor.flows.confirm_person import Confirmed, confirm_person
from corridor.flows.ports.clock import Clock
from corridor.flows.ports.envelopes import Envelopes
from corridor.flows.ports.peers import HistoryRequest
from corridor.flows.ports.people import People
from corridor.flows.ports.pseudonyms import Pseudonyms
from corridor.flows.ports.register import Register
from corridor.flows.ports.statements import Statements
from corridor.flows.ports.units import Projected, Unit, Units

LEASE = timedelta(hours=24)
"""How long an asker may come back on one confirmed handle."""


@dataclass(frozen=True, slots=True)
class ServeDesk:
    """What serving needs."""

    home: Country
    units: Units
    people: People
    register: Register
    envelopes: Envelopes
    statements: Statements
    pseudonyms: Pseudonyms
    clock: Clock


@dataclass(frozen=True, slots=True)
class Served:
    """What leaves: rows of the projection that the consent permits, the Patient first, and how sure the match is."""

    rows: tuple[Projected, ...]
    grade: Grade


async def serve_history(asker: Country, request: HistoryRequest, *, desk: ServeDesk) -> Served | None:
    """The permitted part of the projection, or None for a decoy, a stranger, a doubt or a refusal alike.

    The consent that travels with the request is weighed with everything stored here; a stored denial or withdrawal
    wins. What was decided is durable before anything is returned.

    Raises:
        UnavailableError: the hub cannot be asked what the handle means; the asker will see a silence.

    Source: HOUSE section 2; IHE QEDm PCC-44; IHE PCF ITI-108, decided again by the holder (ADR 7).
    """
    left = (request.until - desk.clock.now()).total_seconds()
    redeemed = await desk.register.redeem(request.handle, trace=request.trace, timeout_seconds=max(left, 0.1))
    served: Served | None = None
    async with desk.units.begin() as unit:
        confirmed, reason = None, "unknown-person"
        if redeemed:
            confirmed = await confirm_person(
                redeemed, purpose=request.purpose, unit=unit, people=desk.people, envelopes=desk.envelopes
            )
        if confirmed:
            decision = await _decide((asker, request), confirmed, unit=unit, desk=desk)
            reason = decision.reason.value if isinstance(decision, Deny) else ""
            if isinstance(decision, Permit):
                served = await _release(asker, request, found=(confirmed, decision), unit=unit, desk=desk)
                reason = "" if served else "nothing-permitted"
        await _record(asker, request, outcome=(confirmed, reason), unit=unit, desk=desk)
    return served


async def _decide(
    asked: tuple[Country, HistoryRequest], confirmed: Confirmed, *, unit: Unit, desk: ServeDesk
) -> Permit | Deny:
    asker, request = asked
    travelling: tuple[Consent, ...] = ()
    try:
        travelling = (desk.statements.read(request.statement, handle=request.handle, asker=asker),)
    except CorridorError:
        travelling = ()
    stored: Sequence[Consent] = await unit.consents(confirmed.patient_id)
    withdrawals: Sequence[Withdrawal] = await unit.withdrawals(confirmed.patient_id)
    purpose = request.purpose if request.purpose in EXCHANGE else ""
    ask = Ask(asker, desk.home, purpose, frozenset(Category))
    # Only the statement signed for this handle can permit; what is stored here can only forbid or add to it.
    if not travelling:
        return decide((), ask, desk.clock.now())
    return decide((*travelling, *stored), ask, desk.clock.now(), withdrawals=withdrawals)


async def _release(
    asker: Country,
    request: HistoryRequest,
    *,
    found: tuple[Confirmed, Permit],
    unit: Unit,
    desk: ServeDesk,
) -> Served | None:
    confirmed, permit = found
    rows = permitted_rows(await unit.projection(confirmed.patient_id), permit)
    if not rows:
        return None
    pseudonym = desk.pseudonyms.pseudonym(asker, f"Patient/{confirmed.patient_id}")
    now = desk.clock.now()
    until = min(now + LEASE, permit.until) if permit.until else now + LEASE
    await unit.grant(asker, pseudonym, patient_id=confirmed.patient_id, until=until, statement=_kept(request))
    return Served(rows, confirmed.grade)


def _kept(request: HistoryRequest) -> bytes:
    """The statement with the handle it was written for, so that it can be weighed again."""
    return request.handle.encode() + b"\n" + request.statement


def permitted_rows(rows: Sequence[Projected], permit: Permit) -> tuple[Projected, ...]:
    """Those rows whose category and clinical date the permit allows; the Patient goes with them or nothing goes."""
    demographics = Category.DEMOGRAPHICS in permit.categories
    kept = tuple(row for row in rows if _is_permitted(row, permit))
    return kept if demographics and kept else ()


def _is_permitted(row: Projected, permit: Permit) -> bool:
    if row.resource_type == "Patient":
        return Category.DEMOGRAPHICS in permit.categories
    return permit.allows(row.category, row.effective)


async def _record(
    asker: Country,
    request: HistoryRequest,
    *,
    outcome: tuple[Confirmed | None, str],
    unit: Unit,
    desk: ServeDesk,
) -> None:
    confirmed, reason = outcome
    released = confirmed is not None and not reason
    kind = AuditKind.ANSWER if released else AuditKind.REFUSE
    now = desk.clock.now()
    await unit.audit(
        AuditFact(
            kind=kind,
            outcome=AuditOutcome.SUCCESS if released else AuditOutcome.FAILURE,
            at=now,
            trace=request.trace,
            request_id="",
            agent=request.clinician,
            role="clinician",
            asker=asker,
            holder=desk.home,
            purpose=request.purpose.value,
            patient_ids=(confirmed.patient_id,) if confirmed else (),
            reason=reason,
        )
    )
    decision = Decision.DISCLOSED if released else Decision.REFUSED if confirmed else Decision.NOTHING
    route = (asker, desk.home)
    report = line(route, reporter=desk.home, purpose=request.purpose.value, decision=decision, at=now)
    await unit.report(report)
