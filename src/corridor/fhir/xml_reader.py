"""FHIR XML as the tree of its JSON; nothing outside of the document is ever looked at."""

from __future__ import annotations

import copy
import re
from typing import Any

from lxml import etree  # type: ignore[import-untyped]  # lxml ships no types

from corridor.domain.errors import InvalidError, Issue, MalformedError, UnsupportedError
from corridor.fhir.elements import Member, is_complex, members, resource_types
from corridor.fhir.exact_json import Number
from corridor.fhir.parse import MAX_DEPTH

FHIR = "http://hl7.org/fhir"
XHTML = "http://www.w3.org/1999/xhtml"

Resource = dict[str, Any]

_SCHEMA_LOCATION = "{http://www.w3.org/2001/XMLSchema-instance}schemaLocation"
_DECLARED = re.compile(r"""^\s*<\?xml[^>]*\sencoding\s*=\s*["']([^"']*)["']""")
_UTF8 = frozenset({"utf-8", "utf8", "us-ascii", "ascii"})
_WHOLE = re.compile(r"0|[-+]?[1-9][0-9]{0,17}")
_DECIMAL = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?")
WHOLE_KINDS = frozenset({"integer", "unsignedInt", "positiveInt"})


def parse_closed(raw: bytes) -> Any:
    """The root element of a document; no entity is resolved, no DTD loaded, no connection opened.

    Raises:
        MalformedError: not well formed, or larger or deeper than documents are.
    """
    parser = etree.XMLParser(
        resolve_entities=False,
        load_dtd=False,
        dtd_validation=False,
        no_network=True,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
        encoding="utf-8",
    )
    try:
        return etree.fromstring(raw, parser)
    except (etree.XMLSyntaxError, ValueError):
        raise MalformedError("The body is not well-formed XML.") from None


def read_resource(raw: bytes) -> Resource:
    """The resource as a tree whose numbers keep their text.

    Raises:
        MalformedError: not UTF-8, not well formed, with a DTD or entities, or nested too deeply.
        InvalidError: elements, attributes or texts that R4 does not know there, or in another order.
        UnsupportedError: a resource type that does not exist.
    """
    root = _root(raw)
    if etree.QName(root).namespace != FHIR:
        raise _structure("A resource in XML is in the namespace http://hl7.org/fhir.", "")
    root.attrib.pop(_SCHEMA_LOCATION, None)
    return _Reader().resource(root, "", 1)


def _root(raw: bytes) -> Any:
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise MalformedError("The body is not XML in UTF-8.") from None
    declared = _DECLARED.match(text)
    if declared and declared[1].lower() not in _UTF8:
        raise MalformedError("XML is written in UTF-8 here.")
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise MalformedError("XML with a document type or with entities is not read.")
    return parse_closed(text.encode())


def _structure(message: str, at: str, *, code: str = "structure") -> InvalidError:
    return InvalidError(message, (at,) if at else (), (Issue(code, message, at),))


class _Reader:
    """Walks a document by the definitions of R4."""

    def resource(self, node: Any, at: str, depth: int) -> Resource:
        """The resource that an element is; `at` is where it stands, empty for the outermost."""
        kind = etree.QName(node).localname
        if kind not in resource_types():
            raise UnsupportedError("R4 knows no resource type of this name.", (at,) if at else ())
        return {"resourceType": kind} | self._members(node, kind, at or kind, depth=depth)

    def _members(self, node: Any, kind: str, at: str, *, depth: int) -> Resource:
        if depth > MAX_DEPTH:
            raise MalformedError(f"The body is nested deeper than {MAX_DEPTH} levels.")
        _check_texts(node, at)
        known, tree = members(kind), _attributes(node, kind, at)
        before = -1
        for child in node:
            name = _name(child, known, at)
            member = known[name]
            if member.order < before:
                raise _structure("The elements stand in another order than R4 gives them.", f"{at}.{name}")
            before = member.order
            self._add(tree, (name, member, child), at, depth=depth)
        return _trimmed(tree)

    def _add(self, tree: Resource, found: tuple[str, Member, Any], at: str, *, depth: int) -> None:
        name, member, child = found
        if member.many:
            at = f"{at}.{name}[{len(tree.get(name, ()))}]"
        elif name in tree or "_" + name in tree:
            raise _structure("The element is given once.", f"{at}.{name}")
        else:
            at = f"{at}.{name}"
        value, extra = self._value(child, member.kind, at, depth=depth + 1)
        if not member.many:
            tree |= {name: value} if value is not None else {}
            tree |= {"_" + name: extra} if extra else {}
            return
        tree.setdefault(name, []).append(value)
        tree.setdefault("_" + name, []).append(extra or None)

    def _value(self, node: Any, kind: str, at: str, *, depth: int) -> tuple[Any, Resource]:
        """The value of an element, and what its JSON keeps beside a primitive."""
        if kind == "xhtml":
            return _div(node), {}
        if kind == "Resource":
            return self._inner(node, at, depth), {}
        if is_complex(kind):
            return self._members(node, kind, at, depth=depth), {}
        texts = dict(node.attrib)
        value = texts.pop("value", None)
        node.attrib.pop("value", None)
        extra = self._members(node, "Element", at, depth=depth)
        return (None if value is None else _primitive(str(value), kind, at)), extra

    def _inner(self, node: Any, at: str, depth: int) -> Resource:
        _check_texts(node, at)
        if len(node) != 1 or node.attrib or etree.QName(node[0]).namespace != FHIR:
            raise _structure("Exactly one resource stands here.", at)
        return self.resource(node[0], at, depth)


def _attributes(node: Any, kind: str, at: str) -> Resource:
    known = {name for name, member in members(kind).items() if member.attribute}
    if not known >= {str(name) for name in node.attrib}:
        raise _structure("R4 knows no attribute of this name here.", at)
    return {str(name): str(value) for name, value in node.attrib.items()}


def _check_texts(node: Any, at: str) -> None:
    if any(text and text.strip() for text in (node.text, *(child.tail for child in node))):
        raise _structure("Values stand in attributes; there is no text between elements.", at)


def _name(child: Any, known: dict[str, Member], at: str) -> str:
    found = etree.QName(child) if isinstance(child.tag, str) else None
    name = found.localname if found else ""
    if found is None or name not in known or known[name].attribute:
        raise _structure("R4 knows no element of this name here.", at)
    if found.namespace != (XHTML if known[name].kind == "xhtml" else FHIR):
        raise _structure("The element is in the wrong namespace.", f"{at}.{name}")
    return name


def _trimmed(tree: Resource) -> Resource:
    """Without lists that hold nothing but gaps."""
    gaps = [name for name, each in tree.items() if isinstance(each, list) and not any(one is not None for one in each)]
    return {name: each for name, each in tree.items() if name not in gaps}


def _primitive(text: str, kind: str, at: str) -> Any:
    if kind == "boolean" and text in {"true", "false"}:
        return text == "true"
    if kind in WHOLE_KINDS and _WHOLE.fullmatch(text):
        return int(text)
    if kind == "decimal" and _DECIMAL.fullmatch(text):
        return Number(text)
    if kind in {"boolean", "decimal", *WHOLE_KINDS}:
        raise _structure(f"The text is not a {kind}.", at, code="value")
    return text


def _div(node: Any) -> str:
    alone = copy.deepcopy(node)
    alone.tail = None
    etree.cleanup_namespaces(alone)
    return str(etree.tostring(alone, encoding="unicode"))
