"""Resident memory of the hub and of every country after they have started and answered once, empty databases."""

from __future__ import annotations

import tempfile
from pathlib import Path

from bench.figures import Figure, Goal
from bench.processes import check_alive, resident_megabytes
from bench.size import Size
from demo.federation import federation
from demo.parties import HUB

GOAL = Goal(150)
"""Megabytes of a node."""


def bench_memory(_size: Size) -> list[Figure]:
    """Megabytes of each process."""
    with tempfile.TemporaryDirectory(prefix="corridor-bench-") as folder, federation(var=Path(folder)) as running:
        check_alive(running)
        return [
            Figure(
                "memory",
                running.parties[key].name,
                resident_megabytes(process.pid),
                "MB resident",
                None if key == HUB else GOAL,
            )
            for key, process in running.processes.items()
        ]
