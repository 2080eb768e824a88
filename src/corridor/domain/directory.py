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
class Federation:
    """The directory as the hub publishes it and each node pins it.

    Attributes:
        version: grows with every change.
        epoch: number of the token key in use.
        threshold: how many holders must evaluate.
        group_key: public key of the token key, 32 bytes (ristretto255).
        hub_key: Ed25519 public key of the hub, 32 bytes.
        members: ordered by country.
    """

    version: int
    epoch: int
    threshold: int
    group_key: bytes
    hub_url: str
    hub_key: bytes
    members: tuple[Member, ...]

    def member(self, country: Country) -> Member | None:
        """The member of a country, or None where it takes no part."""
        return next((member for member in self.members if member.country == country), None)
