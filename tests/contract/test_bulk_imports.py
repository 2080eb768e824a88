"""An import that is cut off after it wrote and before it kept how far it is writes and reports nothing twice."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from pathlib import Path

import orjson
import pytest
from sqlalchemy import func, select

from corridor.domain.asking import Asking
from corridor.domain.bulk import BulkJob, ImportInput, ImportOrder, JobKind, JobState, Progress, Taken
from corridor.domain.errors import UnavailableError
from corridor.domain.principal import Principal, Role
from corridor.domain.trace import new_trace
from corridor.fhir.ndjson_line import read_line
from corridor.flows.carry_out_import import CarryOutImportDesk, carry_out_import
from corridor.flows.import_records import ImportDesk
from corridor.flows.store_records import StoreDesk, store_records
from corridor.storage.database import Database
from corridor.storage.node.audit import SqlAudit
from corridor.storage.node.bulk_files import JobFolders
from corridor.storage.node.bulk_imports import LINES, FileBulkImports
from corridor.storage.node.bulk_jobs import SqlBulkJobs
from corridor.storage.node.log import NodeLog
from corridor.storage.node.standing import SqlStanding
from corridor.storage.node.tables import history, record
from corridor.storage.node.units import SqlUnits
from tests.contract.samples import HOME, NOW, VOICE
from tests.fakes.clock import FakeClock
from tests.sealing import read_sealed

JOB = "00000000-0000-4000-8000-000000000000"
COUNT = LINES * 2 + 100
EVERY = 97
"""Each line of this number is no JSON."""

BAD = COUNT // EVERY


class Forgetful(SqlBulkJobs):
    """Loses what it should keep once, as a process does that is killed just before."""

    lost = 0

    async def advance(self, id: str, progress: Progress) -> bool:
        """See the port."""
        self.lost += 1
        if self.lost % 2:
            raise UnavailableError("Killed.")
        return await super().advance(id, progress)


@dataclass
class Import:
    """One import over a real database and real files."""

    database: Database
    jobs: SqlBulkJobs
    desk: CarryOutImportDesk
    folder: Path

    async def count(self, table: object) -> int:
        async with self.database.read() as connection:
            return int((await connection.execute(select(func.count()).select_from(table))).scalar_one())  # type: ignore[arg-type]  # a table


@pytest.fixture
async def importing(database: Database, tmp_path: Path) -> Import:
    log, clock = NodeLog(database, VOICE), FakeClock()
    store = partial(store_records, desk=StoreDesk(SqlUnits(log, HOME), SqlAudit(log), clock))
    lines = FileBulkImports(
        tmp_path, partial(read_line, source="urn:pe", zone=NOW.tzinfo), seals=database.seals, max_line_bytes=10_000
    )
    jobs = Forgetful(database)
    folders = JobFolders(tmp_path, None, seals=database.seals, max_bytes=1)
    records = ImportDesk(store, SqlStanding(database))
    desk = CarryOutImportDesk(jobs, lines, folders, records, clock, timedelta(days=1))
    return Import(database, jobs, desk, tmp_path)


async def test_steps_that_were_cut_off_are_taken_again_without_a_trace(importing: Import) -> None:
    path = importing.folder / "people.ndjson"
    people = [orjson.dumps({"resourceType": "Patient", "id": f"p{n}"}) for n in range(1, COUNT + 1)]
    path.write_bytes(b"\n".join(line if n % EVERY else b"{" for n, line in enumerate(people, 1)))
    asking = Asking(Principal("", Role.PROGRAMME, "0" * 32), "", new_trace())
    order = ImportOrder((ImportInput("", "file:people.ndjson", str(path)),))
    await importing.jobs.open(BulkJob(JOB, JobKind.IMPORT, asking, "", NOW, order))
    for _ in range(3):
        with pytest.raises(UnavailableError):
            await carry_out_import(desk=importing.desk)
        assert await carry_out_import(desk=importing.desk) == 1
    assert await carry_out_import(desk=importing.desk) == 0
    done = await importing.jobs.read(JOB)
    assert done
    assert done.state is JobState.DONE
    assert done.progress.taken == (Taken(0, COUNT - BAD, BAD),)
    assert (await importing.count(record), await importing.count(history)) == (COUNT - BAD, 0)
    (report,) = (importing.folder / JOB).iterdir()
    assert len(read_sealed(report, importing.database.seals).splitlines()) == BAD


async def test_a_file_that_is_gone_is_unavailable(importing: Import) -> None:
    asking = Asking(Principal("", Role.PROGRAMME, "0" * 32), "", new_trace())
    order = ImportOrder((ImportInput("", "file:gone.ndjson", str(importing.folder / "gone.ndjson")),))
    job = BulkJob(JOB, JobKind.IMPORT, asking, "", NOW, order)
    await importing.jobs.open(replace(job, progress=Progress(line=3)))
    with pytest.raises(UnavailableError):
        await carry_out_import(desk=importing.desk)
