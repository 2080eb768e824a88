"""Names say what things are; words that fit anything are not used."""

import ast
import re

from tests.house.tree import CORRIDOR, functions, module, name_of, python_files

EMPTY_WORDS = {"Manager", "Helper", "Helpers", "Util", "Utils", "Base", "Service", "Handler"}
EMPTY_NAMES = {"data", "info", "obj", "_data", "_info", "_obj"}
EMPTY_FOLDERS = {
    "utils",
    "util",
    "common",
    "helpers",
    "helper",
    "services",
    "models",
    "managers",
    "misc",
    "base",
    "handlers",
}
OWN = ("src", "demo", "bench")


def words(name: str) -> set[str]:
    """The words of a CamelCase name."""
    return set(re.findall(r"[A-Z][a-z0-9]+|[A-Z]+(?![a-z])", name))


def test_no_file_or_folder_is_a_drawer_for_anything() -> None:
    found = [
        name_of(path)
        for path in python_files(*OWN)
        if EMPTY_FOLDERS & {path.stem, *(part.name for part in path.parents)}
    ]
    assert not found, "\n".join(found)


def test_no_class_has_an_empty_word_in_its_name() -> None:
    found = [
        f"{name_of(path)}:{node.lineno} {node.name}"
        for path in python_files(*OWN)
        for node in ast.walk(module(path))
        if isinstance(node, ast.ClassDef) and words(node.name) & EMPTY_WORDS
    ]
    assert not found, "\n".join(found)


def test_no_function_begins_with_do_or_process() -> None:
    found = [
        f"{name_of(path)}:{node.lineno} {node.name}"
        for path in python_files(*OWN)
        for node in functions(path)
        if node.name.lstrip("_").startswith(("do_", "process_"))
    ]
    assert not found, "\n".join(found)


def test_nothing_is_called_data_info_or_obj() -> None:
    found = [
        f"{name_of(path)}:{node.lineno} {name}"
        for path in python_files(*OWN)
        for node in ast.walk(module(path))
        for name in _given(node)
        if name in EMPTY_NAMES
    ]
    assert not found, "\n".join(found)


def _given(node: ast.AST) -> list[str]:
    if isinstance(node, ast.arg):
        return [node.arg]
    return [node.id] if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) else []


def test_every_room_is_on_a_floor() -> None:
    rooms = {path.name for path in CORRIDOR.iterdir() if path.is_dir() and (path / "__init__.py").exists()}
    assert rooms == {"apps", "web", "node", "hub", "storage", "remote", "keys", "flows", "fhir", "domain"}
