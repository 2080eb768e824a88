"""What people read: the map, the decisions, the change log; and no trace of the machine that wrote them."""

import re
from pathlib import Path

import pytest

from tests.house.tree import REPOSITORY, name_of, tracked

DECISIONS = sorted((REPOSITORY / "docs" / "adr").glob("*.md"))
PARTS = ("Status", "Context", "Decision", "Consequences", "Alternatives", "Enforced by")
ONE_SCREEN = 60
PLACES = ("work", "root", "tmp", "home")
ON_A_MACHINE = re.compile(rf"(?<![\w.:/~{{}}$\])-])/(?:{'|'.join(PLACES)})/\w|\.\./shared\b")
OTHERS_FILES = ("demo/examples/", "src/corridor/fhir/definitions/")
"""Files that others wrote and that are kept as they were."""


def test_the_map_is_at_most_120_lines() -> None:
    lines = (REPOSITORY / "ARCHITECTURE.md").read_text(encoding="utf-8").splitlines()
    assert 20 < len(lines) <= 120


def test_the_change_log_keeps_its_form() -> None:
    content = (REPOSITORY / "CHANGELOG.md").read_text(encoding="utf-8")
    headings = re.findall(r"^#{2,3} (.*)$", content, re.MULTILINE)
    kinds = {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}
    assert headings[0] == "[Unreleased]"
    assert all(
        heading in kinds or re.match(r"\[\d+\.\d+\.\d+\] - \d{4}-\d{2}-\d{2}", heading) for heading in headings[1:]
    )


def test_the_licence_is_apache_2() -> None:
    content = (REPOSITORY / "LICENSE").read_text(encoding="utf-8")
    assert "Apache License" in content
    assert "Version 2.0, January 2004" in content


def test_the_first_ten_decisions_are_written_and_numbered_without_a_gap() -> None:
    numbers = [int(path.name[:4]) for path in DECISIONS]
    assert len(numbers) >= 10
    assert numbers == list(range(1, len(numbers) + 1))


@pytest.mark.parametrize("path", DECISIONS, ids=lambda path: path.stem)
def test_a_decision_has_its_six_parts_on_one_screen(path: Path) -> None:
    content = path.read_text(encoding="utf-8")
    assert re.fullmatch(r"\d{4}-[a-z0-9-]+\.md", path.name)
    assert content.startswith(f"# {int(path.name[:4])} ")
    assert tuple(re.findall(r"^## (.*)$", content, re.MULTILINE)) == PARTS
    assert len(content.splitlines()) <= ONE_SCREEN
    assert all(part.strip() for part in re.split(r"^## .*$", content, flags=re.MULTILINE)[1:])


@pytest.mark.parametrize("path", DECISIONS, ids=lambda path: path.stem)
def test_a_decision_is_one_imperative_sentence(path: Path) -> None:
    content = path.read_text(encoding="utf-8")
    decision = content.split("## Decision", 1)[1].split("## ", 1)[0].strip()
    assert decision.endswith(".")
    assert len(re.findall(r"\.(?:\s+[A-Z]|$)", decision)) == 1


def test_no_tracked_file_names_a_place_on_somebodys_machine() -> None:
    found = [
        f"{name_of(path)}: {match.group()}"
        for path in tracked()
        if not name_of(path).startswith(OTHERS_FILES)
        for match in ON_A_MACHINE.finditer(path.read_text(encoding="utf-8", errors="ignore"))
    ]
    assert not found, "\n".join(found)


def test_a_place_on_a_machine_is_told_from_a_path_in_an_address() -> None:
    assert ON_A_MACHINE.search('open("' + "/" + 'tmp/x")')
    assert not ON_A_MACHINE.search("https://example.org/" + "work/x")
