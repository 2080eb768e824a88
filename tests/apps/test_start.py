"""Some commands start without what others need, and are the same commands."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence

import pytest
from typer.testing import CliRunner

from corridor.apps import cli
from corridor.apps.start import ALONE, alone, main

RUNNER = CliRunner()
HEAVY = ("fastapi", "sqlalchemy", "alembic", "corridor.apps.hub", "corridor.apps.node")
CLINICAL = [name for name in ALONE if not name.endswith(" serve")]
SERVING = [name for name in ALONE if name.endswith(" serve")]
FOR_OTHERS = ("alembic", "httpx", "rich.progress", "corridor.apps.cli", "corridor.apps.import_commands")


@pytest.mark.parametrize("name", ALONE)
def test_a_command_that_stands_alone_is_the_one_of_the_whole_program(name: str) -> None:
    arguments = [*name.split(), "--help"]
    assert RUNNER.invoke(alone(name), arguments).output == RUNNER.invoke(cli.app, arguments).output


def loaded(name: str, unwanted: Sequence[str]) -> str:
    """Which unwanted modules a command that stands alone has in memory."""
    script = (
        "import sys; from corridor.apps.start import alone; alone(sys.argv[1]);"
        f"print([each for each in {unwanted!r} if each in sys.modules])"
    )
    told = subprocess.run([sys.executable, "-c", script, name], capture_output=True, text=True, check=True)
    return told.stdout.strip()


@pytest.mark.parametrize("name", CLINICAL)
def test_a_clinical_command_loads_neither_node_nor_hub(name: str) -> None:
    assert loaded(name, HEAVY) == "[]"


@pytest.mark.parametrize("name", SERVING)
def test_what_runs_for_months_keeps_nothing_in_memory_that_other_commands_need(name: str) -> None:
    assert loaded(name, FOR_OTHERS) == "[]"


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
