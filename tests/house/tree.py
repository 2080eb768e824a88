"""The project's own tree, as the rules of the house see it."""

import ast
import io
import subprocess
import tokenize
from collections.abc import Iterator
from functools import cache
from pathlib import Path

REPOSITORY = Path(__file__).parents[2]
CORRIDOR = REPOSITORY / "src" / "corridor"
Function = ast.FunctionDef | ast.AsyncFunctionDef


@cache
def tracked() -> tuple[Path, ...]:
    """Every file that git keeps and that still exists."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=REPOSITORY, capture_output=True, text=True, check=True)
    return tuple(path for name in listed.stdout.split("\0") if name and (path := REPOSITORY / name).is_file())


def python_files(*folders: str) -> list[Path]:
    """Tracked Python files under the named top folders, or all of them."""
    files = [path for path in tracked() if path.suffix == ".py"]
    return [path for path in files if not folders or path.relative_to(REPOSITORY).parts[0] in folders]


def name_of(path: Path) -> str:
    """The path as people write it."""
    return path.relative_to(REPOSITORY).as_posix()


@cache
def module(path: Path) -> ast.Module:
    """The file's syntax tree."""
    return ast.parse(path.read_text(encoding="utf-8"), filename=name_of(path))


def functions(path: Path) -> Iterator[Function]:
    """Every function and method of a file, inner ones too."""
    return (node for node in ast.walk(module(path)) if isinstance(node, Function))


def comments(path: Path) -> Iterator[tuple[int, str]]:
    """Line number and text of every comment."""
    reader = io.StringIO(path.read_text(encoding="utf-8")).readline
    for token in tokenize.generate_tokens(reader):
        if token.type == tokenize.COMMENT:
            yield token.start[0], token.string
