"""Everything public says what it gives; what stands in a standard names it."""

import ast
from pathlib import Path

from tests.house.tree import CORRIDOR, Function, module, name_of, python_files


def public(path: Path) -> list[tuple[str, ast.ClassDef | Function]]:
    """Public functions and classes of a file, and the public methods of its public classes."""
    found: list[tuple[str, ast.ClassDef | Function]] = []
    for node in module(path).body:
        if isinstance(node, ast.ClassDef | Function) and not node.name.startswith("_"):
            found.append((node.name, node))
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            methods = [inner for inner in node.body if isinstance(inner, Function) and not inner.name.startswith("_")]
            found.extend((f"{node.name}.{method.name}", method) for method in methods)
    return found


def files_of(room: str) -> list[Path]:
    """Modules of one room of the house."""
    return [path for path in python_files("src") if path.is_relative_to(CORRIDOR / room) and path.name != "__init__.py"]


def test_every_module_function_and_class_that_is_public_has_a_docstring() -> None:
    silent = [name_of(path) for path in python_files("src", "demo", "bench") if not ast.get_docstring(module(path))]
    silent += [
        f"{name_of(path)}:{node.lineno} {name}"
        for path in python_files("src", "demo", "bench")
        for name, node in public(path)
        if not ast.get_docstring(node)
    ]
    assert not silent, "\n".join(silent)


def test_the_first_line_of_a_docstring_is_one_sentence() -> None:
    found = [
        f"{name_of(path)}:{node.lineno} {name}"
        for path in python_files("src", "demo", "bench")
        for name, node in public(path)
        if (text := ast.get_docstring(node)) and not text.splitlines()[0].endswith((".", "?", "!", ":"))
    ]
    assert not found, "\n".join(found)


def test_every_door_names_its_transaction_or_page() -> None:
    doors = [path for room in ("node", "hub") for path in files_of(room)]
    silent = [name_of(path) for path in doors if "Source:" not in path.read_text(encoding="utf-8")]
    assert not silent, "\n".join(silent)


def _public_functions(path: Path) -> list[str]:
    return [name for name, node in public(path) if isinstance(node, Function) and "." not in name]


def test_every_flow_has_one_public_function_of_its_name() -> None:
    flows = [path for path in files_of("flows") if path.parent.name == "flows"]
    wrong = [
        f"{name_of(path)}: {names}"
        for path in flows
        if (names := [name for name, node in public(path) if isinstance(node, Function) and "." not in name])
        != [path.stem]
    ]
    assert not wrong, "\n".join(wrong)


def test_every_flow_names_its_transaction_or_page() -> None:
    flows = [path for path in files_of("flows") if path.parent.name == "flows"]
    silent = [
        name_of(path)
        for path in flows
        for name, node in public(path)
        if name == path.stem and "Source:" not in (ast.get_docstring(node) or "")
    ]
    assert not silent, "\n".join(silent)


def test_every_port_is_one_protocol() -> None:
    ports = [path for path in files_of("flows") if path.parent.name == "ports"]
    wrong = [name_of(path) for path in ports if len(_protocols(path)) != 1]
    assert not wrong, "\n".join(wrong)


def _protocols(path: Path) -> list[str]:
    classes = [node for node in module(path).body if isinstance(node, ast.ClassDef)]
    return [node.name for node in classes if "Protocol" in (ast.unparse(parent) for parent in node.bases)]
