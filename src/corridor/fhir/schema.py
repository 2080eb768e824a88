"""JSON Schema of each resource type, made on first use from the R4 definitions that ship with the node."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any

import jsonschema_rs
import orjson

from corridor.domain.errors import UnsupportedError

Schema = dict[str, Any]

_ID = r"[A-Za-z0-9\-.]{1,64}"
_LEAP = r"([0-9][0-9](0[48]|[2468][048]|[13579][26])|([02468][048]|[13579][26])00)"
_YEAR = r"([1-9][0-9]{3}|0[1-9][0-9]{2}|00[1-9][0-9]|000[1-9])"
_DAY = (
    rf"({_YEAR}-((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)|02-(0[1-9]|1[0-9]|2[0-8]))"
    rf"|{_LEAP}-02-29)"
)
_MONTH = rf"{_YEAR}(-(0[1-9]|1[0-2]))?"
_CLOCK = r"([01][0-9]|2[0-3]):[0-5][0-9]:([0-5][0-9]|60)(\.[0-9]{1,9})?"
_ZONE = r"(Z|[+-]((0[0-9]|1[0-3]):[0-5][0-9]|14:00))"
_INT_MAX = 2**31 - 1


def _text(pattern: str) -> Schema:
    return {"type": "string", "pattern": f"^({pattern})$"}


_FILLED: Schema = {"type": "string", "minLength": 1}

PRIMITIVES: dict[str, Schema] = {
    "boolean": {"type": "boolean"},
    "integer": {"type": "integer", "minimum": -_INT_MAX - 1, "maximum": _INT_MAX},
    "unsignedInt": {"type": "integer", "minimum": 0, "maximum": _INT_MAX},
    "positiveInt": {"type": "integer", "minimum": 1, "maximum": _INT_MAX},
    "decimal": {"type": "number"},
    "string": _FILLED,
    "markdown": _FILLED,
    "xhtml": _FILLED,
    "code": _text(r"\S+(\s\S+)*"),
    "uri": _text(r"\S+"),
    "url": _text(r"\S+"),
    "canonical": _text(r"\S+"),
    "id": _text(_ID),
    "oid": _text(r"urn:oid:[0-2](\.(0|[1-9][0-9]*))+"),
    "uuid": _text(r"urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"),
    "base64Binary": _text(r"\s*(([0-9A-Za-z+/]\s*){4})*(([0-9A-Za-z+/]\s*){2}==|([0-9A-Za-z+/]\s*){3}=)?\s*"),
    "date": _text(rf"{_MONTH}|{_DAY}"),
    "dateTime": _text(rf"{_MONTH}|{_DAY}(T{_CLOCK}{_ZONE})?"),
    "instant": _text(rf"{_DAY}T{_CLOCK}{_ZONE}"),
    "time": _text(_CLOCK),
}
"""Source: https://hl7.org/fhir/R4/datatypes.html#primitive; dates exist in the calendar."""

ANY_RESOURCE: Schema = {"type": "object", "required": ["resourceType"], "minProperties": 2}
"""Resources inside others are checked one by one, by their own type's schema."""


