"""One spelling for telephone numbers, addresses, places and mothers' names, as far as features need it."""

from __future__ import annotations

from collections.abc import Sequence

from corridor.domain.identity.demographics import Detail, DetailKind
from corridor.domain.identity.normalise import given_words, skeleton, sound, words
from corridor.domain.identity.tables import STREET_WORDS

PHONE_DIGITS = 7
"""Last digits of a telephone number that are compared: codes of countries and cities come and go."""

STREET_LETTERS, STREET_START = 12, 5
_DETAILS_USED = 2


def _digits(text: str) -> str:
    return "".join(letter for letter in text if letter in "0123456789")


def at_home(details: Sequence[Detail]) -> tuple[list[str], list[str]]:
    """What tells a household, and streets without a house number.

    Returns:
        Telephones and streets with a house number; then streets. At most two of each, each text opening with a
        letter that keeps kinds of details apart.
    """
    homes, streets = [], []
    for detail in details:
        digits = _digits(detail.text)
        if detail.kind is DetailKind.PHONE and len(digits) >= PHONE_DIGITS:
            homes.append(f"t{digits[-PHONE_DIGITS:]}")
        elif detail.kind is DetailKind.ADDRESS:
            street = _street(detail.text)
            homes += [f"a{street[:STREET_START]}{digits}"] if street and digits else []
            streets += [f"s{street[:STREET_LETTERS]}"] if len(street) >= STREET_START else []
    return list(dict.fromkeys(homes))[:_DETAILS_USED], list(dict.fromkeys(streets))[:1]


def house_number(details: Sequence[Detail]) -> str:
    """The digits of the first address; empty where it has none."""
    return next((_digits(each.text) for each in details if each.kind is DetailKind.ADDRESS), "")


def _street(text: str) -> str:
    """How the street sounds, without words such as calle and jirón wherever other words remain."""
    all_words = words(text)
    telling = [word for word in all_words if word not in STREET_WORDS]
    return sound("".join(telling or all_words))


def whereabouts(details: Sequence[Detail]) -> list[str]:
    """Postcode, place of residence, birth place and mother's first name, at most three, shared by thousands each."""
    found = []
    for detail in details:
        if detail.kind is DetailKind.POSTCODE:
            found.append(f"p{''.join(sorted(_digits(detail.text)))}" if _digits(detail.text) else "")
        elif detail.kind is DetailKind.MOTHER:
            found += [f"m{skeleton(word)}" for word in given_words((detail.text,))[:1]]
        elif detail.kind in {DetailKind.RESIDENCE, DetailKind.BIRTH_PLACE}:
            place = "".join(map(skeleton, words(detail.text)))
            found.append(f"{'r' if detail.kind is DetailKind.RESIDENCE else 'b'}{place}" if place else "")
    return [each for each in dict.fromkeys(found) if each][:3]
