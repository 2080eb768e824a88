"""Tokens under a key for measuring are those that five holders make together."""

import pytest

from corridor.domain.errors import InvalidError
from corridor.domain.identity.features import Feature
from corridor.domain.identity.known_key import direct_tokens, protocol_tokens, whole_key
from corridor.domain.identity.sharing import combine_deals, deal
from corridor.domain.secret import Secret

PERSON = (Feature(12, "one"), Feature(12, "two"), Feature(13, "one"))
DEALS = [deal(dealer, threshold=3, holders=5) for dealer in range(1, 6)]
SHARES = {n: combine_deals(n, [one.public for one in DEALS], [one.shares[n - 1] for one in DEALS]) for n in range(1, 6)}


def test_evaluated_at_once_or_by_the_protocol_tokens_are_the_same() -> None:
    key = whole_key({index: SHARES[index] for index in (2, 4, 5)})
    assert direct_tokens(PERSON, key) == protocol_tokens(PERSON, SHARES, threshold=3)
    assert direct_tokens(PERSON, whole_key(SHARES)) == direct_tokens(PERSON, key)
    assert direct_tokens((), key) == protocol_tokens((), SHARES, threshold=3) == ()


def test_another_key_gives_other_tokens_and_too_few_shares_none() -> None:
    few = {index: SHARES[index] for index in (1, 2)}
    assert set(direct_tokens(PERSON, whole_key(few))).isdisjoint(direct_tokens(PERSON, whole_key(SHARES)))
    assert "…" in repr(direct_tokens(PERSON, Secret(bytes([1]) + bytes(31))))
    with pytest.raises(InvalidError):
        protocol_tokens(PERSON, few, threshold=3)
