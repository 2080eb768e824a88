# ruff: noqa: INP001 -- a script that stands alone beside the profiles, never imported
"""Makes src/corridor/fhir/definitions/elements.json: every element of every R4 type, in the order that XML needs.

Development only; the result is committed. The package is `hl7.fhir.r4.core` 4.0.1 (CC0-1.0, HL7), unpacked:

    python profiles/generate_elements.py PATH/TO/package
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

TARGET = Path(__file__).parents[1] / "src" / "corridor" / "fhir" / "definitions" / "elements.json"
META = {
    "source": "hl7.fhir.r4.core 4.0.1, https://hl7.org/fhir/R4/",
    "licence": "CC0-1.0",
    "generator": "profiles/generate_elements.py",
}
SYSTEM = "http://hl7.org/fhirpath/System."


def published(package: Path) -> list[dict[str, Any]]:
    """Structures that are types of their own, by name."""
    found = [json.loads(path.read_bytes()) for path in sorted(package.glob("StructureDefinition-*.json"))]
    own = [each for each in found if each.get("derivation") != "constraint" and each["kind"] != "logical"]
    return [each for each in own if not each["abstract"] and each["kind"] != "primitive-type"]


def types_of(element: dict[str, Any], parents: set[str]) -> list[str]:
    """Types of an element; a part of a resource is its own type, named by its path."""
    if "contentReference" in element:
        return [element["contentReference"].removeprefix("#")]
    if element["path"] in parents:
        return [element["path"]]
    return ["string" if each["code"].startswith(SYSTEM) else each["code"] for each in element["type"]]


def elements_of(definition: dict[str, Any]) -> dict[str, dict[str, str]]:
    """Elements of a structure and of its parts: types, divided by spaces, with a star where there can be many."""
    listed = definition["snapshot"]["element"]
    parents = {each["path"].rpartition(".")[0] for each in listed}
    tables: dict[str, dict[str, str]] = {path: {} for path in sorted(parents) if path}
    for element in listed[1:]:
        owner, _, name = element["path"].rpartition(".")
        if element["max"] != "0":
            star = "" if element["max"] == "1" else "*"
            tables[owner][name] = " ".join(types_of(element, parents)) + star
    return tables


def main(package: Path) -> None:
    """Write the table, one type a line."""
    found = published(package)
    resources = sorted(each["type"] for each in found if each["kind"] == "resource")
    tables: dict[str, Any] = {"meta": {**META, "resources": resources}}
    tables["Element"] = {"id": "string", "extension": "Extension*"}  # what a primitive has beside its value
    for definition in found:
        tables |= elements_of(definition)
    lines = [f" {json.dumps(key)}: {json.dumps(value, separators=(',', ':'))}" for key, value in tables.items()]
    TARGET.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
