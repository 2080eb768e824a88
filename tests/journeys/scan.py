"""Looks for names and clinical words where none may be."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from demo.bundles import never_cross
from demo.names import CLINICS, DOCTORS
from demo.values import Person

RANDOM = re.compile(r"(?=[a-z0-9+/_-]*[0-9])[a-z0-9+/_-]{40,}")
"""Keys, tokens, envelopes and signatures; short words occur in them by chance."""

SIGNED_FORMAT = "application/jose"
"""Media type of signatures, in which a given name happens to stand."""

BLANKS, WORD = re.compile(r"[ \0]{2,}"), re.compile(r"\w+")

CHANCE = 6
"""Shorter words occur in random bytes by chance; of those the columns of text are read one by one."""

DRAWN = re.compile(r"[0-9a-f-]{13,}|x'[0-9a-f]*'|\\+x[0-9a-f]+")
"""Ids, instants and bytes in base 16; a number of seven digits occurs in thousands of them by chance."""

_WORDS = """
tenofovir lamivudine lamivudina efavirenz dolutegravir zidovudine zidovudina lopinavir ritonavir darunavir abacavir
etravirine etravirina nevirapine nevirapina cotrimoxazol isoniazid rifampicin tuberculosis carga viral load cd4 vih hiv
sida aids regimen medication observation condition mutation genotype b24
"""
CLINICAL = frozenset(_WORDS.split())


def folded(content: bytes | str) -> str:
    """In small letters and without accents."""
    text = content.decode("utf-8", "replace") if isinstance(content, bytes) else content
    return "".join(each for each in unicodedata.normalize("NFKD", text.lower()) if not unicodedata.combining(each))


def secrets_of(everybody: Iterable[Person]) -> frozenset[str]:
    """Every name, document number, phone, birth date, city, clinic and clinician of everybody."""
    found = frozenset[str]().union(*(never_cross(one) for one in everybody))
    staff = {name for several in CLINICS.values() for name in several}
    staff |= {family for several in DOCTORS.values() for _, family in several}
    return found | staff


def leaked(content: bytes | str, secret: Iterable[str]) -> list[str]:
    """Which of the texts occur, single words as whole words."""
    text = RANDOM.sub(" ", BLANKS.sub(" ", folded(content)).replace(SIGNED_FORMAT, " "))
    words, wanted = set(WORD.findall(text)), {*map(folded, secret)}
    return sorted(each for each in wanted if (each in words if WORD.fullmatch(each) else each in text))


def long_ones(content: bytes, secret: Iterable[str]) -> list[str]:
    """Which of the texts that chance does not write occur anywhere, inside of words too; numbers outside of `DRAWN`."""
    text = folded(content)
    rest = DRAWN.sub(" ", text)
    wanted = {each for each in map(folded, secret) if len(each) > CHANCE}
    return sorted(each for each in wanted if each in (rest if each.isdecimal() else text))