def _table(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = orjson.loads(files("corridor.fhir.definitions").joinpath(name).read_bytes())
    return loaded


@cache
def definitions() -> dict[str, dict[str, dict[str, Any]]]:
    """Elements by type, in the order of R4.

    Each has `type` (several for a choice) and, where it applies, `min`, `many`, `summary` and `modifier` (its flags),
    `targets` of a reference, and `codes` (a required binding's name).
    """
    return _table("schema.json")


@cache
def bindings() -> dict[str, dict[str, list[str]]]:
    """Codes that are required, by binding and system."""
    return _table("bindings.json")


@cache
def parameter_table() -> dict[str, dict[str, Any]]:
    """Search parameters by type and name, each with its steps through the resource."""
    return _table("parameters.json")


HELD: tuple[str, ...] = tuple(definitions()["meta"]["held"])
"""Types that a node stores."""

RESOURCES: frozenset[str] = frozenset(definitions()["meta"]["resources"])
"""Every resource type of R4."""


def is_resource(name: str) -> bool:
    """Whether the type has a definition here and can be validated."""
    return name in RESOURCES and name in definitions()


def element_names(name: str, element: dict[str, Any]) -> list[tuple[str, str]]:
    """JSON names of an element with their types; a choice has one for each."""
    if not name.endswith("[x]"):
        return [(name, element["type"][0])]
    stem = name.removesuffix("[x]")
    return [(stem + each[0].upper() + each[1:], each) for each in element["type"]]


def choice(name: str, element: dict[str, Any], *, instead: str = "") -> Schema:
    """At most one of the choice's names, and at least one where it is required.

    Args:
        name: element name with `[x]`.
        element: its definition.
        instead: another element that must stand where no name of the choice does.
    """
    one_of: list[Schema] = [{"required": [key]} for key, _ in element_names(name, element)]
    if instead:
        one_of.append({"required": [instead]})
    elif not element.get("min"):
        one_of.append({"not": {"anyOf": list(one_of)}})
    return {"oneOf": one_of}


def _bound(kind: str, binding: str) -> Schema:
    """A required binding: the coding, or one coding of the concept, comes from the value set; text alone is no code."""
    coding: Schema = {"anyOf": []}
    for system, codes in bindings()[binding].items():
        members: Schema = {"system": {"const": system}, "code": {"enum": codes}}
        coding["anyOf"].append({"properties": members, "required": ["system", "code"]})
    in_list: Schema = {"properties": {"coding": {"contains": coding}}}
    coded: Schema = {"anyOf": [{"required": ["coding"]}, {"required": ["extension"]}]}
    return coding if kind == "Coding" else {"dependentSchemas": {"coding": in_list}, **coded}


def _targeted(targets: list[str]) -> Schema:
    """A reference's own elements, narrowed to the types it may point at."""
    rest = rf"(/{_ID}(/_history/{_ID})?|\?.*)"
    return {
        "reference": _text(rf"#.*|urn:.*|([^#?]*/)?({'|'.join(targets)}){rest}"),
        "type": {"enum": targets},
    }


class _Compiler:
    """Collects the definitions that one resource type is made of.

    The schema is stricter than FHIR in three places that would be slow to say in it: a null in an array, a required
    primitive that has only extensions, a reference by a plain URL. `validate` lets those pass afterwards.
    """

    def __init__(self) -> None:
        self.shared: dict[str, Schema] = {}

    def complex(self, kind: str) -> Schema:
        """The schema of a resource or of a type with elements."""
        elements = definitions()[kind]
        properties: Schema = {"resourceType": {"const": kind}} if kind in RESOURCES else {}
        for name, element in elements.items():
            properties.update(self._properties(name, element))
        schema: Schema = {"type": "object", "additionalProperties": False, "minProperties": 1, "properties": properties}
        schema["required"] = ["resourceType"] if kind in RESOURCES else []
        schema["required"] += [n for n, each in elements.items() if each.get("min") and not n.endswith("[x]")]
        instead = "extension" if kind == "Extension" else ""  # ext-1: a value or extensions, never both
        schema["allOf"] = [choice(n, each, instead=instead) for n, each in elements.items() if n.endswith("[x]")]
        return {key: value for key, value in schema.items() if value != []}

    def _properties(self, name: str, element: dict[str, Any]) -> Schema:
        found: Schema = {}
        for key, kind in element_names(name, element):
            found[key] = _cardinal(self._value(kind, element), element)
            if kind in PRIMITIVES and key not in {"id", "div"}:
                found["_" + key] = _cardinal(self._shared("Element", "Element"), element)
        return found

    def _value(self, kind: str, element: dict[str, Any]) -> Schema:
        codes, targets = element.get("codes"), element.get("targets")
        if kind == "Resource":
            return ANY_RESOURCE
        if kind == "code" and codes:
            return {"enum": sorted({code for listed in bindings()[codes].values() for code in listed})}
        if codes:
            return self._shared(kind, f"{kind}:{codes.rpartition('/')[2]}", extra=_bound(kind, codes))
        if kind == "Reference" and targets:
            return self._shared(kind, f"Reference:{'+'.join(targets)}", properties=_targeted(targets))
        return self._shared(kind, kind)

    def _shared(self, kind: str, key: str, *, extra: Schema | None = None, properties: Schema | None = None) -> Schema:
        if key not in self.shared:
            made = self.shared[key] = {}
            made.update(PRIMITIVES[kind] if kind in PRIMITIVES else self.complex(kind))
            made.update(extra or {})
            if properties:
                made["properties"].update(properties)
        return {"$ref": f"#/$defs/{key}"}


def _cardinal(value: Schema, element: dict[str, Any]) -> Schema:
    return {"type": "array", "minItems": 1, "items": value} if element.get("many") else value


def json_schema(resource_type: str) -> Schema:
    """The schema of one type; what it is made of stands in `$defs`.

    Raises:
        UnsupportedError: the type is not spoken here.
    """
    if not is_resource(resource_type):
        raise UnsupportedError("This resource type is not spoken here.", ("resourceType",))
    compiler = _Compiler()
    root = compiler.complex(resource_type)
    root["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    root["$defs"] = compiler.shared
    return root


@cache
def validator(resource_type: str) -> jsonschema_rs.Draft202012Validator:
    """The compiled schema of one type.

    Raises:
        UnsupportedError: the type is not spoken here.
    """
    return jsonschema_rs.Draft202012Validator(json_schema(resource_type), pattern_options=jsonschema_rs.RegexOptions())
