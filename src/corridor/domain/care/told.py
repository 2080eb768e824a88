"""Which of the drugs that a text names are taken: not those that were replaced, not tolerated or ruled out."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from corridor.domain.care.lexicon import lexicon
from corridor.domain.care.mentions import Mention

_OR = frozenset({"o", "ou", "or"})
_TOWARDS = frozenset({"a", "por", "to", "para", "con", "with"})

_ENDS = re.compile(r"[,;.)\]|]")
_ARROW = re.compile(r"[-=]+>|>")
_PLAIN, _PAST, _RULED_OUT = "", "stopped", "ruled out"


@dataclass(frozen=True, slots=True)
class Told:
    """The mentions of a text, parted.

    Attributes:
        taken: drugs that count.
        aside: drugs that the text names for another reason.
        flags: `change_of_regimen`, `stopped`, `named_not_taken`.
    """

    taken: tuple[Mention, ...]
    aside: tuple[Mention, ...]
    flags: frozenset[str]


def told(found: Sequence[Mention]) -> Told:
    """Part the drugs of a text; where it only tells of stopped ones, these are what it is about."""
    states = _states(found)
    flags: set[str] = set()
    if (turn := _turn(found)) is not None:
        flags.add("change_of_regimen")
        states.update({place: state or _PAST for place, state in states.items() if place < turn})
    either = _alternatives(found)
    if either:
        flags.add("alternatives")
    parted = {each: [found[place] for place, state in states.items() if state == each] for each in (_PLAIN, _PAST)}
    if parted[_PAST] and not parted[_PLAIN]:
        flags.add("stopped")
    counting = _PLAIN if parted[_PLAIN] else _PAST
    taken = [found[place] for place, state in states.items() if state == counting and place not in either]
    aside = [found[place] for place, state in states.items() if state != counting or place in either]
    if len(aside) > len(either):
        flags.add("named_not_taken")
    return Told(tuple(taken), tuple(aside), frozenset(flags))


def _states(found: Sequence[Mention]) -> dict[int, str]:
    """What the words around each drug say of it, up to the next comma, bracket or word of a beginning."""
    states: dict[int, str] = {}
    clause: list[int] = []
    state, depth = _PLAIN, 0
    for place, mention in enumerate(found):
        if _ENDS.search(mention.joint) or mention.depth != depth:
            state, clause = _PLAIN, []
        depth = mention.depth
        if mention.components:
            states[place] = state
            clause.append(place)
        else:
            state = _turned(mention.text, state)
            states.update(dict.fromkeys(clause, _after(mention.text)) if _after(mention.text) else {})
    return states


def _turned(word: str, state: str) -> str:
    markers = lexicon().markers
    if word in markers["begun"] or word in markers["changed"]:
        return _PLAIN
    if word in markers["never"]:
        return _RULED_OUT
    return _PAST if word in markers["stopped"] else state


def _after(word: str) -> str:
    """What a word says of the drugs before it: `TLE suspendido`, `ABC contraindicado`."""
    markers = lexicon().markers
    return _RULED_OUT if word in markers["refused"] else _PAST if word in markers["ended"] else _PLAIN


def _turn(found: Sequence[Mention]) -> int | None:
    """The place where the new regimen begins: after an arrow between drugs, or after `cambio de … a`."""
    changing = False
    drugs = 0
    for place, mention in enumerate(found):
        if drugs and _ARROW.search(mention.joint):
            return place
        if mention.text in lexicon().markers["changed"]:
            changing = True
        elif changing and mention.text in _TOWARDS:
            changing = drugs > 0
            if drugs and any(after.components for after in found[place + 1 : place + 2]):
                return place
        drugs += bool(mention.components)
    return None


def _alternatives(found: Sequence[Mention]) -> frozenset[int]:
    """The places of drugs of which only one is meant: `TDF o ABC`."""
    either: set[int] = set()
    for place, mention in enumerate(found):
        if mention.text not in _OR:
            continue
        before, after = _drug(found, place, -1), _drug(found, place, 1)
        if before is not None and after is not None and found[before].components != found[after].components:
            either |= {before, after}
    return frozenset(either)


def _drug(found: Sequence[Mention], place: int, step: int) -> int | None:
    """The drug beside a place, with nothing but strengths between."""
    place += step
    while 0 <= place < len(found) and found[place].kind == "number":
        place += step
    return place if 0 <= place < len(found) and found[place].components else None
