"""How easily a text is read, by the formulas that are usual for each language."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

_WORD = re.compile(r"[^\W\d_]+")
_STRONG = re.compile(r"[aeoáéíóúâêôãõàü]")
_VOWELS = re.compile(r"[aeiouyáéíóúâêôãõàü]+")
_ENGLISH_VOWELS = re.compile(r"[aeiouy]+")


def ease(sentences: Iterable[str], language: str) -> float:
    """The higher, the easier; 100 is very easy, below 50 is hard.

    Sources:
        es: Szigriszt-Pazos' perspicuity, read on the INFLESZ scale (Barrio Cantalejo 2008): from 55 normal, from 65
            fairly easy, from 80 very easy: 206.835 - 62.3 * syllables / words - words / sentences.
        pt: Flesch as adapted by Martins et al. 1996 (NILC-USP, note 28): 248.835 - 84.6 * syllables / words
            - 1.015 * words / sentences; from 50 easy, from 75 very easy.
        en: Flesch 1948: 206.835 - 84.6 * syllables / words - 1.015 * words / sentences; from 60 plain English.
    """
    said = [found for text in sentences for part in re.split(r"[.:;?!]", text) if (found := _WORD.findall(part))]
    words = [word for found in said for word in found]
    per_word = sum(_syllables(word.lower(), language) for word in words) / len(words)
    per_sentence = len(words) / len(said)
    if language == "es":
        return 206.835 - 62.3 * per_word - per_sentence
    constant = 248.835 if language == "pt" else 206.835
    return constant - 84.6 * per_word - 1.015 * per_sentence


def _syllables(word: str, language: str) -> int:
    if language == "en":
        silent = word.endswith("e") and not word.endswith("le")
        return max(len(_ENGLISH_VOWELS.findall(word)) - silent, 1)
    groups = _VOWELS.findall(re.sub(r"(?<=[gq])u(?=[eiéí])", "", unicodedata.normalize("NFC", word)))
    return max(sum(_nuclei(group) for group in groups), 1)


def _nuclei(group: str) -> int:
    """Two strong vowels, or an accented weak one beside another, are two syllables; anything else is a diphthong."""
    if group in {"ão", "õe", "ãe"}:
        return 1
    return max(len(_STRONG.findall(group)), 1)
