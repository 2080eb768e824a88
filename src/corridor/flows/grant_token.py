"""A system gets an access token: for one purpose, a few minutes, and no more than it is registered for."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from corridor.domain.access import Interaction, check_access
from corridor.domain.assertion import Assertion
from corridor.domain.audit.fact import AuditFact, AuditKind, AuditOutcome
from corridor.domain.category import CLINICAL
from corridor.domain.client import Client
from corridor.domain.consent import Ask, Permit, Reason, decide
from corridor.domain.country import Country
from corridor.domain.errors import ForbiddenError, TokenError
from corridor.domain.grant import LASTS, Grant
from corridor.domain.principal import Principal
from corridor.domain.purpose import FORBIDDEN, Purpose
from corridor.domain.scope import common, scopes
from corridor.domain.trace import Trace
from corridor.flows.authenticate_client import ClientDesk, authenticate_client
from corridor.flows.ports.audit import Audit
from corridor.flows.ports.budgets import Budgets
from corridor.flows.ports.passes import Passes
from corridor.flows.ports.units import Units
from corridor.flows.prove_possession import prove_possession
from corridor.flows.read_possession import PossessionDesk, Shown, read_possession

TOKENS_PER_HOUR = 3600
"""Of one system: one each second."""
REFUSALS_PER_HOUR = 3600
"""Of all that is no known system together: what is refused beyond that is not written down any more."""
_CLAIM_CHARACTERS = 64
_ID = re.compile(r"[A-Za-z0-9.-]{1,64}")


@dataclass(frozen=True, slots=True)
class TokenDesk:
    """What giving tokens needs; `base_url` is that of the national base."""

    client: ClientDesk
    possession: PossessionDesk
    passes: Passes
    budgets: Budgets
    audit: Audit
    units: Units
    home: Country
    base_url: str


@dataclass(frozen=True, slots=True)
class TokenWish:
    """What a system asks for.

    Attributes:
        assertion: signed by it.
        client_id: as it names itself beside that; may be empty.
        scope: space-separated list.
        shown: the proof for a token that is bound to a key; None for a bearer token.
        request_id: of the HTTP request.
    """

    assertion: str
    client_id: str
    scope: str
    shown: Shown | None
    trace: Trace
    request_id: str = ""


@dataclass(frozen=True, slots=True)
class Granted:
    """A token and what it stands for.

    Attributes:
        permit: what consent lets pass now, where the token is for one person who consented; it is decided again at use.
    """

    token: str
    grant: Grant
    client: Client
    until: datetime
    permit: Permit | None = None


async def grant_token(wish: TokenWish, *, desk: TokenDesk) -> Granted:
    """A token; who got it, or was refused and why, is durable before the answer leaves.

    Raises:
        NonceError: the proof has to carry a number that this node gives out; not audited, nothing was asked for yet.
        TokenError: whoever asks is not known, or asks for what it may not have; audited.
        ThrottledError: too many tokens, or too many refusals, in this hour.
        UnavailableError: the log cannot be written; then nobody gets a token.

    Source: https://hl7.org/fhir/smart-app-launch/backend-services.html; IHE IUA ITI-71.
    """
    now = desk.client.clock.now()
    if wish.shown:  # asked first: a system that has to sign again has spent nothing
        read_possession(wish.shown, desk=desk.possession)
    try:
        client, found = await authenticate_client(wish.assertion, wish.client_id, desk=desk.client)
    except TokenError as error:
        await desk.budgets.spend("token-refused", 1, limit=REFUSALS_PER_HOUR, at=now)
        await desk.audit.append(_fact(wish, now, reason=error.reason))
        raise
    await desk.budgets.spend(f"token/{client.id}", 1, limit=TOKENS_PER_HOUR, at=now)
    try:
        grant = await _grant(wish, (client, found), desk)
    except TokenError as error:
        await desk.audit.append(_fact(wish, now, client=client, purpose=_claimed(found), reason=error.reason))
        raise
    await desk.audit.append(_fact(wish, now, client=client, purpose=grant.purpose.value, person=grant.person))
    token = await desk.passes.open(client, grant, until=now + LASTS)
    return Granted(token, grant, client, now + LASTS, await _permit(grant, client, desk) if grant.person else None)


async def _grant(wish: TokenWish, asker: tuple[Client, Assertion], desk: TokenDesk) -> Grant:
    client, found = asker
    purpose = _purpose(client, found)
    shared = common(scopes(wish.scope), client.scopes)
    if not shared:
        raise TokenError(
            "None of these scopes is one that this client is registered for.", code="invalid_scope", reason="no-scope"
        )
    if wish.shown is None and client.bound:
        raise TokenError(
            "This client's tokens are bound to a key: send a DPoP proof.",
            code="invalid_dpop_proof",
            reason="proof-missing",
        )
    person = _person(found.person, desk.base_url)
    bound_to = await prove_possession(wish.shown, desk=desk.possession) if wish.shown else ""
    return Grant(shared, purpose, bound_to, person)


def _person(said: str, base_url: str) -> str:
    """The local id of whom a token shall be for: as a Patient of this base, by its address here or by its type and id.

    Raises:
        TokenError: it names a person of another base, or nobody.
    """
    id_ = said.removeprefix(f"{base_url}/").removeprefix("Patient/")
    if said and not _ID.fullmatch(id_):
        raise _refused("A token is given for a Patient of this base.", "malformed-person")
    return id_


async def _permit(grant: Grant, client: Client, desk: TokenDesk) -> Permit | None:
    """What the person's consents let pass at home, for those whose token lets them read consents at all."""
    holder = Principal(client.id, client.role, client.pseudonym, grant)
    try:
        check_access(holder, Interaction.READ, "Consent", person=grant.person)
    except ForbiddenError:
        return None
    async with desk.units.begin() as unit:
        consents, withdrawals = await unit.consents(grant.person), await unit.withdrawals(grant.person)
    ask = Ask(desk.home, desk.home, grant.purpose, CLINICAL, role=client.role)
    decision = decide(consents, ask, desk.client.clock.now(), withdrawals=withdrawals)
    return decision if isinstance(decision, Permit) else None


