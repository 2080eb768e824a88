"""Jobs outlive the process, count their attempts, and change no more once they have ended."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from corridor.domain.asking import Asking
from corridor.domain.bulk import (
    BulkFile,
    BulkJob,
    ExportOrder,
    ImportInput,
    ImportOrder,
    JobKind,
    JobState,
    Order,
    Progress,
    Section,
    Taken,
)
from corridor.domain.errors import ThrottledError
from corridor.domain.principal import Principal, Role
from corridor.domain.trace import new_trace
from corridor.storage.database import Database
from corridor.storage.node.bulk_jobs import SqlBulkJobs
from tests.contract.samples import NOW
from tests.fakes.bulk import FakeBulkJobs

HOUR = timedelta(hours=1)
EXPORT = ExportOrder("g", True, ("a", "b"), ("Patient",), NOW - HOUR, NOW)  # noqa: FBT003  # the order of its fields
IMPORT = ImportOrder((ImportInput("Patient", "file:a.ndjson", "/imports/a.ndjson"),))


@pytest.fixture
async def jobs(stores_url: str) -> AsyncIterator[Any]:
    if not stores_url:
        yield FakeBulkJobs()
        return
    database = Database(stores_url)
    yield SqlBulkJobs(database)
    await database.close()


def job(id: str = "j1", order: Order = EXPORT, **more: Any) -> BulkJob:
    kind = JobKind.EXPORT if isinstance(order, ExportOrder) else JobKind.IMPORT
    asking = Asking(Principal("", Role.PROGRAMME, "0" * 32), "request-1", new_trace())
    return replace(BulkJob(id, kind, asking, "https://pe.example/fhir/$export", NOW, order), **more)


async def test_no_more_jobs_run_than_may_however_many_are_asked_for_together(jobs: Any) -> None:
    asked = (jobs.open(job(f"j{number}"), limit=3) for number in range(9))
    told = await asyncio.gather(*asked, return_exceptions=True)
    assert [type(each) for each in told if each].count(ThrottledError) == 6
    assert await jobs.running() == 3
    await jobs.end("j0", JobState.DONE, until=NOW)
    await jobs.open(job("after"), limit=3)


@pytest.mark.parametrize("order", [EXPORT, ExportOrder(), IMPORT], ids=["group", "everything", "import"])
async def test_a_job_is_read_as_it_was_opened(jobs: Any, order: Order) -> None:
    opened = job(order=order)
    await jobs.open(opened)
    assert await jobs.read("j1") == opened


async def test_the_accounts_name_is_not_kept(jobs: Any) -> None:
    opened = job()
    named = replace(opened.asking, principal=replace(opened.asking.principal, account="rosa"))
    await jobs.open(replace(opened, asking=named))
    assert await jobs.read("j1") == opened


@pytest.mark.parametrize("id", ["", "j2", "j1\x00", "ñ"])
async def test_an_unknown_job_is_none(jobs: Any, id: str) -> None:
    await jobs.open(job())
    assert await jobs.read(id) is None


async def test_the_oldest_of_its_kind_is_next_and_attempts_are_counted_until_it_goes_on(jobs: Any) -> None:
    assert await jobs.attempt(JobKind.EXPORT) is None
    await jobs.open(job("later", as_of=NOW + HOUR))
    await jobs.open(job("first"))
    await jobs.open(job("other", IMPORT, as_of=NOW - HOUR))
    found = [await jobs.attempt(JobKind.EXPORT) for _ in range(3)]
    assert [(each.id, times) for each, times in found] == [("first", 1), ("first", 2), ("first", 3)]
    assert await jobs.advance("first", Progress(position=7))
    going, times = await jobs.attempt(JobKind.EXPORT)
    assert (going.id, going.progress.position, times) == ("first", 7, 1)
    assert (await jobs.attempt(JobKind.IMPORT))[0].id == "other"


async def test_progress_is_read_as_it_was_kept(jobs: Any) -> None:
    await jobs.open(job())
    files = (BulkFile(Section.OUTPUT, "Patient", "Patient.ndjson", 3, 300),)
    progress = Progress(1, 2**40, 3, 4, files, (Taken(1, 2, 3), Taken()))
    assert await jobs.advance("j1", progress)
    assert (await jobs.read("j1")).progress == progress


async def test_an_ended_job_is_not_worked_on_and_changes_no_more(jobs: Any) -> None:
    await jobs.open(job())
    assert await jobs.running() == 1
    assert await jobs.end("j1", JobState.DONE, until=NOW + HOUR)
    assert await jobs.running() == 0
    assert await jobs.attempt(JobKind.EXPORT) is None
    assert not await jobs.advance("j1", Progress(position=9))
    assert not await jobs.end("j1", JobState.CANCELLED, until=NOW)
    found = await jobs.read("j1")
    assert (found.state, found.until, found.progress) == (JobState.DONE, NOW + HOUR, Progress())


async def test_jobs_are_listed_when_their_time_is_over_and_then_forgotten(jobs: Any) -> None:
    await jobs.open(job())
    await jobs.open(job("j2"))
    await jobs.end("j1", JobState.DONE, until=NOW + HOUR)
    assert await jobs.ended(at=NOW) == ()
    assert await jobs.ended(at=NOW + HOUR) == ("j1",)
    await jobs.forget("j1")
    await jobs.forget("j1")
    assert await jobs.read("j1") is None
    assert await jobs.ended(at=NOW + HOUR) == ()
