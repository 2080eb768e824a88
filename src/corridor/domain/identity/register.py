"""What the hub may hold of a person: tokens and small numbers, neither of which says who it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple, dataclass

from corridor.domain.errors import InvalidError

TOKEN_BYTES = 16
KIND_MAX = 255
_FLAG_MAX = (3, 3, 3, 7, 3, 7)
FLAGS_MIN, FLAGS_MAX = 4, 6
"""How many numbers flags are; who was registered before sex and details were flags has four."""


@dataclass(frozen=True, slots=True, repr=False)
class Token:
    """One blindly evaluated feature; `kind` is only a number and `value` is 16 bytes.

    Raises:
        InvalidError: the kind or the length is out of range.
    """

    kind: int
    value: bytes

    def __post_init__(self) -> None:
        if not 0 <= self.kind <= KIND_MAX or len(self.value) != TOKEN_BYTES:
            raise InvalidError("A token has a kind from 0 to 255 and 16 bytes.")

    def __repr__(self) -> str:
        return "Token(…)"


@dataclass(frozen=True, slots=True)
class Flags:
    """How much is known of a person, as small numbers shared by thousands.

    Attributes:
        given_names: how many, 3 meaning three or more.
        surnames: how many, 3 meaning three or more.
        birth_parts: 0 nothing, 1 the year, 2 year and month, 3 the day.
        document_kinds: sum of 1 national card, 2 passport, 4 any permit or other paper.
        sex: 0 unknown, 1 male, 2 female, 3 other.
        details: sum of 1 a telephone, 2 an address or where the person lives, 4 a birth place or the mother's name.

    Raises:
        InvalidError: a number is out of range.
    """

    given_names: int
    surnames: int
    birth_parts: int
    document_kinds: int
    sex: int = 0
    details: int = 0

    def __post_init__(self) -> None:
        if any(type(flag) is not int for flag in astuple(self)):
            raise InvalidError("A flag is a small whole number.")
        if any(not 0 <= flag <= top for flag, top in zip(astuple(self), _FLAG_MAX, strict=True)):
            raise InvalidError("A flag is out of range.")

    def integers(self) -> tuple[int, ...]:
        """The six numbers in their written order, for storage and for the wire."""
        return (self.given_names, self.surnames, self.birth_parts, self.document_kinds, self.sex, self.details)


def flags_of(integers: Sequence[int]) -> Flags:
    """The flags of four to six numbers in their written order; what is missing is unknown.

    Raises:
        InvalidError: fewer or more numbers, or one out of range.
    """
    if not FLAGS_MIN <= len(integers) <= FLAGS_MAX:
        raise InvalidError("Flags are four to six small numbers.")
    return Flags(*integers)
