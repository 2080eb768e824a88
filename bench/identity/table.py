"""How well people are found, ours beside the methods of others, on FEBRL 1 to 4 and on the Andean corpus, in one go."""

from __future__ import annotations

import math
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from importlib.util import find_spec
from multiprocessing import get_context
from time import perf_counter

from rich.console import Console
from rich.table import Table

from bench.figures import Figure, Goal
from bench.identity import others
from bench.identity.corpora import NOISES, named, names
from bench.identity.ours import Pairs, Searched, search
from bench.size import Size
from corridor.domain.identity import matching, scoring
from corridor.domain.identity.quality import quality, recall_at

PEOPLE = "CORRIDOR_BENCH_PEOPLE"
"""Environment variable: how many people the largest Andean register holds."""

PEOPLE_MOST, PEOPLE_USUAL = 300_000, 40_000
"""Every noise is at the usual one, or what is asked for where that is less; noise 1 is at the larger one as well."""

TINY = 2_000
"""Below this only one corpus is looked through, to see that it runs."""

GOALS = {"febrl4 and number": 0.996, "febrl4 and address": 0.990, "febrl4 name, birth date": 0.935}
"""F1 of the hub alone."""

NEAR_PLAIN = frozenset({"febrl3 and address", "febrl2 and address"})
NEAR, BEATEN = 0.005, 0.003
"""How far the hub alone may be behind plain text there, and from where on plain text is said to be better."""

ANDEAN_GOALS = {
    "andean 0.5": (0.993, 0.995, 0.985),
    "andean 1": (0.986, 0.988, 0.965),
    "andean 2": (0.945, 0.965, 0.85),
}
"""F1 of the hub alone and with the home, and recall at precision 0.999 with the home."""

LARGE_GOALS = (None, 0.985, 0.95)
"""F1 of stage 1 and of both stages, and recall at precision 0.999 of both."""

PLAIN_FROM = 0.5
STEPS = tuple(step / 100 for step in range(5, 100, 5))
HUB, HOME, PLAIN = "F1, hub alone", "F1, with the home", "F1, Splink in plain text"


@dataclass(frozen=True, slots=True)
class Task:
    """One method on one corpus."""

    method: str
    corpus: str
    registered: int

    @property
    def name(self) -> str:
        """The corpus as the table names it."""
        is_andean = self.corpus.startswith("andean")
        return f"{self.corpus} of {self.registered}" if is_andean else self.corpus


def _figure(task: Task, what: str, value: float, *, goal: Goal | None = None, unit: str = "of 1") -> Figure:
    return Figure("identity", f"{task.name}: {what}", value if math.isnan(value) else round(value, 4), unit, goal)


def _least(bound: float | None) -> Goal | None:
    return None if bound is None else Goal(bound, least=True)


def _ours(task: Task) -> list[Figure]:
    corpus = named(task.corpus, registered=task.registered)
    came, known = search(corpus), len(corpus.truth)
    is_large = task.registered > PEOPLE_USUAL and task.corpus in ANDEAN_GOALS
    goals = LARGE_GOALS if is_large else ANDEAN_GOALS.get(task.corpus, (GOALS.get(task.corpus), None, None))
    found = [
        *_of_pairs(task, came.first, known=known, threshold=scoring.DECIDED_FROM, goals=(goals[0], None)),
        *_of_pairs(task, came.second, known=known, threshold=matching.DECIDED_FROM, goals=goals[1:], alone=False),
        *_of_homes(task, came, known=known),
        _figure(task, "tokens a person", came.tokens / len(corpus.left), goal=_tokens_goal(task), unit="tokens"),
    ]
    return [*found, _figure(task, "largest group of one token", came.largest, unit="people")]


def _tokens_goal(task: Task) -> Goal:
    return Goal(25 if task.corpus in ANDEAN_GOALS else 40)


def _of_pairs(
    task: Task,
    pairs: Pairs,
    *,
    known: int,
    threshold: float,
    goals: Sequence[float | None] = (None, None),
    alone: bool = True,
) -> list[Figure]:
    at = quality(pairs, known=known, threshold=threshold)
    stage = "hub alone" if alone else "with the home"
    return [
        _figure(task, HUB if alone else HOME, at.f1, goal=_least(goals[0])),
        _figure(task, f"precision, {stage}", at.precision),
        _figure(task, f"recall, {stage}", at.recall),
        _figure(task, f"recall at precision 0.99, {stage}", recall_at(pairs, known=known, precision=0.99)),
        _figure(
            task,
            f"recall at precision 0.999, {stage}",
            recall_at(pairs, known=known, precision=0.999),
            goal=_least(goals[1]),
        ),
    ]


def _of_homes(task: Task, came: Searched, *, known: int) -> list[Figure]:
    """What a search costs strangers, and what is tied without a human."""
    andean = task.corpus in ANDEAN_GOALS
    sure = quality(came.certain, known=known, threshold=0)
    return [
        _figure(
            task, "wrong homes asked a match", came.wrong / max(1, came.right), goal=Goal(0.02) if andean else None
        ),
        _figure(task, "precision of links without a human", sure.precision, goal=_least(0.999) if andean else None),
        _figure(task, "share linked without a human", sure.recall),
    ]


