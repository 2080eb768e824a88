"""A quota counts only as it was signed, and only with the signatures of members."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from corridor.domain.country import Country
from corridor.domain.errors import InvalidError
from corridor.domain.quota import ELEMENTS_MAX, Quota
from corridor.keys.quotas import SignedQuotas, new_quota_id, request_quota, sign_quota

PE, VE, CO = map(Country, ("PE", "VE", "CO"))
KEYS = {code: Ed25519PrivateKey.generate() for code in (PE, VE, CO)}
START = datetime(2026, 11, 23, tzinfo=UTC)
QUOTAS = SignedQuotas(lambda code: KEYS[code].public_key().public_bytes_raw() if code in KEYS else None)


def asked(**other: object) -> Quota:
    parts = {"id": new_quota_id(), "asker": PE, "epoch": 1, "elements": 10, "start": START, "reason": "a register"}
    return Quota(**{**parts, "end": START + timedelta(hours=8), **other})  # type: ignore[arg-type]  # by name


def test_a_quota_is_read_as_it_was_asked_for_with_everybody_who_signed() -> None:
    quota = asked()
    document = request_quota(quota, KEYS[PE])
    assert QUOTAS.read(document) == (quota, {PE})
    document = sign_quota(sign_quota(document, VE, KEYS[VE]), CO, KEYS[CO])
    assert QUOTAS.read(document) == (quota, {PE, VE, CO})
    assert QUOTAS.read(sign_quota(document, VE, KEYS[VE])) == (quota, {PE, VE, CO})


def test_a_signature_of_another_key_country_or_quota_does_not_hold() -> None:
    document = request_quota(asked(), KEYS[PE])
    other = json.loads(sign_quota(request_quota(asked(elements=11), KEYS[PE]), VE, KEYS[VE]))
    moved = json.loads(document)
    moved["signatures"]["VE"] = other["signatures"]["VE"]
    for wrong in (
        sign_quota(document, VE, KEYS[CO]),
        sign_quota(document, Country("BR"), KEYS[CO]),
        json.dumps(moved).encode(),
        request_quota(asked(), KEYS[VE]),
    ):
        with pytest.raises(InvalidError):
            QUOTAS.read(wrong)


def test_nobody_but_the_asker_makes_a_quota_its_own() -> None:
    document = json.loads(sign_quota(request_quota(asked(), KEYS[PE]), VE, KEYS[VE]))
    del document["signatures"]["PE"]
    with pytest.raises(InvalidError, match="country that it is for"):
        QUOTAS.read(json.dumps(document).encode())


@pytest.mark.parametrize("document", [b"", b"{}", b"\xff", b"[]", b'{"body":"e30=","signatures":{}}'])
def test_what_is_no_quota_is_refused_in_our_own_words(document: bytes) -> None:
    with pytest.raises(InvalidError):
        QUOTAS.read(document)


@pytest.mark.parametrize(
    "wrong",
    [
        {"end": START + timedelta(hours=25)},
        {"end": START},
        {"elements": 0},
        {"elements": ELEMENTS_MAX + 1},
        {"start": datetime(2026, 11, 23)},  # noqa: DTZ001 - naive on purpose
    ],
)
def test_a_quota_without_end_or_measure_cannot_be_asked_for(wrong: dict[str, object]) -> None:
    with pytest.raises(InvalidError):
        asked(**wrong)
