"""Exports and imports as acts: who may, what is on record, and what happens when something is cut off."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from msgspec import structs

from corridor.domain.asking import Asking
from corridor.domain.bulk import TOO_MANY, BulkJob, ExportOrder, ImportInput, JobState, Taken
from corridor.domain.errors import (
    CorridorError,
    ForbiddenError,
    InvalidError,
    NotFoundError,
    ThrottledError,
    UnavailableError,
)
from corridor.domain.principal import Role
from corridor.domain.record import Draft
from corridor.flows.cancel_bulk_job import cancel_bulk_job
from corridor.flows.carry_out_export import ATTEMPTS, CarryOutExportDesk, carry_out_export
from corridor.flows.carry_out_import import CarryOutImportDesk, carry_out_import
from corridor.flows.clear_bulk_jobs import clear_bulk_jobs
from corridor.flows.fetch_bulk_file import FetchDesk, fetch_bulk_file
from corridor.flows.import_records import ImportDesk, import_records
from corridor.flows.ports.bulk_imports import Refusal
from corridor.flows.read_bulk_job import read_bulk_job
from corridor.flows.start_export import NAMED, StartExportDesk, start_export
from corridor.flows.start_import import StartImportDesk, Wanted, start_import
from corridor.flows.store_records import StoreDesk, store_records
from tests.contract.samples import patient
from tests.fakes.bulk import FakeBulkFiles, FakeBulkJobs, FakeExports, FakeImports
from tests.fakes.clock import FakeClock
from tests.fakes.federation import FakeCountry, FakeFederation, asking
from tests.flows.entries import entries

DAY = timedelta(days=1)


class FakeGroups:
    """Port `Groups`."""

    def __init__(self, **groups: tuple[str, ...]) -> None:
        self._groups = groups

    async def members(self, group_id: str) -> tuple[str, ...] | None:
        """See the port."""
        return self._groups.get(group_id)


class FakeStanding:
    """Port `Standing`: says of every draft under one of these ids that it is here."""

    def __init__(self, *ids: str) -> None:
        self.ids = ids

    async def unchanged(self, drafts: Any) -> tuple[bool, ...]:
        """See the port."""
        return tuple(each.id in self.ids for each in drafts)


class Office:
    """One country's bulk acts over fakes."""

    def __init__(self, country: FakeCountry, clock: FakeClock) -> None:
        self.node, self.clock = country.node, clock
        self.jobs, self.files = FakeBulkJobs(), FakeBulkFiles()
        self.exports, self.imports = FakeExports(self.files), FakeImports()
        self.groups = FakeGroups(clinic=("p1", "p2"), empty=(), large=tuple(f"p{n}" for n in range(NAMED + 1)))
        self.standing = FakeStanding()

    @property
    def fetching(self) -> FetchDesk:
        return FetchDesk(self.jobs, self.files, self.node.audit, self.clock)

    async def start(self, who: Asking, order: ExportOrder = ExportOrder(), *, limit: int = 2) -> Any:  # noqa: B008  # a frozen value
        desk = StartExportDesk(self.jobs, self.groups, self.node.units, self.node.audit, self.clock, limit)
        return await start_export(who, order, request="https://pe.example/fhir/$export", desk=desk)

    async def carry_out(self) -> int:
        return await carry_out_export(desk=CarryOutExportDesk(self.jobs, self.exports, self.files, self.clock, DAY))

    async def start_import(self, who: Asking, wanted: Wanted, *, limit: int = 2) -> Any:
        desk = StartImportDesk(self.jobs, self.files, self.node.audit, self.clock, limit)
        return await start_import(who, wanted, request="https://pe.example/fhir/$import", desk=desk)

    @property
    def records(self) -> ImportDesk:
        store = partial(store_records, desk=StoreDesk(self.node.units, self.node.audit, self.clock))
        return ImportDesk(store, self.standing)

    async def take_in(self) -> int:
        desk = CarryOutImportDesk(self.jobs, self.imports, self.files, self.records, self.clock, DAY)
        return await carry_out_import(desk=desk)


