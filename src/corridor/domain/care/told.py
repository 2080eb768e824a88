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
_PLAIN, _PAST, _RULED_OUT, _SET_ASIDE = "", "stopped", "ruled out", "set aside"
"""What is planned, and what somebody else takes, stays aside to the end of its clause: `se sugiere iniciar TLD`."""
_NOT = frozenset({"no", "nao", "not"})


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
    state = _PLAIN
    for place, mention in enumerate(found):
        remarked = _is_remark(found, place) and (len(clause) == len(states) or _drugs_follow(found, place))
        if _is_new_clause(found, place, told_of=clause, state=state) and not remarked:
            state, clause = _PLAIN, []
        if mention.components:
            states[place] = state
            clause.append(place)
        elif not _is_weeks(found, place):
            after = _after(found, place) or (_PAST if remarked else _PLAIN)
            state = _turned(mention.text, state)
            states.update(dict.fromkeys(clause, after) if after else {})
    return states


def _is_new_clause(found: Sequence[Mention], place: int, *, told_of: Sequence[int], state: str) -> bool:
    """After a comma or a bracket; after a colon too, once drugs were named: `sin TDF por IRC: ABC/3TC/DTG`."""
    mention, depth = found[place], found[place - 1].depth if place else 0
    if _ENDS.search(mention.joint) or mention.depth < depth:
        return True
    return bool(told_of) and (mention.depth > depth or (state != _PLAIN and ":" in mention.joint))


def _is_remark(found: Sequence[Mention], place: int) -> bool:
    """The one word in a bracket, perhaps with a year, or the last of a clause: `TLE (fallo)`, `TLE suspendido 2019`."""
    markers = lexicon().markers
    mention, before = found[place], found[place - 1] if place else None
    if before is None or mention.text not in markers["ended"] | markers["refused"] | markers["failed"]:
        return False
    opened = mention.depth > before.depth
    if not opened and not before.components:
        return False
    after = next((one for one in found[place + 1 :] if one.kind != "number"), None)
    return after is None or bool(_ENDS.search(after.joint)) or after.depth < mention.depth


def _drugs_follow(found: Sequence[Mention], place: int) -> bool:
    """Of `TDF, 3TC, EFV (stop)` nobody can say whether all were stopped; of `TDF, EFV (stop), DTG` one was."""
    return any(mention.components for mention in found[place + 1 :])


def _is_weeks(found: Sequence[Mention], place: int) -> bool:
    """`sem` is without in Portuguese and, after a number, weeks: `28 sem`."""
    return found[place].text == "sem" and place > 0 and found[place - 1].kind == "number"


def _turned(word: str, state: str) -> str:
    markers = lexicon().markers
    if word in markers["planned"] or word in markers["others"] or state == _SET_ASIDE:
        return _SET_ASIDE
    if word in markers["begun"] or word in markers["changed"]:
        return _PLAIN
    if word in markers["never"]:
        return _RULED_OUT
    return _PAST if word in markers["stopped"] else state


def _after(found: Sequence[Mention], place: int) -> str:
    """What a word says of the drugs before it: `TLE suspendido`, `ABC contraindicado`, `EFV no tolera`."""
    markers, word = lexicon().markers, found[place].text
    if word in markers["taken"]:
        return _RULED_OUT if place and found[place - 1].text in _NOT else _PLAIN
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
