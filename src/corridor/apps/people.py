"""Gives people their ways in, at a node and at the hub: an identity provider, accounts with passwords, or both."""

from __future__ import annotations

import stat
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import Table

from corridor.apps.people_settings import ProviderSettings
from corridor.apps.settings import HubSettings, NodeSettings
from corridor.domain.errors import InvalidError, LoginError, UnavailableError
from corridor.domain.open_sign_in import OpenSignIn
from corridor.domain.principal import Principal
from corridor.domain.provider import Provider
from corridor.flows.begin_sign_in import begin_sign_in
from corridor.flows.end_sign_ins import EndSignInsDesk, end_sign_ins
from corridor.flows.finish_sign_in import ProviderDesk, finish_sign_in
from corridor.flows.ports.budgets import Budgets
from corridor.flows.ports.clock import Clock
from corridor.flows.ports.nonces import Nonces
from corridor.flows.ports.sessions import Sessions
from corridor.flows.ports.sign_in_record import SignInRecord
from corridor.keys.id_tokens import SignedIdentityTokens
from corridor.remote.identity_provider import HttpIdentityProvider, Registration
from corridor.remote.transport import Transport
from corridor.storage.database import Database
from corridor.storage.staff import SqlStaff, accounts_for_development
from corridor.web.provider import BACK, ProviderDoor

_OTHERS = stat.S_IRWXG | stat.S_IRWXO


@dataclass(frozen=True, slots=True)
class People:
    """What signing in needs of a node or of the hub.

    Attributes:
        staff: table of those who sign in at the provider.
        development_account: table of accounts for development.
        audit: where it is kept who signed in.
    """

    settings: NodeSettings | HubSettings
    database: Database
    staff: Table
    development_account: Table
    transport: Transport
    sessions: Sessions
    nonces: Nonces
    budgets: Budgets
    audit: SignInRecord
    clock: Clock


async def check_people(people: People) -> None:
    """Let start what lets in whom it should: in production nobody by a way that is made for development.

    Raises:
        InvalidError: accounts of development can sign in, or the identity provider is a development one, has no TLS,
            or its secret can be read by others.
    """
    settings = people.settings
    found = settings.identity_provider
    if found:
        _secret(found)
    if settings.development:
        return
    if settings.passwords and await accounts_for_development(people.database, people.development_account):
        raise InvalidError("Accounts that were made for development can sign in: it does not start with them.")
    if found is None:
        return
    if not found.issuer.startswith("https://"):
        raise InvalidError("The identity provider is reached without TLS: that is for development alone.")
    await _check_earnest(_line(people, found))


async def _check_earnest(line: HttpIdentityProvider) -> None:
    try:
        in_play = await line.is_for_development()
    except UnavailableError:  # it is asked again at each sign-in, and its tokens say so as well
        return
    if in_play:
        raise InvalidError("The identity provider is a development one, and this is no place for it.")


def provider_door(people: People) -> ProviderDoor | None:
    """The way in by the identity provider, where there is one."""
    found = people.settings.identity_provider
    if found is None:
        return None
    line = _line(people, found)
    desk = ProviderDesk(
        provider=_provider(people.settings, found),
        line=line,
        tokens=SignedIdentityTokens(line.keys, role_claim=tuple(found.role_claim.split("."))),
        staff=SqlStaff(people.database, people.staff),
        sessions=people.sessions,
        nonces=people.nonces,
        budgets=people.budgets,
        audit=people.audit,
        clock=people.clock,
    )

    async def leave(principal: Principal) -> str:
        return await line.exit() if principal.account.startswith("staff/") else ""

    return ProviderDoor(found.name, partial(begin_sign_in, desk=desk), partial(finish_sign_in, desk=desk), leave)


def own_sign_ins(people: People) -> dict[str, Any]:
    """What `SignIn` needs for people to see their own sign-ins and to end them."""
    desk = EndSignInsDesk(people.sessions, people.audit, people.clock)

    async def own(principal: Principal) -> Sequence[OpenSignIn]:
        return await people.sessions.of(principal.account, at=people.clock.now())

    async def end(principal: Principal) -> int:
        return await end_sign_ins(principal, principal.account, desk=desk)

    return {"own": own, "end": end}


async def no_passwords(_account: str, _password: str) -> str:
    """Signing in with a password where that is not a way in.

    Raises:
        LoginError: always.
    """
    raise LoginError("People sign in at their identity provider, systems with a signed assertion.")


def _provider(settings: NodeSettings | HubSettings, found: ProviderSettings) -> Provider:
    return Provider(
        issuer=found.issuer,
        client_id=found.client_id,
        roles=found.roles,
        levels=frozenset(found.levels),
        given=settings.roles_here,
        development=settings.development,
    )


def _line(people: People, found: ProviderSettings) -> HttpIdentityProvider:
    public_url = people.settings.public_url
    registration = Registration(
        issuer=found.issuer,
        client_id=found.client_id,
        secret=_secret(found),
        return_url=f"{public_url}{BACK}",
        left_url=f"{public_url}/ingreso",
        scope=found.scope,
        levels=found.levels,
        origins=found.origins,
    )
    return HttpIdentityProvider(people.transport, registration, people.clock)


def _secret(found: ProviderSettings) -> str:
    """What was agreed with the provider.

    Raises:
        InvalidError: the file cannot be read, is empty, or others can read it.
    """
    if not found.secret_file:
        return ""
    path = Path(found.secret_file)
    try:
        shared, text = path.stat().st_mode & _OTHERS, path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        raise InvalidError("The identity provider's secret cannot be read.") from None
    if shared or not text:
        raise InvalidError("The identity provider's secret is a file with one line, for its owner alone.")
    return text
