"""One small mistake at a time in the policy: the mutants that the tests have to notice."""

from __future__ import annotations

import ast
import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass

_COMPARISONS: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.Gt),
    ast.LtE: (ast.Lt, ast.GtE),
    ast.Gt: (ast.GtE, ast.Lt),
    ast.GtE: (ast.Gt, ast.LtE),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
}
_OPERATORS: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
    ast.LShift: ast.RShift,
}
_CALLS = {"any": "all", "all": "any", "min": "max", "max": "min", "sorted": "list"}

Change = Callable[[ast.AST], None]


@dataclass(frozen=True)
class Mutant:
    """A module with one mistake.

    Attributes:
        line: of the original.
        before: the original piece.
        after: the piece with the mistake.
        source: the whole module with it.
    """

    line: int
    before: str
    after: str
    source: str


def mutants(source: str) -> Iterator[Mutant]:
    """Every mutant of a module; docstrings, annotations and messages are left alone."""
    tree = ast.parse(source)
    left_alone = {id(each) for each in _unmeant(tree)}
    for place, node in enumerate(ast.walk(tree)):
        if id(node) in left_alone:
            continue
        for change in _changes(node):
            changed = copy.deepcopy(tree)
            found = [*ast.walk(changed)][place]
            before = ast.unparse(found)
            change(found)
            after = ast.unparse(found)
            if before != after:
                yield Mutant(getattr(node, "lineno", 0), before, after, ast.unparse(ast.fix_missing_locations(changed)))


def _unmeant(tree: ast.AST) -> Iterator[ast.AST]:
    """Whatever changes nothing that a decision could show."""
    for node in ast.walk(tree):
        for each in _spoken_only(node):
            yield from ast.walk(each)


def _spoken_only(node: ast.AST) -> Iterator[ast.AST]:
    """Docstrings, annotations, decorators, messages, and aliases of types."""
    if isinstance(node, ast.Raise) or (isinstance(node, ast.Assign) and _is_alias(node)) or _is_sentence(node):
        yield node
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        yield node
    for name in ("annotation", "returns"):
        if isinstance(found := getattr(node, name, None), ast.AST):
            yield found
    yield from getattr(node, "decorator_list", ())


def _is_alias(node: ast.Assign) -> bool:
    """Lists of names and aliases of types."""
    names = {each.id for each in node.targets if isinstance(each, ast.Name)}
    return bool(names & {"__all__", "Decision", "Listed", "Resource", "Standing", "_Heard", "SYSTEM", "LOCAL_SYSTEM"})


def _is_sentence(node: ast.AST) -> bool:
    """A message for people, wherever it is kept."""
    last = node.values[-1] if isinstance(node, ast.JoinedStr) and node.values else node
    if not isinstance(last, ast.Constant) or not isinstance(last.value, str) or not last.value.endswith("."):
        return False
    return last is not node or " " in last.value


def _changes(node: ast.AST) -> Iterator[Change]:
    kinds: tuple[Callable[[ast.AST], Iterator[Change]], ...] = (
        _compared,
        _joined,
        _counted,
        _said,
        _matched,
        _called,
        _taken,
    )
    for kind in kinds:
        yield from kind(node)


def _compared(node: ast.AST) -> Iterator[Change]:
    if isinstance(node, ast.Compare):
        for other in _COMPARISONS[type(node.ops[0])]:
            yield lambda found, other=other: found.ops.__setitem__(0, other())


def _joined(node: ast.AST) -> Iterator[Change]:
    if isinstance(node, ast.BoolOp):
        yield lambda found: setattr(found, "op", ast.Or() if isinstance(found.op, ast.And) else ast.And())
        for place in range(len(node.values)):
            yield lambda found, place=place: found.values.pop(place) if len(found.values) > 1 else None
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield lambda found: setattr(found, "operand", ast.UnaryOp(ast.Not(), found.operand))
    if isinstance(node, ast.BinOp) and type(node.op) in _OPERATORS:
        yield lambda found: setattr(found, "op", _OPERATORS[type(found.op)]())


def _counted(node: ast.AST) -> Iterator[Change]:
    if isinstance(node, ast.Constant) and isinstance(node.value, bool):
        yield lambda found: setattr(found, "value", not found.value)
    elif isinstance(node, ast.Constant) and isinstance(node.value, int):
        yield lambda found: setattr(found, "value", found.value + 1)
        yield lambda found: setattr(found, "value", found.value - 1)


def _said(node: ast.AST) -> Iterator[Change]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield lambda found: setattr(found, "value", found.value + "-not")
    if isinstance(node, ast.Set) or (isinstance(node, ast.Tuple) and isinstance(node.ctx, ast.Load) and node.elts):
        for place in range(len(node.elts)):
            yield lambda found, place=place: found.elts.pop(place)


def _matched(node: ast.AST) -> Iterator[Change]:
    """A pattern without one of its alternatives."""
    if not isinstance(node, ast.Constant) or not isinstance(node.value, str):
        return
    ways = _alternatives(node.value)
    for place in range(len(ways) if len(ways) > 1 and all(ways) else 0):
        kept = "|".join(ways[:place] + ways[place + 1 :])
        yield lambda found, kept=kept: setattr(found, "value", kept)


def _alternatives(pattern: str) -> list[str]:
    """The alternatives of a pattern, as far as they stand outside parentheses."""
    ways, depth = [""], 0
    for sign in pattern:
        depth += {"(": 1, ")": -1}.get(sign, 0)
        if sign == "|" and depth == 0:
            ways.append("")
        else:
            ways[-1] += sign
    return ways


def _called(node: ast.AST) -> Iterator[Change]:
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _CALLS:
        yield lambda found: setattr(found.func, "id", _CALLS[found.func.id])


def _taken(node: ast.AST) -> Iterator[Change]:
    if isinstance(node, ast.If | ast.IfExp):
        for value in (True, False):
            yield lambda found, value=value: setattr(found, "test", ast.Constant(value))
    if isinstance(node, ast.comprehension):
        for place in range(len(node.ifs)):
            yield lambda found, place=place: found.ifs.pop(place)
    if isinstance(node, ast.Return) and node.value is not None and not isinstance(node.value, ast.Constant):
        yield lambda found: setattr(found, "value", ast.Constant(value=None))
