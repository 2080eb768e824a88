"""Finding the drugs that a free text names, in the order and the brackets in which it names them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from corridor.domain.care.lexicon import Lexicon, fold, lexicon

_PIECE = re.compile(r"[a-z0-9]+(?:[.,]\d+)*|\+/-|[^\sa-z0-9]")
_WORD = re.compile(r"[a-z0-9]")
_GLUED_STRENGTH = re.compile(r"([a-z]{3,}|3tc|d4t)(\d+)([a-z]*)")
_PREFIX = re.compile(r"(?:art|arv)\d(.+)")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_PLACEHOLDER = re.compile(r"arv\d|drug\d|droga\d|outro|otro|otros|other|outros|unknown|desconocido")
_AMBIGUOUS = {
    ("xtc",): "ambiguous_xtc",  # lamivudine or emtricitabine
    ("etv",): "ambiguous_etv",  # etravirine in the WHO DAK, entecavir elsewhere
    ("pi", "r"): "unspecified_pi",
    ("ip", "r"): "unspecified_pi",
}


@dataclass(frozen=True, slots=True)
class Mention:
    """One thing that a text names.

    Attributes:
        kind: `drug`, `number`, `word` (known, not a drug), `code`, `unread`.
        text: folded, as written.
        components: substances meant; empty unless a drug or a code.
        joint: signs between the mention before and this one.
        depth: brackets open around it.
        flag: what is peculiar about it, or empty.
    """

    kind: str
    text: str
    components: tuple[str, ...] = ()
    joint: str = ""
    depth: int = 0
    flag: str = ""


@dataclass(frozen=True, slots=True)
class _Token:
    text: str
    joint: str
    depth: int


def mentions(text: str) -> tuple[Mention, ...]:
    """Every drug, number and word of a text, none left out."""
    tokens = _tokens(fold(text))
    found: list[Mention] = []
    position = 0
    while position < len(tokens):
        mention, length = _mention(tokens, position)
        found.append(mention)
        position += length
    return tuple(found)


def _tokens(folded: str) -> list[_Token]:
    tokens: list[_Token] = []
    joint, depth = "", 0
    for piece in _PIECE.findall(folded):
        if _WORD.match(piece):
            tokens.append(_Token(piece, joint, depth))
            joint = ""
            continue
        depth = max(0, depth + (piece == "(") - (piece == ")"))
        joint += piece
    return tokens


@cache
def _longest() -> int:
    return max(map(len, lexicon().names))


def _mention(tokens: list[_Token], position: int) -> tuple[Mention, int]:
    """The longest name that starts here, or what the single word is."""
    first = tokens[position]
    for length in range(min(_longest(), len(tokens) - position), 0, -1):
        words = tuple(token.text for token in tokens[position : position + length])
        if (flag := _AMBIGUOUS.get(words)) is not None:
            return Mention("unread", "/".join(words), (), first.joint, first.depth, flag), length
        if (components := lexicon().names.get(words)) is not None:
            flag = "paediatric_syrup" if "syr" in words[0] else ""
            return Mention("drug", " ".join(words), components, first.joint, first.depth, flag), length
    return _single(first), 1


def _single(token: _Token) -> Mention:
    known = lexicon()
    word = token.text
    if word in known.regimen_codes:
        return Mention("code", word, known.regimen_codes[word], token.joint, token.depth, "code_not_text")
    if _PLACEHOLDER.fullmatch(word):
        return Mention("unread", word, (), token.joint, token.depth, "placeholder")
    if _NUMBER.fullmatch(word):
        return Mention("number", word, (), token.joint, token.depth)
    return _glued(token, known) or Mention(
        "word" if word in known.words else "unread", word, (), token.joint, token.depth
    )


def _glued(token: _Token, known: Lexicon) -> Mention | None:
    """`lamivudina60mg`, `300mg` and `art5tdf`: a name or a unit written together with a number."""
    match = _GLUED_STRENGTH.fullmatch(token.text)
    if match and (match[1],) in known.names:
        return Mention("drug", token.text, known.names[(match[1],)], token.joint, token.depth, "strength_glued")
    match = _PREFIX.fullmatch(token.text)
    if match and (match[1],) in known.names:
        return Mention("drug", token.text, known.names[(match[1],)], token.joint, token.depth, "prefix_noise")
    if number := re.match(r"(\d+(?:[.,]\d+)?)[a-z]+$", token.text):
        return Mention("number", number[1], (), token.joint, token.depth)
    return None
