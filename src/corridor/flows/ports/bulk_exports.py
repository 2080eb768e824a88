"""Writing the state of an instant to ndjson files, a bounded step at a time."""

from __future__ import annotations

from typing import Protocol

from corridor.domain.bulk import BulkJob, Progress


class BulkExports(Protocol):
    """The stored resources as files; the event loop stays free meanwhile."""

    async def step(self, job: BulkJob) -> tuple[Progress, bool]:
        """Write the next part of an export and tell how far it is now, and whether that was all.

        The files are durable up to what is told. A step that is repeated after a crash gives the same files, because
        every resource is taken as it stood at the job's `as_of`.

        Raises:
            UnavailableError: the database or the disk does not answer.
        """
