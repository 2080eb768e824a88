"""SEKMET, a small hospital system that others wrote to try FHIR servers with, goes through its working days here."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.conformance.deviations import judge
from tests.conformance.serving import Served

HERE = Path(__file__).parent
SEKMET = HERE.parents[1] / "var" / "conformance" / "sekmet" / "bin" / "sekmet"
TOPIC = "https://corridor.example/fhir/SubscriptionTopic/record-change"
FOLLOWS = "previous step failed"


@pytest.mark.timeout(300)
def test_every_scenario_passes_but_for_what_the_record_does_not_hold(node: Served, tmp_path: Path) -> None:
    (tmp_path / "settings.yaml").write_text(json.dumps(_settings(node)), encoding="utf-8")
    shutil.copytree(HERE / "sekmet" / "scenarios", tmp_path / "scenarios")
    (tmp_path / "data").mkdir()
    words = ("scenario", "run", "all", "--peer", "ours", "--config", "settings.yaml", "--report-dir", "reports")
    words += ("--var", f"topic={TOPIC}", "--var", "filter_param=patient")
    ran = subprocess.run([SEKMET, *words], cwd=tmp_path, capture_output=True, text=True, timeout=280, check=False)
    reports = list(tmp_path.glob("reports/*/results.json"))
    assert reports, ran.stdout + ran.stderr
    results = json.loads(reports[0].read_text(encoding="utf-8"))
    assert len(results) >= 16, ran.stdout
    judge("sekmet", dict(_complaints(results)))


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
