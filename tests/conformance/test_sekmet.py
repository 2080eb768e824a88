"""SEKMET, a small hospital system that others wrote to try FHIR servers with, goes through its working days here."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.conformance.deviations import judge
from tests.conformance.serving import Served

HERE = Path(__file__).parent
SEKMET = HERE.parents[1] / "var" / "conformance" / "sekmet" / "bin" / "sekmet"
TOPIC = "https://corridor.example/fhir/SubscriptionTopic/record-change"
FILE = re.compile(r"^ +(\w+) +(?P<lines>\d+) lines +declared=(?P<declared>\d+) +invalid=(?P<invalid>\d+)", re.MULTILINE)
FOLLOWS = "previous step failed"


@pytest.mark.timeout(300)
def test_every_scenario_passes_but_for_what_the_record_does_not_hold(node: Served, tmp_path: Path) -> None:
    shutil.copytree(HERE / "sekmet" / "scenarios", tmp_path / "scenarios")
    words = ("scenario", "run", "all", "--peer", "ours", "--report-dir", "reports")
    said = _run(node, tmp_path, (*words, "--var", f"topic={TOPIC}", "--var", "filter_param=patient"))
    reports = list(tmp_path.glob("reports/*/results.json"))
    assert reports, said
    results = json.loads(reports[0].read_text(encoding="utf-8"))
    assert len(results) >= 16, said
    judge("sekmet", dict(_complaints(results)))


@pytest.mark.parametrize("level", ["system", "patient"])
def test_what_is_exported_is_followed_fetched_and_valid(node: Served, tmp_path: Path, level: str) -> None:
    words = ("bulk", "export", "--peer", "ours", "--level", level, "--type", "Patient,Observation,MedicationStatement")
    said = _run(node, tmp_path, (*words, "--timeout", "60", "--poll-max", "1"))
    files = {row[1]: row for row in FILE.finditer(said)}
    assert set(files) == {"Patient", "Observation", "MedicationStatement"}, said
    assert all(row["lines"] == row["declared"] != "0" and row["invalid"] == "0" for row in files.values()), said
    assert said.rstrip().splitlines()[-1] == "VALID", said


def _run(node: Served, folder: Path, words: Sequence[str]) -> str:
    (folder / "settings.yaml").write_text(json.dumps(_settings(node)), encoding="utf-8")
    (folder / "data").mkdir()
    asked = (SEKMET, *words, "--config", "settings.yaml")
    ran = subprocess.run(asked, cwd=folder, capture_output=True, text=True, timeout=280, check=False)
    return ran.stdout + ran.stderr


def _settings(node: Served) -> dict[str, Any]:
    """JSON is YAML; SEKMET's own small server listens for what a subscription tells it."""
    port = node.hook_port
    auth = {"type": "bearer", "token": node.tokens["programme"]}
    return {
        "base_url": f"http://127.0.0.1:{port}/fhir",
        "host": "127.0.0.1",
        "port": port,
        "data_dir": "data",
        "peers": {"ours": {"base_url": node.base, "auth": auth}},
    }


def _complaints(results: list[dict[str, Any]]) -> Iterator[tuple[str, str]]:
    """Every step that did not pass, with why; of steps that fail for the same reason in a row, the first."""
    for result in results:
        last = ""
        for step in result["steps"]:
            message = str(step["message"]).partition("\n")[0]
            if step["status"] != "passed" and message not in {FOLLOWS, last}:
                yield f"{result['name']}: {step['name']}", message
            last = message
