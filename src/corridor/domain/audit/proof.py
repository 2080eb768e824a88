"""Proofs that a leaf is in a log and that a log has only grown, and how anyone checks them.

Source: RFC 6962 sections 2.1.1 and 2.1.2; checking as in RFC 9162 sections 2.1.3.2 and 2.1.4.2.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Sequence
from typing import TypeVar

from corridor.domain.audit.tree import EMPTY_ROOT, Fetch, node_hash, range_hash
from corridor.domain.errors import InvalidError

Proved = TypeVar("Proved")

_ANY_HASH = bytes(32)


def inclusion_proof(index: int, size: int, fetch: Fetch) -> tuple[bytes, ...]:
    """Hashes that lead from a leaf to the root over `size` leaves, nearest to the leaf first.

    Raises:
        InvalidError: no such leaf in a tree of that size.
    """
    if not 0 <= index < size:
        raise InvalidError("The log has no such entry.")
    path = []
    start, end = 0, size
    while end - start > 1:
        split = start + _split(end - start)
        if index < split:
            path.append(range_hash(split, end, fetch))
            end = split
        else:
            path.append(range_hash(start, split, fetch))
            start = split
    return tuple(reversed(path))


def consistency_proof(old: int, new: int, fetch: Fetch) -> tuple[bytes, ...]:
    """Hashes that show the first `old` leaves unchanged in a tree of `new`; empty where nothing is to show.

    Raises:
        InvalidError: the log was never that small or that large.
    """
    if not 0 <= old <= new:
        raise InvalidError("The log cannot be compared at these sizes.")
    if old in {0, new}:
        return ()
    path = []
    start, end, whole = 0, new, True
    while old != end:
        split = start + _split(end - start)
        if old <= split:
            path.append(range_hash(split, end, fetch))
            end = split
        else:
            path.append(range_hash(start, split, fetch))
            start, whole = split, False
    if not whole:
        path.append(range_hash(start, end, fetch))
    return tuple(reversed(path))


def _split(width: int) -> int:
    """The largest power of two below a width of at least 2."""
    return 1 << ((width - 1).bit_length() - 1)


def needed(prove: Callable[[Fetch], Proved]) -> tuple[tuple[int, int], ...]:
    """Which subtrees a proof reads, as (level, index): so that a store can fetch them all at once.

    Args:
        prove: the proof as a function of its source, such as `lambda fetch: inclusion_proof(3, 9, fetch)`.
    """
    read: list[tuple[int, int]] = []

    def note(level: int, index: int) -> bytes:
        read.append((level, index))
        return _ANY_HASH

    prove(note)
    return tuple(dict.fromkeys(read))


def verify_inclusion(hashed: bytes, place: tuple[int, int], *, proof: Sequence[bytes], root: bytes) -> bool:
    """Whether a leaf is in the tree with that root.

    Args:
        hashed: hash of the leaf.
        place: (index of the leaf, size of the tree).
        proof: as `inclusion_proof` gives it.
        root: of that tree.
    """
    index, last = place[0], place[1] - 1
    if not 0 <= index <= last:
        return False
    for each in proof:
        if not last:
            return False
        if index & 1 or index == last:
            hashed = node_hash(each, hashed)
            index, last = _above(index, last)
        else:
            hashed = node_hash(hashed, each)
        index, last = index >> 1, last >> 1
    return last == 0 and hmac.compare_digest(hashed, root)


def _above(index: int, last: int) -> tuple[int, int]:
    """Climb past levels at which a node on the right edge has no sibling."""
    while index and not index & 1:
        index, last = index >> 1, last >> 1
    return index, last


def verify_consistency(sizes: tuple[int, int], roots: tuple[bytes, bytes], *, proof: Sequence[bytes]) -> bool:
    """Whether the larger tree holds the smaller one unchanged at its beginning.

    Args:
        sizes: (old, new).
        roots: (old, new).
        proof: as `consistency_proof` gives it.
    """
    old, new = sizes
    if not 0 <= old <= new:
        return False
    if old == new:
        return not proof and hmac.compare_digest(*roots)
    if old == 0:
        return not proof and hmac.compare_digest(roots[0], EMPTY_ROOT)
    # Where the old tree is one complete subtree its own root is the first hash, and the proof leaves it out.
    whole = [roots[0]] if old & (old - 1) == 0 else []
    return _grown((old, new), roots, [*whole, *proof])


def _grown(sizes: tuple[int, int], roots: tuple[bytes, bytes], proof: list[bytes]) -> bool:
    index, last = sizes[0] - 1, sizes[1] - 1
    while index & 1:
        index, last = index >> 1, last >> 1
    older = newer = proof[0] if proof else b""
    for each in proof[1:]:
        if not last:
            return False
        if index & 1 or index == last:
            older, newer = node_hash(each, older), node_hash(each, newer)
            index, last = _above(index, last)
        else:
            newer = node_hash(newer, each)
        index, last = index >> 1, last >> 1
    return last == 0 and hmac.compare_digest(older, roots[0]) and hmac.compare_digest(newer, roots[1])
