"""What comes along with Corridor: pinned, under licences that let it be given on, and listed in a bill of materials."""

import json
import re
import subprocess
import tomllib
from importlib.metadata import distribution
from pathlib import Path

from tests.house.bill_of_materials import write
from tests.house.dependencies import at_run_time, stated
from tests.house.tree import REPOSITORY

PERMISSIVE = {
    "0BSD", "Apache Software License", "Apache-2.0", "BSD", "BSD License", "BSD-2-Clause", "BSD-3-Clause", "CC0-1.0",
    "ISC License (ISCL)", "MIT", "MIT License", "MIT-0", "MIT-CMU", "PSF-2.0", "Zlib",
}  # fmt: skip
"""May be used, altered and given on with any product, if the notice is kept, as each installed package does."""

OTHERS = {
    "biopython": ("LicenseRef-Biopython-License-Agreement", "its own permissive text, of the kind of MIT"),
    "certifi": ("Mozilla Public License 2.0 (MPL 2.0)", "binds changes to its own files only; it is used as published"),
    "fhirpathpy": ("", "MIT, as the file in the package says; its metadata state none"),
    "orjson": ("MPL-2.0 AND (Apache-2.0 OR MIT)", "binds changes to its own files only; it is used as published"),
    "python-stdnum": (
        "GNU Lesser General Public License v2 or later (LGPLv2+)",
        "imported as published, so anyone can put another version in its place",
    ),
}
"""Packages under anything else: what they state, and why they may be used all the same."""


def test_every_requirement_is_one_version() -> None:
    every = [*stated(), *stated("test"), *stated("conformance")]
    assert not [str(each) for each in every if not re.fullmatch(r"==[0-9][^,*]*", str(each.specifier))]


def test_every_licence_that_comes_along_is_allowed() -> None:
    found = {name: package.licence for name, package in at_run_time().items() if name not in OTHERS}
    unknown = {
        name: licence for name, licence in found.items() if not set(re.split(r" (?:AND|OR) ", licence)) <= PERMISSIVE
    }
    assert not unknown


def test_exceptions_are_as_they_were_looked_at() -> None:
    found = at_run_time()
    assert {name: found[name].licence for name in OTHERS} == {name: licence for name, (licence, _) in OTHERS.items()}
    assert all(len(reason.split()) > 5 for _, reason in OTHERS.values())


def test_the_licence_that_is_not_in_the_metadata_is_in_the_package() -> None:
    (file,) = (each for each in distribution("fhirpathpy").files or () if each.name == "LICENSE.md")
    assert "MIT" in Path(str(file.locate())).read_text(encoding="utf-8")


def test_the_bill_lists_everything_that_comes_along_and_nothing_else(tmp_path: Path) -> None:
    write(tmp_path / "bill.json")
    bill = json.loads((tmp_path / "bill.json").read_bytes())
    listed = {each["purl"] for each in bill["components"]}
    assert listed == {f"pkg:pypi/{name}@{package.version}" for name, package in at_run_time().items()}
    assert bill["metadata"]["component"]["name"] == "corridor"
    assert all(each["licenses"] for each in bill["components"])


def test_every_check_that_is_left_to_another_says_to_which() -> None:
    content = (REPOSITORY / "pyproject.toml").read_text(encoding="utf-8")
    left = tomllib.loads(content)["tool"]["bandit"]["skips"]
    lines = content[content.index("[tool.bandit]") :].splitlines()
    assert not [code for code in left if not any(re.search(rf'"{code}",\s+# \w.{{15}}', line) for line in lines)]


def audited(tmp_path: Path, script: str) -> tuple[int, str]:
    """How `.ci/audit` ends, and what it says, where the program that asks is a script."""
    program = tmp_path / "pip-audit"
    program.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    program.chmod(0o755)
    ended = subprocess.run([REPOSITORY / ".ci" / "audit", program], capture_output=True, text=True, check=False)
    return ended.returncode, ended.stdout


KNOWS_THE_OLD = 'case "$*" in *--requirement*) echo "Found 2 known vulnerabilities in 1 package" >&2; exit 1;; esac'


def test_an_audit_that_nobody_answers_says_so_and_stops_nobody(tmp_path: Path) -> None:
    for script in ("echo ConnectionError >&2; exit 1", "echo No known vulnerabilities found >&2"):
        code, said = audited(tmp_path, script)
        assert (code, "NOTHING WAS AUDITED" in said) == (0, True)


def test_an_audit_that_finds_something_fails(tmp_path: Path) -> None:
    code, said = audited(
        tmp_path,
        f'{KNOWS_THE_OLD}\necho "jinja2 3.0 CVE-1"; echo "Found 1 known vulnerability in 1 package" >&2; exit 1',
    )
    assert (code, "CVE-1" in said) == (1, True)


def test_an_audit_that_finds_nothing_passes(tmp_path: Path) -> None:
    code, said = audited(tmp_path, f'{KNOWS_THE_OLD}\necho "No known vulnerabilities found" >&2')
    assert (code, "NOTHING WAS AUDITED" in said) == (0, False)


def test_an_audit_that_is_cut_off_is_no_audit(tmp_path: Path) -> None:
    code, said = audited(tmp_path, f"{KNOWS_THE_OLD}\necho ConnectionError >&2; exit 1")
    assert (code, "NOTHING WAS AUDITED" in said) == (0, True)