@pytest.fixture
def office(peru: FakeCountry, federation: FakeFederation) -> Office:
    return Office(peru, federation.clock)


@pytest.fixture
def programme() -> Asking:
    return asking(Role.PROGRAMME)


async def upload(*chunks: bytes) -> AsyncIterator[bytes]:
    for each in chunks:
        yield each


async def test_an_export_is_on_record_before_the_job_is_kept(office: Office, programme: Asking) -> None:
    job = await office.start(programme, ExportOrder(group="clinic", compartments=True))
    [fact] = office.node.facts
    assert entries([fact]) == [("export", "success", "", ("p1", "p2"))]
    assert fact.resource == "Group/clinic"
    assert fact.agent == programme.principal.pseudonym
    assert (await office.jobs.read(job.id)).order.patients == ("p1", "p2")
    assert job.as_of == office.clock.now()


async def test_a_large_group_is_named_in_several_entries(office: Office, programme: Asking) -> None:
    await office.start(programme, ExportOrder(group="large", compartments=True))
    assert [len(fact.patient_ids) for fact in office.node.facts] == [NAMED, 1]


async def test_where_the_log_cannot_be_written_there_is_no_job(office: Office, programme: Asking) -> None:
    office.node.shelf.broken = True
    with pytest.raises(UnavailableError):
        await office.start(programme)
    assert office.jobs.jobs == {}


@pytest.mark.parametrize("role", [Role.CLINICIAN, Role.AUDITOR, Role.OPERATOR])
async def test_other_roles_export_and_import_nothing(office: Office, role: Role) -> None:
    with pytest.raises(ForbiddenError):
        await office.start(asking(role))
    with pytest.raises(ForbiddenError):
        await office.start_import(asking(role), Wanted(upload=upload(b"{}")))
    assert [entry[:3] for entry in entries(office.node.facts)] == [
        ("export", "failure", "forbidden"),
        ("import", "failure", "forbidden"),
    ]
    assert office.files.kept == set()


@pytest.mark.parametrize(
    ("order", "error", "reason"),
    [
        (ExportOrder(types=("AuditEvent",)), ForbiddenError, "forbidden"),
        (ExportOrder(group="unknown"), NotFoundError, "unknown-group"),
        (ExportOrder(group="clinic", patients=("p3",)), InvalidError, "invalid"),
        (ExportOrder(patients=("nobody",), compartments=True), InvalidError, "invalid"),
    ],
)
async def test_an_order_that_is_refused_is_on_record(
    office: Office, programme: Asking, order: ExportOrder, error: type[CorridorError], *, reason: str
) -> None:
    with pytest.raises(error):
        await office.start(programme, order)
    assert [entry[1:3] for entry in entries(office.node.facts)] == [("failure", reason)]
    assert office.jobs.jobs == {}


async def test_too_many_jobs_are_refused_until_one_has_ended(office: Office, programme: Asking) -> None:
    await office.start(programme, limit=1)
    with pytest.raises(ThrottledError):
        await office.start(programme, limit=1)
    with pytest.raises(ThrottledError):
        await office.start_import(programme, Wanted(upload=upload()), limit=1)
    while await office.carry_out():
        pass
    await office.start(programme, limit=1)


class CrowdedJobs(FakeBulkJobs):
    """Where others ask at the same time: whoever looks sees no job yet, and one is there before theirs."""

    async def running(self) -> int:
        """See the port."""
        return 0

    async def open(self, job: BulkJob, *, limit: int | None = None) -> None:
        """See the port."""
        del job, limit
        raise ThrottledError(TOO_MANY)


async def test_who_is_one_too_many_of_those_who_ask_together_is_refused(office: Office, programme: Asking) -> None:
    office.jobs = CrowdedJobs()
    for asked in (office.start(programme), office.start_import(programme, Wanted(upload=upload()))):
        with pytest.raises(ThrottledError):
            await asked
        assert entries(office.node.facts)[-1][1:3] == ("failure", "throttled")
    assert not await office.files.folders()


