"""The table of how well people are found: what is measured, how it is told, and corpora that others can use."""

import json
import math
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from bench.figures import Figure
from bench.identity import others
from bench.identity.corpora import COLUMNS, Corpus, named, write
from bench.identity.ours import search
from bench.identity.page import page
from bench.identity.table import Task, beside, carried_out, tasks
from bench.size import TINY, WHOLE
from corridor.apps.cli import app
from corridor.domain.identity.scoring import DECIDED_FROM


@pytest.fixture(scope="module")
def corpus() -> Corpus:
    return named("andean 0.5", registered=500)


def test_a_corpus_is_written_as_files_that_the_evaluation_reads(corpus: Corpus, tmp_path: Path) -> None:
    left, right, truth = write(corpus, tmp_path / "new")
    assert left.read_text(encoding="utf-8").splitlines()[0] == ",".join(COLUMNS)
    command = ["identity", "evaluate", str(left), str(right), "--truth", str(truth), "--json", "--stage", "1"]
    result = CliRunner().invoke(app, command, catch_exceptions=False)
    figures, came = json.loads(result.stdout.splitlines()[-1]), search(corpus)
    assert figures["tokens_per_person"] == pytest.approx(came.tokens / len(corpus.left), abs=1)
    assert figures["recall"] == pytest.approx(
        sum(same for chance, same in came.first if chance >= DECIDED_FROM) / len(corpus.truth)
    )


def test_the_same_name_gives_the_same_corpus(corpus: Corpus) -> None:
    again = named("andean 0.5", registered=500)
    assert (again.rows, again.truth) == (corpus.rows, corpus.truth)
    assert {left for left, _ in corpus.truth} <= set(range(500))


def test_every_corpus_is_given_to_every_method_and_the_largest_one_to_those_that_can() -> None:
    whole = list(tasks(WHOLE))
    assert whole[0] == Task("ours", "andean 1", 300_000)
    assert {task.method for task in whole if task.corpus == "andean 2"} >= {"ours", "CLK", "OPPRL"}
    assert next(task.method for task in tasks(TINY)) == "ours"


def test_a_method_that_is_not_installed_is_told_and_nothing_is_made_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(others.WITHOUT, "1")
    others.python_of.cache_clear()
    _, [figure] = carried_out(Task("CLK", "andean 1", 300))
    others.python_of.cache_clear()
    assert math.isnan(figure.value)
    assert figure.unit == "does not run here"


def test_where_plain_text_is_better_by_more_than_chance_it_is_said() -> None:
    figures = [
        Figure("identity", f"{name}: plain text is better by", gap, "of 1")
        for name, gap in (("a", 0.004), ("b", 0.002))
    ]
    column = list(beside(figures).columns[-1].cells)
    assert column == ["+0.0040 YES", "+0.0020"]


def test_scripts_of_other_methods_name_every_version_they_need() -> None:
    for script in others.METHODS.values():
        wanted = (others.SCRIPTS / f"{script}.txt").read_text(encoding="utf-8").split()
        assert wanted
        assert all(line.count("==") == 1 for line in wanted)


def test_the_page_has_a_line_for_each_corpus_and_leaves_out_what_was_not_measured() -> None:
    figures: list[dict[str, Any]] = [
        {"name": "febrl4 and number: F1, hub alone", "value": 0.99591},
        {"name": "febrl4 and number: tokens a person", "value": 30.9},
        {"name": "febrl4 and number: F1, CLK", "value": None},
        {"name": "febrl4 and number: plain text is better by", "value": 0.0061},
    ]
    *_, line = page(figures).splitlines()
    assert line == "| febrl4 and number | 0.9959 |  |  |  |  |  |  |  | 30.9 | **+0.0061** |"
