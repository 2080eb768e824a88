"""Every example of our profiles is valid for Medplum, with our snapshots, and for HL7's validator inside HAPI."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.conformance.deviations import judge

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
BUILT = ROOT / "profiles" / "built"
EXAMPLES = sorted((ROOT / "profiles" / "examples").glob("*.json"))
DEFINITIONS = sorted(
    path for kind in ("StructureDefinition", "ValueSet", "CodeSystem") for path in BUILT.glob(f"{kind}-*")
)
"""What HL7's validator can check without a terminology server: maps name codes of ATC and of WHO."""

STATEMENTS = sorted((ROOT / "profiles").glob("*-*.json"))
JARS = ROOT / "var" / "conformance" / "java"

Complaints = dict[str, str]


def _example(start: str) -> dict[str, Any]:
    (path,) = (each for each in EXAMPLES if each.name.startswith(start))
    read: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return read


def _wrong() -> dict[str, dict[str, Any]]:
    """Resources that R4, or one of our profiles, does not allow, by name of their file."""
    load, person = _example("Observation-example-observation-viral-load.json"), _example("Patient-example-patient-exch")
    return {
        "no-status.json": {name: value for name, value in load.items() if name != "status"},
        "no-subject.json": {name: value for name, value in load.items() if name != "subject"},
        "named.json": person | {"name": [{"family": "Quispe"}]},
    }


@pytest.fixture
def wrong(tmp_path: Path) -> list[Path]:
    """Files of resources that must be refused."""
    files = []
    for name, resource in _wrong().items():
        files.append(tmp_path / name)
        files[-1].write_text(json.dumps(resource), encoding="utf-8")
    return files


def test_there_is_an_example_of_every_profile() -> None:
    claimed = {url for path in EXAMPLES for url in json.loads(path.read_bytes())["meta"]["profile"]}
    definitions = [json.loads(path.read_bytes()) for path in BUILT.glob("StructureDefinition-*.json")]
    profiles = {each["url"] for each in definitions if each["type"] != "Extension"}
    assert len(profiles) >= 10
    assert profiles <= claimed


def test_medplum_finds_nothing_wrong_with_examples_and_definitions() -> None:
    judge("medplum", _medplum([*EXAMPLES, *STATEMENTS, *sorted(BUILT.glob("*.json"))]))


def test_medplum_refuses_what_is_wrong(wrong: list[Path]) -> None:
    assert {what.partition(" ")[0] for what in _medplum(wrong)} == set(_wrong())


def _medplum(files: Sequence[Path]) -> Complaints:
    """What Medplum complains of, by file and place."""
    lines = [json.loads(line) for line in _run(("node", "validate.mjs", BUILT, *files), HERE / "js")]
    return {f"{Path(each['file']).name} {each['place']}": f"{each['profile']}: {each['text']}" for each in lines}


@pytest.mark.timeout(300)
def test_the_hl7_validator_finds_nothing_wrong_with_what_is_published_and_refuses_what_is_wrong(
    wrong: list[Path],
) -> None:
    found = _hapi([*EXAMPLES, *STATEMENTS, *DEFINITIONS, *wrong])
    refused = set(_wrong())
    assert {what.partition(" ")[0] for what in found} >= refused
    judge("hl7 validator", {what: text for what, text in found.items() if what.partition(" ")[0] not in refused})


def _hapi(files: Sequence[Path]) -> Mapping[str, str]:
    """What HL7's validator complains of, by file and place; one run, for it takes ten seconds to begin."""
    words = ("java", "-cp", f"{JARS}/*", HERE / "java" / "ValidateFiles.java", BUILT, *files)
    *lines, last = _run(words, HERE / "java")
    assert last == f"done\t{len(files)}"
    rows = [line.split("\t") for line in lines]
    return {f"{Path(file).name} {place}": text for file, place, text in rows}


def _run(words: Sequence[str | Path], folder: Path) -> list[str]:
    ran = subprocess.run(words, cwd=folder, capture_output=True, text=True, timeout=280, check=False)
    assert ran.returncode == 0, ran.stderr
    return ran.stdout.splitlines()
