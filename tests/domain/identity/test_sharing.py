"""A key that no one holds: dealt together, used by any three of five, and every cheat named."""

from collections.abc import Callable
from dataclasses import replace
from itertools import combinations
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corridor.domain.errors import InvalidError
from corridor.domain.identity import dleq, oprf, sharing
from corridor.domain.identity.features import Feature
from corridor.domain.identity.group import scalar_inverse, scalar_of, scalar_product, scalar_sum
from corridor.domain.identity.sharing import PublicDeal
from corridor.domain.identity.tokens import begin, begin_batch, check_partial, finish, finish_batch
from corridor.domain.secret import Secret

THRESHOLD, HOLDERS = 3, 5


def key_of(threshold: int = THRESHOLD, holders: int = HOLDERS) -> tuple[list[PublicDeal], dict[int, Secret]]:
    deals = [sharing.deal(dealer, threshold=threshold, holders=holders) for dealer in range(1, holders + 1)]
    public = [one.public for one in deals]
    shares = {
        index: sharing.combine_deals(index, public, [one.shares[index - 1] for one in deals])
        for index in range(1, holders + 1)
    }
    return public, shares


PUBLIC, SHARES = key_of()


def whole_key(shares: dict[int, Secret]) -> bytes:
    """What no one may ever compute, for tests only."""
    weights = sharing.lagrange(list(shares))
    return scalar_sum(scalar_product(weights[index], share.value) for index, share in shares.items())


def test_the_public_key_is_that_of_the_key_nobody_holds() -> None:
    some = {index: SHARES[index] for index in (1, 3, 5)}
    assert oprf.public_key(whole_key(some)) == sharing.group_key(PUBLIC)


def test_every_public_share_follows_from_the_commitments() -> None:
    for index, share in SHARES.items():
        assert sharing.public_share(PUBLIC, index) == oprf.public_key(share.value)


@pytest.mark.parametrize("holders", list(combinations(range(1, HOLDERS + 1), THRESHOLD)))
def test_any_three_of_five_agree_with_the_whole_key(holders: tuple[int, ...]) -> None:
    key = whole_key({index: SHARES[index] for index in (1, 2, 3)})
    blinded = oprf.blind(b"someone")
    partials = {index: oprf.evaluate(SHARES[index].value, [blinded.element]) for index in holders}
    combined = sharing.combine_partials(partials, [scalar_of(1)])
    assert combined == oprf.evaluate(key, [blinded.element])
    unblinded = sharing.combine_partials(partials, [scalar_inverse(blinded.blind)])
    assert oprf.output(b"someone", unblinded[0]) == oprf.finalize(b"someone", blinded, combined[0])


def test_two_of_three_holders_get_something_else() -> None:
    key = whole_key({index: SHARES[index] for index in (1, 2, 3)})
    element = oprf.blind(b"someone").element
    partials = {index: oprf.evaluate(SHARES[index].value, [element]) for index in (1, 2)}
    assert sharing.combine_partials(partials, [scalar_of(1)]) != oprf.evaluate(key, [element])


@given(terms=st.integers(2, 6).flatmap(lambda n: st.tuples(st.integers(2, n), st.just(n))), drawn=st.randoms())
@settings(max_examples=10, deadline=None)
def test_any_sharing_works_with_any_of_its_quorums(terms: tuple[int, int], drawn: Random) -> None:
    threshold, holders = terms
    public, shares = key_of(threshold, holders)
    chosen = drawn.sample(sorted(shares), threshold)
    assert oprf.public_key(whole_key({index: shares[index] for index in chosen})) == sharing.group_key(public)


@pytest.mark.parametrize("cheat", range(1, HOLDERS + 1))
def test_a_wrong_share_names_its_dealer(cheat: int) -> None:
    deals = [sharing.deal(dealer, threshold=THRESHOLD, holders=HOLDERS) for dealer in range(1, HOLDERS + 1)]
    shares = [one.shares[1] for one in deals]
    shares[cheat - 1] = Secret(scalar_sum((shares[cheat - 1].value, scalar_of(1))))
    with pytest.raises(InvalidError, match=f"Holder {cheat} dealt holder 2") as refused:
        sharing.combine_deals(2, [one.public for one in deals], shares)
    assert refused.value.expression == (f"deal[{cheat}]",)


@pytest.mark.parametrize(
    "alter",
    [
        lambda deal: replace(deal, proof=PUBLIC[3].proof),
        lambda deal: replace(deal, proof=bytes(64)),
        lambda deal: replace(deal, proof=b""),
        lambda deal: replace(deal, commitments=deal.commitments[:2]),
        lambda deal: replace(deal, commitments=(*deal.commitments[:2], bytes(32))),
        lambda deal: replace(deal, commitments=(PUBLIC[3].commitments[0], *deal.commitments[1:])),
    ],
)
def test_a_wrong_public_deal_names_its_dealer(alter: Callable[[PublicDeal], PublicDeal]) -> None:
    with pytest.raises(InvalidError, match="holder 5"):
        sharing.verify_public_deal(alter(PUBLIC[4]), THRESHOLD)


