"""Which texts of a resistance report hold nothing but mutations and genes, so that they can name nobody."""

from __future__ import annotations

import re
from functools import lru_cache

from corridor.domain.care.lexicon import fold
from corridor.domain.care.resistance.genotype import Gene
from corridor.domain.care.resistance.known import expected, resistance_mutations
from corridor.domain.care.resistance.notation import MUTATION, Written, with_one_letter, written
from corridor.domain.care.resistance.reading import is_plain_word, is_sequence

_LONGEST = 2000
_MOST_LETTERS = 4
"""Amino acids at one position; laboratories report more as unknown. Longer runs could be words."""
_LONG_RUN = re.compile(rf"[^\W\d_]{{{_MOST_LETTERS + 1},}}")
_KNOWN_WORD = re.compile(r"ins(?:er[ct]i\w+)?|del(?:e[cçt]\w+|ta)?|stop", re.IGNORECASE)
_SHARE = re.compile(r"\(?\s?[<>]?\s?\d{1,3}(?:[.,]\d{1,2})?\s?%\s?\)?")
_HIV = re.compile(r"\b(?:HIV|VIH)[\s-]?[12]\b", re.IGNORECASE)
_TOKEN = re.compile(r"[^\W_]+")
_SIGNS = re.compile(r"[\w\s.,;:+\-/()\[\]=_&|<>%*Δ~·•']*")
_GLUE = re.compile(r"(?<![A-Za-z0-9])(?:PR|RT|IN|CA)[_:.\-]?(?=[A-Za-zΔ]?\d)", re.IGNORECASE)


@lru_cache(maxsize=4096)
def only_mutations(text: str) -> bool:
    """Whether a text is a list of mutations of HIV genes, or says in known words that there are none.

    Nucleotide sequences are refused: with them it can be reckoned who has infected whom.

    Args:
        text: as written.
    """
    if len(text) > _LONGEST or not _SIGNS.fullmatch(text) or is_sequence(text):
        return False
    plain = _GLUE.sub(" ", with_one_letter(_HIV.sub(" ", _SHARE.sub(" ", text))))
    found = [*MUTATION.finditer(plain)]
    words = _TOKEN.findall(MUTATION.sub(" ", plain))
    return (
        bool(found or words)
        and all(_possible(written(match), match.group()) for match in found)
        and all(is_plain_word(fold(word)) for word in words)
    )


def _possible(found: Written, text: str) -> bool:
    """Whether it is a change that a gene of HIV can have there, and short enough to be no word."""
    if len(found.amino_acids) > _MOST_LETTERS or _LONG_RUN.search(_KNOWN_WORD.sub(" ", text)):
        return False
    if found.own:
        return any(expected(gene, found.position) == found.own for gene in Gene)
    places = ((gene, found.position, letter) for gene in Gene for letter in found.amino_acids)
    return any(place in resistance_mutations() for place in places)
