"""JSON Patch: a list of operations on places in a document."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import jsonpatch

from corridor.domain.errors import InvalidError, TooLargeError, UnprocessableError
from corridor.fhir.exact_json import write_exact

MAX_OPERATIONS = 1000
MAX_COPIED_BYTES = 4 * 1024 * 1024
"""Copies of copies would double a resource with each operation."""

_NEEDED = {
    "add": ("value",),
    "replace": ("value",),
    "test": ("value",),
    "remove": (),
    "move": ("from",),
    "copy": ("from",),
}


def read_json_patch(tree: Any) -> Callable[[Any], Any]:
    """What a JSON Patch does.

    Args:
        tree: the patch, as `exact_json.read_exact` gives it.

    Raises:
        InvalidError: it is not a list of operations, or one of them lacks what it needs.

    Source: RFC 6902.
    """
    if not isinstance(tree, list) or len(tree) > MAX_OPERATIONS:
        raise InvalidError(f"A JSON Patch is a list of at most {MAX_OPERATIONS} operations.")
    for index, operation in enumerate(tree):
        _check(operation, index)
    return lambda document: _applied(document, copy.deepcopy(tree))


def _check(operation: Any, index: int) -> None:
    kind = operation.get("op") if isinstance(operation, dict) else None
    if not isinstance(kind, str) or kind not in _NEEDED:
        raise InvalidError("An operation is add, remove, replace, move, copy or test.", (f"[{index}].op",))
    for name in ("path", *_NEEDED[kind]):
        if name not in operation:
            raise InvalidError(f"The operation needs `{name}`.", (f"[{index}].{name}",))
    for name in ("path", "from"):
        text = operation.get(name, "")
        if not isinstance(text, str) or (text and not text.startswith("/")):
            raise InvalidError("A place is a JSON Pointer, such as /name/0/family.", (f"[{index}].{name}",))


def _applied(document: Any, operations: list[dict[str, Any]]) -> Any:
    copied_bytes = 0
    for index, operation in enumerate(operations):
        if operation["op"] == "copy":
            copied_bytes += len(write_exact(document))
        if copied_bytes > MAX_COPIED_BYTES:
            raise TooLargeError("The patch copies too much.", (f"[{index}]",))
        try:
            document = jsonpatch.JsonPatch([operation]).apply(document, in_place=True)
        except jsonpatch.JsonPatchTestFailed:
            raise UnprocessableError("A test of the patch fails; nothing is changed.", (f"[{index}]",)) from None
        except (jsonpatch.JsonPatchException, jsonpatch.JsonPointerException, LookupError, TypeError, ValueError):
            raise UnprocessableError("The resource has no such place.", (f"[{index}].path",)) from None
    return document
