"""Who takes part in the federation, and by which keys they are known."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from corridor.domain.country import Country
from corridor.domain.country_facts import CountryFacts
from corridor.domain.mutual import MutualTls
from corridor.domain.next_key import NextKey, counting, together


@dataclass(frozen=True, slots=True)
class Member:
    """One country's node.

    Attributes:
        name: the node's public name, such as `Nodo Perú`.
        base_url: public URL without a trailing slash; requests are signed for it.
        signing_key: Ed25519 public key, 32 bytes, that it signs with.
        sealing_key: X25519 public key for envelopes, 32 bytes.
        share_index: 1 to n, the index of the key share that it holds; 0 where it holds none.
        share_key: public key of that share, 32 bytes (ristretto255), empty where it holds none.
        log_key: Ed25519 public key of its log's checkpoints, 32 bytes.
        keys_until: aware UTC instant at which its keys end; None where they count as long as the manifest.
        facts: what else the others need to know of it.
        mutual: its door for the others; without one they come by `base_url`.
        next_signing: the key that takes over, or, once it has, the one before; None at other times.
    """

    country: Country
    name: str
    base_url: str
    signing_key: bytes
    sealing_key: bytes
    share_index: int = 0
    share_key: bytes = b""
    log_key: bytes = b""
    keys_until: datetime | None = None
    facts: CountryFacts = field(default_factory=CountryFacts)
    mutual: MutualTls = field(default_factory=MutualTls)

    next_signing: NextKey | None = None

    @property
    def signing_keys(self) -> bytes:
        """Every key that its signatures may be by, 32 bytes each, one after the other."""
        return together(self.signing_key, self.next_signing)

    def at(self, now: datetime) -> Member:
        """The member with the keys that count at an instant."""
        key, besides = counting(self.signing_key, self.next_signing, now)
        return self if key == self.signing_key else replace(self, signing_key=key, next_signing=besides)

    @property
    def line(self) -> str:
        """The address at which other parties speak to it."""
        return self.mutual.url or self.base_url


class Departure(StrEnum):
    """How a country came to take no part any more."""

    LEFT = "left"
    EXPELLED = "expelled"
    LAPSED = "lapsed"
    """Its keys, or the whole manifest, ended; nobody decided that it goes."""


@dataclass(frozen=True, slots=True)
class Former:
    """A country that took part: it is named wherever others are, and neither asked nor answered.

    Attributes:
        version: of the manifest from which on its keys count no more.
    """

    country: Country
    departure: Departure
    version: int


@dataclass(frozen=True, slots=True)
class Signer:
    """Who may sign the manifest: a country by its code, or an independent body by its name.

    Attributes:
        key: Ed25519 public key, 32 bytes, used for nothing else.
    """

    name: str
    key: bytes


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

    def is_part_of(self, other: TokenKey) -> bool:
        """Whether it is another key, or what is left of it after some of its holders are gone."""
        same = (self.epoch, self.generation, self.threshold, self.group_key)
        whole = (other.epoch, other.generation, other.threshold, other.group_key)
        return same == whole and set(self.holders) <= set(other.holders)

    def holder(self, country: Country) -> KeyHolder | None:
        """The share that a country holds, or None where it holds none."""
        return next((each for each in self.holders if each.country == country), None)


@dataclass(frozen=True, slots=True)
class Federation:
    """The manifest of the federation, as the hub publishes it and each process keeps it.

    Attributes:
        version: grows with every change.
        epoch: number of the token key in use.
        threshold: how many holders must evaluate.
        group_key: public key of the token key, 32 bytes (ristretto255).
        hub_key: Ed25519 public key of the hub, 32 bytes, that it signs with.
        members: ordered by country.
        generation: how often the shares of the key in use were made anew.
        next_key: the key that follows, while people are registered under both; None at other times.
        signers: who may sign the next version, ordered by name; none where operators pin files for themselves.
        quorum: how many of them must.
        policy: version of the purpose policy.
        policy_quorum: how many signers must sign a version that changes the policy.
        previous: SHA-256 of the version before, 64 hex digits; empty in the first.
        until: aware UTC instant at which the manifest ends; None for never.
        former: countries that took part, ordered by country.
        hub_mutual: the hub's door for nodes; without one they come by `hub_url`.
        hub_next: as `next_signing` of a member, for the hub.
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
    signers: tuple[Signer, ...] = ()
    quorum: int = 0
    policy: str = ""
    policy_quorum: int = 0
    previous: str = ""
    until: datetime | None = None
    former: tuple[Former, ...] = ()
    hub_mutual: MutualTls = field(default_factory=MutualTls)
    hub_next: NextKey | None = None

    @property
    def hub_line(self) -> str:
        """The address at which nodes speak to the hub."""
        return self.hub_mutual.url or self.hub_url

    @property
    def hub_keys(self) -> bytes:
        """Every key that the hub's signatures may be by, 32 bytes each, one after the other."""
        return together(self.hub_key, self.hub_next)

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

    @property
    def ever(self) -> tuple[Country, ...]:
        """Countries that take part or took part, in order."""
        return tuple(sorted([*(each.country for each in self.members), *(each.country for each in self.former)]))

    def departed(self, country: Country) -> Former | None:
        """How a country came to take no part any more, or None where it takes part or never did."""
        return next((each for each in self.former if each.country == country), None)

    def standing(self, now: datetime) -> Federation:
        """The federation as it counts at an instant: without countries whose keys ended, or with none after its end."""
        lapsed = [each for each in self.members if _has_ended(self.until, now) or _has_ended(each.keys_until, now)]
        members = tuple(each.at(now) for each in self.members if each not in lapsed)
        hub_key, hub_next = counting(self.hub_key, self.hub_next, now)
        if members == self.members and hub_key == self.hub_key:
            return self
        gone = [Former(each.country, Departure.LAPSED, self.version) for each in lapsed]
        return replace(
            self,
            members=members,
            hub_key=hub_key,
            hub_next=hub_next,
            former=tuple(sorted((*self.former, *gone), key=lambda each: each.country)),
        )

    def ends(self) -> tuple[datetime, ...]:
        """Instants at which what `standing` gives changes, in order."""
        following = (self.hub_next, *(one.next_signing for one in self.members))
        turns = (each for turn in following if turn for each in (turn.since, turn.until))
        return tuple(sorted({each for each in (self.until, *(one.keys_until for one in self.members), *turns) if each}))


def _has_ended(until: datetime | None, now: datetime) -> bool:
    return until is not None and until <= now