async def test_an_export_is_carried_out_step_by_step_and_kept_a_while(office: Office, programme: Asking) -> None:
    job = await office.start(programme)
    assert await office.carry_out() == 1
    assert (await office.jobs.read(job.id)).state is JobState.RUNNING
    assert await office.carry_out() == 1
    done = await office.jobs.read(job.id)
    assert (done.state, done.until, done.progress.resources) == (JobState.DONE, office.clock.now() + DAY, 2)
    assert await office.carry_out() == 0


async def test_a_job_that_never_gets_further_is_given_up(office: Office, programme: Asking) -> None:
    job = await office.start(programme)
    office.exports.broken = True
    for _ in range(ATTEMPTS):
        with pytest.raises(UnavailableError):
            await office.carry_out()
    assert await office.carry_out() == 1
    assert (await office.jobs.read(job.id)).state is JobState.FAILED
    with pytest.raises(UnavailableError):
        await read_bulk_job(programme, job.id, jobs=office.jobs, clock=office.clock)


async def test_nobody_but_who_asked_sees_a_job(office: Office, programme: Asking) -> None:
    job = await office.start(programme)
    other = replace(programme, principal=replace(programme.principal, pseudonym="f" * 32))
    for who, id_ in ((other, job.id), (programme, "unknown")):
        with pytest.raises(NotFoundError):
            await read_bulk_job(who, id_, jobs=office.jobs, clock=office.clock)
        with pytest.raises(NotFoundError):
            await cancel_bulk_job(who, id_, desk=office.fetching)


async def test_a_file_is_fetched_when_the_job_is_done_and_that_is_on_record(office: Office, programme: Asking) -> None:
    job = await office.start(programme, ExportOrder(group="clinic"))
    await office.carry_out()
    with pytest.raises(NotFoundError):
        await fetch_bulk_file(programme, job.id, name="Patient.ndjson", desk=office.fetching)
    await office.carry_out()
    found = await fetch_bulk_file(programme, job.id, name="Patient.ndjson", desk=office.fetching)
    assert [part async for part in found.content.parts(37, 99)] == [b"Patient.ndjson"]
    with pytest.raises(NotFoundError):
        await fetch_bulk_file(programme, job.id, name="Claim.ndjson", desk=office.fetching)
    assert [entry[:2] for entry in entries(office.node.facts)] == [
        ("export", "success"),
        ("export", "failure"),
        ("export", "success"),
        ("export", "failure"),
    ]
    assert office.node.facts[2].resource == "Group/clinic"


async def test_no_file_leaves_while_the_log_cannot_be_written(office: Office, programme: Asking) -> None:
    job = await office.start(programme)
    while await office.carry_out():
        pass
    office.node.shelf.broken = True
    with pytest.raises(UnavailableError):
        await fetch_bulk_file(programme, job.id, name="Patient.ndjson", desk=office.fetching)


async def test_somebody_whose_role_was_taken_away_fetches_nothing(office: Office, programme: Asking) -> None:
    job = await office.start(programme)
    while await office.carry_out():
        pass
    now = replace(programme, principal=replace(programme.principal, role=Role.CLINICIAN))
    with pytest.raises(ForbiddenError):
        await fetch_bulk_file(now, job.id, name="Patient.ndjson", desk=office.fetching)


async def test_a_running_job_that_is_taken_back_leaves_nothing(office: Office, programme: Asking) -> None:
    job = await office.start(programme)
    await office.carry_out()
    await cancel_bulk_job(programme, job.id, desk=office.fetching)
    with pytest.raises(NotFoundError):
        await read_bulk_job(programme, job.id, jobs=office.jobs, clock=office.clock)
    assert await office.carry_out() == 0
    assert office.files.kept == set()
    assert await clear_bulk_jobs(jobs=office.jobs, files=office.files, clock=office.clock) == 1
    assert office.jobs.jobs == {}


