# ruff: noqa: INP001 -- belongs to the script beside it, which stands alone
"""Search parameters of R4 as steps through a resource, read out of their published expressions.

Used by `generate_definitions.py`. A parameter that cannot be answered from a resource is listed with its reason; any
other expression that is not understood ends the script, so that nothing is left out in silence.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

Row = dict[str, Any]
ROOT = "http://hl7.org/fhir/SearchParameter/"

WHOLE: dict[tuple[str, str], str] = {("Patient", "deceased"): "deceased"}
"""Read from the whole resource, because the expression is a calculation (`exists() and … != false`)."""

REFUSED: dict[tuple[str, str], str] = {
    ("Location", "near"): "It asks for a distance on the globe, which nothing here measures.",
    ("Patient", "age"): "R4 gives no expression; search by birthdate.",
    ("Patient", "birthOrderBoolean"): "R4 gives no expression.",
    ("Patient", "part-agree"): "R4's expression is about another type and an example extension.",
    ("Resource", "_content"): "Whole resources are not searched by words; search by a parameter.",
    ("Resource", "_filter"): "Filter expressions are not spoken here; combine parameters.",
    ("Resource", "_query"): "There are no named queries here.",
    ("DomainResource", "_text"): "Narratives are not searched by words; search by a parameter.",
}
"""Parameters that are not answered, each with its reason."""

KINDS: dict[str, frozenset[str]] = {
    "token": frozenset({"code", "boolean", "string", "id", "Identifier", "Coding", "CodeableConcept", "ContactPoint"}),
    "string": frozenset({"string", "markdown", "HumanName", "Address"}),
    "uri": frozenset({"uri", "url", "canonical"}),
    "date": frozenset({"date", "dateTime", "instant", "Period", "Timing"}),
    "reference": frozenset({"Reference"}),
    "number": frozenset({"decimal", "integer", "positiveInt", "unsignedInt"}),
    "quantity": frozenset({"Quantity", "Age", "Duration", "Money", "Range", "SampledData"}),
}
"""Types that a parameter of each kind reads; a choice's other types are passed over.

Source: https://hl7.org/fhir/R4/search.html#table
"""

ONE = re.compile(
    r"\.?(?:as\((?P<chosen>\w+)\)|where\(resolve\(\) is (?P<target>\w+)\)|where\((?P<key>\w+)='(?P<value>[^']*)'\)"
    r"|extension\('(?P<url>[^']*)'\)|(?P<step>\w+))"
)
CAST = re.compile(r"\((\S+) as (\w+)\)")


class Walk:
    """The ends that one branch of an expression leads to, as rows of steps and type."""

    def __init__(self, types: dict[str, dict[str, Any]], resource_type: str) -> None:
        self.types = types
        self.rows: list[Row] = [{"steps": [], "kind": resource_type}]

    def go(self, branch: str) -> list[Row]:
        """Follow a branch from the resource.

        Raises:
            ValueError: it is not understood.
        """
        at = branch.index(".")
        while at < len(branch):
            found = ONE.match(branch, at)
            if not found:
                raise ValueError(branch)
            at = found.end()
            self._one(found)
        return self.rows

    def _one(self, found: re.Match[str]) -> None:
        if found["step"]:
            self.rows = [each for row in self.rows for each in self._step(row, found["step"])]
        elif found["chosen"]:
            self.rows = [row for row in self.rows if row["kind"].lower() == found["chosen"].lower()]
        elif found["target"]:
            self.rows = [row | {"target": found["target"]} for row in self.rows]
        elif found["key"]:
            self.rows = [row | {"where": [found["key"], found["value"]]} for row in self.rows]
        else:
            inner = [each for row in self.rows for each in self._step(row, "extension")]
            values = [each for row in inner for each in self._step(row, "value")]
            self.rows = [row | {"where": ["url", found["url"]]} for row in values]

    def _step(self, row: Row, step: str) -> Iterator[Row]:
        elements = self.types[row["kind"]]
        element = elements.get(step) or elements[step + "[x]"]
        for kind in element["type"]:
            name = step if step in elements else step + kind[0].upper() + kind[1:]
            more = {"targets": element["targets"]} if "targets" in element else {}
            yield row | {"steps": [*row["steps"], name], "kind": kind} | more


class Parameters:
    """Search parameters by type."""

    def __init__(self, definitions: dict[str, Row], types: dict[str, dict[str, Any]], held: list[str]) -> None:
        self.definitions = definitions
        self.types = types
        self.held = held

    def of(self, resource_type: str) -> dict[str, Row]:
        """Parameters of one type by name; a name that is defined twice is taken once."""
        found: dict[str, Row] = {}
        for url, each in sorted(self.definitions.items()):
            name = each["code"]
            if resource_type not in each.get("base", ()) or name in found or (resource_type, name) in REFUSED:
                continue
            found[name] = {"type": each["type"], "definition": url} | self._answer(resource_type, each)
        _number_parts(found)
        return found

    def refused(self, resource_type: str) -> dict[str, str]:
        """Parameters of one type that are not answered, with the reason."""
        return {name: reason for (kind, name), reason in REFUSED.items() if kind == resource_type}

    def _answer(self, resource_type: str, definition: Row) -> Row:
        name, expression = definition["code"], definition["expression"]
        if definition["type"] == "composite":
            bases = {each.strip().removeprefix(resource_type).strip(".") for each in expression.split(" | ")}
            parts = [self.definitions[each["definition"]]["code"] for each in definition["component"]]
            return {"components": parts, "bases": sorted(bases), "paths": []}
        if (resource_type, name) in WHOLE:
            return {"paths": [{"steps": [], "kind": WHOLE[resource_type, name]}]}
        rows = self._rows(resource_type, expression, KINDS[definition["type"]])
        targets = self._targets(rows, definition) if definition["type"] == "reference" else []
        paths = [{key: value for key, value in row.items() if key != "targets"} for row in rows]
        return {"paths": paths} | ({"targets": targets} if targets else {})

    def _rows(self, resource_type: str, expression: str, kinds: frozenset[str]) -> list[Row]:
        found: list[Row] = []
        for raw in expression.split(" | "):
            branch = CAST.sub(r"\1.as(\2)", raw.strip()).strip("()") if " as " in raw else raw.strip()
            branch = branch + ")" * (branch.count("(") - branch.count(")"))
            if branch == "id":
                branch = "Resource.id"
            if branch.startswith(resource_type + "."):
                found += [row for row in Walk(self.types, resource_type).go(branch) if row["kind"] in kinds]
        if not found:
            raise ValueError(expression)
        return found

    def _targets(self, rows: list[Row], definition: Row) -> list[str]:
        """Held types that a reference may point at, by its definition and by the element's."""
        named = definition.get("target", self.held)
        may = {each for row in rows for each in ([row["target"]] if "target" in row else row.get("targets", self.held))}
        return [each for each in self.held if each in may and (each in named or "Resource" in named)]


def _number_parts(parameters: dict[str, Row]) -> None:
    """Mark the routes whose facts carry the number of the part they are from, because a composite compares them."""
    for composite in [each for each in parameters.values() if "components" in each]:
        for base in filter(None, composite.pop("bases")):
            for name in composite["components"]:
                for path in parameters[name]["paths"]:
                    if path["steps"][: len(base.split("."))] == base.split("."):
                        path["numbered"] = True
