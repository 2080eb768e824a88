"""What is made of a sealed description, for those who carry descriptions without looking inside."""

from __future__ import annotations

from dataclasses import dataclass

from corridor.domain.grade import Grade
from corridor.domain.identity.demographics import Demographics
from corridor.domain.identity.features import Feature, features
from corridor.domain.identity.flags import flags
from corridor.domain.identity.matching import confirm


@dataclass(frozen=True, slots=True)
class Described:
    """What of a person becomes tokens, and what is told of how much is known."""

    features: tuple[Feature, ...]
    flags: tuple[int, ...]


def described(content: bytes) -> Described:
    """Features and flags of a description.

    Args:
        content: as `Demographics.to_json` writes it.

    Raises:
        InvalidError: it is anything else.
    """
    who = Demographics.from_json(content)
    return Described(features(who), flags(who).integers())


def confirm_described(asked: bytes, known: bytes) -> tuple[Grade, float]:
    """The home's decision on two descriptions: grade and probability.

    Raises:
        InvalidError: one is no description.
    """
    return confirm(Demographics.from_json(asked), Demographics.from_json(known))
