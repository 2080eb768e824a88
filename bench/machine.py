"""Which machine and which versions the figures are from."""

from __future__ import annotations

import os
import platform
import sqlite3
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Machine:
    """A machine and what runs on it; `postgresql` is empty where none was asked for."""

    cpu: str
    cores: int
    memory_gib: float
    python: str
    sqlite: str
    postgresql: str = ""

    def __str__(self) -> str:
        parts = [
            f"{self.cpu}, {self.cores} cores, {self.memory_gib:.0f} GiB",
            f"Python {self.python}",
            f"SQLite {self.sqlite}",
            *([f"PostgreSQL {self.postgresql}"] if self.postgresql else []),
        ]
        return " · ".join(parts)


def this_machine(postgresql: str = "") -> Machine:
    """The machine that this process runs on."""
    pages, page_bytes = os.sysconf("SC_PHYS_PAGES"), os.sysconf("SC_PAGE_SIZE")
    return Machine(
        cpu=_cpu(),
        cores=len(os.sched_getaffinity(0)),
        memory_gib=pages * page_bytes / 2**30,
        python=platform.python_version(),
        sqlite=sqlite3.sqlite_version,
        postgresql=postgresql,
    )


def _cpu() -> str:
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        name, _, value = line.partition(":")
        if name.strip() == "model name":
            return value.strip()
    return platform.machine()
