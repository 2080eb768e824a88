"""Shares that are dealt on stand for the same key, whoever deals and however many are needed then."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corridor.domain.errors import InvalidError
from corridor.domain.identity import dealing
from corridor.domain.identity.group import multiply_generator, scalar_product, scalar_sum
from corridor.domain.identity.sharing import lagrange
from corridor.domain.secret import Secret

OCCASION = b"this ceremony"


def seed(number: int) -> Secret:
    return Secret(number.to_bytes(32, "big"))


def key_of(shares: dict[int, Secret]) -> bytes:
    weights = lagrange(shares)
    return scalar_sum(scalar_product(weights[index], share.value) for index, share in shares.items())


@settings(deadline=None, max_examples=20)
@given(st.data())
def test_any_enough_dealers_hand_the_same_key_to_any_new_holders(data: st.DataObject) -> None:
    secret = dealing.polynomial(seed(1), OCCASION, threshold=3)
    old = {index: dealing.share_for(secret, index) for index in range(1, 6)}
    dealers = data.draw(st.lists(st.sampled_from(sorted(old)), min_size=3, max_size=5, unique=True))
    holders = data.draw(st.lists(st.integers(1, 9), min_size=3, max_size=6, unique=True))
    threshold = data.draw(st.integers(2, len(holders)))
    weights = lagrange(dealers)
    polynomials = {
        dealer: dealing.polynomial(seed(dealer), OCCASION, threshold=threshold, share=old[dealer]) for dealer in dealers
    }
    publics = [dealing.commit(dealer, each, occasion=OCCASION) for dealer, each in polynomials.items()]
    new = {}
    for holder in holders:
        dealt = {dealer: dealing.share_for(each, holder) for dealer, each in polynomials.items()}
        for public in publics:
            dealing.check_share(public, holder, dealt[public.dealer])
        new[holder] = dealing.combine(dealt, weights)
        assert multiply_generator(new[holder].value) == dealing.public_share(publics, holder, weights)
    chosen = data.draw(st.lists(st.sampled_from(holders), min_size=threshold, max_size=threshold, unique=True))
    assert key_of({holder: new[holder] for holder in chosen}) == secret[0].value
    assert dealing.group_key(publics, weights) == multiply_generator(secret[0].value)


def test_a_polynomial_is_the_same_again_from_its_seed_and_another_in_another_ceremony() -> None:
    one, again = (dealing.polynomial(seed(7), OCCASION, threshold=3) for _ in range(2))
    assert [each.value for each in one] == [each.value for each in again]
    other = dealing.polynomial(seed(7), b"that ceremony", threshold=3)
    assert not {each.value for each in one} & {each.value for each in other}
    with pytest.raises(InvalidError):
        dealing.polynomial(Secret(b"short"), OCCASION, threshold=3)


def test_a_deal_is_bound_to_its_ceremony_its_dealer_and_its_share() -> None:
    made = dealing.polynomial(seed(2), OCCASION, threshold=3)
    public = dealing.commit(4, made, occasion=OCCASION)
    dealing.check_public(public, threshold=3, occasion=OCCASION, known=multiply_generator(made[0].value))
    for wrong in (
        {"threshold": 2, "occasion": OCCASION},
        {"threshold": 3, "occasion": b"that ceremony"},
        {"threshold": 3, "occasion": OCCASION, "known": multiply_generator(made[1].value)},
    ):
        with pytest.raises(InvalidError, match="older 4"):
            dealing.check_public(public, **wrong)  # type: ignore[arg-type]  # by name
    with pytest.raises(InvalidError, match="older 4"):
        dealing.check_share(public, 1, dealing.share_for(made, 2))
