"""What a country tells the others of its node before a ceremony."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

import msgspec

from corridor.domain.country import country
from corridor.domain.errors import InvalidError

Key = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$")]
"""A public key in hexadecimal."""


class Card(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A node's name, address and public keys."""

    country: Annotated[str, msgspec.Meta(pattern="^[A-Z]{2}$")]
    name: str
    base_url: str
    signing_key: Key
    sealing_key: Key
    log_key: Key


def read_cards(files: Iterable[bytes]) -> tuple[Card, ...]:
    """The cards, ordered by country: the order that numbers the holders of a new key.

    Raises:
        InvalidError: a file is not a card, or two cards are of one country.
    """
    try:
        cards = [msgspec.json.decode(file, type=Card) for file in files]
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise InvalidError(f"A card is wrong: {error}.") from None
    if len({each.country for each in cards}) != len(cards):
        raise InvalidError("Two cards are of one country.")
    return tuple(sorted(cards, key=lambda each: country(each.country)))
