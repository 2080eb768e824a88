"""Exports and imports that were asked for, each with how far it is."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from corridor.domain.bulk import BulkJob, JobKind, JobState, Progress


class BulkJobs(Protocol):
    """Jobs that outlive the process that runs them."""

    async def open(self, job: BulkJob, *, limit: int | None = None) -> None:
        """Keep a new job; durable when this returns.

        Args:
            job: that was asked for.
            limit: jobs that may run at once, however many are asked for together; None for any number.

        Raises:
            ThrottledError: so many run already; nothing is kept.
        """

    async def read(self, id: str) -> BulkJob | None:
        """A job in whatever state, or None."""

    async def running(self) -> int:
        """How many jobs are not ended."""

    async def attempt(self, kind: JobKind) -> tuple[BulkJob, int] | None:
        """The oldest running job and how often it was begun since it last went on; this time is counted."""

    async def advance(self, id: str, progress: Progress) -> bool:
        """Keep how far it is; False where the job runs no longer, and then nothing is kept."""

    async def end(self, id: str, state: JobState, *, until: datetime) -> bool:
        """End a running job; False where it ran no longer. It is remembered until then."""

    async def ended(self, *, at: datetime) -> tuple[str, ...]:
        """Ids of jobs whose time is over."""

    async def forget(self, id: str) -> None:
        """Forget a job."""
