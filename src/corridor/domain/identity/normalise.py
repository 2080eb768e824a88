"""One spelling for what is one name or one document number, whatever a clerk made of it; works on plain text."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from itertools import pairwise

from stdnum.cl import rut
from stdnum.pe import cui

from corridor.domain.identity.tables import (
    ABBREVIATIONS,
    FILLERS,
    JOINED,
    MARRIED,
    NICKNAMES,
    PARTICLES,
    SOUNDS,
    TITLES,
)

DOCUMENT_DIGITS_MIN = 5
_SOUNDS = tuple((re.compile(pattern), replacement) for pattern, replacement in SOUNDS)
_NOT_LETTERS = re.compile(r"[^a-z]+")
_NOT_ALPHANUMERIC = re.compile(r"[^A-Z0-9]+")
_NATIONALITY = re.compile(r"[VE](?=[0-9]+$)")
_RUN_DIGITS = (7, 8)
_DNI_WITH_CHECK = 9


def fold(text: str) -> str:
    """Lower case without accents; ñ becomes n, as it does on most keyboards abroad.

    Source: Unicode Standard Annex 15, form NFKD.
    """
    decomposed = unicodedata.normalize("NFKD", text).casefold()
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


def words(text: str) -> tuple[str, ...]:
    """The folded words of a text, in order, letters only."""
    return tuple(word for word in _NOT_LETTERS.split(fold(text)) if word)


def _joined(parts: Iterable[str]) -> list[str]:
    """Words, with San, Santa and Mc pulled to the word after them."""
    joined: list[str] = []
    for part in parts:
        if joined and joined[-1] in JOINED:
            joined[-1] += part
        else:
            joined.append(part)
    return joined


def name_words(text: str) -> tuple[str, ...]:
    """The words that carry a name: particles and titles gone, abbreviations written out."""
    all_words = words(text)
    telling = [word for word in all_words if word not in PARTICLES and word not in TITLES]
    return tuple(ABBREVIATIONS.get(word, word) for word in _joined(telling or all_words))


def given_words(names: Iterable[str]) -> tuple[str, ...]:
    """Given names in order, compound ones taken apart, fond forms replaced by the name they stand for."""
    return tuple(NICKNAMES.get(word, word) for name in names for word in name_words(name))


def is_married_name(surname: str) -> bool:
    """Whether a last surname is written as a husband's: `de González`, but not `de la Cruz` or `del Río`."""
    parts = words(surname)
    return len(parts) > 1 and parts[0] in MARRIED and parts[1] not in PARTICLES


def surname_words(names: Iterable[str]) -> tuple[str, ...]:
    """Surnames in order, taken apart; a husband's name after two surnames of one's own is left out."""
    own, husband = _parted(" ".join(names))
    return own if len(own) > 1 else own + husband


def own_surname_words(names: Iterable[str]) -> tuple[str, ...]:
    """Surnames in order without what may be a husband's name; `de León` may be one's own, which nobody can tell."""
    own, husband = _parted(" ".join(names))
    return own or husband


def _parted(text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """One's own surnames, and the one name after a last ` de `."""
    parts = text.split()
    for place in range(1, len(parts)):
        husband = " ".join(parts[place:])
        if is_married_name(husband) and len(name_words(husband)) == 1:
            return name_words(" ".join(parts[:place])), name_words(husband)
    return name_words(text), ()


@lru_cache(maxsize=65_536)
def sound(word: str) -> str:
    """How a folded word sounds in Andean Spanish: words that clerks confuse become one."""
    for pattern, replacement in _SOUNDS:
        word = pattern.sub(replacement, word)
    return word


@lru_cache(maxsize=65_536)
def skeleton(word: str) -> str:
    """The consonants of a word's sound after its first vowel, which is what survives most misspellings."""
    heard = sound(word)
    first = next((place for place, letter in enumerate(heard) if letter in "aeiou"), len(heard))
    bones = heard[: first + 1] + re.sub(r"[aeiou]", "", heard[first + 1 :])
    return re.sub(r"(.)\1+", r"\1", bones)


def document_core(country: str, number: str) -> str:
    """The telling characters of a document number, the same however it is printed.

    Dots, dashes, leading zeros and letters of nationality go; so do check digits that only some cards show
    (Chile's RUN, Peru's DNI).

    Returns:
        Capitals and digits, or an empty text where the number is too short or a clerk's filler.

    Source: ICAO 9303 for what a document number may hold; python-stdnum `cl.rut` and `pe.cui` for check digits.
    """
    compact = _NOT_ALPHANUMERIC.sub("", unicodedata.normalize("NFKD", number).upper())
    compact = _NATIONALITY.sub("", _without_check(country, compact)).lstrip("0")
    digits = sum(letter.isdigit() for letter in compact)
    telling = digits >= DOCUMENT_DIGITS_MIN and compact not in FILLERS and len(set(compact)) > 1
    return compact if telling else ""


def _without_check(country: str, compact: str) -> str:
    bare = compact.lstrip("0")
    if country == "CL" and len(bare) - 1 in _RUN_DIGITS and rut.is_valid(bare):
        return bare[:-1]
    if country == "PE" and len(compact) == _DNI_WITH_CHECK and cui.is_valid(compact):
        return compact[:-1]
    return compact


def document_blocks(core: str) -> tuple[str, ...]:
    """A number four times, each time with another quarter hidden, so that one wrong digit leaves one of them whole."""
    cuts = [round(len(core) * quarter / 4) for quarter in range(5)]
    return tuple(f"{core[:start]}{'?' * (end - start)}{core[end:]}" for start, end in pairwise(cuts))
