"""The hash tree over a log's leaves: how it grows, and its root.

A tree is stored as the hashes of its complete subtrees: `(level, index)` is the subtree over the leaves from
`index * 2**level` on, `2**level` of them; level 0 are the leaves' own hashes. These hashes never change.

Source: RFC 6962 section 2.1.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

Fetch = Callable[[int, int], bytes]
"""Hash of the complete subtree at (level, index)."""

EMPTY_ROOT = hashlib.sha256().digest()
"""Root of a tree without leaves."""

_LEAF, _NODE = b"\x00", b"\x01"


@dataclass(frozen=True, slots=True)
class Node:
    """The hash of one complete subtree."""

    level: int
    index: int
    hash: bytes


def leaf_hash(leaf: bytes) -> bytes:
    """Hash of one leaf; the prefix keeps a leaf from passing for a node."""
    return hashlib.sha256(_LEAF + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash of two subtrees side by side."""
    return hashlib.sha256(_NODE + left + right).digest()


class Frontier:
    """The growing edge of a tree, in memory: all that appending needs.

    Args:
        size: number of leaves.
        edge: hashes of the complete subtrees that make up the tree, largest first.
    """

    def __init__(self, size: int = 0, edge: tuple[bytes, ...] = ()) -> None:
        self._size = size
        self._edge = list(edge)

    @property
    def size(self) -> int:
        """Number of leaves."""
        return self._size

    def append(self, hashed: bytes) -> list[Node]:
        """Add the hash of a leaf and return every subtree that is now complete, the leaf first."""
        index, level = self._size, 0
        complete = [Node(0, index, hashed)]
        while index & 1:
            hashed = node_hash(self._edge.pop(), hashed)
            index, level = index >> 1, level + 1
            complete.append(Node(level, index, hashed))
        self._edge.append(hashed)
        self._size += 1
        return complete

    def root(self) -> bytes:
        """Root of the tree as it stands."""
        return _folded(self._edge)

    def copy(self) -> Frontier:
        """An independent copy, to be grown and thrown away where a commit fails."""
        return Frontier(self._size, tuple(self._edge))


def frontier(size: int, fetch: Fetch) -> Frontier:
    """The growing edge of a stored tree; fetches at most one hash per level."""
    return Frontier(size, tuple(fetch(level, index) for level, index in _cover(0, size)))


def root(size: int, fetch: Fetch) -> bytes:
    """Root over the first `size` leaves of a stored tree."""
    return range_hash(0, size, fetch)


def range_hash(start: int, end: int, fetch: Fetch) -> bytes:
    """Hash over the leaves [start, end); `start` must be where RFC 6962 splits a tree."""
    return _folded([fetch(level, index) for level, index in _cover(start, end)])


def _folded(edge: list[bytes]) -> bytes:
    if not edge:
        return EMPTY_ROOT
    hashed = edge[-1]
    for left in reversed(edge[:-1]):
        hashed = node_hash(left, hashed)
    return hashed


def _cover(start: int, end: int) -> list[tuple[int, int]]:
    """Complete subtrees, largest first, that together are the leaves [start, end)."""
    cover = []
    for level in range((end - start).bit_length() - 1, -1, -1):
        if (end - start) >> level & 1:
            cover.append((level, start >> level))
            start += 1 << level
    return cover
