"""The software bill of materials: every package that a running node brings along, in CycloneDX.

`python -m tests.house.bill_of_materials FILE` writes it and checks it against the standard's schema.
"""

import sys
import tomllib
from pathlib import Path

from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.output.json import JsonV1Dot6
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from packageurl import PackageURL
from packaging.utils import canonicalize_name

from tests.house.dependencies import Package, at_run_time, stated
from tests.house.tree import REPOSITORY

STATED_NOWHERE = {"fhirpathpy": "MIT"}
"""Licences that stand in a file of the package and not in its metadata."""


def write(file: Path) -> int:
    """Write the bill; how many packages are in it.

    Raises:
        ValueError: what was written is not CycloneDX 1.6.
    """
    bill, packages = Bom(), at_run_time()
    parts = {name: _part(package) for name, package in packages.items()}
    bill.metadata.component = root = _root()
    bill.components.update(parts.values())
    bill.register_dependency(root, [parts[canonicalize_name(each.name)] for each in stated()])
    for name, package in packages.items():
        bill.register_dependency(parts[name], [parts[each] for each in package.needs])
    text = JsonV1Dot6(bill).output_as_string(indent=2)
    if wrong := JsonStrictValidator(SchemaVersion.V1_6).validate_str(text):
        raise ValueError(str(wrong))
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    return len(parts)


def _root() -> Component:
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    licence = LicenseFactory().make_from_string(project["license"])
    name, version = project["name"], project["version"]
    return Component(
        name=name, version=version, type=ComponentType.APPLICATION, bom_ref=f"{name}=={version}", licenses=[licence]
    )


def _part(package: Package) -> Component:
    licence = LicenseFactory().make_from_string(package.licence or STATED_NOWHERE[package.name])
    return Component(
        name=package.name,
        version=package.version,
        purl=PackageURL("pypi", name=package.name, version=package.version),
        bom_ref=f"{package.name}=={package.version}",
        licenses=[licence],
    )


if __name__ == "__main__":
    count = write(Path(sys.argv[1]))
    sys.stdout.write(f"{sys.argv[1]}: {count} packages\n")
