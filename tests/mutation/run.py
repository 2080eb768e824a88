"""How many small mistakes in the consent policy the tests notice: `make mutants`.

Each mutant is a copy of the package with one mistake. In a process of its own the published cases are put to it, and
then the other suites of the policy, until one fails: the mutant is killed. What survives is printed, and so are the
mutants that no test can kill, each with why it changes nothing.

    python -m tests.mutation.run [--jobs N] [MODULE ...]
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import shutil
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from queue import SimpleQueue

import cedarpy  # noqa: F401 - shared by every mutant's process
import hypothesis
import jsonschema_rs  # noqa: F401 - as above
import pytest

from tests.mutation.equivalent import EQUIVALENT
from tests.mutation.mutants import Mutant, mutants

ROOT = Path(__file__).parents[2]
POLICY = ("consent", "rule", "decision", "period", "purpose", "ask", "provision", "category")
SUITES = (
    "tests/domain/test_purpose.py",
    "tests/domain/test_period.py",
    "tests/domain/test_rule.py",
    "tests/domain/test_consent_edges.py",
    "tests/domain/test_consent.py",
)
LAST = ("tests/apps/test_consent_cases.py", "tests/domain/test_consent_cedar.py")
GOAL = 0.99
SECONDS = 600


def main() -> int:
    """Kill what can be killed; 0 where at least 99 % of the mutants that differ were."""
    parser = argparse.ArgumentParser()
    parser.add_argument("modules", nargs="*", default=POLICY)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    wanted = parser.parse_args()
    found = [(name, each) for name in wanted.modules for each in mutants(_module(ROOT / "src", name).read_text())]
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(wanted.jobs) as pool:
        copies: SimpleQueue[Path] = SimpleQueue()
        for job in range(wanted.jobs):
            copies.put(Path(shutil.copytree(ROOT / "src", Path(folder) / str(job))))
        if _fails(Path(folder) / "0"):
            sys.stderr.write("The suites fail without any mistake.\n")
            return 2
        killed = list(pool.map(lambda pair: _is_killed(*pair, copies), found))
    return _told(found, killed)


def _module(source: Path, name: str) -> Path:
    return source / "corridor" / "domain" / f"{name}.py"


def _is_killed(name: str, mutant: Mutant, copies: SimpleQueue[Path]) -> bool:
    folder = copies.get()
    module = _module(folder, name)
    original = module.read_text()
    try:
        module.write_text(mutant.source)
        return _fails(folder)
    finally:
        module.write_text(original)
        copies.put(folder)


def _fails(folder: Path) -> bool:
    """Whether a suite notices; what never ends has been noticed too."""
    process = multiprocessing.get_context("fork").Process(target=_try, args=(str(folder),))
    process.start()
    process.join(SECONDS)
    if process.is_alive():
        process.kill()
        process.join()
    return process.exitcode != 0


def _try(folder: str) -> None:
    """Run the suites on one copy of the package; ends the process."""
    os.chdir(ROOT)
    sys.path[:0] = [folder, str(ROOT)]
    sys.dont_write_bytecode = True
    calm = hypothesis.settings(deadline=None, database=None, suppress_health_check=list(hypothesis.HealthCheck))
    hypothesis.settings.register_profile("mutation", calm)
    hypothesis.settings.load_profile("mutation")
    with Path(os.devnull).open("w") as nowhere, redirect_stdout(nowhere), redirect_stderr(nowhere):
        try:
            _put_cases()
            options = ["-x", "-q", "--noconftest", "-p", "no:cacheprovider", "-o", "timeout=0"]
            code = int(pytest.main([*options, *SUITES, *LAST]))
        except BaseException:  # noqa: BLE001 - whatever it is, the mistake was noticed
            code = 1
    os._exit(code)


def _put_cases() -> None:
    """The published cases, without a framework around them: most mistakes end here, in a tenth of a second."""
    from tests.apps import test_consent_cases as table  # noqa: PLC0415 - imports the mutant

    for case in table.CASES:
        table.test_every_case_is_decided_as_the_table_says(case.values[0])


def _told(found: list[tuple[str, Mutant]], killed: list[bool]) -> int:
    lived = [pair for pair, dead in zip(found, killed, strict=True) if not dead]
    same = [pair for pair in lived if (pair[0], pair[1].before, pair[1].after) in EQUIVALENT]
    survived = [pair for pair in lived if pair not in same]
    lines = [f"changes nothing: {name}.py:{each.line} {each.before} -> {each.after}" for name, each in same]
    lines += [f"SURVIVED: {name}.py:{each.line} {each.before} -> {each.after}" for name, each in survived]
    count = len(found) - len(same)
    share = (count - len(survived)) / count
    lines.append(f"{count - len(survived)} of {count} mutants killed ({share:.1%}); {len(same)} more change nothing")
    sys.stdout.write("\n".join(lines) + "\n")
    return 0 if share >= GOAL else 1


if __name__ == "__main__":
    raise SystemExit(main())
