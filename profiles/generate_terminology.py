# ruff: noqa: INP001 -- a script that stands alone beside the profiles, never imported
"""Makes src/corridor/fhir/definitions/terminology.json: the R4 value sets that held types are bound to.

Development only; the result is committed. Value sets that no one can list (media types, currencies, all of LOINC) are
left out, and of a code system that a value set names code by code only those codes are kept.

    python profiles/generate_terminology.py PATH/TO/package
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from generate_definitions import CONTAINED, HELD, SOURCE, TARGET, load, own

STRENGTHS = {"required", "extensible", "preferred"}
LARGEST = 500
"""Codes that a merely preferred value set may name."""

SUBSETS = {"is-a", "is-not-a", "descendent-of"}
Definition = dict[str, Any]


class Bindings:
    """Value sets that elements of held types are bound to, with the strength."""

    def __init__(self, package: Path) -> None:
        structures = load(package, "StructureDefinition").values()
        self._types = {each["type"]: each for each in structures if own(each)}
        self._seen: set[str] = set()
        self.found: dict[str, set[str]] = {}

    def walk(self, name: str) -> None:
        """Collect the bindings of a type and of everything that it is made of."""
        if name in self._seen or name not in self._types:
            return
        self._seen.add(name)
        for element in self._types[name]["snapshot"]["element"]:
            binding = element.get("binding", {})
            if binding.get("strength") in STRENGTHS and "valueSet" in binding:
                self.found.setdefault(binding["valueSet"].split("|")[0], set()).add(binding["strength"])
            for each in element.get("type", ()):
                self.walk(each["code"])


class Shelf:
    """Collects value sets and the code systems that they need."""

    def __init__(self, package: Path) -> None:
        self._sets = load(package, "ValueSet")
        self._systems = load(package, "CodeSystem")
        self.sets: dict[str, Any] = {}
        self.systems: dict[str, Any] = {}

    def add(self, url: str, *, preferred: bool = False) -> bool:
        """Take a value set in, with everything that it includes; False where it cannot be listed."""
        if url in self.sets:
            return True
        definition = self._sets.get(url, {})
        compose = definition.get("compose", {})
        includes = [*compose.get("include", ()), *compose.get("exclude", ())]
        named = sum(len(each.get("concept", ())) for each in includes)
        if not includes or (preferred and named > LARGEST) or not all(map(self._listable, includes)):
            return False
        for each in includes:
            self._take(each)
        self.sets[url] = _kept(definition) | {"compose": self._compose(compose)}
        return True

    def _listable(self, include: Definition) -> bool:
        if not all(self.add(each) for each in include.get("valueSet", ())):
            return False
        if "system" not in include or "concept" in include:
            return True
        operators = {each["op"] for each in include.get("filter", ())}
        return operators <= SUBSETS and self._systems.get(include["system"], {}).get("content") == "complete"

    def _take(self, include: Definition) -> None:
        url = include.get("system", "")
        if url and "concept" not in include and url not in self.systems:
            definition = self._systems[url]
            self.systems[url] = _kept(definition) | {"concepts": [*_concepts(definition.get("concept", ()), [])]}

    def _compose(self, compose: Definition) -> Definition:
        return {name: [self._row(each) for each in compose[name]] for name in ("include", "exclude") if name in compose}

    def _row(self, include: Definition) -> Definition:
        row = {name: include[name] for name in ("system", "valueSet") if name in include}
        if "filter" in include:
            row["filter"] = [{name: each[name] for name in ("property", "op", "value")} for each in include["filter"]]
        if "concept" in include:
            known = {code: shown for code, shown, _ in self._known(include["system"])}
            row["concept"] = [
                {"code": each["code"], "display": each.get("display") or known.get(each["code"], each["code"])}
                for each in include["concept"]
            ]
        return row

    def _known(self, url: str) -> Iterator[list[Any]]:
        return _concepts(self._systems.get(url, {}).get("concept", ()), [])


def _kept(definition: Definition) -> Definition:
    return {name: definition[name] for name in ("name", "title", "version") if name in definition}


def _concepts(listed: Any, above: list[str]) -> Iterator[list[Any]]:
    """Rows of (code, display, parents): by nesting, and by `subsumedBy` for those with several."""
    for each in listed:
        more = [row["valueCode"] for row in each.get("property", ()) if row["code"] == "subsumedBy"]
        yield [each["code"], each.get("display", each["code"]), sorted({*above, *more})]
        yield from _concepts(each.get("concept", ()), [each["code"]])


def _written(name: str, rows: dict[str, Any]) -> str:
    lines = (f"  {json.dumps(url)}: {json.dumps(rows[url], separators=(',', ':'))}" for url in sorted(rows))
    return f' "{name}": {{\n' + ",\n".join(lines) + "\n }"


def main(package: Path) -> None:
    """Write the table, one definition a line so that changes can be read."""
    bindings, shelf = Bindings(package), Shelf(package)
    for name in (*HELD, *CONTAINED):
        bindings.walk(name)
    for url, strengths in sorted(bindings.found.items()):
        shelf.add(url, preferred=strengths == {"preferred"})
    meta = {"source": SOURCE, "licence": "CC0-1.0", "generator": "profiles/generate_terminology.py"}
    parts = (f' "meta": {json.dumps(meta)}', _written("systems", shelf.systems), _written("sets", shelf.sets))
    (TARGET / "terminology.json").write_text("{\n" + ",\n".join(parts) + "\n}\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
