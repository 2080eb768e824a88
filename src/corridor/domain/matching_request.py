"""What travels in a search for a person: blind tokens, small flags and sealed envelopes."""

from __future__ import annotations

from dataclasses import dataclass

from corridor.domain.country import Country


@dataclass(frozen=True, slots=True)
class PersonEntry:
    """One registered person as the hub sees them.

    Attributes:
        handle: 16 random bytes, known to the node and the hub alone.
        tokens: (kind, 16 bytes) pairs; what a kind means the hub does not know.
        flags: small integers by flag number.
    """

    handle: bytes
    tokens: tuple[tuple[int, bytes], ...]
    flags: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Search:
    """One search for a person in all other countries.

    Attributes:
        envelopes: the sealed description, one per country asked.
        purpose: PurposeOfUse code.
    """

    epoch: int
    tokens: tuple[tuple[int, bytes], ...]
    flags: tuple[int, ...]
    envelopes: tuple[tuple[Country, bytes], ...]
    purpose: str


@dataclass(frozen=True, slots=True)
class Redeemed:
    """What a home node gets for a real handle: at most three candidates of its own, and the envelope."""

    candidates: tuple[bytes, ...]
    envelope: bytes
