"""What comes along when Corridor is installed, as the installed packages say."""

import tomllib
from dataclasses import dataclass, replace
from importlib.metadata import Distribution, distribution

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.house.tree import REPOSITORY


@dataclass(frozen=True, slots=True)
class Package:
    """One installed package.

    Attributes:
        licence: as its metadata state it; empty where they state none.
        needs: names of those that it brings along itself.
    """

    name: str
    version: str
    licence: str
    needs: frozenset[str] = frozenset()


def stated(*extras: str) -> list[Requirement]:
    """The requirements of `pyproject.toml`; of these extras only, where some are named."""
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    listed = [line for extra in extras for line in project["optional-dependencies"][extra]]
    return [Requirement(line) for line in (listed if extras else project["dependencies"])]


def at_run_time() -> dict[str, Package]:
    """Everything that a running node needs, with what those packages need in turn; by canonical name."""
    found: dict[str, Package] = {}
    waiting = stated()
    while waiting:
        wanted = waiting.pop()
        name, package = canonicalize_name(wanted.name), distribution(wanted.name)
        before = found.get(name) or Package(name, package.version, licence_of(package))
        lines = [Requirement(line) for line in package.requires or ()]
        inner = [each for each in lines if any(_applies(each, extra) for extra in ("", *wanted.extras))]
        names = frozenset(canonicalize_name(each.name) for each in inner)
        if name not in found or not names <= before.needs:
            found[name] = replace(before, needs=before.needs | names)
            waiting += inner
    return found


def licence_of(package: Distribution) -> str:
    """The licence that a package's metadata state, in the newest form that they have."""
    stating = package.metadata.json
    lines = [str(line) for line in stating.get("classifier", ())]
    classes = [line.rpartition(" :: ")[2] for line in lines if line.startswith("License :: ")]
    written = str(stating.get("license_expression", ""))
    return written or " AND ".join(sorted(classes)) or str(stating.get("license", "")).partition("\n")[0]


def _applies(requirement: Requirement, extra: str) -> bool:
    return requirement.marker is None or requirement.marker.evaluate({"extra": extra})
