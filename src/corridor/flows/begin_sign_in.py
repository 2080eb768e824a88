"""Somebody goes to the country's identity provider to sign in."""

from __future__ import annotations

from corridor.domain.sign_in_attempt import new_attempt
from corridor.flows.finish_sign_in import ProviderDesk


async def begin_sign_in(*, desk: ProviderDesk) -> tuple[str, str]:
    """Where a browser goes to sign in, and what it keeps in a cookie until it is back.

    Nothing is stored here: whoever begins and does not come back leaves no trace and costs nothing.

    Raises:
        UnavailableError: the provider cannot be asked where that is.

    Source: OpenID Connect Core 1.0 section 3.1.2.1; RFC 7636.
    """
    attempt = new_attempt(desk.provider.issuer, now=desk.clock.now())
    return await desk.line.entrance(attempt), attempt.kept
