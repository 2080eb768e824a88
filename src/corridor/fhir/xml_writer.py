"""A resource as FHIR XML."""

from __future__ import annotations

import re
from html.entities import name2codepoint
from itertools import zip_longest
from typing import Any

from corridor.domain.errors import MalformedError, NotAcceptableError
from corridor.fhir.elements import Member, is_complex, members, resource_types
from corridor.fhir.exact_json import Number
from corridor.fhir.xml_reader import FHIR, WHOLE_KINDS, XHTML, parse_closed

Resource = dict[str, Any]

_ESCAPES = str.maketrans(
    {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\t": "&#9;", "\n": "&#10;", "\r": "&#13;"}
)
_NOT_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_ENTITY = re.compile(r"&([A-Za-z][A-Za-z0-9]*);")
_XML_ENTITIES = frozenset({"amp", "lt", "gt", "quot", "apos"})


def write_resource(resource: Resource, *, pretty: bool = False) -> bytes:
    """The whole document, with its declaration.

    Args:
        resource: as `exact_json.read_exact` gives it.
        pretty: with line breaks and indentation.

    Raises:
        NotAcceptableError: something in it cannot be said in XML.
    """
    writer = _Writer(pretty=pretty)
    writer.resource(resource, 0)
    text = "".join(writer.parts)
    if _NOT_XML.search(text):
        raise NotAcceptableError("A text holds a character that XML cannot; ask for JSON.")
    return ('<?xml version="1.0" encoding="UTF-8"?>' + text).encode()


class _Writer:
    """Collects the text of a document.

    Args:
        pretty: with line breaks and indentation.
    """

    def __init__(self, *, pretty: bool) -> None:
        self.parts: list[str] = []
        self._pretty = pretty

    def resource(self, resource: Resource, depth: int) -> None:
        """One resource; it names the namespace itself, wherever it stands."""
        kind = resource.get("resourceType")
        if kind not in resource_types():
            raise NotAcceptableError("R4 knows no resource of this type; ask for JSON.")
        rest = {name: value for name, value in resource.items() if name != "resourceType"}
        self._open(f'{kind} xmlns="{FHIR}"', depth)
        self._members(rest, str(kind), depth + 1)
        self._close(str(kind), depth)

    def _members(self, node: Resource, kind: str, depth: int) -> None:
        known = members(kind)
        names = {name.removeprefix("_") for name in node}
        if not names <= known.keys():
            raise NotAcceptableError("The resource has an element that R4 does not know; ask for JSON.")
        for name in sorted(names, key=lambda each: known[each].order):
            if not known[name].attribute:
                self._listed(name, known[name], node, depth=depth)

    def _listed(self, name: str, member: Member, node: Resource, *, depth: int) -> None:
        """An element as often as it is given, each value with what JSON keeps beside it."""
        pair = (node.get(name), node.get("_" + name))
        values, extras = (each if isinstance(each, list) else [each] for each in pair)
        for value, extra in zip_longest(values, extras):
            if value is not None or extra is not None:
                self._element(name, member, (value, extra), depth=depth)

    def _element(self, name: str, member: Member, pair: tuple[Any, Any], *, depth: int) -> None:
        value, extra = pair
        if member.kind == "Resource":
            self._open(name, depth)
            self.resource(value, depth + 1)
            self._close(name, depth)
        elif member.kind == "xhtml":
            self._line(_div(str(value)), depth)
        elif is_complex(member.kind):
            self._complex(name, member.kind, value, depth=depth)
        else:
            whole = member.kind in WHOLE_KINDS and isinstance(value, Number)  # JSON may write 2 as 2.0
            self._primitive(name, int(value) if whole else value, extra or {}, depth=depth)

    def _complex(self, name: str, kind: str, node: Resource, *, depth: int) -> None:
        url = node.get("url") if kind == "Extension" else None
        opening = name + _attribute("id", node.get("id")) + _attribute("url", url)
        inner = {key: value for key, value in node.items() if key != "id" and not (key == "url" and url is not None)}
        if not inner:
            self._line(f"<{opening}/>", depth)
            return
        self._open(opening, depth)
        self._members(inner, kind, depth + 1)
        self._close(name, depth)

    def _primitive(self, name: str, value: Any, extra: Resource, *, depth: int) -> None:
        opening = name + _attribute("id", extra.get("id")) + _attribute("value", value)
        extensions = extra.get("extension", [])
        if not extensions:
            self._line(f"<{opening}/>", depth)
            return
        self._open(opening, depth)
        for each in extensions:
            self._complex("extension", "Extension", each, depth=depth + 1)
        self._close(name, depth)

    def _open(self, opening: str, depth: int) -> None:
        self._line(f"<{opening}>", depth)

    def _close(self, name: str, depth: int) -> None:
        self._line(f"</{name}>", depth)

    def _line(self, text: str, depth: int) -> None:
        if self._pretty:
            self.parts.append("\n" + "  " * depth)
        self.parts.append(text)


def _attribute(name: str, value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return f' {name}="{str(value).lower()}"'
    text = value.text if isinstance(value, Number) else str(value)
    return f' {name}="{text.translate(_ESCAPES)}"'


def _div(text: str) -> str:
    """A narrative as it was written, if it is well formed; HTML's own entities become characters."""
    written = _ENTITY.sub(_character, text.strip())
    if not written.startswith("<div"):
        raise NotAcceptableError("A narrative is not one XHTML div; ask for JSON.")
    try:
        tag = parse_closed(written.encode()).tag
    except MalformedError:
        raise NotAcceptableError("A narrative is not well formed; ask for JSON.") from None
    if tag == f"{{{XHTML}}}div":
        return written
    if tag != "div":
        raise NotAcceptableError("A narrative is not one XHTML div; ask for JSON.")
    return written.replace("<div", f'<div xmlns="{XHTML}"', 1)


def _character(found: re.Match[str]) -> str:
    name = found[1]
    return chr(name2codepoint[name]) if name in name2codepoint and name not in _XML_ENTITIES else found[0]
