from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corridor.domain.errors import SignInError
from corridor.domain.principal import Role
from corridor.domain.provider import OLDEST, SKEW, IdentityToken, Provider, check_identity, role_of
from corridor.domain.sign_in_attempt import LASTS, new_attempt, read_attempt

NOW = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)
ISSUER = "https://id.example"
PROVIDER = Provider(ISSUER, "pe", {"doctor": Role.CLINICIAN, "audit": Role.AUDITOR, "boss": Role.COORDINATOR})
TOKEN = IdentityToken(
    ISSUER, "u-1", ("pe",), "", NOW + timedelta(minutes=5), NOW, "n", "gold", ("doctor",), development=False
)
SECOND = timedelta(seconds=1)


def why(provider: Provider = PROVIDER, **changed: Any) -> str:
    """Why a token does not count; empty where it does."""
    try:
        check_identity(replace(TOKEN, **changed), provider, nonce="n", now=NOW)
    except SignInError as error:
        return error.reason
    return ""


def test_a_token_counts_up_to_its_very_edges() -> None:
    assert why() == ""
    assert (why(until=NOW - SKEW + SECOND), why(until=NOW - SKEW)) == ("", "expired")
    assert (why(issued_at=NOW + SKEW), why(issued_at=NOW + SKEW + SECOND)) == ("", "of-the-future")
    assert (why(issued_at=NOW - OLDEST), why(issued_at=NOW - OLDEST - SECOND)) == ("", "too-old")


def test_a_required_level_is_required_and_no_other_will_do() -> None:
    sure = replace(PROVIDER, levels=frozenset({"two-factors"}))
    assert (why(sure), why(sure, level=""), why(sure, level="two-factors")) == ("level-too-low", "level-too-low", "")


def test_a_development_token_counts_in_development_alone() -> None:
    assert why(development=True) == "development-token"
    assert why(replace(PROVIDER, development=True), development=True) == ""


@pytest.mark.parametrize(
    ("words", "role"),
    [(("doctor",), Role.CLINICIAN), (("portal", "audit"), Role.AUDITOR), (("doctor", "doctor"), Role.CLINICIAN)],
)
def test_a_role_follows_from_one_word(words: tuple[str, ...], role: Role) -> None:
    assert role_of(replace(TOKEN, words=words), PROVIDER) is role


@pytest.mark.parametrize("words", [(), ("portal",), ("doctor", "audit"), ("boss",), ("clinician",)])
def test_no_role_several_and_one_of_another_place_are_none(words: tuple[str, ...]) -> None:
    with pytest.raises(SignInError):
        role_of(replace(TOKEN, words=words), PROVIDER)


def test_an_attempt_is_found_again_by_its_own_browser_in_time() -> None:
    made = new_attempt(ISSUER, now=NOW)
    found = read_attempt(made.kept, ISSUER, state=made.state, now=NOW + LASTS)
    assert (found.nonce, found.verifier, found.challenge) == (made.nonce, made.verifier, made.challenge)
    with pytest.raises(SignInError):
        read_attempt(made.kept, ISSUER, state=made.state, now=NOW + LASTS + 2 * SECOND)
    with pytest.raises(SignInError):
        read_attempt(made.kept, "https://other.example", state=made.state, now=NOW)


def test_nothing_that_the_provider_sees_is_the_secret_and_no_two_attempts_are_alike() -> None:
    one, other = new_attempt(ISSUER, now=NOW), new_attempt(ISSUER, now=NOW)
    seen = {one.state, one.nonce, one.verifier, one.challenge, other.state, other.nonce, other.verifier}
    assert len(seen) == 7
    assert all(one.secret not in each for each in seen)
    assert one.secret not in repr(one)


@given(st.text(max_size=80), st.text(max_size=60))
def test_no_invented_cookie_and_state_are_an_attempt(kept: str, state: str) -> None:
    with pytest.raises(SignInError):
        read_attempt(kept, ISSUER, state=state, now=NOW)


@given(st.integers(0, 10**12 - 1))
def test_no_time_in_a_cookie_breaks_anything(seconds: int) -> None:
    with pytest.raises(SignInError):
        read_attempt(f"{seconds}.{'a' * 43}", ISSUER, state="s", now=NOW)
