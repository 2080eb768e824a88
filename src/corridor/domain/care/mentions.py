"""Finding the drugs that a free text names, in the order and the brackets in which it names them."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache

from corridor.domain.care.lexicon import ATC_SYSTEM, Lexicon, lexicon
from corridor.domain.care.plain_text import plain
from corridor.domain.care.spelling import misspelt

_PIECE = re.compile(r"\d+(?:[.,](?!3tc)\d+)+[a-z]*|[^\W_]+|\+/-|[^\s]")
_WORD = re.compile(r"[^\W_]")
_GLUED_STRENGTH = re.compile(r"([a-z]{3,}|3tc|d4t)(\d+)([a-z]*)")
_PREFIX = re.compile(r"(?:art|arv)\d(.+)")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_DOTTED = re.compile(r"\b(?:[a-z]\.){1,4}[a-z]\b\.?")
_SPACED = re.compile(r"(?<![a-z0-9.])(?:3 tc|d 4 ?t|d4 t|[a-z0-9](?:[ .][a-z0-9]){2})(?![a-z0-9])")
_LONE_BOOSTER = re.compile(r"(?<=\d)\s?/\s?([rc])\s?(?=\d{2,3}\b)|(?<=\d)\s?/([rc])(?=$|[\s+,;)])")
_UNIT_LETTERS = frozenset("acdghlmsux")
"""Letters that count something after a number: `1c/12h`, `28d`, `2g`, `24h`, `8s`, `30x`."""
_BOOSTERS = {"r": "/rtv ", "c": "/cobi "}
_LETTERS = 3
_LONGEST_RUN = 24
_LISTING = frozenset({"+", "/"})
_TIMES = re.compile(r"\d+x\d*")
_WITH_UNIT = re.compile(r"(\d+(?:[.,]\d+)?)([a-z]+\d?)")
_MUTATION = re.compile(r"[acdefghiklmnpqrstvwy][1-9]\d{0,2}[acdefghiklmnpqrstvwy]{1,4}")
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
        written: the whole word where `text` is only the number in it: `1d`.
    """

    kind: str
    text: str
    components: tuple[str, ...] = ()
    joint: str = ""
    depth: int = 0
    flag: str = ""
    written: str = ""


@dataclass(frozen=True, slots=True)
class _Token:
    text: str
    joint: str
    depth: int


def mentions(text: str) -> tuple[Mention, ...]:
    """Every drug, number and word of a text, none left out."""
    joined = _DOTTED.sub(lambda match: match[0].replace(".", ""), _SPACED.sub(_closed, plain(text)))
    tokens = _tokens(_LONE_BOOSTER.sub(lambda match: _BOOSTERS[match[1] or match[2]], joined))
    found: list[Mention] = []
    position = 0
    while position < len(tokens):
        mention, length = _mention(tokens, position)
        found.append(mention)
        position += length
    return tuple(
        replace(mention, kind="unread") if _is_unsaid(found, place) else mention for place, mention in enumerate(found)
    )


def _closed(match: re.Match[str]) -> str:
    """`3 TC` and `A.Z.T`: the signs of one name, drawn apart."""
    name = re.sub(r"[ .]", "", match[0])
    return name if (name,) in lexicon().names else match[0]


def _is_unsaid(found: list[Mention], place: int) -> bool:
    """A word that is known elsewhere, but stands where a drug would: the L of `TDF + L`, the D7G of `TDF/D7G`."""
    mention = found[place]
    if mention.kind != "word":
        return False
    before, after = found[place - 1] if place else None, found[place + 1] if place + 1 < len(found) else None
    if len(mention.text) == 1 and mention.text.isalpha():
        return _is_letter_for_drug(mention, before) or _is_lone_letter(mention, before, after)
    return bool(_MUTATION.fullmatch(mention.text)) and _is_in_list(before, mention, after)


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


def _is_letter_for_drug(mention: Mention, before: Mention | None) -> bool:
    """Somebody's letter for a drug, which may be any."""
    if before is None or mention.joint not in _LISTING:
        return False
    return bool(before.components) or (before.kind in {"unread", "word"} and len(before.text) == 1)


def _is_lone_letter(mention: Mention, before: Mention | None, after: Mention | None) -> bool:
    """A letter that is no word by itself, and has neither a number nor a known word beside it to be a dose of."""
    if mention.text in lexicon().fillers or (mention.text == "c" and after is not None and after.joint == "/"):
        return False
    beside = [one for one in (before, after) if one]
    return not any(
        (one.text[0].isdigit() and not one.components) or (one.kind == "word" and len(one.text) > 1) for one in beside
    )


def _is_in_list(before: Mention | None, mention: Mention, after: Mention | None) -> bool:
    """Whether a drug stands beside it in `A + B` or `A/B`."""
    follows = before is not None and bool(before.components) and mention.joint in _LISTING
    return follows or (after is not None and bool(after.components) and after.joint in _LISTING)


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
    if number is None:
        return None
    if len(number[2]) >= _LETTERS and (meant := known.names.get((number[2],))):
        return Mention("drug", token.text, meant, token.joint, token.depth, "strength_glued")
    if number[2] in (known.words if len(number[2]) > 1 else _UNIT_LETTERS):
        return Mention("number", number[1], (), token.joint, token.depth, written=token.text)
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
    """`tdf3tcdtg`, `azt3tclpvr`: nothing but abbreviations of three letters, at least two, the last perhaps boosted."""
    if len(word) <= _LETTERS + 1 or len(word) > _LONGEST_RUN:
        return ()
    end = len(word) - len(word) % _LETTERS
    starts = range(0, end, _LETTERS)
    parts = [word[start : start + _LETTERS] for start in starts]
    parts[-1] += word[end:]
    found = [known.names.get((part,), ()) for part in parts]
    whole = all(len(part) == 1 for part in found[:-1]) and len(found[-1]) == 1 + len(word) - end
    return tuple(name for part in found for name in part) if whole else ()


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
