"""Texts whose beginnings can be compared and nothing else: each letter is another one, by all that stands before it.

Two texts that begin alike still begin alike when they are blind, so that one range of an index finds every text with
a beginning. What a thief of the index learns is which rows share how long a beginning (ADR 38).
"""

from __future__ import annotations

from functools import lru_cache
from hashlib import blake2b

DEPTH = 64
"""Bytes of a text that are told apart one by one; what follows is told apart as a whole."""

_NIBBLE = 15
_ROUNDS = range(4)
_REST = 12


class BlindWords:
    """Makes texts blind under one key.

    Args:
        key: of the index; without it nothing can be compared with a text in clear.
    """

    def __init__(self, key: bytes) -> None:
        self._key = key
        self.blind = lru_cache(maxsize=4096)(self._blind)

    def _blind(self, text: str) -> str:
        plain = text.encode("utf-8", "surrogatepass")
        letters = [self._letter(plain[:at], plain[at]) for at in range(min(len(plain), DEPTH))]
        return bytes(letters).hex() + (self._rest(plain) if len(plain) > DEPTH else "")

    def _letter(self, before: bytes, letter: int) -> int:
        """A letter's stand-in: a small Feistel network whose rounds are drawn from what stands before.

        No two letters have one stand-in, so that a search never finds what does not begin alike.
        """
        rounds = blake2b(before, key=self._key, person=b"word", digest_size=64).digest()
        left, right = letter >> 4, letter & _NIBBLE
        for each in _ROUNDS:
            left, right = right, left ^ (rounds[each * 16 + right] & _NIBBLE)
        return left << 4 | right

    def _rest(self, plain: bytes) -> str:
        return blake2b(plain, key=self._key, person=b"rest", digest_size=_REST).hexdigest()


def reach(blind: str) -> str:
    """As much of a blind text as a beginning can be compared by."""
    return blind[: 2 * DEPTH]


def is_deep(text: str) -> bool:
    """Whether a beginning is too long to be compared: texts that differ only further on would be found, too."""
    return len(text.encode("utf-8", "surrogatepass")) > DEPTH