def _purpose(client: Client, found: Assertion) -> Purpose:
    """The one purpose: as claimed, or where nothing is claimed, the only one that the client is registered for.

    Raises:
        TokenError: none, several, one that the federation denies, or one that this client is not registered for.
    """
    claimed = frozenset(found.purposes) or frozenset(each.value for each in client.purposes)
    if claimed & FORBIDDEN:
        raise _refused("No token is ever given for this purpose.", Reason.FORBIDDEN_PURPOSE.value)
    if len(claimed) != 1:
        raise _refused("Say exactly one purpose of use.", "not-one-purpose")
    named = next((each for each in client.purposes if each.value in claimed), None)
    if named is None:
        raise _refused("This client is not registered for this purpose of use.", Reason.UNKNOWN_PURPOSE.value)
    return named


def _refused(message: str, reason: str) -> TokenError:
    return TokenError(message, code="invalid_grant", reason=reason)


def _claimed(found: Assertion) -> str:
    """The purpose as the log keeps it: of several the one that is denied to everybody, as far as it is readable."""
    first = next((each for each in found.purposes if each in FORBIDDEN), next(iter(found.purposes), ""))
    return "".join(each for each in first[:_CLAIM_CHARACTERS] if each.isprintable())


def _fact(
    wish: TokenWish,
    at: datetime,
    *,
    client: Client | None = None,
    purpose: str = "",
    reason: str = "",
    person: str = "",
) -> AuditFact:
    """A token was given or refused; a name that nobody verified is not kept."""
    return AuditFact(
        kind=AuditKind.REFUSE if client and reason else AuditKind.LOGIN,
        outcome=AuditOutcome.FAILURE if reason or client is None else AuditOutcome.SUCCESS,
        at=at,
        trace=wish.trace,
        request_id=wish.request_id,
        agent=client.pseudonym if client else "unknown",
        role=client.role.value if client else "unknown",
        purpose=purpose,
        patient_ids=(person,) if person else (),
        reason=reason or ("" if client else "client-refused"),
    )
