"""That every measurement runs and tells what it should, on the smallest size; never how fast anything is."""

import asyncio
import os
from io import StringIO
from pathlib import Path

import orjson
import pytest
from rich.console import Console

import corridor
from bench.figures import Figure, Goal, interleaved, percentile, written
from bench.load import BUNDLE, bundles, names
from bench.machine import this_machine
from bench.processes import cpu_seconds, resident_megabytes
from bench.run import BENCHES, NAMED_ONLY, Report, run
from bench.size import TINY
from bench.traveller import RECORD, THERE, traveller
from corridor.apps.bench_commands import _benches, bench
from corridor.domain.errors import InvalidError, UnavailableError
from demo.bundles import resources

ALONE = (
    "read",
    "ingest",
    "export",
    "identity",
    "groups",
    "tokens",
    "sign",
    "projection",
    "consent",
    "authorise",
    "timeline",
    "resistance",
)
"""Measurements that start no other process than PostgreSQL; `pull` and `memory` start a federation."""


@pytest.mark.parametrize("name", ALONE)
def test_a_measurement_gives_figures_under_its_own_name(name: str) -> None:
    figures = run([name], size=TINY).figures
    assert figures
    assert {figure.bench for figure in figures} == {name}
    assert all(figure.unit and figure.name for figure in figures)


def test_goals_of_reading_and_ingest_are_held_against_figures() -> None:
    met = [figure.met for figure in run(["read", "ingest"], size=TINY).figures if figure.goal]
    assert len(met) == 7
    assert None not in met


def test_goals_of_exports_are_held_against_figures() -> None:
    met = [figure.met for figure in run(["export"], size=TINY).figures if figure.goal]
    assert len(met) == 4
    assert None not in met


def test_the_pull_hears_four_countries_and_memory_looks_at_all_six_processes() -> None:
    figures = run(["pull", "memory"], size=TINY).figures
    goals = [(figure.bench, figure.name) for figure in figures if figure.goal]
    assert [name for bench, name in goals if bench == "pull"] == [
        f"from evaluated tokens on{how}, p{share}" for how in ("", ", certificates on both sides") for share in (50, 99)
    ]
    assert len([figure for figure in figures if figure.bench == "memory"]) == 6


def test_a_search_among_many_is_held_against_its_goals_and_finds_everybody_by_the_same_tokens() -> None:
    figures = {figure.name: figure for figure in run(["match"], size=TINY).figures}
    assert figures["people whose tokens by the protocol are those made at once"].value == 15
    goals = [figure for figure in figures.values() if figure.goal]
    assert len(goals) == 2 * 3 * 3 + 3 * 2 + 2
    assert figures["300 people, 20 tokens, hub, p50"].value > 0


def test_every_goal_of_the_issue_has_its_measurement() -> None:
    assert [*BENCHES] == [
        "read",
        "ingest",
        "export",
        "pull",
        "memory",
        "identity",
        "identity-curve",
        "tokens",
        "identity-cost",
        "match",
        "groups",
        "sign",
        "projection",
        "consent",
        "authorise",
        "timeline",
        "resistance",
        "timing",
        "scale",
    ]
    assert {*NAMED_ONLY} == {"identity", "identity-curve", "scale", "match", "groups", "timing"}


def test_bundles_hold_fifty_resources_of_which_none_comes_twice() -> None:
    content = bundles(4)
    sent = [name for bundle in content for name in names(bundle)]
    assert [len(names(bundle)) for bundle in content] == [BUNDLE] * 4
    assert len({*sent}) == len(sent)


def test_the_traveller_has_a_record_of_fifty_resources_in_each_of_four_countries() -> None:
    person = traveller()
    assert [each.country for each in person.elsewhere] == [*THERE]
    assert [len([*resources(person, each)]) for each in person.elsewhere] == [RECORD] * 4


def test_the_median_leaves_the_first_round_out() -> None:
    told = iter((1000.0, 3.0, 1.0, 2.0))

    async def next_one() -> float:
        return next(told)

    assert asyncio.run(interleaved({"a": next_one}, 3)) == {"a": 2.0}


def test_a_percentile_is_a_value_that_was_measured() -> None:
    values = [float(value) for value in range(1, 101)]
    assert [percentile(values, share) for share in (0.5, 0.99, 1.0)] == [50.0, 99.0, 100.0]
    assert percentile([7.0], 0.99) == 7.0


@pytest.mark.parametrize(
    ("value", "goal", "met"), [(200, Goal(200), True), (201, Goal(200), False), (2999, Goal(3000, least=True), False)]
)
def test_a_goal_is_met_up_to_its_bound(value: float, goal: Goal, *, met: bool) -> None:
    assert Figure("x", "y", value, "z", goal).met is met


def test_figures_are_written_with_three_digits() -> None:
    assert [written(value) for value in (12345.6, 12.34, 1.234)] == ["12 346", "12.3", "1.23"]


def test_a_report_is_a_table_and_json_with_the_machine_named() -> None:
    report = Report(this_machine(), (Figure("read", "SQLite", 300, "µs", Goal(200)),))
    console = Console(record=True, width=140, file=StringIO())
    report.show(console)
    text = console.export_text()
    assert "NO" in text
    assert report.machine.python in text
    content = orjson.loads(report.to_json())
    assert content["figures"][0]["met"] is False
    assert content["machine"]["cores"] >= 1


def test_processes_tell_their_time_and_memory() -> None:
    assert cpu_seconds(os.getpid()) > 0
    assert resident_megabytes(os.getpid()) > 10


def test_the_command_refuses_a_name_that_it_does_not_know() -> None:
    with pytest.raises(InvalidError, match="no measurement speed"):
        bench(["speed"])


def test_the_command_says_that_it_needs_a_checkout(tmp_path: Path) -> None:
    with pytest.raises(UnavailableError, match="checkout"):
        _benches(tmp_path)


def test_the_command_finds_the_measurements_of_this_checkout() -> None:
    assert _benches(Path(corridor.__file__).parents[2]).BENCHES.keys() == BENCHES.keys()
