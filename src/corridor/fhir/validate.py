"""Whether a resource is R4: shape, cardinality, required codes, dates, reference targets and invariants."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from jsonschema_rs import ValidationError

from corridor.domain.errors import InvalidError, Issue
from corridor.fhir.rules import broken_rules
from corridor.fhir.schema import PRIMITIVES, RESOURCES, definitions, element_names, is_resource, validator

Resource = dict[str, Any]
Path = list[str | int]

LIMIT = 20
"""Problems that are listed at most."""

_REST = re.compile(r"(?:^|/)([A-Z][A-Za-z]+)(?:/[A-Za-z0-9\-.]{1,64}(?:/_history/[^/]*)?|\?.*)$")
_SAFE_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}")

_SAID = {
    "type": ("structure", "The value has the wrong JSON type: one value, a list, an object, a text or a number."),
    "enum": ("code-invalid", "The code is not in the value set that is required here."),
    "const": ("code-invalid", "The code is not in the value set that is required here."),
    "anyOf": ("code-invalid", "The code is not in the value set that is required here."),
    "contains": ("code-invalid", "No coding is in the value set that is required here."),
    "pattern": ("value", "The text does not have the form of its type: a date, code, id, URI or reference."),
    "minLength": ("value", "A text is not empty."),
    "minItems": ("structure", "A list is not empty; leave the element out."),
    "minProperties": ("structure", "An object is not empty; leave the element out."),
    "minimum": ("value", "The number is outside the range of its type."),
    "maximum": ("value", "The number is outside the range of its type."),
}
"""FHIR issue type and text by the schema's keyword."""


def validate(resource: Resource) -> None:
    """Let pass what is valid R4; the fast path costs microseconds, finding the reasons costs more.

    Raises:
        UnsupportedError: the resource type is not spoken here.
        InvalidError: with up to 20 problems, each with its FHIRPath expression.
    """
    found = [*problems(resource)]
    if found:
        listed = tuple(found[:LIMIT])
        raise InvalidError(listed[0].message, tuple(each.expression for each in listed), listed)


def problems(resource: Resource) -> Iterator[Issue]:
    """Problems of a resource, in document order where the shape is wrong."""
    resource_type = resource["resourceType"]
    if not validator(resource_type).is_valid(resource):
        shape = [*_shape(resource)]
        yield from shape
        if shape:
            return
    for each in broken_rules(resource):
        yield Issue(each.code, each.message, f"{resource_type}.{each.expression}".rstrip("."))
    for index, inner in enumerate(resource.get("contained", ())):
        yield from _inner(inner, f"{resource_type}.contained[{index}]")


def _inner(inner: Resource, at: str) -> Iterator[Issue]:
    if is_resource(inner["resourceType"]):
        for each in problems(inner):
            rest = each.expression.partition(".")[2]
            yield Issue(each.code, each.message, f"{at}.{rest}".rstrip("."))


def _shape(resource: Resource) -> Iterator[Issue]:
    seen = set()
    for error in validator(resource["resourceType"]).iter_errors(resource):
        for issue in _issues(resource, error):
            if issue not in seen:
                seen.add(issue)
                yield issue


def _issues(resource: Resource, error: ValidationError) -> Iterator[Issue]:
    path: Path = list(error.instance_path)
    keyword = error.kind.name
    if keyword == "additionalProperties":
        yield from _unknown(resource, path, error)
    elif keyword == "required":
        yield from _missing(resource, path, error)
    elif keyword in {"oneOf", "oneOfNotValid", "oneOfMultipleValid"}:
        yield from _choices(resource, path)
    elif not _padding(resource, path) and not _plain_url(resource, path):
        yield _said(resource, path, keyword)


def _said(resource: Resource, path: Path, keyword: str) -> Issue:
    code, message = _SAID.get(keyword, ("structure", "The element does not have the shape of its type."))
    if path[-1:] == ["reference"] and keyword == "pattern":
        message = "The reference does not point at a type that is allowed here."
    return Issue(code, message, expression(resource["resourceType"], path))


def _unknown(resource: Resource, path: Path, error: ValidationError) -> Iterator[Issue]:
    for name in error.kind.as_dict()["unexpected"]:
        shown = [name] if _SAFE_NAME.fullmatch(name) else []
        at = expression(resource["resourceType"], [*path, *shown])
        yield Issue("structure", "R4 knows no element of this name here.", at)


def _missing(resource: Resource, path: Path, error: ValidationError) -> Iterator[Issue]:
    name = error.kind.as_dict()["property"]
    if "_" + name not in at_path(resource, path):
        at = expression(resource["resourceType"], [*path, name])
        yield Issue("required", "The element is required.", at)


def _choices(resource: Resource, path: Path) -> Iterator[Issue]:
    kind, node = type_at(resource["resourceType"], path), at_path(resource, path)
    if not isinstance(node, dict):
        return  # that it is no object is a problem of its own, and is told as such
    for name, element in definitions()[kind].items():
        if name.endswith("[x]"):
            issue = _choice(node, name, element)
            if issue:
                at = expression(resource["resourceType"], [*path, name.removesuffix("[x]")])
                yield Issue(*issue, at)


def _choice(node: Resource, name: str, element: dict[str, Any]) -> tuple[str, str] | None:
    present = [key for key, _ in element_names(name, element) if key in node or "_" + key in node]
    is_extension = name == "value[x]" and "url" in node and len(element["type"]) > len(PRIMITIVES)
    if len(present) > 1:
        return "structure", "Only one type of this value may be given."
    if is_extension and bool(present) == ("extension" in node):
        return "invariant", "An extension has either a value or extensions (ext-1)."
    if element.get("min") and not present:
        return "required", "The element is required."
    return None


def _padding(resource: Resource, path: Path) -> bool:
    """Whether it is a null that only keeps the place of a value or of extensions in a paired array."""
    index = path[-1] if path else None
    if not isinstance(index, int) or at_path(resource, path) is not None:
        return False
    parent, own = path[:-2], str(path[-2])
    paired = at_path(resource, parent).get(own[1:] if own.startswith("_") else "_" + own, ())
    return isinstance(paired, list) and index < len(paired) and paired[index] is not None


def _plain_url(resource: Resource, path: Path) -> bool:
    """Whether it is a reference by an absolute URL that is no RESTful address."""
    if path[-1:] != ["reference"] or type_at(resource["resourceType"], path[:-1]) != "Reference":
        return False
    reference = at_path(resource, path)
    if not isinstance(reference, str) or "://" not in reference:
        return False
    found = _REST.search(reference)
    return not (found and found[1] in RESOURCES)


def at_path(resource: Resource, path: Path) -> Any:
    """The node at a path that exists."""
    node: Any = resource
    for step in path:
        node = node[step]
    return node


def type_at(resource_type: str, path: Path) -> str:
    """The FHIR type at a path through a resource, or empty where R4 knows nothing."""
    kind = resource_type
    for step in path:
        if isinstance(step, str):
            kind = "Element" if step.startswith("_") else _member(kind, step)
    return kind


def _member(kind: str, name: str) -> str:
    elements = definitions().get(kind, {})
    if name in elements:
        return str(elements[name]["type"][0])
    names = (pair for key, each in elements.items() if key.endswith("[x]") for pair in element_names(key, each))
    return next((each for key, each in names if key == name), "")


def expression(resource_type: str, path: Path) -> str:
    """A FHIRPath location, such as `Observation.component[0].code`."""
    parts = [f"[{step}]" if isinstance(step, int) else f".{step}" for step in path]
    return resource_type + "".join(parts)
