"""FHIRPath expressions that name elements of a resource, read with care: whoever sends one may mean harm."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from corridor.domain.errors import InvalidError, UnprocessableError

Finder = Callable[[dict[str, Any]], list[str]]
"""Full paths with indexes of what is found in a resource, each once, in order."""

MAX_CHARACTERS = 300
MAX_BRACKETS = 16

_TEXT = re.compile(r"'(?:[^'\\]|\\.)*'")
_EXTENSION = re.compile(r"\bextension\(\s*('(?:[^'\\]|\\.)*')\s*\)")
"""The short form hides where the extension stands."""

_CALLED = re.compile(r"([A-Za-z]\w*)\s*\(")
_FORM = re.compile(r"[A-Za-z$(].*[A-Za-z0-9\])'`]", re.DOTALL)
_CALLS = frozenset(
    [
        *("where", "first", "last", "tail", "skip", "take", "single", "ofType", "as", "is"),
        *("exists", "empty", "not", "count", "hasValue", "startsWith", "endsWith", "contains", "lower", "upper"),
        *("and", "or", "xor", "implies", "in", "div", "mod"),  # operators, which a bracket may follow
    ]
)
"""What may be called: not `matches` (it may never end), not `repeat` and `descendants` (work without bound)."""


def read_path(text: str, at: str) -> Finder:
    """What an expression finds.

    Args:
        text: the expression; it starts at the resource.
        at: where it was given, for the refusal.

    Raises:
        InvalidError: it is no FHIRPath, is too long, or calls what is not spoken here.

    Source: http://hl7.org/fhirpath/N1/
    """
    text = _EXTENSION.sub(r"extension.where(url=\1)", text)
    if len(text) > MAX_CHARACTERS or text.count("(") > MAX_BRACKETS or not _FORM.fullmatch(text):
        raise InvalidError("The path is not a FHIRPath expression that is read here.", (at,))
    if not set(_CALLED.findall(_TEXT.sub("''", text))) <= _CALLS:
        raise InvalidError("The path calls a function that is not spoken here.", (at,))
    try:
        evaluate = _compiled(text)
    except Exception:  # noqa: BLE001  # the parser fails in many ways, each on what was sent
        raise InvalidError("The path is not a FHIRPath expression.", (at,)) from None

    def find(resource: dict[str, Any]) -> list[str]:
        try:
            nodes = evaluate(resource, {})
        except Exception:  # noqa: BLE001  # same: the evaluator fails in many ways on what was sent
            raise UnprocessableError("The path cannot be followed in this resource.") from None
        return [*dict.fromkeys(_place(node, resource) for node in nodes)]

    return find


@lru_cache(maxsize=256)
def _compiled(text: str) -> Callable[[Any, Any], list[Any]]:
    import fhirpathpy  # noqa: PLC0415  # its tables take memory that a node without patches saves
    from fhirpathpy.models import models  # noqa: PLC0415  # its tables too take memory

    return fhirpathpy.compile(text, models["r4"], {"returnRawData": True})


def _place(node: Any, resource: dict[str, Any]) -> str:
    path = getattr(node, "propName", None)
    if isinstance(path, str):
        return path
    if getattr(node, "data", node) is resource:
        return str(resource["resourceType"])
    raise UnprocessableError("The path gives a computed value, not elements.")
