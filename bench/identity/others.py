"""Methods whose packages are dormant or bulky, each in an environment of its own that is made on demand.

A method is a script that reads registers in the columns of `corpora` and writes scored pairs; it knows nothing of us.
"""

from __future__ import annotations

import csv
import os
import subprocess
import sys
import tempfile
import venv
from contextlib import suppress
from fcntl import LOCK_EX, flock
from functools import cache
from pathlib import Path

from bench.identity.corpora import Corpus, write

METHODS = {"CLK": "clk", "OPPRL": "opprl"}
SCRIPTS = Path(__file__).with_name("other_methods")
ENVIRONMENTS = Path(__file__).parents[2] / "var" / "bench-identity"
WITHOUT = "CORRIDOR_BENCH_OWN_ONLY"
"""Environment variable: no other environment is made, and its methods are told as not installed."""

_COMPLETE = "complete"
_INSTALLING_SECONDS = 900
_TOLD = 2_000
"""Characters of what a method that fails said last."""


@cache
def python_of(script: str) -> Path | None:
    """The interpreter of a method's environment, made where it is not there yet; None where it cannot be installed."""
    if os.environ.get(WITHOUT):
        return None
    folder, wanted = ENVIRONMENTS / script, SCRIPTS / f"{script}.txt"
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w", encoding="utf-8") as lock:
        flock(lock, LOCK_EX)
        python = folder / "bin" / "python"
        stamp = folder / _COMPLETE
        if stamp.is_file() and stamp.read_text(encoding="utf-8") == wanted.read_text(encoding="utf-8"):
            return python
        return python if _installed(folder, wanted, stamp) else None


def _installed(folder: Path, wanted: Path, stamp: Path) -> bool:
    pip = f"{folder}/bin/python", "-m", "pip", "install", "--quiet", "--requirement", f"{wanted}"
    with suppress(subprocess.SubprocessError, OSError):
        venv.create(folder, with_pip=True)
        subprocess.run(pip, check=True, timeout=_INSTALLING_SECONDS, stdout=sys.stderr)  # noqa: S603 - our own script and list
        stamp.write_text(wanted.read_text(encoding="utf-8"), encoding="utf-8")
        return True
    return False


def linked(method: str, corpus: Corpus) -> list[tuple[float, bool]] | None:
    """Every pair that the method finds with its score, and whether it is one person; None where it does not run."""
    python = python_of(METHODS[method])
    if python is None:
        return None
    with tempfile.TemporaryDirectory(prefix="corridor-bench-") as name:
        left, right, _ = write(corpus, Path(name))
        pairs = Path(name) / "pairs.csv"
        script = SCRIPTS / f"{METHODS[method]}.py"
        run = subprocess.run([python, script, left, right, pairs], check=False, capture_output=True)  # noqa: S603 - our own script
        if run.returncode:
            print(run.stderr.decode(errors="replace")[-_TOLD:], file=sys.stderr, flush=True)
            return None
        with pairs.open(encoding="utf-8", newline="") as file:
            read = csv.DictReader(file)
            found = {corpus.pair(int(row["left"]), int(row["right"])): float(row["score"]) for row in read}
    return [(score, pair in corpus.truth) for pair, score in found.items()]