async def test_what_a_step_wrote_after_its_job_was_taken_back_is_removed(office: Office, programme: Asking) -> None:
    job = await office.start(programme)
    going = office.exports.step

    async def taken_back_meanwhile(running: Any) -> Any:
        await cancel_bulk_job(programme, job.id, desk=office.fetching)
        return await going(running)

    office.exports.step = taken_back_meanwhile  # type: ignore[method-assign]  # the moment that the test is about
    assert await office.carry_out() == 1
    assert office.files.kept == set()


async def test_a_job_is_forgotten_with_its_files_when_its_time_is_over(
    office: Office, programme: Asking, federation: FakeFederation
) -> None:
    job = await office.start(programme)
    while await office.carry_out():
        pass
    assert await clear_bulk_jobs(jobs=office.jobs, files=office.files, clock=office.clock) == 0
    federation.clock.advance(days=1)
    with pytest.raises(NotFoundError):
        await read_bulk_job(programme, job.id, jobs=office.jobs, clock=office.clock)
    assert await clear_bulk_jobs(jobs=office.jobs, files=office.files, clock=office.clock) == 1
    assert (office.jobs.jobs, office.files.kept) == ({}, set())


async def test_folders_that_a_kill_left_behind_are_removed_at_the_start(office: Office, programme: Asking) -> None:
    job = await office.start(programme)
    await office.carry_out()
    office.files.kept.add("left-behind")
    await clear_bulk_jobs(jobs=office.jobs, files=office.files, clock=office.clock, starting=True)
    assert office.files.kept == {job.id}


def drafts(*ids: str) -> list[tuple[int, Draft]]:
    return [(line, patient(each)) for line, each in enumerate(ids, 1)]


async def test_an_import_keeps_good_lines_and_reports_bad_ones(office: Office, programme: Asking) -> None:
    bad = Refusal(3, InvalidError("wrong"))
    office.imports = FakeImports((drafts("a", "b"), [bad]), (drafts("c"), []))
    job = await office.start_import(programme, Wanted(inputs=(ImportInput("", "file:a.ndjson", "a"),)))
    assert await office.take_in() == 1
    assert await office.take_in() == 1
    done = await office.jobs.read(job.id)
    assert (done.state, done.progress.taken) == (JobState.DONE, (Taken(written=3, refused=1),))
    assert office.imports.reported == [bad]
    assert [entry[0] for entry in entries(office.node.facts)] == ["import", "create", "create", "create"]
    assert await office.take_in() == 0


async def test_what_is_here_already_is_counted_and_not_written(office: Office, programme: Asking) -> None:
    office.standing.ids = ("a",)
    found = await import_records(programme, [patient("a"), patient("b")], desk=office.records)
    assert (found.written, found.unchanged, found.refused) == (1, 1, [])
    assert [fact.resource for fact in office.node.facts] == ["Patient/b"]


async def test_one_record_that_is_refused_keeps_no_other_out(office: Office, programme: Asking) -> None:
    wrong = structs.replace(patient("b"), resource_type="AuditEvent")
    found = await import_records(programme, [patient("a"), wrong, patient("c")], desk=office.records)
    assert found.written == 2
    assert [(place, type(error)) for place, error in found.refused] == [(1, ForbiddenError)]


async def test_a_database_that_does_not_answer_stops_an_import(office: Office, programme: Asking) -> None:
    office.node.shelf.broken = True
    with pytest.raises(UnavailableError):
        await import_records(programme, [patient("a")], desk=office.records)


async def test_an_upload_that_is_refused_is_on_record(office: Office, programme: Asking) -> None:
    async def broken() -> AsyncIterator[bytes]:
        yield b"{"
        raise InvalidError("broken off")

    with pytest.raises(InvalidError):
        await office.start_import(programme, Wanted(upload=broken()))
    assert [entry[:3] for entry in entries(office.node.facts)] == [("import", "failure", "invalid")]
    assert office.jobs.jobs == {}
