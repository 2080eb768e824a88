"""What is committed of the profiles is what SUSHI builds of their FHIR Shorthand."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

PROFILES = Path(__file__).parents[2] / "profiles"


@pytest.mark.timeout(300)
def test_the_built_definitions_are_what_the_shorthand_says() -> None:
    done = subprocess.run([PROFILES / "build.sh", "--check"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
