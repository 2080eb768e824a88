"""Jobs, files and steps of exports and imports, in memory."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from corridor.domain.bulk import TOO_MANY, BulkFile, BulkJob, ImportInput, JobKind, JobState, Progress, Section
from corridor.domain.errors import ThrottledError, UnavailableError
from corridor.domain.record import Draft
from corridor.flows.ports.bulk_imports import Lines, Refusal


class FakeBulkJobs:
    """Port `BulkJobs`."""

    def __init__(self) -> None:
        self.jobs: dict[str, BulkJob] = {}
        self.attempts: dict[str, int] = {}

    async def open(self, job: BulkJob, *, limit: int | None = None) -> None:
        """See the port."""
        if limit is not None and await self.running() >= limit:
            raise ThrottledError(TOO_MANY)
        self.jobs[job.id] = replace(
            job, asking=replace(job.asking, principal=replace(job.asking.principal, account=""))
        )
        self.attempts[job.id] = 0

    async def read(self, id: str) -> BulkJob | None:
        """See the port."""
        return self.jobs.get(id)

    async def running(self) -> int:
        """See the port."""
        return sum(each.state is JobState.RUNNING for each in self.jobs.values())

    async def attempt(self, kind: JobKind) -> tuple[BulkJob, int] | None:
        """See the port."""
        waiting = [each for each in self.jobs.values() if each.state is JobState.RUNNING and each.kind is kind]
        if not waiting:
            return None
        oldest = min(waiting, key=lambda each: (each.as_of, each.id))
        self.attempts[oldest.id] += 1
        return oldest, self.attempts[oldest.id]

    async def advance(self, id: str, progress: Progress) -> bool:
        """See the port."""
        if not self._runs(id):
            return False
        self.attempts[id] = 0
        self.jobs[id] = replace(self.jobs[id], progress=progress)
        return True

    async def end(self, id: str, state: JobState, *, until: datetime) -> bool:
        """See the port."""
        if not self._runs(id):
            return False
        self.jobs[id] = replace(self.jobs[id], state=state, until=until)
        return True

    async def ended(self, *, at: datetime) -> tuple[str, ...]:
        """See the port."""
        return tuple(each.id for each in self.jobs.values() if each.until and each.until <= at)

    async def forget(self, id: str) -> None:
        """See the port."""
        self.jobs.pop(id, None)

    def _runs(self, id: str) -> bool:
        return id in self.jobs and self.jobs[id].state is JobState.RUNNING


@dataclass(frozen=True)
class FakeFile:
    """Port `StoredFile`: its own name."""

    name: str

    @property
    def size_bytes(self) -> int:
        """See the port."""
        return len(self.name)

    async def parts(self, start: int, end: int) -> AsyncIterator[bytes]:
        """See the port."""
        yield self.name.encode()[start:end]


class FakeBulkFiles:
    """Port `BulkFiles`; `kept` are the ids of jobs that have a folder."""

    def __init__(self) -> None:
        self.kept: set[str] = set()

    async def receive(self, id: str, upload: AsyncIterator[bytes]) -> ImportInput:
        """See the port."""
        self.kept.add(id)
        async for _ in upload:
            pass
        return ImportInput("", "", f"{id}/upload")

    async def inputs(self, wanted: Sequence[ImportInput], source: str) -> tuple[ImportInput, ...]:
        """See the port."""
        return (*wanted, *([ImportInput("", source, source)] if source else []))

    async def open(self, id: str, name: str) -> FakeFile:
        """See the port."""
        return FakeFile(f"{id}/{name}")

    async def folders(self) -> tuple[str, ...]:
        """See the port."""
        return tuple(self.kept)

    async def remove(self, id: str) -> None:
        """See the port."""
        self.kept.discard(id)


class FakeExports:
    """Port `BulkExports`: `steps` more steps of one resource each; broken while `broken`."""

    def __init__(self, files: FakeBulkFiles, *, steps: int = 2) -> None:
        self._files = files
        self.steps = steps
        self.broken = False

    async def step(self, job: BulkJob) -> tuple[Progress, bool]:
        """See the port."""
        if self.broken:
            raise UnavailableError("The disk does not answer.")
        self._files.kept.add(job.id)
        done = job.progress.position + 1
        file = BulkFile(Section.OUTPUT, "Patient", "Patient.ndjson", done)
        return replace(job.progress, position=done, resources=done, files=(file,)), done >= self.steps


class FakeImports:
    """Port `BulkImports`: chunks of drafts and refusals as they are given; what is reported is kept."""

    def __init__(self, *chunks: tuple[list[tuple[int, Draft]], list[Refusal]]) -> None:
        self._chunks = chunks
        self.reported: list[Refusal] = []

    async def lines(self, job: BulkJob) -> Lines:
        """See the port."""
        drafts, refusals = self._chunks[job.progress.position]
        done = replace(job.progress, position=job.progress.position + 1)
        return Lines(drafts, refusals, done, last=done.position == len(self._chunks))

    async def report(self, job: BulkJob, refusals: Sequence[Refusal]) -> tuple[BulkFile, ...]:
        """See the port."""
        self.reported += refusals
        return job.progress.files
