"""The command `corridor resistance score`: lists of mutations in, scores out, line by line."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path
from typing import Any

import pytest

from corridor.apps.cli import main

VECTORS = json.loads(
    (Path(__file__).parents[1] / "domain" / "care" / "data" / "hivdb_10.2_vectors.json").read_text("utf-8")
)["vectors"]
UNKNOWN = {"score": None, "level": None}


class Shell:
    """Types the command and reads what it says."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self._monkeypatch = monkeypatch
        self._capsys = capsys

    def score(self, told: str | bytes, *words: str | Path) -> tuple[int, list[Any], str]:
        """Exit code, the objects on standard output, and standard error."""
        raw = told if isinstance(told, bytes) else told.encode()
        self._monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(raw)))
        self._monkeypatch.setattr(sys, "argv", ["corridor", "resistance", "score", "--json", *map(str, words)])
        with pytest.raises(SystemExit) as ended:
            main()
        out, err = self._capsys.readouterr()
        return int(ended.value.code or 0), [json.loads(line) for line in out.splitlines()], err


@pytest.fixture
def shell(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Shell:
    """Somebody at a terminal."""
    return Shell(monkeypatch, capsys)


def test_every_published_vector_is_answered_exactly(shell: Shell) -> None:
    lines = [json.dumps({"mutations": vector["mutations"]}) for vector in VECTORS]
    code, answers, err = shell.score("\n".join(lines))
    assert (code, err, len(answers)) == (0, "", 87)
    genes = {"PR": "NFV", "RT": "EFV", "IN": "DTG"}
    for vector, answer in zip(VECTORS, answers, strict=True):
        known = {drug: row for drug, row in answer.items() if row != UNKNOWN}
        told = {drug: {"score": row["score"], "level": row["level"]} for drug, row in vector["expected"].items()}
        assert {drug: row for drug, row in told.items() if drug in known} == known
        assert {gene for gene, drug in genes.items() if answer[drug] != UNKNOWN} == set(vector["mutations"])


def test_a_gene_that_is_not_given_is_unknown_and_an_empty_one_susceptible(shell: Shell) -> None:
    code, (answer,), _ = shell.score('{"mutations": {"RT": ["K103N"], "PR": [], "IN": null}}')
    assert code == 0
    assert answer["EFV"] == {"score": 60.0, "level": 5}
    assert answer["DRV/r"] == {"score": 0.0, "level": 1}
    assert answer["DTG"] == answer["LEN"] == UNKNOWN


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("x", "not JSON"),
        ("[]", "mutations"),
        ("{}", "mutations"),
        ('{"mutations": []}', "mutations"),
        ('{"mutations": {"GP41": []}}', "gene"),
        ('{"mutations": {"RT": 5}}', "list"),
        ('{"mutations": {"RT": [5]}}', "list"),
        ('{"mutations": {"RT": ["banana"]}}', "banana"),
        ('{"mutations": {"PR": ["RT: K103N"]}}', "K103N"),
        ('{"mutations": {"RT": ["184i"]}}', "184i"),
    ],
)
def test_a_line_that_cannot_be_read_is_said_and_the_others_are_answered(shell: Shell, line: str, said: str) -> None:
    good = '{"mutations": {"IN": ["R263K"]}}'
    code, answers, err = shell.score(f"{good}\n{line}\n\n{good}\n")
    assert code == 2
    assert [sorted(answer) == ["error"] for answer in answers] == [False, True, False]
    assert answers[0] == answers[2]
    assert said in answers[1]["error"]
    assert err.startswith("corridor: object 2: ")
    assert "Traceback" not in err


def test_one_object_over_many_lines_is_one(shell: Shell) -> None:
    code, answers, _ = shell.score(json.dumps({"mutations": {"RT": ["K103N"]}}, indent=2))
    assert (code, len(answers)) == (0, 1)


def test_a_file_is_read_and_a_dash_is_standard_input(shell: Shell, tmp_path: Path) -> None:
    line = '{"mutations": {"RT": ["K103N"]}}'
    path = tmp_path / "lists.ndjson"
    path.write_text(line, encoding="utf-8")
    assert shell.score("", path)[1] == shell.score(line, "-")[1] != []


def test_input_that_is_no_text_is_refused(shell: Shell, tmp_path: Path) -> None:
    assert shell.score(b"\xff\xfe")[0] == 2
    assert shell.score("", tmp_path / "missing")[0] == 2


def test_nothing_in_is_nothing_out(shell: Shell) -> None:
    assert shell.score("") == (0, [], "")


@pytest.mark.parametrize(
    "line",
    [
        '{"mutations": {"RT": ["K65R"], "RT": ["M184V"]}}',
        '{"mutations": {"RT": ["K65R"], "rt": ["M184V"]}}',
        '{"mutations": {"RT": ["K65R"]}, "mutations": {"RT": []}}',
    ],
)
def test_a_gene_that_is_given_twice_loses_no_mutation_in_silence(shell: Shell, line: str) -> None:
    code, answers, _ = shell.score(line)
    assert (code, list(answers[0])) == (2, ["error"])
    assert "twice" in answers[0]["error"]
