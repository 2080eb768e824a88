"""Bytes to a resource, refusing what could not be stored or served again without loss."""

from __future__ import annotations

import json
import re
from typing import Any

import orjson

from corridor.domain.errors import InvalidError, MalformedError, TooLargeError, UnsupportedError
from corridor.fhir.schema import RESOURCES

Resource = dict[str, Any]

MAX_DEPTH = 64
"""Levels of objects and lists; real resources stay below 15."""

_CONTROL = re.compile(rb"\\u00(?:0[0-8bcefBCEF]|1[0-9a-fA-F])|\\[bf]")
_OPENING = re.compile(rb"[\[{]")


def parse(raw: bytes, *, max_bytes: int | None = None) -> Resource:
    """A resource of a type that R4 knows; decimals lose their trailing zeros here, the bytes keep them.

    Raises:
        TooLargeError: more than `max_bytes`.
        MalformedError: not UTF-8, not JSON, the same key twice in an object, or nested too deeply.
        InvalidError: not an object, without a resource type, or with control characters in a text.
        UnsupportedError: a resource type that does not exist.
    """
    return parse_written(raw, max_bytes=max_bytes)[0]


def parse_written(raw: bytes, *, max_bytes: int | None = None) -> tuple[Resource, bytes]:
    """As `parse`, and the resource written again: compact, and every number as short as can be."""
    resource, written = _parsed(raw, max_bytes)
    resource_type = resource.get("resourceType")
    if not isinstance(resource_type, str):
        raise InvalidError("A resource names its type in resourceType.", ("resourceType",))
    if resource_type not in RESOURCES:
        raise UnsupportedError("R4 knows no resource type of this name.", ("resourceType",))
    return resource, written


def parse_object(raw: bytes, *, max_bytes: int | None = None) -> dict[str, Any]:
    """A JSON object within the limits of this node.

    Raises:
        TooLargeError: more than `max_bytes`.
        MalformedError: not UTF-8, not JSON, the same key twice in an object, or nested too deeply.
        InvalidError: not an object, or with control characters in a text.
    """
    return _parsed(raw, max_bytes)[0]


def _parsed(raw: bytes, max_bytes: int | None) -> tuple[Resource, bytes]:
    if max_bytes is not None and len(raw) > max_bytes:
        raise TooLargeError("The body is larger than this node reads.")
    try:
        parsed = orjson.loads(raw)
    except orjson.JSONDecodeError:
        raise MalformedError("The body is not JSON in UTF-8.") from None
    if not isinstance(parsed, dict):
        raise InvalidError("A resource is a JSON object.")
    check_depth(raw, parsed)
    written = orjson.dumps(parsed)
    if written != raw:
        json.loads(raw, parse_int=str, parse_float=str, object_pairs_hook=unique)  # only keys matter
    if _CONTROL.search(raw) and _has_control(written):
        raise InvalidError("A text holds no control characters but tab, carriage return and line feed.")
    return parsed, written


def check_depth(raw: bytes, parsed: Any) -> None:
    """Let pass what is nested as resources are; it is walked only where its brackets could be too many.

    Raises:
        MalformedError: nested too deeply.
    """
    if raw.count(b"{") + raw.count(b"[") <= MAX_DEPTH:
        return
    level, depth = [parsed], 0
    while level:
        depth += 1
        level = [each for node in level for each in _children(node)]
        if depth > MAX_DEPTH:
            raise MalformedError(f"The body is nested deeper than {MAX_DEPTH} levels.")


def _children(node: Any) -> list[Any]:
    members = node.values() if isinstance(node, dict) else node
    return [each for each in members if isinstance(each, dict | list)]


def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object of its members, for a JSON reader's `object_pairs_hook`.

    Raises:
        MalformedError: a key stands there twice.
    """
    members = dict(pairs)
    if len(members) != len(pairs):
        raise MalformedError("An object names the same key twice.")
    return members


def _has_control(written: bytes) -> bool:
    """Whether a text really holds one: an escaped backslash before `u0000` only looks like it."""
    return _CONTROL.search(written.replace(b"\\\\", b"")) is not None
