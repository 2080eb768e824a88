"""Names of drugs as they are misspelt: as they sound in Spanish and Portuguese, or with one letter wrong."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from functools import cache, lru_cache

from rapidfuzz import process
from rapidfuzz.distance import OSA

from corridor.domain.care.lexicon import lexicon

_SHORTEST = 7
_SHORTEST_WRONG = 9
"""A shorter name with one letter wrong may be another drug."""
_SHORTEST_TWICE_WRONG = 11
_COMPARED = 5
_SOUNDS = (
    (re.compile(r"ph"), "f"),
    (re.compile(r"th"), "t"),
    (re.compile(r"ch|qu|k"), "c"),
    (re.compile(r"h"), ""),
    (re.compile(r"v"), "b"),
    (re.compile(r"z|c(?=[ei])"), "s"),
    (re.compile(r"y"), "i"),
    (re.compile(r"m(?=[bp])"), "n"),
    (re.compile(r"(.)\1+"), r"\1"),
    (re.compile(r"[ae]$"), ""),
)


@lru_cache(maxsize=4096)
def misspelt(word: str) -> tuple[str, ...]:
    """The substances of the one known name that sounds like a word, or differs in one letter; empty where none does.

    In a name of eleven letters two may be wrong, where no other name is as near: `dolutregavir`.

    Args:
        word: folded, not a known name itself.
    """
    if len(word) < _SHORTEST or not word.isalpha():
        return ()
    if (meant := _by_sound().get(_sound(word))) is not None:
        return meant
    if len(word) < _SHORTEST_WRONG or word in lexicon().words:
        return ()
    wrong = 1 if len(word) < _SHORTEST_TWICE_WRONG else 2
    near = process.extract(word, tuple(_names()), scorer=OSA.distance, score_cutoff=wrong, limit=_COMPARED)
    meanings = {_names()[name] for name, _, _ in near}
    return next(iter(meanings)) if len(meanings) == 1 else ()


@cache
def _names() -> Mapping[str, tuple[str, ...]]:
    """Names of one word that are long enough; the key is the name and the value what it means."""
    return {
        words[0]: meant for words, meant in lexicon().names.items() if len(words) == 1 and len(words[0]) >= _SHORTEST
    }


@cache
def _by_sound() -> Mapping[str, tuple[str, ...]]:
    found: defaultdict[str, set[tuple[str, ...]]] = defaultdict(set)
    for name, meant in _names().items():
        found[_sound(name)].add(meant)
    return {sound: next(iter(meanings)) for sound, meanings in found.items() if len(meanings) == 1}


def _sound(word: str) -> str:
    for pattern, letter in _SOUNDS:
        word = pattern.sub(letter, word)
    return word
