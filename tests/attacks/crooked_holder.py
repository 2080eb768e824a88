"""How a key holder in bad faith answers: signed as it should be, and evaluated with something else than its share."""

from __future__ import annotations

from pathlib import Path

from corridor.domain.identity import dleq, oprf
from corridor.domain.identity.group import element_sum, scalar_of, scalar_sum
from corridor.domain.wire import EvaluatedWords, EvaluateWords, read_words, write_words
from corridor.keys.shares import FolderShares

_FIRST: list[EvaluatedWords] = []
"""What a holder that repeats itself answered first."""


def evaluated(behaviour: str, body: bytes, *, keys: Path) -> bytes:
    """The body of a crooked answer."""
    words = read_words(body, EvaluateWords)
    share = FolderShares(keys).of(words.epoch, words.generation)
    assert share is not None
    blinded = list(words.blinded)
    if behaviour == "holder-with-another-share":
        other = scalar_sum((share.secret.value, scalar_of(1)))
        answers = oprf.evaluate(other, blinded)
        return _said(answers, dleq.prove(other, blinded, answers))
    answers, proof = share.evaluate(blinded)
    if behaviour == "holder-that-doubles-one":
        return _said([element_sum((answers[0], answers[0])), *answers[1:]], proof)
    _FIRST.append(EvaluatedWords(tuple(answers), proof))
    return write_words(_FIRST[0]) if len(_FIRST[0].evaluated) == len(answers) else _said(answers[::-1], proof)


def _said(answers: list[bytes], proof: bytes) -> bytes:
    return write_words(EvaluatedWords(tuple(answers), proof))