def test_no_dealer_may_be_missing_or_heard_twice() -> None:
    deals = [sharing.deal(dealer, threshold=2, holders=3) for dealer in (1, 2, 3)]
    public, shares = [one.public for one in deals], [one.shares[0] for one in deals]
    for few, some in [([], []), (public[:2], shares), (public[:2] + public[:1], shares)]:
        with pytest.raises(InvalidError):
            sharing.combine_deals(1, few, some)


@pytest.mark.parametrize(("dealer", "threshold", "holders"), [(1, 1, 5), (1, 6, 5), (0, 3, 5), (6, 3, 5), (1, 3, 65)])
def test_terms_that_make_no_sense_are_refused(dealer: int, threshold: int, holders: int) -> None:
    with pytest.raises(InvalidError):
        sharing.deal(dealer, threshold=threshold, holders=holders)


@pytest.mark.parametrize("indexes", [[], [0, 1], [1, 1], [65], [-1, 2]])
def test_holders_that_cannot_be_are_refused(indexes: list[int]) -> None:
    with pytest.raises(InvalidError):
        sharing.lagrange(indexes)


def asked(elements: list[bytes], holders: tuple[int, ...]) -> dict[int, list[bytes]]:
    return {index: oprf.evaluate(SHARES[index].value, elements) for index in holders}


PERSON = (Feature(1, "one"), Feature(1, "two"), Feature(2, "one"))


def test_tokens_are_the_same_whichever_holders_answer_and_whenever_one_asks() -> None:
    found = set()
    for holders in combinations(range(1, HOLDERS + 1), THRESHOLD):
        elements, state = begin(PERSON)
        found.add(finish(state, asked(elements, holders), threshold=THRESHOLD))
    (tokens,) = found
    assert [token.kind for token in tokens] == [1, 1, 2]
    assert len({token.value for token in tokens}) == 3
    assert all(len(token.value) == 16 for token in tokens)


def test_several_persons_travel_in_one_request_under_one_proof() -> None:
    elements, state = begin_batch((PERSON, (), PERSON[:1]))
    partials = asked(elements, (2, 3, 4))
    for index, answers in partials.items():
        proof = dleq.prove(SHARES[index].value, elements, answers)
        check_partial(sharing.public_share(PUBLIC, index), elements, answers, proof=proof)
    first, nobody, third = finish_batch(state, partials, threshold=THRESHOLD)
    assert (len(first), nobody, third) == (3, (), first[:1])


def test_more_answers_than_needed_change_nothing_and_fewer_are_refused() -> None:
    elements, state = begin(PERSON)
    three = finish(state, asked(elements, (1, 2, 3)), threshold=THRESHOLD)
    assert finish(state, asked(elements, (5, 4, 3, 2, 1)), threshold=THRESHOLD) == three
    with pytest.raises(InvalidError):
        finish(state, asked(elements, (1, 2)), threshold=THRESHOLD)


def test_a_person_without_features_needs_nobodys_answer() -> None:
    elements, state = begin_batch(((), ()))
    assert elements == []
    assert finish_batch(state, {}, threshold=THRESHOLD) == ((), ())


def test_uneven_or_malformed_answers_are_refused() -> None:
    elements, state = begin(PERSON)
    partials = asked(elements, (1, 2, 3))
    for wrong in (partials[2][:2], [*partials[2], partials[2][0]], [*partials[2][:2], bytes(32)]):
        with pytest.raises(InvalidError):
            finish(state, {**partials, 2: wrong}, threshold=THRESHOLD)


def test_a_holder_that_answers_with_another_share_is_found_by_its_proof() -> None:
    elements, _ = begin(PERSON)
    answers = oprf.evaluate(SHARES[4].value, elements)
    proof = dleq.prove(SHARES[4].value, elements, answers)
    check_partial(sharing.public_share(PUBLIC, 4), elements, answers, proof=proof)
    with pytest.raises(InvalidError):
        check_partial(sharing.public_share(PUBLIC, 3), elements, answers, proof=proof)


def test_nothing_secret_can_be_read_from_a_representation() -> None:
    elements, state = begin(PERSON)
    tokens = finish(state, asked(elements, (1, 2, 3)), threshold=THRESHOLD)
    shown = repr((tokens, PERSON, sharing.deal(1, threshold=2, holders=2).shares))
    assert "one" not in shown
    assert shown.count("…") == 8
    assert "Blinded" in repr(state)
    assert "one" not in repr(state)
    assert tokens[0].value.hex() not in shown
