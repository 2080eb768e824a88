"""The hub's first opinion: how likely each person found is the one sought, from what agreed and how much was known.

All who were found are looked at together: a token that many share tells less, and one who agrees in more than everyone
else is the likelier for it. The model is data, trained by `bench/train_scoring.py`; here kinds of tokens are numbers
without a meaning.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from operator import neg

from corridor.domain.identity.register import Flags
from corridor.domain.identity.trees import packaged, probability

MODEL = "scoring_model.json"

GATE = packaged(MODEL).cuts["named"]
"""Probability from which the hub names a candidate to its home; below it a decoy is handed out.

At most one home in fifty matches is asked about someone whom it does not know (ADR 41).
"""

DECIDED_FROM = packaged(MODEL).cuts["found"]
"""Probability from which a pair counts as found where the hub's opinion is measured alone."""

RIVALS_MAX = 40
"""A token that more people share tells nothing; its group is not looked through."""

REGISTERED_LEAST, REGISTERED_USUAL = 2_000, 10_000
ORDERED = (12, 16, 17, 18, 27)
"""Kinds of which a person has several tokens in an order that tells, as the first name does from the last."""

_LIKE_ENOUGH = 3
_TWO = 2
_BITS = tuple(bits.bit_count() for bits in range(8))


@dataclass(frozen=True, slots=True)
class Agreement:
    """One person found.

    Attributes:
        places: which tokens of the search agree, by their place in it.
        flags: how much is known of the person.
    """

    places: tuple[int, ...]
    flags: Flags


def scores(asked: Flags, kinds: Sequence[int], found: Sequence[Agreement], *, registered: int) -> list[float]:
    """How likely each person found is the one sought.

    Args:
        asked: flags of the person sought.
        kinds: the kind of each token of the search.
        found: everyone who shares a token; the score of one depends on the others.
        registered: how many people were looked through, about; of more people more are alike by chance.

    Returns:
        A calibrated probability for each, in the order of `found`.
    """
    prior = -math.log(max(registered, REGISTERED_LEAST) / REGISTERED_USUAL)
    model = packaged(MODEL)
    return [probability(prior + model.log_odds(row)) for row in rows(asked, kinds, found)]


def inputs() -> tuple[str, ...]:
    """The names of what the model is asked with besides the counts of agreeing tokens by kind, in order."""
    return (
        "alone", "margin", "total", "asked given", "asked surnames", "asked birth", "asked papers", "given", "surnames",
        "birth", "papers", "papers shared", "sex", "details shared", "distinct", "as good", "unique", "rarity",
        *(f"{kind} {end}" for kind in ORDERED for end in ("first", "last")),
    )  # fmt: skip


def rows(asked: Flags, kinds: Sequence[int], found: Sequence[Agreement]) -> list[list[float]]:
    """What the model is asked with for each person found: counts by kind in the model's order, then `inputs`."""
    order = {int(name): place for place, name in enumerate(packaged(MODEL).inputs) if name.isdigit()}
    return rows_in_order(asked, kinds, found, order=order)


def rows_in_order(
    asked: Flags, kinds: Sequence[int], found: Sequence[Agreement], *, order: dict[int, int]
) -> list[list[float]]:
    """As `rows`, with the place of each kind given, which training needs before there is a model."""
    masks = [sum(1 << place for place in each.places) for each in found]
    rivals, ends = _Rivals(masks, found), _ends(kinds)
    totals = sorted((mask.bit_count() for mask in masks), reverse=True)
    result = []
    for number, each in enumerate(found):
        row = [0.0] * len(order)
        for place in each.places:
            if kinds[place] in order:
                row[order[kinds[place]]] += 1
        total = masks[number].bit_count()
        others = totals[0] if total < totals[0] else totals[1] if len(totals) > 1 else 0
        row += (-rivals.fewest(number), total - others, total, *_known(asked, each.flags))
        row += (len({kinds[place] for place in each.places}), bisect_right(totals, -total, key=neg) - 1)
        row += (*rivals.rarity(number), *(masks[number] >> end & 1 if end >= 0 else -1 for end in ends))
        result.append(row)
    return result


def _ends(kinds: Sequence[int]) -> list[int]:
    """The places of the first and the last token of each kind in `ORDERED`; -1 where the search has none."""
    backwards = kinds[::-1]
    return [
        place
        for kind in ORDERED
        for place in ((kinds.index(kind), len(kinds) - 1 - backwards.index(kind)) if kind in kinds else (-1, -1))
    ]


class _Rivals:
    """Who else shares each token."""

    def __init__(self, masks: Sequence[int], found: Sequence[Agreement]) -> None:
        self._masks = masks
        self._places = [each.places for each in found]
        self._groups: dict[int, list[int]] = {}
        for number, each in enumerate(found):
            for place in each.places:
                self._groups.setdefault(place, []).append(number)

    def fewest(self, number: int) -> int:
        """How many people share the rarest token that one person agrees in, besides likely entries of the same one."""
        fewest = RIVALS_MAX
        for place in self._places[number]:
            group = self._groups[place]
            if len(group) <= RIVALS_MAX:
                fewest = min(fewest, 1 + sum(self._is_rival(number, other) for other in group))
        return fewest

    def rarity(self, number: int) -> tuple[float, float]:
        """How many of the agreeing tokens nobody else shares, and their sum where a token of two people counts half."""
        sizes = [len(self._groups[place]) for place in self._places[number]]
        return sizes.count(1), sum(1 / size for size in sizes)

    def _is_rival(self, one: int, other: int) -> bool:
        """Two who share at least half of what they agree in are likely one person, registered twice."""
        if one == other:
            return False
        mine, theirs = self._masks[one], self._masks[other]
        few = min(mine.bit_count(), theirs.bit_count())
        return few < _LIKE_ENOUGH or 2 * (mine & theirs).bit_count() < few


def _known(asked: Flags, found: Flags) -> tuple[int, ...]:
    """How much is known of both; kinds of papers count, whatever they are."""
    return (
        min(asked.given_names, _TWO),
        min(asked.surnames, _TWO),
        asked.birth_parts,
        _BITS[asked.document_kinds],
        min(found.given_names, _TWO),
        min(found.surnames, _TWO),
        found.birth_parts,
        _BITS[found.document_kinds],
        _BITS[asked.document_kinds & found.document_kinds],
        (1 if asked.sex == found.sex else -1) if asked.sex and found.sex else 0,
        _BITS[asked.details & found.details],
    )
