"""A node forgets exports and imports whose time is over, and removes their files."""

from __future__ import annotations

from corridor.flows.ports.bulk_files import BulkFiles
from corridor.flows.ports.bulk_jobs import BulkJobs
from corridor.flows.ports.clock import Clock


async def clear_bulk_jobs(*, jobs: BulkJobs, files: BulkFiles, clock: Clock, starting: bool = False) -> int:
    """How many jobs were forgotten; their files are gone before they are.

    Args:
        jobs: the port.
        files: the port.
        clock: the port.
        starting: True before the node answers anybody: folders that belong to no job are then leftovers of a kill.

    Raises:
        UnavailableError: the database or the disk does not answer.

    Source: FHIR Bulk Data Access 2.0, file expiry.
    """
    if starting:
        for each in await files.folders():
            if await jobs.read(each) is None:
                await files.remove(each)
    ended = await jobs.ended(at=clock.now())
    for each in ended:
        await files.remove(each)
        await jobs.forget(each)
    return len(ended)
