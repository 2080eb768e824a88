"""The country's own identity provider: who it says somebody is, and which role follows from that."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from corridor.domain.errors import SignInError
from corridor.domain.principal import Role

STAFF_ROLES = frozenset(Role) - {Role.COORDINATOR}
"""Roles that people of a country have at its node; the hub has coordinators alone."""

DEVELOPMENT_CLAIM = "corridor_development"
"""In all that a development identity provider says of itself and signs."""

SKEW = timedelta(seconds=60)
OLDEST = timedelta(minutes=10)
"""An ID token that was written before the sign-in began is not one for it."""


@dataclass(frozen=True, slots=True)
class Provider:
    """An identity provider as an operator configured it.

    Attributes:
        issuer: exactly as its tokens name it.
        client_id: by which it knows this node.
        roles: which of its words stands for which role here; every other word stands for none.
        levels: of assurance (`acr`), one of which is required; empty where any will do.
        given: roles that people can have here, whatever `roles` says.
        development: whether one that anybody can sign in at is good enough.
    """

    issuer: str
    client_id: str
    roles: Mapping[str, Role]
    levels: frozenset[str] = frozenset()
    given: frozenset[Role] = STAFF_ROLES
    development: bool = False


@dataclass(frozen=True, slots=True)
class IdentityToken:
    """An ID token whose signature was verified; nothing else of it was judged yet.

    Attributes:
        issuer: `iss`.
        subject: `sub`.
        audiences: `aud`.
        authorized: `azp`, empty where it is not said.
        until: `exp`.
        issued_at: `iat`.
        nonce: empty where it is not said.
        level: `acr`, empty where it is not said.
        words: what stands in the claim of roles.
        development: whether a development identity provider wrote it.
    """

    issuer: str
    subject: str
    audiences: tuple[str, ...]
    authorized: str
    until: datetime
    issued_at: datetime
    nonce: str
    level: str
    words: tuple[str, ...]
    development: bool


def check_identity(found: IdentityToken, provider: Provider, *, nonce: str, now: datetime) -> None:
    """Let pass a token that this provider wrote now, for this node and for this very sign-in.

    Raises:
        SignInError: it is another's, for another, of another time, or not sure enough.

    Source: OpenID Connect Core 1.0 section 3.1.3.7.
    """
    wrong = {
        "another-issuer": found.issuer != provider.issuer,
        "another-audience": provider.client_id not in found.audiences,
        "another-party": _another_party(found, provider.client_id),
        "expired": found.until <= now - SKEW,
        "of-the-future": found.issued_at > now + SKEW,
        "too-old": found.issued_at < now - OLDEST,
        "another-nonce": not nonce or found.nonce != nonce,
        "level-too-low": bool(provider.levels) and found.level not in provider.levels,
        "development-token": found.development and not provider.development,
    }
    reason = next((name for name, is_so in wrong.items() if is_so), "")
    if reason:
        raise SignInError(reason=reason)


def _another_party(found: IdentityToken, client_id: str) -> bool:
    """Whether it was written for another to use: with several audiences it has to say that it was not."""
    if len(found.audiences) > 1 and not found.authorized:
        return True
    return bool(found.authorized) and found.authorized != client_id


def role_of(found: IdentityToken, provider: Provider) -> Role:
    """The one role that somebody has here.

    Raises:
        SignInError: none, or several: whoever may look at what a clinician did is not that clinician.
    """
    roles = {provider.roles[word] for word in found.words if word in provider.roles} & provider.given
    if len(roles) != 1:
        raise SignInError(reason="several-roles" if roles else "no-role")
    return next(iter(roles))
