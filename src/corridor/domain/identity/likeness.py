"""How two lists of names, two dates and two sets of papers compare, each as one plain word."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from rapidfuzz.distance import JaroWinkler, Levenshtein

from corridor.domain.identity.normalise import skeleton, sound
from corridor.domain.identity.tables import SHORT_FORMS

SAME, SIMILAR = 2, 1
_SIMILAR_FROM = 0.9
_LONG_ENOUGH = 4
_SHORT_STEM = 3
_SLIP_YEARS = (1, 10)

Birth = tuple[int, int | None, int | None]
Paper = tuple[str, str, str]
"""Issuer, kind and core of a document."""


def word_likeness(left: str, right: str) -> int:
    """2 where two folded words are one name however spelt, 1 where they are close or one is an initial, else 0.

    Mario and María, Luis and Luisa are never close: twins are often named so.
    """
    if sound(left) == sound(right):
        return SAME
    if 1 in (len(left), len(right)):
        return SIMILAR if left[0] == right[0] else 0
    if _is_short_form(left, right) or _is_short_form(right, left):
        return SIMILAR
    if _is_other_sex(left, right) or _is_other_sex(right, left):
        return 0
    return SIMILAR if _is_close(left, right) else 0


def _is_short_form(short: str, name: str) -> bool:
    return short in SHORT_FORMS and name.startswith(short[:_SHORT_STEM])


def _is_other_sex(woman: str, man: str) -> bool:
    return woman.endswith("a") and not man.endswith("a") and woman[:-1] == man.removesuffix("o")


def _is_close(left: str, right: str) -> bool:
    """One letter off, the same consonants, or the same beginning; of short words only one letter more or less."""
    shorter = min(len(left), len(right))
    if shorter < _LONG_ENOUGH:
        return shorter == _LONG_ENOUGH - 1 and len(left) != len(right) and Levenshtein.distance(left, right) == 1
    bones = skeleton(left)
    if Levenshtein.distance(left, right) == 1 or (len(bones) >= _LONG_ENOUGH and bones == skeleton(right)):
        return True
    return JaroWinkler.similarity(left, right) >= _SIMILAR_FROM


def matched_words(left: Sequence[str], right: Sequence[str]) -> list[tuple[int, int, int]]:
    """Best pairs of words first: (likeness, place at left, place at right), each word used once."""
    ranked = sorted(
        ((word_likeness(a, b), -abs(i - j), i, j) for i, a in enumerate(left) for j, b in enumerate(right)),
        reverse=True,
    )
    taken: list[tuple[int, int, int]] = []
    for likeness, _, i, j in ranked:
        if likeness and all(i != x and j != y for _, x, y in taken):
            taken.append((likeness, i, j))
    return taken


def names_likeness(left: Sequence[str], right: Sequence[str]) -> str:
    """How two lists of name words compare.

    Returns:
        `unknown` where a list is empty; `whole` where both hold the same two or more, `reversed` if in another order;
        `single` for one and the same name; `shorter` where one list lacks what the other has; `similar` where all
        meet but not all alike; `part` where each side has a name that the other lacks; `different` where none meet.
    """
    if not left or not right:
        return "unknown"
    pairs = matched_words(left, right)
    if not pairs:
        return "different"
    if len(pairs) < min(len(left), len(right)):
        return "part"
    if any(likeness < SAME for likeness, _, _ in pairs):
        return "similar"
    return _complete(pairs, left, right)


def _complete(pairs: list[tuple[int, int, int]], left: Sequence[str], right: Sequence[str]) -> str:
    if len(left) != len(right):
        return "shorter"
    if len(left) == 1:
        return "single"
    return "whole" if all(i == j for _, i, j in pairs) else "reversed"


def births_likeness(left: Birth | None, right: Birth | None) -> str:
    """How two birth dates compare: `unknown`, `same`, `swapped`, `slip`, `compatible` or `different`.

    A slip is one part off: any day, any month, or a year by one or ten. Compatible dates agree as far as both go.
    """
    if left is None or right is None:
        return "unknown"
    if None in left or None in right:
        agree = all(a == b for a, b in zip(left, right, strict=True) if a is not None and b is not None)
        return "compatible" if agree else "different"
    if left == right:
        return "same"
    if left == (right[0], right[2], right[1]):
        return "swapped"
    return _slip(left, right)


def _slip(left: Birth, right: Birth) -> str:
    off = [place for place in range(3) if left[place] != right[place]]
    year_is_near = off != [0] or abs(left[0] - right[0]) in _SLIP_YEARS
    return "slip" if len(off) == 1 and year_is_near else "different"


def papers_likeness(left: Collection[Paper], right: Collection[Paper]) -> str:
    """How two sets of papers compare: `same` number, `near` it, `conflict` of national cards, or `unknown`."""
    ours, theirs = ({(issuer, core) for issuer, _, core in papers} for papers in (left, right))
    if ours & theirs:
        return "same"
    if any(a == c and Levenshtein.distance(b, d, score_cutoff=1) <= 1 for a, b in ours for c, d in theirs):
        return "near"
    cards, others = ({issuer for issuer, kind, _ in papers if kind == "national"} for papers in (left, right))
    return "conflict" if cards & others else "unknown"


def sexes_likeness(left: str, right: str) -> str:
    """How two administrative genders compare: `same`, `different` or `unknown`."""
    if not {left, right} <= {"male", "female", "other"}:
        return "unknown"
    return "same" if left == right else "different"
