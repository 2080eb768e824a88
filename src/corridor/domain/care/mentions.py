"""Finding the drugs that a free text names, in the order and the brackets in which it names them."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache

from corridor.domain.care.lexicon import ATC_SYSTEM, Lexicon, lexicon
from corridor.domain.care.plain_text import plain
from corridor.domain.care.spelling import misspelt

_PIECE = re.compile(r"\d+(?:[.,](?!3tc)\d+)+[a-z]*|[a-z0-9]+|\+/-|[^\sa-z0-9]")
_WORD = re.compile(r"[a-z0-9]")
_GLUED_STRENGTH = re.compile(r"([a-z]{3,}|3tc|d4t)(\d+)([a-z]*)")
_PREFIX = re.compile(r"(?:art|arv)\d(.+)")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_DOTTED = re.compile(r"\b(?:[a-z]\.){1,4}[a-z]\b\.?")
_LONE_BOOSTER = re.compile(r"(?<=\d)\s?/\s?([rc])\s?(?=\d{2,3}\b)|(?<=\d)\s?/([rc])(?=$|[\s+,;)])")
_BOOSTERS = {"r": "/rtv ", "c": "/cobi "}
_LETTERS = 3
_TIMES = re.compile(r"\d+x\d*")
_WITH_UNIT = re.compile(r"(\d+(?:[.,]\d+)?)([a-z]+\d?)")
_MUTATION = re.compile(r"[acdefghiklmnpqrstvwy]\d{1,3}[acdefghiklmnpqrstvwy]{1,4}")
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
    joined = _DOTTED.sub(lambda match: match[0].replace(".", ""), plain(text))
    tokens = _tokens(_LONE_BOOSTER.sub(lambda match: _BOOSTERS[match[1] or match[2]], joined))
    found: list[Mention] = []
    position = 0
    while position < len(tokens):
        mention, length = _mention(tokens, position)
        if found and _is_letter_for_drug(mention, found[-1]):
            mention = replace(mention, kind="unread")
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
        depth = max(0, depth + (piece in "([") - (piece in ")]"))
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
        components = lexicon().names.get(words)
        if components is not None and not _is_time(tokens, position, length):
            flag = "paediatric_syrup" if "syr" in words[0] else ""
            return Mention("drug", " ".join(words), components, first.joint, first.depth, flag), length
    return _single(first), 1


def _is_time(tokens: list[_Token], position: int, length: int) -> bool:
    """`DRV c/12h` means every twelve hours, and `24 HR` hours: neither is cobicistat or rifampicin with isoniazid."""
    last = tokens[position + length - 1]
    if last.text == "c":
        return length > 1 and last.joint not in {"/", "-"}
    return last.text == "hr" and position > 0 and tokens[position - 1].text[-1].isdigit()


def _is_letter_for_drug(mention: Mention, before: Mention) -> bool:
    """The L of `TDF + L`: somebody's letter for a drug, which may be any."""
    alone = mention.kind == "word" and len(mention.text) == 1 and mention.text.isalpha()
    after_drug = bool(before.components) or (before.kind == "unread" and len(before.text) == 1)
    return alone and mention.joint in {"+", "/"} and after_drug


def _single(token: _Token) -> Mention:
    known = lexicon()
    word = token.text
    if word in known.regimen_codes:
        return Mention("code", word, known.regimen_codes[word], token.joint, token.depth, "code_not_text")
    if (components := known.codes.get((ATC_SYSTEM, word.upper()))) is not None:
        return Mention("code", word, components, token.joint, token.depth, "code_not_text")
    if word in known.markers["classes"]:
        return Mention("unread", word, (), token.joint, token.depth, "unspecified_class")
    if _PLACEHOLDER.fullmatch(word):
        return Mention("unread", word, (), token.joint, token.depth, "placeholder")
    if _NUMBER.fullmatch(word) or _TIMES.fullmatch(word):
        return Mention("number", word, (), token.joint, token.depth)
    return _glued(token, known) or Mention(
        "word" if _is_word(word, known) else "unread", word, (), token.joint, token.depth
    )


def _is_word(word: str, known: Lexicon) -> bool:
    return (
        word in known.words or bool(_MUTATION.fullmatch(word)) or any(word in each for each in known.markers.values())
    )


def _glued(token: _Token, known: Lexicon) -> Mention | None:
    """`lamivudina60mg`, `art5tdf`, `pdtg`, `tdf3tcdtg`, `300mg`: what is written together, and what is misspelt."""
    for reader, flag in _TOGETHER:
        if components := reader(token.text, known):
            return Mention("drug", token.text, components, token.joint, token.depth, flag)
    number = _WITH_UNIT.fullmatch(token.text)
    if number and number[2] in known.words:
        return Mention("number", number[1], (), token.joint, token.depth)
    return None


def _with_strength(word: str, known: Lexicon) -> tuple[str, ...]:
    match = _GLUED_STRENGTH.fullmatch(word)
    fits = match and (not match[3] or match[3] in known.words)
    return known.names.get((match[1],), ()) if match and fits else ()


def _with_prefix(word: str, known: Lexicon) -> tuple[str, ...]:
    match = _PREFIX.fullmatch(word)
    return known.names.get((match[1],), ()) if match else ()


def _for_children(word: str, known: Lexicon) -> tuple[str, ...]:
    """`pdtg`: the p stands for paediatric."""
    return known.names.get((word[1:],), ()) if word[0] == "p" and len(word) > _LETTERS else ()


def _run_together(word: str, known: Lexicon) -> tuple[str, ...]:
    """`tdf3tcdtg`: a word that is nothing but abbreviations of three letters, and so at least two of them."""
    if len(word) % _LETTERS or len(word) == _LETTERS:
        return ()
    parts = [known.names.get((word[place : place + _LETTERS],), ()) for place in range(0, len(word), _LETTERS)]
    return tuple(name for part in parts for name in part) if all(len(part) == 1 for part in parts) else ()


def _misspelt(word: str, _: Lexicon) -> tuple[str, ...]:
    return misspelt(word)


_TOGETHER = (
    (_with_strength, "strength_glued"),
    (_with_prefix, "prefix_noise"),
    (_for_children, "paediatric_syrup"),
    (_run_together, ""),
    (_misspelt, "misspelt"),
)
"""How names are written together with something else, and the caution that goes with it."""
