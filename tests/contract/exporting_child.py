"""A process that exports until it is killed: it says so in the middle of each step, before it keeps how far it is."""

from __future__ import annotations

import asyncio
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from corridor.domain.asking import Asking
from corridor.domain.bulk import BulkJob, ExportOrder, JobKind, Progress
from corridor.domain.principal import Principal, Role
from corridor.domain.trace import new_trace
from corridor.storage.database import Database
from corridor.storage.node.bulk_exports import SqlBulkExports
from tests.sealing import ring_in

JOB = "00000000-0000-4000-8000-000000000000"


def kept_progress(path: Path) -> Progress:
    """How far the export is that a killed process has left."""
    return msgspec.json.decode(path.read_bytes(), type=Progress) if path.exists() else Progress()


async def export(url: str, folder: str, kept: str, keys: str) -> None:
    """Export page by page."""
    exports = SqlBulkExports(Database(url, ring_in(Path(keys))), Path(folder), step_seconds=0)
    asking = Asking(Principal("", Role.PROGRAMME, "0" * 32), "", new_trace())
    job = BulkJob(JOB, JobKind.EXPORT, asking, "", datetime.now(UTC), ExportOrder())
    last = False
    while not last:
        job = replace(job, progress=kept_progress(Path(kept)))
        progress, last = await exports.step(job)
        sys.stdout.write("in the middle\n")
        sys.stdout.flush()
        keep(progress, Path(kept))


def keep(progress: Progress, path: Path) -> None:
    """Keep how far the export is, whole or not at all."""
    beside = path.with_suffix(".new")
    beside.write_bytes(msgspec.json.encode(progress))
    beside.replace(path)


if __name__ == "__main__":
    asyncio.run(export(*sys.argv[1:]))
