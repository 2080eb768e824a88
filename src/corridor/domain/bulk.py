"""Large amounts at once: what was ordered, how far it is, and the files that came of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from corridor.domain.asking import Asking

TOO_MANY = "Too many exports and imports run already; ask again when one has ended."
"""Why a job is refused for now."""


class JobKind(StrEnum):
    """In which direction resources go."""

    EXPORT = "export"
    IMPORT = "import"


class JobState(StrEnum):
    """Where a job stands."""

    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Section(StrEnum):
    """Part of the manifest that a file is listed in."""

    OUTPUT = "output"
    DELETED = "deleted"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class TypeFilter:
    """Which resources of a type are wanted: those that a search finds, `query` as it stands in an address."""

    resource_type: str
    query: str


@dataclass(frozen=True, slots=True)
class ElementChoice:
    """An element at the root that is wanted, of one type, or of all that have it where the type is empty."""

    resource_type: str
    name: str


@dataclass(frozen=True, slots=True)
class ExportOrder:
    """What is to be exported, as it stood at the job's `as_of`.

    Attributes:
        group: id of the Group that was asked for, empty where none was.
        compartments: True where only what belongs to a patient is wanted.
        patients: ids of those whose records are wanted; None for everybody's.
        types: resource types that are wanted; none means all.
        since: only what changed after it, deletions among it; None for everything.
        until: only what last changed before it; None for everything.
        filters: a resource whose type has some must be found by one of them.
        elements: what is wanted of each resource; none means the whole.
    """

    group: str = ""
    compartments: bool = False
    patients: tuple[str, ...] | None = None
    types: tuple[str, ...] = ()
    since: datetime | None = None
    until: datetime | None = None
    filters: tuple[TypeFilter, ...] = ()
    elements: tuple[ElementChoice, ...] = ()

    def elements_of(self, resource_type: str) -> tuple[str, ...]:
        """Names of the elements that are wanted of a type; none means the whole."""
        return tuple(each.name for each in self.elements if each.resource_type in {"", resource_type})


@dataclass(frozen=True, slots=True)
class ImportInput:
    """One ndjson file to take in.

    Attributes:
        type: the only resource type that it may hold, empty for any.
        url: as the caller named it, empty for an upload.
        path: where it lies.
    """

    type: str
    url: str
    path: str


@dataclass(frozen=True, slots=True)
class ImportOrder:
    """The files to take in, in order."""

    inputs: tuple[ImportInput, ...] = ()


Order = ExportOrder | ImportOrder


@dataclass(frozen=True, slots=True)
class BulkFile:
    """One ndjson file of a job, as long as is certain to be right.

    Attributes:
        name: file name, such as `Observation.ndjson`.
        count: lines.
    """

    section: Section
    type: str
    name: str
    count: int = 0
    size_bytes: int = 0


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of the lines of one input."""

    written: int = 0
    unchanged: int = 0
    refused: int = 0


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a job is; whoever goes on begins exactly here, whatever was written to files beyond it.

    Attributes:
        part: number of the input that is being read.
        position: key, patients or bytes that are done of it.
        line: lines that are done of it.
        resources: resources that are done in all.
        taken: what became of each input so far.
    """

    part: int = 0
    position: int = 0
    line: int = 0
    resources: int = 0
    files: tuple[BulkFile, ...] = ()
    taken: tuple[Taken, ...] = ()


@dataclass(frozen=True, slots=True)
class BulkJob:
    """One job.

    Attributes:
        asking: who asked for it; the account's name is not kept.
        request: address of the request that began it.
        as_of: the instant whose state is exported, or when the import was asked for.
        until: when it is forgotten; None while it runs.
    """

    id: str
    kind: JobKind
    asking: Asking
    request: str
    as_of: datetime
    order: Order
    state: JobState = JobState.RUNNING
    progress: Progress = Progress()
    until: datetime | None = None
