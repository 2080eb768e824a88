import pytest

from corridor.keys.passwords import hash_password, outdated, verify_password

KEPT = hash_password("correct horse")


def test_only_the_right_password_is_right() -> None:
    assert verify_password(KEPT, "correct horse")
    assert not verify_password(KEPT, "correct horse ")
    assert not verify_password(KEPT, "")


def test_the_same_password_is_kept_differently_each_time() -> None:
    assert hash_password("correct horse") != KEPT
    assert KEPT.startswith("$argon2id$")


@pytest.mark.parametrize("password", ["", "a password that no account has"])
def test_an_account_that_does_not_exist_has_no_password(password: str) -> None:
    assert not verify_password(None, password)


@pytest.mark.parametrize("kept", ["garbage", "$argon2id$v=19$m=8,t=1,p=1$AAAA$AAAA"])
def test_a_damaged_hash_is_never_right(kept: str) -> None:
    assert not verify_password(kept, "correct horse")
    assert outdated(kept)


def test_a_hash_at_todays_cost_is_not_outdated() -> None:
    assert not outdated(KEPT)
