"""Somebody comes back from the identity provider, and is signed in here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from corridor.domain.audit.fact import AuditFact, AuditKind, AuditOutcome
from corridor.domain.errors import SignInError
from corridor.domain.principal import Principal
from corridor.domain.provider import Provider, check_identity, role_of
from corridor.domain.sign_in_attempt import LASTS, SignInAttempt, read_attempt
from corridor.domain.trace import new_trace
from corridor.flows.ports.budgets import Budgets
from corridor.flows.ports.clock import Clock
from corridor.flows.ports.identity_provider import IdentityProvider
from corridor.flows.ports.identity_tokens import IdentityTokens
from corridor.flows.ports.nonces import Nonces
from corridor.flows.ports.sessions import Sessions
from corridor.flows.ports.sign_in_record import SignInRecord
from corridor.flows.ports.staff import Staff
from corridor.flows.sign_in import LENGTH

RETURNS_PER_HOUR = 36_000
"""Of everybody together: what comes beyond that is neither asked of the provider nor written down."""


@dataclass(frozen=True, slots=True)
class ProviderDesk:
    """What signing in with an identity provider needs."""

    provider: Provider
    line: IdentityProvider
    tokens: IdentityTokens
    staff: Staff
    sessions: Sessions
    nonces: Nonces
    budgets: Budgets
    audit: SignInRecord
    clock: Clock


@dataclass(frozen=True, slots=True)
class Return:
    """What a browser brought back.

    Attributes:
        kept: the cookie of its attempt; may be empty.
        code: to be redeemed, empty where the provider refused.
        issuer: who the answer says it is from (RFC 9207); empty where it does not say.
    """

    kept: str
    state: str
    code: str
    issuer: str = ""


async def finish_sign_in(back: Return, *, desk: ProviderDesk) -> str:
    """A token that stands for the sign-in until the working day ends; each answer of the provider counts once.

    Raises:
        SignInError: the answer is not one to this browser's question, or gives no role here; audited.
        ThrottledError: too many came back in this hour.
        UnavailableError: the provider does not answer, or the log cannot be written; then nobody signs in.

    Source: OpenID Connect Core 1.0 section 3.1.3; RFC 9207; RFC 9700 section 4.
    """
    now = desk.clock.now()
    await desk.budgets.spend("sign-in-returns", 1, limit=RETURNS_PER_HOUR, at=now)
    try:
        principal = await _principal(back, desk)
    except SignInError as error:
        await desk.audit.append(_fact(None, now, reason=error.reason))
        raise
    await desk.audit.append(_fact(principal, now))
    return await desk.sessions.open(principal, at=now, until=now + LENGTH)


async def _principal(back: Return, desk: ProviderDesk) -> Principal:
    provider, now = desk.provider, desk.clock.now()
    attempt = read_attempt(back.kept, provider.issuer, state=back.state, now=now)
    await _check_sender(back, attempt, desk)
    found = await desk.tokens.read(await desk.line.redeem(back.code, attempt))
    check_identity(found, provider, nonce=attempt.nonce, now=desk.clock.now())
    return await desk.staff.known(found.issuer, found.subject, role_of(found, provider), at=now)


async def _check_sender(back: Return, attempt: SignInAttempt, desk: ProviderDesk) -> None:
    """Let pass the one answer to an attempt, from the provider that was asked.

    Raises:
        SignInError: another one answers, it refused, or this attempt was answered before.
    """
    unnamed = not back.issuer and await desk.line.names_itself()
    if unnamed or back.issuer not in {"", desk.provider.issuer}:
        raise SignInError(reason="answer-of-another")
    if not back.code:
        raise SignInError(reason="refused-by-provider")
    if not await desk.nonces.spend("sign-in", attempt.nonce, until=attempt.begun_at + 2 * LASTS):
        raise SignInError(reason="replayed")


def _fact(principal: Principal | None, at: datetime, *, reason: str = "") -> AuditFact:
    """Somebody signed in, or failed to; who failed is not known, and nothing that was claimed is kept."""
    return AuditFact(
        kind=AuditKind.LOGIN,
        outcome=AuditOutcome.SUCCESS if principal else AuditOutcome.FAILURE,
        at=at,
        trace=new_trace(),
        request_id="",
        agent=principal.pseudonym if principal else "unknown",
        role=principal.role.value if principal else "unknown",
        reason=reason,
    )
