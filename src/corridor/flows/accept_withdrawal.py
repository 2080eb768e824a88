"""A home node keeps a withdrawal that a person made in another country."""

from __future__ import annotations

from corridor.domain.audit.fact import AuditFact, AuditKind, AuditOutcome
from corridor.domain.consent import SKEW, Withdrawal
from corridor.domain.country import Country
from corridor.flows.confirm_person import confirm_person
from corridor.flows.ports.peers import HistoryRequest
from corridor.flows.serve_history import PATIENCE_SECONDS, ServeDesk


async def accept_withdrawal(asker: Country, request: HistoryRequest, *, desk: ServeDesk) -> None:
    """Keep the withdrawal where the person is known here; whether that is so cannot be seen from outside.

    Durable when it returns.

    Raises:
        UnavailableError: the hub cannot be asked what the handle means; the asker will tell again.
        SignatureError: the withdrawal was not signed by the asker for this handle.

    Source: TRUST section 6, revocation; ADR 8.
    """
    withdrawal = desk.statements.read_withdrawal(request.statement, handle=request.handle, asker=asker)
    left = min((request.until - desk.clock.now()).total_seconds(), PATIENCE_SECONDS)
    redeemed = await desk.register.redeem(request.handle, trace=request.trace, timeout_seconds=max(left, 0.1))
    # A country cannot take back consents that are still to be given.
    withdrawal = Withdrawal(min(withdrawal.at, desk.clock.now() + SKEW))
    async with desk.units.begin() as unit:
        confirmed = None
        if redeemed:
            confirmed = await confirm_person(
                redeemed, purpose=request.purpose, unit=unit, people=desk.people, envelopes=desk.envelopes
            )
        if confirmed:
            await unit.withdraw(confirmed.patient_id, withdrawal)
        await unit.audit(
            AuditFact(
                kind=AuditKind.WITHDRAW,
                outcome=AuditOutcome.SUCCESS if confirmed else AuditOutcome.FAILURE,
                at=desk.clock.now(),
                trace=request.trace,
                request_id="",
                agent="node",
                role="node",
                asker=asker,
                holder=desk.home,
                purpose=request.purpose.value,
                patient_ids=(confirmed.patient_id,) if confirmed else (),
                reason="" if confirmed else "unknown-person",
            )
        )
