"""What a country tells the others of its node before a ceremony, and the hub of its next key."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Annotated

import msgspec

from corridor.domain.country import country
from corridor.domain.country_facts import CountryFacts
from corridor.domain.directory import Federation, Member, Signer
from corridor.domain.errors import InvalidError
from corridor.domain.mutual import MutualTls
from corridor.domain.next_key import NextKey
from corridor.keys.certificates import ends_at

Key = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$")]
"""A public key in hexadecimal."""


class Card(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A node's name, address and public keys, and what else the others need to know of its country.

    Attributes:
        manifest_key: of the country's signature under the federation's manifest; empty where it signs none.
        keys_until: aware UTC instant at which the keys end; None for as long as the manifest says.
    """

    country: Annotated[str, msgspec.Meta(pattern="^[A-Z]{2}$")]
    name: str
    base_url: str
    signing_key: Key
    sealing_key: Key
    log_key: Key
    manifest_key: Annotated[str, msgspec.Meta(pattern="^([0-9a-f]{64})?$")] = ""
    keys_until: Annotated[datetime, msgspec.Meta(tz=True)] | None = None
    facts: CountryFacts = msgspec.field(default_factory=CountryFacts)
    mutual: MutualTls = msgspec.field(default_factory=MutualTls)
    next_signing: NextKey | None = None

    def member(self) -> Member:
        """The country as the manifest lists it, without a share of the token key."""
        return Member(
            country=country(self.country),
            name=self.name,
            base_url=self.base_url,
            signing_key=bytes.fromhex(self.signing_key),
            sealing_key=bytes.fromhex(self.sealing_key),
            log_key=bytes.fromhex(self.log_key),
            keys_until=self.keys_until,
            facts=self.facts,
            mutual=self.mutual,
            next_signing=self.next_signing,
        )

    def signer(self) -> tuple[Signer, ...]:
        """The country as a signer of the manifest, or nothing."""
        return (Signer(self.country, bytes.fromhex(self.manifest_key)),) if self.manifest_key else ()


def read_cards(files: Iterable[bytes]) -> tuple[Card, ...]:
    """The cards, ordered by country: the order that numbers the holders of a new key.

    Raises:
        InvalidError: a file is not a card, a certificate is none, or two cards are of one country.
    """
    try:
        cards = [msgspec.json.decode(file, type=Card) for file in files]
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise InvalidError(f"A card is wrong: {error}.") from None
    for certificate in (each for card in cards for each in card.mutual.certificates):
        ends_at(certificate)
    if len({each.country for each in cards}) != len(cards):
        raise InvalidError("Two cards are of one country.")
    return tuple(sorted(cards, key=lambda each: country(each.country)))


class HubCard(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The hub's signing key, by which it is known, and the one that takes over from it."""

    signing_key: Key
    next_signing: NextKey

    def announced(self, federation: Federation) -> Federation:
        """The manifest with the hub's next key.

        Raises:
            InvalidError: that manifest knows the hub by another key.
        """
        if federation.hub_key.hex() != self.signing_key:
            raise InvalidError("The hub's card was made by another hub, or for another version of the manifest.")
        return replace(federation, hub_next=self.next_signing)


def read_hub_card(file: bytes) -> HubCard:
    """The hub's card.

    Raises:
        InvalidError: the file is none.
    """
    try:
        return msgspec.json.decode(file, type=HubCard)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise InvalidError(f"The hub's card is wrong: {error}.") from None
