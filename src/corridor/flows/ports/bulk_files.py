"""The folder of each job."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Protocol

from corridor.domain.bulk import ImportInput
from corridor.flows.ports.stored_file import StoredFile


class BulkFiles(Protocol):
    """Files that only the node's own user may read."""

    async def receive(self, id: str, upload: AsyncIterator[bytes]) -> ImportInput:
        """Keep an upload in the job's folder as it comes in.

        Raises:
            TooLargeError: more than this node takes in at once; nothing stays.
            UnavailableError: the disk does not take it.
        """

    async def inputs(self, wanted: Sequence[ImportInput], source: str) -> tuple[ImportInput, ...]:
        """The files that addresses mean: each `wanted`, and every ndjson file of the folder `source` where it is named.

        Raises:
            InvalidError: an address is none of a file in the import folder, or there is nothing.
        """

    async def open(self, id: str, name: str) -> StoredFile:
        """A file of a job.

        Raises:
            NotFoundError: it is not there any more.
            UnavailableError: the disk does not answer, or the file is damaged.
        """

    async def folders(self) -> tuple[str, ...]:
        """Ids of all jobs that have a folder, known or not."""

    async def remove(self, id: str) -> None:
        """Remove a job's folder, and destroy the key that opens copies of it; nothing happens where there is none."""
