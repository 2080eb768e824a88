"""A home node looks at why another country asks, before anything else of the request."""

from __future__ import annotations

from dataclasses import dataclass

from corridor.domain.audit.fact import AuditFact, AuditKind, AuditOutcome
from corridor.domain.consent import Reason
from corridor.domain.country import Country
from corridor.domain.disclosure import Decision, line
from corridor.domain.errors import ForbiddenError
from corridor.domain.purpose import FORBIDDEN, Purpose, known, purpose
from corridor.domain.trace import Trace
from corridor.flows.serve_history import ServeDesk


@dataclass(frozen=True, slots=True)
class Claim:
    """Who asks, and why; `purpose` is the code as it was claimed, `clinician` a pseudonym."""

    asker: Country
    purpose: str
    clinician: str
    trace: Trace


async def check_purpose(claim: Claim, *, desk: ServeDesk) -> Purpose:
    """The purpose of a request that the federation permits; an attempt at any other is evidence, here and at UNAIDS.

    Raises:
        ForbiddenError: no country answers for that purpose; audited first.

    Source: TRUST, invariant 5.
    """
    try:
        return purpose(claim.purpose)
    except ForbiddenError:
        async with desk.units.begin() as unit:
            await unit.audit(_attempt(claim, desk))
            await unit.report(
                line(
                    (claim.asker, desk.home),
                    reporter=desk.home,
                    purpose=known(claim.purpose),
                    decision=Decision.FORBIDDEN,
                    at=desk.clock.now(),
                )
            )
        raise


def _attempt(claim: Claim, desk: ServeDesk) -> AuditFact:
    reason = Reason.FORBIDDEN_PURPOSE if claim.purpose in FORBIDDEN else Reason.UNKNOWN_PURPOSE
    return AuditFact(
        kind=AuditKind.REFUSE,
        outcome=AuditOutcome.FAILURE,
        at=desk.clock.now(),
        trace=claim.trace,
        request_id="",
        agent=claim.clinician,
        role="clinician",
        asker=claim.asker,
        holder=desk.home,
        purpose=claim.purpose,
        reason=reason.value,
    )
