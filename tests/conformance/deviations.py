"""Known and justified deviations: what a tool may complain of, and why; one that no longer comes must go."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Deviation:
    """One complaint that is expected.

    Attributes:
        tool: who complains.
        what: the check, exactly as the test names it.
        says: a part of the complaint's text.
        reason: why it is right as it is.
    """

    tool: str
    what: str
    says: str
    reason: str


@cache
def deviations() -> tuple[Deviation, ...]:
    """All of them, from `deviations.json`; the README beside it lists them for people."""
    listed = json.loads((Path(__file__).parent / "deviations.json").read_text(encoding="utf-8"))
    return tuple(Deviation(**each) for each in listed)


def judge(tool: str, complaints: Mapping[str, str]) -> None:
    """Let pass what is expected, all of it and nothing else.

    Args:
        tool: who complained.
        complaints: text by check.

    Raises:
        AssertionError: a complaint is not expected, or an expected one did not come.
    """
    expected = [each for each in deviations() if each.tool == tool]
    known = {each.what for each in expected if each.says in complaints.get(each.what, "\0")}
    unexpected = {what: text for what, text in complaints.items() if what not in known}
    gone = [each.what for each in expected if each.what not in known]
    lines = [f"{what}: {text}" for what, text in sorted(unexpected.items())]
    assert not lines, f"{tool} complains:\n" + "\n".join(lines)
    assert not gone, f"{tool} no longer complains; take these out of deviations.json: {gone}"
