"""Whoever turns a rule off says why, on the same line."""

import re
import tomllib

import pytest

from tests.house.tree import REPOSITORY, comments, name_of, python_files

EXEMPTION = re.compile(r"#\s*(?:noqa|type:\s*ignore|pragma|ruff:)", re.IGNORECASE)
RULE = r"(?:ruff:\s*)?noqa:\s*[A-Z]+\d+(?:\s*,\s*[A-Z]+\d+)*|type:\s*ignore\[[\w, -]+\]"
REASONED = re.compile(rf"#\s*(?:{RULE})\s*(?:#|-|:)\s*(?P<reason>\S.*)")
FEWEST_LETTERS = 5


def has_reason(comment: str) -> bool:
    """Whether an exemption names its rule and gives a reason of at least a word or two."""
    found = REASONED.search(comment)
    return bool(found) and len(re.sub(r"\W", "", found["reason"])) >= FEWEST_LETTERS


@pytest.mark.parametrize(
    ("comment", "reasoned"),
    [
        ("# noqa: S104 - a container's port is published elsewhere", True),
        ("# type: ignore[no-any-return]  # the library has no types", True),
        ("# noqa", False),
        ("# noqa: S104", False),
        ("# type: ignore", False),
        ("# noqa: S104 - why", False),
    ],
)
def test_a_reason_is_told_from_none(comment: str, *, reasoned: bool) -> None:
    assert has_reason(comment) is reasoned


def test_every_exemption_in_the_code_carries_its_reason() -> None:
    bare = [
        f"{name_of(path)}:{line} {comment}"
        for path in python_files()
        if path.name != "test_exemptions.py"
        for line, comment in comments(path)
        if EXEMPTION.search(comment) and not has_reason(comment)
    ]
    assert not bare, "\n".join(bare)


def test_every_lint_exception_in_the_configuration_carries_its_reason() -> None:
    content = (REPOSITORY / "pyproject.toml").read_text(encoding="utf-8")
    ruff = tomllib.loads(content)["tool"]["ruff"]["lint"]
    codes = {*ruff["ignore"], *(code for some in ruff["per-file-ignores"].values() for code in some)}
    lines = content[content.index("[tool.ruff.lint]") : content.index("[tool.mypy]")].splitlines()
    bare = [code for code in codes if not any(f'"{code}"' in line and re.search(r"#\s*\S.{3}", line) for line in lines)]
    assert not bare, "\n".join(bare)


def test_no_test_is_skipped_or_expected_to_fail() -> None:
    words = re.compile(r"pytest\.(?:mark\.)?(?:skip|skipif|xfail|importorskip)\b")
    found = [
        name_of(path)
        for path in python_files("tests")
        if path.name != "test_exemptions.py" and words.search(path.read_text(encoding="utf-8"))
    ]
    assert not found, "\n".join(found)


def test_nothing_is_left_for_later() -> None:
    words = re.compile(r"\b(?:TODO|FIXME|XXX)\b|raise NotImplementedError")
    found = [
        name_of(path)
        for path in python_files("src", "demo", "bench", "migrations", "profiles")
        if words.search(path.read_text(encoding="utf-8"))
    ]
    assert not found, "\n".join(found)
