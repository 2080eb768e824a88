"""Scoring learns from what people decided about ties, from a file that tells of nobody."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.andean_people import world
from bench.identity.boosting import Shape
from bench.identity.labels import Decisions, read_labels, weigh
from bench.identity.lessons import KINDS, Pairs, pairs_of
from bench.train_scoring import train_scoring
from corridor.apps.label_commands import write_labels
from corridor.domain.errors import InvalidError
from corridor.domain.identity.matching import compare


@pytest.fixture
def pairs() -> Pairs:
    return pairs_of((world(78, registered=1_500, asked=600, noise=2),))


def patterns(pairs: Pairs) -> list[str]:
    return [" ".join(f"{trait}:{found}" for trait, found in compare(*each).items()) for each in pairs.people]


def mixed(pairs: Pairs) -> str:
    """A way to compare in which some invented pairs are one person and others are not."""
    ways: dict[str, set[bool]] = {}
    for pattern, same in zip(patterns(pairs), pairs.same, strict=True):
        ways.setdefault(pattern, set()).add(same)
    return next(pattern for pattern, found in sorted(ways.items()) if len(found) == 2)


def test_what_a_node_writes_is_what_training_reads(tmp_path: Path) -> None:
    file = tmp_path / "labels.csv"
    write_labels(file, (("birth:same", "probable", 0), ("birth:same", "probable", 1), ("birth:slip", "probable", 1)))
    assert read_labels(file) == {"birth:same": Decisions(1, 1), "birth:slip": Decisions(1, 0)}
    with pytest.raises(InvalidError):
        write_labels(file, ())


@pytest.mark.parametrize("content", ["", "name,same\nAna,1\n", "pattern,grade,same\nbirth:same,probable,yes\n"])
def test_any_other_file_is_refused(tmp_path: Path, content: str) -> None:
    file = tmp_path / "labels.csv"
    file.write_text(content, encoding="utf-8")
    with pytest.raises(InvalidError):
        read_labels(file)


def test_decisions_weigh_the_pairs_that_compare_alike_and_no_others(pairs: Pairs) -> None:
    pattern = mixed(pairs)
    assert weigh(pairs, {pattern: Decisions(0, 400), "birth:unheard": Decisions(9, 9)}) == 400
    rows = list(zip(patterns(pairs), pairs.same, pairs.weights, strict=True))
    alike = [(same, weight) for way, same, weight in rows if way == pattern]
    share = sum(weight for same, weight in alike if same) / sum(weight for _, weight in alike)
    assert share < 0.05
    assert {weight for way, _, weight in rows if way != pattern} == {1.0}


def test_a_model_that_learned_from_decisions_believes_such_pairs_less(pairs: Pairs) -> None:
    shape, pattern = Shape(trees=10, leaves=6, rate=0.3, rising=frozenset(KINDS)), mixed(pairs)
    before = train_scoring(pairs, shape)
    weigh(pairs, {pattern: Decisions(0, 400)})
    assert train_scoring(pairs, shape) != before
