"""The lists in docs/security.md: whatever is ticked has a test that exists, whatever is not says what is open."""

import ast
import re

from tests.house.tree import REPOSITORY, module

SECURITY = (REPOSITORY / "docs" / "security.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| \[([ x])\] \| (.+?) \| (.+?) \| (.*?) ?\|$", SECURITY, re.MULTILINE)
NAMED = re.compile(r"`(tests/[\w/]+\.py)(?:::(\w+))?`")


def exists(path: str, name: str) -> bool:
    """Whether a file has a test of this name, or any where none is named."""
    file = REPOSITORY / path
    if not file.is_file():
        return False
    found = {node.name for node in ast.walk(module(file)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}
    return name in found if name else any(each.startswith("test_") for each in found)


def test_all_ten_risks_are_looked_at_and_a_good_part_of_the_standard() -> None:
    risks = [what.split()[0] for _, what, *_ in ROWS if what.startswith("API")]
    assert risks == [f"API{number}" for number in range(1, 11)]
    assert len(ROWS) > 40


def test_every_row_of_the_lists_is_read() -> None:
    assert len(ROWS) == len(re.findall(r"^\| \[", SECURITY, re.MULTILINE))


def test_what_is_ticked_has_a_test_that_exists() -> None:
    bare = [what for ticked, what, _, tests in ROWS if ticked == "x" and not NAMED.search(tests)]
    gone = ["::".join(named) for named in NAMED.findall(SECURITY) if not exists(*named)]
    assert not bare
    assert not gone, "\n".join(gone)


def test_what_is_not_ticked_says_what_is_open_and_nothing_else_does() -> None:
    wrong = [what for ticked, what, done, _ in ROWS if (ticked == " ") != bool(re.search(r"\b[Oo]pen:", f"{done} "))]
    assert not wrong


def test_a_test_that_is_not_there_is_missed() -> None:
    assert exists("tests/house/test_checked_lists.py", "test_a_test_that_is_not_there_is_missed")
    assert not exists("tests/house/test_checked_lists.py", "test_that_nobody_wrote")
    assert not exists("tests/house/test_of_nothing.py", "")
