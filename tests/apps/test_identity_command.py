"""`corridor identity evaluate` on small registers: exact figures, nothing lost, nothing counted twice."""

import csv
import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bench.andean_people import world
from corridor.apps.cli import app
from corridor.apps.identity_registers import COLUMNS, read_people
from corridor.domain.errors import InvalidError
from corridor.domain.identity.demographics import Demographics, DocumentKind

KEYS = [
    "precision", "recall", "f1", "recall_at_p0.99", "recall_at_p0.999", "tokens_per_person", "wrong_homes_per_match",
    "seconds",
]  # fmt: skip


def written(path: Path, header: Sequence[str], rows: Iterable[Sequence[str]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header, *rows])
    return path


def row(name: str, who: Demographics) -> list[str]:
    surnames = (*who.surnames, "", "")[:2]
    birth = "-".join(f"{part:02}" for part in who.birth or () if part is not None)
    papers = ";".join(f"{paper.country}:{paper.kind.value}:{paper.number}" for paper in who.documents)
    return [name, " ".join(who.given), *surnames, birth, who.sex, papers]


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder, of = tmp_path_factory.mktemp("corpus"), world(31, registered=300, asked=100, noise=0.5)
    left = written(folder / "left.csv", COLUMNS, [row(f"L{n}", who) for n, who in enumerate(of.registered)])
    right = written(folder / "right.csv", COLUMNS, [row(f"R{n}", who) for n, who in enumerate(of.asked)])
    known = [(f"L{place}", f"R{n}") for n, place in enumerate(of.truth) if place is not None]
    twice = [row(f"T{n}", of.asked[n]) for n, place in enumerate(of.truth) if place is not None]
    both = [row(f"L{n}", who) for n, who in enumerate(of.registered)] + twice
    return {
        "left": left,
        "right": right,
        "truth": written(folder / "truth.csv", ("left", "right"), known),
        "both": written(folder / "both.csv", COLUMNS, both),
        "pairs": written(folder / "pairs.csv", ("left", "right"), [(b.replace("R", "T"), a) for a, b in known]),
    }


def evaluated(left: Path, right: Path, truth: Path, *more: str) -> tuple[dict[str, float], str]:
    command = ["identity", "evaluate", str(left), str(right), "--truth", str(truth), "--json", *more]
    result = CliRunner().invoke(app, command, catch_exceptions=False)
    assert result.exit_code == 0
    figures = json.loads(result.stdout.splitlines()[-1])
    assert list(figures) == KEYS
    return figures, result.stderr


@pytest.mark.parametrize("stage", ["1", "2"])
def test_people_of_one_register_are_found_in_another(corpus: dict[str, Path], stage: str) -> None:
    figures, told = evaluated(corpus["left"], corpus["right"], corpus["truth"], "--stage", stage)
    assert figures["f1"] > 0.97
    assert figures["recall_at_p0.999"] > 0.9
    assert 15 < figures["tokens_per_person"] <= 25
    assert figures["wrong_homes_per_match"] <= 0.05
    assert "10 people of left.csv: tokens are those of the protocol with proofs." in told


def test_within_one_register_each_pair_counts_once_and_nobody_is_their_own(corpus: dict[str, Path]) -> None:
    figures, _ = evaluated(corpus["both"], corpus["both"], corpus["pairs"], "--stage", "1")
    assert figures["precision"] > 0.9
    assert 0.95 < figures["recall"] <= 1


def test_bad_values_are_told_by_line_and_their_rows_are_kept(tmp_path: Path) -> None:
    rows = [
        ["1", "Ana", "Vera", "", "1990-02-30", "x", "VE:NATIONAL:V-12345678;VE:1;XXX:CI:1234567"],
        ["2", "", "", "", "", "", ""],
        ["3", "José\nLuis", "Mora", "Paz", "19870412", "M", "co:ppt:5512349"],
        ["4", "Eva", "Paz", "", "1987-04", "female", ""],
        ["5", "Eva", "Paz", "", "yesterday", "female", "PE:cpp:123456:7"],
    ]
    told: list[str] = []
    path = written(tmp_path / "people.csv", [*COLUMNS, "note"], [[*each, "ignored"] for each in rows])
    people = dict(read_people(path, told.append))
    assert list(people) == ["1", "2", "3", "4", "5"]
    assert people["1"].birth == (1990, 2, None)
    assert [paper.number for paper in people["1"].documents] == ["V-12345678"]
    assert (people["3"].birth, people["3"].sex, people["3"].given) == ((1987, 4, 12), "male", ("José Luis",))
    assert people["3"].documents[0].kind is DocumentKind.PERMIT
    assert (people["4"].birth, people["5"].birth) == ((1987, 4, None), None)
    assert people["5"].documents[0].number == "123456:7"
    assert sum(each.startswith("people.csv, line 2:") for each in told) == 4
    assert any("line 3: there is no name" in each for each in told)
    assert any("birth date is in no calendar; it is left out" in each for each in told)


def test_a_person_without_a_name_is_counted_and_never_found(tmp_path: Path) -> None:
    people = [["1", "", "", "", "", "", ""], ["2", "Ana", "Vera", "Paz", "1990-05-23", "F", "VE:CI:12345678"]]
    register = written(tmp_path / "people.csv", COLUMNS, people)
    other = written(tmp_path / "others.csv", COLUMNS, [[f"{each[0]}b", *each[1:]] for each in people])
    truth = written(tmp_path / "truth.csv", ("left", "right"), [("1", "1b"), ("2", "2b"), ("gone", "3b")])
    figures, told = evaluated(register, other, truth)
    assert (figures["precision"], figures["recall"]) == (1, 0.3333)
    assert "there is no name" in told


@pytest.mark.parametrize(
    ("header", "rows"),
    [
        (COLUMNS[:-1], [["1", "Ana", "Vera", "", "", ""]]),
        (COLUMNS, [["", "Ana", "Vera", "", "", "", ""]]),
        (COLUMNS, [["1", "Ana", "Vera", "", "", "", ""]] * 2),
    ],
    ids=["a column is missing", "no identifier", "an identifier twice"],
)
def test_a_register_that_could_be_misread_is_refused(
    header: Sequence[str], rows: list[list[str]], tmp_path: Path
) -> None:
    path = written(tmp_path / "people.csv", header, rows)
    with pytest.raises(InvalidError):
        list(read_people(path, lambda _: None))


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"", b"id,given\x00"])
def test_what_is_no_csv_is_refused(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_bytes(content)
    with pytest.raises(InvalidError):
        list(read_people(path, lambda _: None))
    with pytest.raises(InvalidError):
        list(read_people(tmp_path / "none.csv", lambda _: None))


def test_a_person_written_to_a_row_is_read_back(tmp_path: Path) -> None:
    [who] = world(5, registered=1, asked=0).registered
    path = written(tmp_path / "people.csv", COLUMNS, [row("1", who)])
    [(_, read)] = read_people(path, lambda _: None)
    assert replace(read, given=who.given) == who
