"""Three JavaScript clients do a day's work at the national base; each file in `js/` is one client's day."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from tests.conformance.serving import Served

JS = Path(__file__).parent / "js"


@pytest.mark.parametrize("client", ["fhir_kit_client", "fhirclient", "medplum"])
def test_a_client_does_its_work(node: Served, client: str) -> None:
    told = {"CORRIDOR_BASE": node.base, "CORRIDOR_TOKEN": node.tokens["programme"]}
    words = ("node", "--test", "--test-reporter=tap", f"{client}.test.mjs")
    ran = subprocess.run(
        words, cwd=JS, env={**os.environ, **told}, capture_output=True, text=True, timeout=100, check=False
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "# fail 0" in ran.stdout
    assert "# skipped 0" in ran.stdout
