"""Decisions of people about ties as weights of lessons: invented pairs count as often as they proved true.

A decision says how five traits compared and whether it was one person, and no more. All invented pairs that compare
in the same way share its word: those that are one person, and those that are not, are weighed until their share is
the one that people found, drawn towards what was known before as far as decisions are few.
"""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.identity.lessons import Pairs
from corridor.domain.errors import InvalidError
from corridor.domain.identity.matching import compare
from corridor.flows.export_labels import COLUMNS

PRIOR_LABELS = 20.0
"""So many decisions count as much as the invented pairs do."""

LARGEST_WEIGHT = 20.0


@dataclass(frozen=True, slots=True)
class Decisions:
    """What people found about all pairs that compare in one way."""

    same: int
    other: int


def read_labels(path: Path) -> dict[str, Decisions]:
    """Decisions by how traits compared.

    Raises:
        InvalidError: the file is not what `corridor identity labels` writes.
    """
    found: dict[str, Counter[str]] = defaultdict(Counter)
    with path.open(encoding="utf-8", newline="") as lines:
        table = csv.DictReader(lines)
        if tuple(table.fieldnames or ()) != COLUMNS:
            raise InvalidError(f"A file of labels has the columns {', '.join(COLUMNS)}.")
        for row in table:
            if row["same"] not in {"0", "1"}:
                raise InvalidError("A label is 1 for one person and 0 for two.")
            found[row["pattern"]][row["same"]] += 1
    return {pattern: Decisions(each["1"], each["0"]) for pattern, each in found.items()}


def weigh(pairs: Pairs, decisions: Mapping[str, Decisions]) -> int:
    """Weigh the lessons by what people found; how many decisions were about pairs such as these."""
    alike: dict[str, list[int]] = defaultdict(list)
    for number, people in enumerate(pairs.people):
        pattern = " ".join(f"{trait}:{found}" for trait, found in compare(*people).items())
        if pattern in decisions:
            alike[pattern].append(number)
    for pattern, numbers in alike.items():
        for number, weight in zip(numbers, _weights([pairs.same[n] for n in numbers], decisions[pattern]), strict=True):
            pairs.weights[number] = weight
    return sum(decisions[pattern].same + decisions[pattern].other for pattern in alike)


def _weights(same: Sequence[bool], found: Decisions) -> list[float]:
    """A weight for each pair, so that the share of one person becomes the one that was found; the sum stays."""
    count, ours = len(same), sum(same)
    share = (found.same + PRIOR_LABELS * ours / count) / (found.same + found.other + PRIOR_LABELS)
    yes = min(LARGEST_WEIGHT, share * count / ours) if ours else 1.0
    no = min(LARGEST_WEIGHT, (1 - share) * count / (count - ours)) if ours < count else 1.0
    return [yes if each else no for each in same]
