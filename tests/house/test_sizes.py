"""A room that one can know: short files, short functions."""

import ast

from tests.house.tree import Function, functions, name_of, python_files

FILE_LINES = 250
FUNCTION_LINES = 30
TABLES: dict[str, str] = {}
"""Files that are one long table, each with why it may be longer than a file of code."""


def code_lines(node: Function) -> int:
    """Lines from `def` to the end, without the docstring, which may be as long as the contract."""
    first = node.body[0]
    documented = ast.get_docstring(node, clean=False) is not None
    said = (first.end_lineno or 0) - first.lineno + 1 if documented else 0
    return (node.end_lineno or 0) - node.lineno + 1 - said


def test_no_file_is_longer_than_250_lines() -> None:
    lengths = {
        name_of(path): len(path.read_text(encoding="utf-8").splitlines())
        for path in python_files("src", "demo", "bench", "migrations", "profiles")
    }
    assert {name: length for name, length in lengths.items() if length > FILE_LINES and name not in TABLES} == {}


def test_the_list_of_tables_names_only_files_that_need_it() -> None:
    long = {name_of(path) for path in python_files() if len(path.read_text(encoding="utf-8").splitlines()) > FILE_LINES}
    assert set(TABLES) <= long


def test_no_function_is_longer_than_30_lines() -> None:
    long = [
        f"{name_of(path)}:{node.lineno} {node.name} {code_lines(node)}"
        for path in python_files("src", "demo", "bench", "migrations", "profiles")
        for node in functions(path)
        if code_lines(node) > FUNCTION_LINES
    ]
    assert not long, "\n".join(long)
