"""Reading ndjson files line by line, and telling which lines were refused and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from corridor.domain.bulk import BulkFile, BulkJob, Progress
from corridor.domain.errors import CorridorError
from corridor.domain.record import Draft


@dataclass(frozen=True, slots=True)
class Refusal:
    """One line that is not kept: where it stands and why."""

    line: int
    error: CorridorError


@dataclass(frozen=True, slots=True)
class Lines:
    """The next lines of an import.

    Attributes:
        drafts: what they hold, by number of line.
        refusals: lines that cannot be kept.
        progress: how far the import is when these are done; nothing is counted in it yet.
        last: True when nothing comes after them.
    """

    drafts: Sequence[tuple[int, Draft]]
    refusals: Sequence[Refusal]
    progress: Progress
    last: bool


class BulkImports(Protocol):
    """The files of imports; the event loop stays free meanwhile."""

    async def lines(self, job: BulkJob) -> Lines:
        """The next lines of a job, validated; a bounded number.

        Raises:
            UnavailableError: the disk does not answer.
        """

    async def report(self, job: BulkJob, refusals: Sequence[Refusal]) -> tuple[BulkFile, ...]:
        """Write refused lines of the job's current input to its error file; the job's files as they are then."""
