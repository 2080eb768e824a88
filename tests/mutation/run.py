"""How many small mistakes in the policy the tests notice: `make mutants`.

Each mutant is a copy of the package with one mistake. In a process of its own the published cases are put to it, and
then the suites that look after the file, until one fails: the mutant is killed. What survives is printed, and so are
the mutants that no test can kill, each with why it changes nothing, and the figure of each file.

    python -m tests.mutation.run [--jobs N] [MODULE ...]
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from queue import SimpleQueue

import cedarpy  # noqa: F401 - shared by every mutant's process
import hypothesis
import jsonschema_rs  # noqa: F401 - as above
import pytest
import pytest_asyncio  # noqa: F401 - as above
import sqlalchemy  # noqa: F401 - as above

from tests.mutation.equivalent import EQUIVALENT
from tests.mutation.mutants import Mutant, mutants
from tests.mutation.policy import MODULES, Part, part_of, path_of

ROOT = Path(__file__).parents[2]
GOAL = 0.99
SECONDS = 600

Found = tuple[str, Mutant]


def main() -> int:
    """Kill what can be killed; 0 where at least 99 % of the mutants that differ were."""
    parser = argparse.ArgumentParser()
    parser.add_argument("modules", nargs="*", default=MODULES)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    wanted = parser.parse_args()
    found = [(name, each) for name in wanted.modules for each in mutants(path_of(name, ROOT / "src").read_text())]
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(wanted.jobs) as pool:
        copies: SimpleQueue[Path] = SimpleQueue()
        for job in range(wanted.jobs):
            copies.put(Path(shutil.copytree(ROOT / "src", Path(folder) / str(job))))
        if any(_fails(Path(folder) / "0", part) for part in {part_of(name) for name in wanted.modules}):
            sys.stderr.write("The suites fail without any mistake.\n")
            return 2
        killed = list(pool.map(lambda pair: _is_killed(*pair, copies), found))
    return _told(found, killed)


def _is_killed(name: str, mutant: Mutant, copies: SimpleQueue[Path]) -> bool:
    folder = copies.get()
    module = path_of(name, folder)
    original = module.read_text()
    try:
        module.write_text(mutant.source)
        return _fails(folder, part_of(name))
    finally:
        module.write_text(original)
        copies.put(folder)


def _fails(folder: Path, part: Part) -> bool:
    """Whether a suite notices; what never ends has been noticed too."""
    process = multiprocessing.get_context("fork").Process(target=_try, args=(str(folder), part))
    process.start()
    process.join(SECONDS)
    if process.is_alive():
        process.kill()
        process.join()
    return process.exitcode != 0


def _try(folder: str, part: Part) -> None:
    """Run the suites on one copy of the package; ends the process."""
    os.chdir(ROOT)
    sys.path[:0] = [folder, str(ROOT)]
    sys.dont_write_bytecode = True
    calm = hypothesis.settings(deadline=None, database=None, suppress_health_check=list(hypothesis.HealthCheck))
    hypothesis.settings.register_profile("mutation", calm)
    hypothesis.settings.load_profile("mutation")
    with Path(os.devnull).open("w") as nowhere, redirect_stdout(nowhere), redirect_stderr(nowhere):
        try:
            if part.by_table:
                _put_cases()
            os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"  # looking for plugins takes longer than most suites
            options = ["-x", "-q", "-p", "no:cacheprovider", "-p", "pytest_asyncio.plugin"]
            code = int(any(pytest.main([*options, *each]) for each in part.rounds))
        except BaseException:  # noqa: BLE001 - whatever it is, the mistake was noticed
            code = 1
    os._exit(code)


def _put_cases() -> None:
    """The published cases, without a framework around them: most mistakes end here, in a tenth of a second."""
    from tests.apps import test_consent_cases as table  # noqa: PLC0415 - imports the mutant

    for case in table.CASES:
        table.test_every_case_is_decided_as_the_table_says(case.values[0])


def _told(found: list[Found], killed: list[bool]) -> int:
    lived = [pair for pair, dead in zip(found, killed, strict=True) if not dead]
    same = [pair for pair in lived if (pair[0], pair[1].before, pair[1].after) in EQUIVALENT]
    survived = [pair for pair in lived if pair not in same]
    lines = [f"changes nothing: {name}.py:{each.line} {each.before} -> {each.after}" for name, each in same]
    lines += [f"SURVIVED: {name}.py:{each.line} {each.before} -> {each.after}" for name, each in survived]
    lines += _figures(found, same, survived)
    sys.stdout.write("\n".join(lines) + "\n")
    return 0 if len(survived) <= (1 - GOAL) * (len(found) - len(same)) else 1


def _figures(found: Sequence[Found], same: Sequence[Found], survived: Sequence[Found]) -> Iterator[str]:
    """Killed of all that differ, for each file and together."""
    rows = [*dict.fromkeys(name for name, _ in found), ""]
    for row in rows:
        count, left, equal = (sum(1 for name, _ in some if row in {name, ""}) for some in (found, survived, same))
        of = count - equal
        share = (of - left) / of if of else 1.0
        yield f"{row or 'together'}: {of - left} of {of} mutants killed ({share:.1%}); {equal} more change nothing"


if __name__ == "__main__":
    raise SystemExit(main())
