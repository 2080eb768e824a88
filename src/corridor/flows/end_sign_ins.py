"""All sign-ins of somebody end at once: by themselves, or by the operator when they leave or a device is lost."""

from __future__ import annotations

from dataclasses import dataclass

from corridor.domain.audit.fact import AuditFact, AuditKind, AuditOutcome
from corridor.domain.principal import Principal
from corridor.domain.trace import new_trace
from corridor.flows.ports.clock import Clock
from corridor.flows.ports.sessions import Sessions
from corridor.flows.ports.sign_in_record import SignInRecord


@dataclass(frozen=True, slots=True)
class EndSignInsDesk:
    """What ending sign-ins needs."""

    sessions: Sessions
    audit: SignInRecord
    clock: Clock


async def end_sign_ins(who: Principal, account: str, *, desk: EndSignInsDesk) -> int:
    """How many sign-ins of an account ended; every process of this place knows within a minute.

    Args:
        who: ends them.
        account: whose they are.
        desk: what is needed.

    Raises:
        UnavailableError: they ended, and the log could not be written.

    Source: ASVS 5.0, 7.4.5 and 7.5.2.
    """
    ended = await desk.sessions.close_all(account)
    await desk.audit.append(
        AuditFact(
            kind=AuditKind.ADMIN,
            outcome=AuditOutcome.SUCCESS,
            at=desk.clock.now(),
            trace=new_trace(),
            request_id="",
            agent=who.pseudonym,
            role=who.role.value,
            reason="sign-ins-ended",
        )
    )
    return ended
