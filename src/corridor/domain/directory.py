"""Who takes part in the federation, and by which keys they are known."""

from __future__ import annotations

from dataclasses import dataclass

from corridor.domain.country import Country


@dataclass(frozen=True, slots=True)
class Member:
    """One country's node.

    Attributes:
        name: the node's public name, such as `Nodo Perú`.
        base_url: public URL without a trailing slash; requests are signed for it.
        signing_key: Ed25519 public key, 32 bytes.
        sealing_key: X25519 public key for envelopes, 32 bytes.
        share_index: 1 to n, the index of the key share that it holds; 0 where it holds none.
        share_key: public key of that share, 32 bytes (ristretto255), empty where it holds none.
        log_key: Ed25519 public key of its log's checkpoints, 32 bytes.
    """

    country: Country
    name: str
    base_url: str
    signing_key: bytes
    sealing_key: bytes
    share_index: int = 0
    share_key: bytes = b""
    log_key: bytes = b""


@dataclass(frozen=True, slots=True)
class KeyHolder:
    """Who holds a share of a token key: its index from 1, and the public key of the share, 32 bytes."""

    country: Country
    index: int
    share_key: bytes


@dataclass(frozen=True, slots=True)
class TokenKey:
    """The public part of a token key that nobody has.

    Attributes:
        epoch: number of the key; tokens of different epochs never meet.
        generation: how often its shares were made anew; tokens stay the same.
        threshold: how many holders must evaluate.
        group_key: public key, 32 bytes (ristretto255); the same in every generation.
        holders: ordered by country.
    """

    epoch: int
    generation: int
    threshold: int
    group_key: bytes
    holders: tuple[KeyHolder, ...]

    def holder(self, country: Country) -> KeyHolder | None:
        """The share that a country holds, or None where it holds none."""
        return next((each for each in self.holders if each.country == country), None)


@dataclass(frozen=True, slots=True)
class Federation:
    """The directory as the hub publishes it and each node pins it.

    Attributes:
        version: grows with every change.
        epoch: number of the token key in use.
        threshold: how many holders must evaluate.
        group_key: public key of the token key, 32 bytes (ristretto255).
        hub_key: Ed25519 public key of the hub, 32 bytes.
        members: ordered by country.
        generation: how often the shares of the key in use were made anew.
        next_key: the key that follows, while people are registered under both; None at other times.
    """

    version: int
    epoch: int
    threshold: int
    group_key: bytes
    hub_url: str
    hub_key: bytes
    members: tuple[Member, ...]
    generation: int = 0
    next_key: TokenKey | None = None

    @property
    def key(self) -> TokenKey:
        """The token key in use."""
        holders = tuple(
            KeyHolder(each.country, each.share_index, each.share_key) for each in self.members if each.share_index
        )
        return TokenKey(self.epoch, self.generation, self.threshold, self.group_key, holders)

    @property
    def keys(self) -> tuple[TokenKey, ...]:
        """The key in use and, while a key is changed, the one that follows it."""
        return (self.key, self.next_key) if self.next_key else (self.key,)

    def key_of(self, epoch: int) -> TokenKey | None:
        """The key of a number, or None where it is neither in use nor the next."""
        return next((each for each in self.keys if each.epoch == epoch), None)

    def member(self, country: Country) -> Member | None:
        """The member of a country, or None where it takes no part."""
        return next((member for member in self.members if member.country == country), None)
