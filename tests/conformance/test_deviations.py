"""The list of known deviations is short, justified, and the same for people as for the tests."""

from __future__ import annotations

from pathlib import Path

from tests.conformance.deviations import deviations

README = Path(__file__).parent / "README.md"


def test_every_deviation_stands_in_the_readme_with_its_reason() -> None:
    text = " ".join(README.read_text(encoding="utf-8").split())
    missing = [each.what for each in deviations() if each.what not in text or each.reason not in text]
    assert not missing


def test_no_deviation_is_listed_twice() -> None:
    named = [(each.tool, each.what) for each in deviations()]
    assert len(named) == len(set(named))
