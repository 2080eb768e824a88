"""The home node's decision, in plain text and in memory: is the person asked about the one we know?

A trained probability, held in by rules that no training may soften: twins stay apart, and nothing is certain on a
common name alone.
"""

from __future__ import annotations

from corridor.domain.grade import Grade
from corridor.domain.identity import comparison
from corridor.domain.identity.demographics import Demographics
from corridor.domain.identity.details import at_home, whereabouts
from corridor.domain.identity.likeness import (
    Paper,
    births_likeness,
    names_likeness,
    papers_likeness,
    sexes_likeness,
)
from corridor.domain.identity.normalise import document_core, given_words, own_surname_words, surname_words
from corridor.domain.identity.trees import packaged, probability

MODEL = "matching_model.json"

DECIDED_FROM = 0.5
"""Probability from which a pair counts as found where both stages are measured."""

CERTAIN_FROM = 0.95
PROBABLE_FROM = 0.7
POSSIBLE_FROM = 0.02
_JUST_BELOW = 0.001
_NARROW = 0.05
"""How much of the scale below a ceiling holds all that would be above."""

_SAME_CARD = ("same", "whole", "same")
"""Papers, surnames and birth of one who may have changed a given name."""

_EVIDENCE = {
    "given": frozenset(("whole", "single", "shorter", "reversed", "similar")),
    "surnames": frozenset(("whole", "single", "shorter", "reversed", "similar")),
    "birth": frozenset(("same", "swapped", "slip", "compatible")),
    "papers": frozenset(("same", "near")),
    "sex": frozenset(("same",)),
}
"""Which outcome of each comparison counts as agreement."""


INPUTS = (
    *(f"given {each}" for each in comparison.NAME_INPUTS),
    *(f"surnames {each}" for each in comparison.NAME_INPUTS),
    "crossed",
    *(f"birth {each}" for each in comparison.BIRTH_INPUTS),
    *(f"papers {each}" for each in comparison.PAPER_INPUTS),
    "sex",
    *(f"{each} {found}" for each in ("homes", "places") for found in ("same", "other")),
)
"""What the model is asked with, in order."""


def _papers(of: Demographics) -> list[Paper]:
    cores = [(paper, document_core(paper.country, paper.number)) for paper in of.documents]
    return [(paper.country, paper.kind.value, core) for paper, core in cores if core]


def _surnames(asked: Demographics, known: Demographics) -> str:
    """Comparison of surnames in which a husband's name that only one side has speaks against nobody."""
    likeness = names_likeness(surname_words(asked.surnames), surname_words(known.surnames))
    if likeness != "part":
        return likeness
    bare = names_likeness(own_surname_words(asked.surnames), own_surname_words(known.surnames))
    return "shorter" if bare in {"single", "shorter", "whole"} else likeness


def compare(asked: Demographics, known: Demographics) -> dict[str, str]:
    """How the two compare by trait: given, surnames, birth, papers and sex, each as one word."""
    return {
        "given": names_likeness(given_words(asked.given), given_words(known.given)),
        "surnames": _surnames(asked, known),
        "birth": births_likeness(asked.birth, known.birth),
        "papers": papers_likeness(_papers(asked), _papers(known)),
        "sex": sexes_likeness(asked.sex, known.sex),
    }


def numbers(asked: Demographics, known: Demographics) -> tuple[float, ...]:
    """The two side by side as the model is asked about them, in the order of `INPUTS`."""
    given, theirs = given_words(asked.given), given_words(known.given)
    surnames, other_surnames = (surname_words(who.surnames) for who in (asked, known))
    homes, other_homes = (at_home(who.details)[0] for who in (asked, known))
    return (
        *comparison.names(given, theirs),
        *comparison.names(surnames, other_surnames),
        comparison.crossed((given, surnames), (theirs, other_surnames)),
        *comparison.births(asked.birth, known.birth),
        *comparison.papers(_papers(asked), _papers(known)),
        comparison.sexes(asked.sex, known.sex),
        *comparison.sets(homes, other_homes),
        *comparison.sets(whereabouts(asked.details), whereabouts(known.details)),
    )


def confirm(asked: Demographics, known: Demographics) -> tuple[Grade, float]:
    """Grade one person who is asked about against one who is known here.

    Returns:
        The grade, and the probability that it rests on, already held within what the rules allow.

    Source: http://hl7.org/fhir/ValueSet/match-grade
    """
    traits = compare(asked, known)
    log_odds = packaged(MODEL).log_odds(numbers(asked, known))
    chance = _held(probability(log_odds), *_bounds(traits))
    return _grade(chance), round(chance, 6)


def _held(chance: float, low: float, high: float) -> float:
    """Within the bounds; what a ceiling holds down is pressed together below it and keeps its order."""
    narrow = high - _NARROW
    if high < 1 and chance > narrow:
        chance = narrow + _NARROW * (chance - narrow) / (1 - narrow)
    return max(chance, low)


def _grade(chance: float) -> Grade:
    if chance >= CERTAIN_FROM:
        return Grade.CERTAIN
    if chance >= PROBABLE_FROM:
        return Grade.PROBABLE
    return Grade.POSSIBLE if chance >= POSSIBLE_FROM else Grade.CERTAINLY_NOT


def _bounds(traits: dict[str, str]) -> tuple[float, float]:
    """The least and the most that the rules let a probability be.

    Without a paper in common, other given names or another birth date are at most possible, names alone too. With
    one, the same surnames and the same birth date, other given names are still probable: who has changed a name keeps
    the number of the card.
    """
    if traits["papers"] != "same" and (_may_be_sibling(traits) or traits["birth"] in {"different", "unknown"}):
        return 0.0, PROBABLE_FROM - _JUST_BELOW
    if _is_complete(traits):
        return CERTAIN_FROM, 1.0
    low = PROBABLE_FROM if (traits["papers"], traits["surnames"], traits["birth"]) == _SAME_CARD else 0.0
    sure = traits["papers"] == "same" and _nothing_speaks_against(traits)
    return low, 1.0 if sure else CERTAIN_FROM - _JUST_BELOW


def _may_be_sibling(traits: dict[str, str]) -> bool:
    """Other given names, or like ones of the other sex (Víctor, Victoria): twins share all else but the papers."""
    likeness = traits["given"]
    return likeness in {"different", "part", "unknown"} or (likeness == "similar" and traits["sex"] == "different")


def _is_complete(traits: dict[str, str]) -> bool:
    """Two given names, two surnames and the whole birth date alike, and no card that says otherwise."""
    names = traits["given"], traits["surnames"]
    return names == ("whole", "whole") and traits["birth"] == "same" and traits["papers"] != "conflict"


def _nothing_speaks_against(traits: dict[str, str]) -> bool:
    return all(traits[trait] in _EVIDENCE[trait] for trait in ("given", "surnames")) and traits["birth"] != "different"


def evidence(asked: Demographics, known: Demographics) -> tuple[str, ...]:
    """Which traits agreed, and how, without saying what they are: `birth:swapped`, `papers:same`."""
    return tuple(f"{trait}:{found}" for trait, found in compare(asked, known).items() if found in _EVIDENCE[trait])
