"""The clinical commands start without the node and the hub, and are the same commands."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from typer.testing import CliRunner

from corridor.apps import cli
from corridor.apps.start import ALONE, alone, main

RUNNER = CliRunner()
HEAVY = ("fastapi", "sqlalchemy", "alembic", "corridor.apps.hub", "corridor.apps.node")


@pytest.mark.parametrize("name", ALONE)
def test_a_command_that_stands_alone_is_the_one_of_the_whole_program(name: str) -> None:
    arguments = [name, "--help"]
    assert RUNNER.invoke(alone(name), arguments).output == RUNNER.invoke(cli.app, arguments).output


@pytest.mark.parametrize("name", ALONE)
def test_a_command_that_stands_alone_loads_neither_node_nor_hub(name: str) -> None:
    script = (
        "import sys; from corridor.apps.start import alone; alone(sys.argv[1]);"
        f"print([each for each in {HEAVY!r} if each in sys.modules])"
    )
    told = subprocess.run([sys.executable, "-c", script, name], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"


def test_the_program_reads_a_regimen(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "argv", ["corridor", "regimen", "read", "TLD", "--json"])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 0
    assert json.loads(capsys.readouterr().out)["components"] == ["3TC", "DTG", "TDF"]


def test_what_cannot_be_read_is_one_plain_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["corridor", "timeline", "no-such-bundle.json"])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 1
    assert capsys.readouterr().err == "corridor: The file no-such-bundle.json cannot be read.\n"


def test_every_other_command_is_found_in_the_whole_program(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["corridor", "rules", "--help"])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 0
    assert "list" in capsys.readouterr().out
