"""What a node asks its country's identity provider, over real HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from joserfc.jwk import RSAKey

from corridor.domain.errors import SignInError, UnavailableError
from corridor.domain.sign_in_attempt import new_attempt
from corridor.keys.id_tokens import SignedIdentityTokens
from corridor.remote.client_keys import AGAIN
from corridor.remote.identity_provider import FRESH, STALE, HttpIdentityProvider, Registration
from corridor.remote.transport import Transport
from tests.doors.country_provider import CLIENT, CountryProvider, parameters, running_provider
from tests.fakes.clock import FakeClock


@pytest.fixture
def provider() -> Iterator[CountryProvider]:
    with running_provider() as running:
        yield running


@pytest.fixture
def watch() -> FakeClock:
    return FakeClock(datetime.now(UTC))


@pytest.fixture
async def line(provider: CountryProvider, watch: FakeClock) -> AsyncIterator[HttpIdentityProvider]:
    transport = Transport()
    yield HttpIdentityProvider(transport, registration(provider.issuer), watch)
    await transport.close()


def registration(issuer: str) -> Registration:
    return Registration(
        issuer, CLIENT, "", "https://pe.example/back", "https://pe.example/ingreso", "openid", ("gold",)
    )


def new_key(kid: str) -> Any:
    return RSAKey.generate_key(2048, {"kid": kid, "alg": "RS256", "use": "sig"})


async def token(line: HttpIdentityProvider, provider: CountryProvider, watch: FakeClock) -> str:
    """An ID token for a sign-in that begins now."""
    attempt = new_attempt(provider.issuer, now=watch.now())
    return await line.redeem(provider.code(parameters(await line.entrance(attempt))), attempt)


async def test_a_new_key_counts_at_once_and_one_that_was_taken_out_no_longer(
    line: HttpIdentityProvider, provider: CountryProvider, watch: FakeClock
) -> None:
    reader = SignedIdentityTokens(line.keys, role_claim=("realm_access", "roles"))
    old = await token(line, provider, watch)
    assert (await reader.read(old)).words == ("hiv-doctor",)
    provider.key = new_key("second")
    new = await token(line, provider, watch)
    watch.at += AGAIN + timedelta(seconds=1)
    assert (await reader.read(new)).subject == "u-1"
    with pytest.raises(SignInError) as caught:
        await reader.read(old)
    assert caught.value.reason == "unknown-key"


async def test_an_old_word_of_a_silent_provider_counts_for_a_day(
    line: HttpIdentityProvider, provider: CountryProvider, watch: FakeClock
) -> None:
    attempt = new_attempt(provider.issuer, now=watch.now())
    address = await line.entrance(attempt)
    assert parameters(address)["acr_values"] == "gold"
    provider.says = {"issuer": "https://elsewhere.example"}
    watch.at += FRESH + timedelta(seconds=1)
    assert await line.entrance(attempt) == address
    watch.at += STALE
    with pytest.raises(UnavailableError):
        await line.entrance(attempt)


async def test_a_development_provider_says_so(line: HttpIdentityProvider, provider: CountryProvider) -> None:
    provider.says = {"corridor_development": True}
    assert await line.is_for_development()


async def test_a_refused_code_and_a_silent_provider_are_told_apart(
    line: HttpIdentityProvider, provider: CountryProvider, watch: FakeClock
) -> None:
    with pytest.raises(SignInError):
        await line.redeem("invented", new_attempt(provider.issuer, now=watch.now()))
    nowhere = HttpIdentityProvider(Transport(), registration("http://127.0.0.1:9/realm"), watch)
    with pytest.raises(UnavailableError):
        await nowhere.names_itself()
