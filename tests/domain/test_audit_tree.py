import hashlib
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corridor.domain.audit.proof import (
    consistency_proof,
    inclusion_proof,
    needed,
    verify_consistency,
    verify_inclusion,
)
from corridor.domain.audit.tree import EMPTY_ROOT, Fetch, Frontier, frontier, leaf_hash, node_hash, root
from corridor.domain.errors import InvalidError

LEAVES = [
    bytes.fromhex(text)
    for text in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
"""Inputs of the Certificate Transparency reference implementation's tree tests (Apache-2.0)."""
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
"""Their roots after each leaf."""
MOST = 64


def by_definition(leaves: Sequence[bytes]) -> bytes:
    """The hash of RFC 6962 section 2.1, word for word: the oracle."""
    if not leaves:
        return hashlib.sha256().digest()
    if len(leaves) == 1:
        return leaf_hash(leaves[0])
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return node_hash(by_definition(leaves[:split]), by_definition(leaves[split:]))


def grown(size: int) -> tuple[Frontier, Fetch, list[bytes]]:
    tree, stored = Frontier(), dict[tuple[int, int], bytes]()
    leaves = [index.to_bytes(2, "big") for index in range(size)]
    for leaf in leaves:
        for node in tree.append(leaf_hash(leaf)):
            assert (node.level, node.index) not in stored
            stored[node.level, node.index] = node.hash
    return tree, lambda level, index: stored[level, index], leaves


TREE, FETCH, ALL = grown(MOST)
KNOWN_ROOTS = [by_definition(ALL[:size]) for size in range(MOST + 1)]


def test_roots_are_those_of_certificate_transparency() -> None:
    tree = Frontier()
    assert tree.root() == EMPTY_ROOT == hashlib.sha256(b"").digest()
    for leaf, expected in zip(LEAVES, ROOTS, strict=True):
        tree.append(leaf_hash(leaf))
        assert tree.root().hex() == expected


def test_a_stored_tree_has_the_root_of_the_definition_at_every_size() -> None:
    for size in range(MOST + 1):
        assert root(size, FETCH) == KNOWN_ROOTS[size]
        assert frontier(size, FETCH).root() == KNOWN_ROOTS[size]


def test_a_tree_that_was_read_back_grows_like_one_that_never_left_memory() -> None:
    for size in range(MOST):
        again = frontier(size, FETCH)
        again.append(leaf_hash(ALL[size]))
        assert again.size == size + 1
        assert again.root() == KNOWN_ROOTS[size + 1]


def test_a_copy_grows_alone() -> None:
    tree, _, _ = grown(5)
    tree.copy().append(leaf_hash(b"lost"))
    assert tree.size == 5
    assert tree.root() == KNOWN_ROOTS[5]


def test_every_inclusion_proof_holds_for_its_leaf_and_no_other_place() -> None:
    for size in range(1, MOST + 1):
        for index in range(size):
            proof = inclusion_proof(index, size, FETCH)
            hashed = leaf_hash(ALL[index])
            assert verify_inclusion(hashed, (index, size), proof=proof, root=KNOWN_ROOTS[size])
            wrong = (index + 1) % size
            assert wrong == index or not verify_inclusion(hashed, (wrong, size), proof=proof, root=KNOWN_ROOTS[size])
            assert not verify_inclusion(leaf_hash(b"x"), (index, size), proof=proof, root=KNOWN_ROOTS[size])
            assert not verify_inclusion(hashed, (index, size), proof=(*proof, bytes(32)), root=KNOWN_ROOTS[size])
            assert not proof or not verify_inclusion(hashed, (index, size), proof=proof[:-1], root=KNOWN_ROOTS[size])


def test_every_consistency_proof_holds_for_its_sizes_and_roots_alone() -> None:
    for new in range(MOST + 1):
        for old in range(new + 1):
            proof = consistency_proof(old, new, FETCH)
            roots = (KNOWN_ROOTS[old], KNOWN_ROOTS[new])
            assert verify_consistency((old, new), roots, proof=proof)
            assert not verify_consistency((old, new), (bytes(32), roots[1]), proof=proof)
            assert not verify_consistency((old, new), roots, proof=(*proof, bytes(32)))
            if 0 < old < new:
                assert not verify_consistency((old, new), (roots[0], bytes(32)), proof=proof)
                assert not verify_consistency((old, new), roots, proof=proof[1:])
                assert not verify_consistency((old, new), roots, proof=proof[:-1])


def test_a_log_whose_past_was_rewritten_is_not_consistent() -> None:
    for changed in range(20):
        other = Frontier()
        for index, leaf in enumerate(ALL[:40]):
            other.append(leaf_hash(b"rewritten" if index == changed else leaf))
        proof = consistency_proof(20, 40, FETCH)
        assert not verify_consistency((20, 40), (KNOWN_ROOTS[20], other.root()), proof=proof)


def test_proofs_read_no_more_than_they_name_beforehand() -> None:
    for size in range(1, MOST + 1):
        for index in range(size):
            places = needed(lambda fetch, index=index, size=size: inclusion_proof(index, size, fetch))
            fetched = {place: FETCH(*place) for place in places}
            proof = inclusion_proof(index, size, lambda level, at, fetched=fetched: fetched[level, at])
            assert proof == inclusion_proof(index, size, FETCH)
            assert len(places) <= 2 * size.bit_length()


@given(st.integers(-3, 70), st.integers(-3, 70), st.lists(st.binary(min_size=32, max_size=32), max_size=8))
def test_an_invented_proof_proves_nothing_and_breaks_nothing(old: int, new: int, proof: list[bytes]) -> None:
    assert not verify_inclusion(bytes(32), (old, new), proof=proof, root=bytes(32))
    assert not verify_consistency((old, new), (bytes(32), b"\x01" * 32), proof=proof)


@pytest.mark.parametrize(("index", "size"), [(0, 0), (-1, 4), (4, 4)])
def test_what_is_not_in_the_log_has_no_proof(index: int, size: int) -> None:
    with pytest.raises(InvalidError):
        inclusion_proof(index, size, FETCH)


@pytest.mark.parametrize(("old", "new"), [(-1, 4), (5, 4)])
def test_a_log_is_not_compared_with_a_longer_past(old: int, new: int) -> None:
    with pytest.raises(InvalidError):
        consistency_proof(old, new, FETCH)