def _plain(task: Task) -> list[Figure]:
    from bench.identity.plain import linked  # noqa: PLC0415 - Splink is of an extra

    corpus = named(task.corpus, registered=task.registered)
    pairs, known = linked(corpus), len(corpus.truth)
    best = max(quality(pairs, known=known, threshold=step).f1 for step in STEPS)
    return [
        _figure(task, PLAIN, quality(pairs, known=known, threshold=PLAIN_FROM).f1),
        _figure(task, "F1, Splink at its best threshold", best),
        _figure(task, "recall at precision 0.999, Splink", recall_at(pairs, known=known, precision=0.999)),
    ]


def _other(task: Task) -> list[Figure]:
    """A method in an environment of its own, at the best of its thresholds, chosen with the truth in view."""
    corpus = named(task.corpus, registered=task.registered)
    pairs, known = others.linked(task.method, corpus), len(corpus.truth)
    if pairs is None:
        return [_figure(task, f"F1, {task.method}", math.nan, unit="does not run here")]
    best = max(
        quality(pairs, known=known, threshold=step).f1 for step in sorted({score for score, _ in pairs} or {0.0})
    )
    return [_figure(task, f"F1, {task.method}", best)]


_METHODS: dict[str, Callable[[Task], list[Figure]]] = {"ours": _ours, "Splink": _plain, "CLK": _other, "OPPRL": _other}


def carried_out(task: Task) -> tuple[float, list[Figure]]:
    """Seconds and figures of one method on one corpus."""
    began = perf_counter()
    figures = _METHODS[task.method](task)
    return perf_counter() - began, figures


def tasks(size: Size) -> Iterator[Task]:
    """All that is measured, the longest first."""
    most = min(asked_people(), size.resources)
    usual = min(most, PEOPLE_USUAL)
    corpora = [(name, usual) for name in names()] if most >= TINY else [(f"andean {NOISES[1]:g}", most)]
    if most > usual:
        yield from (Task(method, "andean 1", most) for method in ("ours", "Splink") if _is_here(method))
    methods = [method for method in _METHODS if _is_here(method) and (most >= TINY or method not in others.METHODS)]
    yield from (Task(method, name, registered) for name, registered in corpora for method in methods)


def _is_here(method: str) -> bool:
    return method != "Splink" or find_spec("splink") is not None


def asked_people() -> int:
    """As many as the environment says, or the most that a goal is about."""
    text = os.environ.get(PEOPLE, "")
    return int(text) if text.isascii() and text.isdecimal() and int(text) else PEOPLE_MOST


def bench_identity(size: Size) -> list[Figure]:
    """The whole table; progress goes to standard error, and at the end all methods side by side."""
    wanted = list(tasks(size))
    found: dict[Task, list[Figure]] = {}
    with ProcessPoolExecutor(os.cpu_count(), mp_context=get_context("spawn")) as pool:
        waiting: dict[Future[tuple[float, list[Figure]]], Task] = {
            pool.submit(carried_out, task): task for task in wanted
        }
        for done, future in enumerate(as_completed(waiting), 1):
            task = waiting[future]
            seconds, found[task] = future.result()
            _tell(f"{done} of {len(wanted)}: {task.method} on {task.name}, {seconds:.0f} s")
    figures = [figure for task in wanted for figure in found[task]]
    whole = [*figures, *_behind(figures, wanted)]
    Console(stderr=True, width=120).print(beside(whole))
    return whole


def _tell(what: str) -> None:
    print(what, file=sys.stderr, flush=True)


def _behind(figures: Iterable[Figure], wanted: Iterable[Task]) -> Iterator[Figure]:
    """By how much plain text is better than ours: of FEBRL the hub alone, of the Andean corpus with the home."""
    values = {figure.name: figure.value for figure in figures}
    for task in wanted:
        ours = HOME if task.corpus in ANDEAN_GOALS else HUB
        if task.method == "Splink":
            gap = values[f"{task.name}: {PLAIN}"] - values[f"{task.name}: {ours}"]
            goal = Goal(NEAR) if task.corpus in NEAR_PLAIN else None
            yield _figure(task, "plain text is better by", gap, goal=goal)


def beside(figures: Iterable[Figure]) -> Table:
    """F1 of all methods, one corpus to a line; marked where plain text is better by more than chance."""
    table = Table("F1", *(columns := (HUB, HOME, PLAIN, "F1, CLK", "F1, OPPRL")), "plain text better")
    rows: dict[str, dict[str, float]] = {}
    for figure in figures:
        corpus, _, what = figure.name.partition(": ")
        rows.setdefault(corpus, {})[what] = figure.value
    for corpus, row in rows.items():
        gap = row.get("plain text is better by", math.nan)
        told = "" if math.isnan(gap) else f"{gap:+.4f}{' YES' if gap > BEATEN else ''}"
        table.add_row(corpus, *(_written(row.get(column, math.nan)) for column in columns), told)
    return table


def _written(value: float) -> str:
    return "-" if math.isnan(value) else f"{value:.4f}"
