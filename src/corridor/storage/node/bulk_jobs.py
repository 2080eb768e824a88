"""Exports and imports as rows that outlive the process that works on them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import bindparam, delete, func, insert, select, update

from corridor.domain.asking import Asking
from corridor.domain.bulk import TOO_MANY, BulkJob, ExportOrder, ImportOrder, JobKind, JobState, Order, Progress
from corridor.domain.errors import GoneError, ThrottledError
from corridor.domain.principal import Principal, Role
from corridor.domain.trace import Trace
from corridor.storage.database import Database
from corridor.storage.node.bulk_tables import bulk_job
from corridor.storage.node.sealed_files import job_key
from corridor.storage.node.sealed_words import opened_words, sealed_words
from corridor.storage.node.tables import log_head
from corridor.storage.statements import Statement
from corridor.storage.times import from_micros, to_micros

_ORDERS: dict[JobKind, type[Order]] = {JobKind.EXPORT: ExportOrder, JobKind.IMPORT: ImportOrder}

_WAITING = Statement(
    select(bulk_job)
    .where(bulk_job.c.state == bindparam("running"), bulk_job.c.kind == bindparam("wanted"))
    .order_by(bulk_job.c.as_of, bulk_job.c.id)
)
_RUNNING = Statement(
    select(func.count().label("many")).select_from(bulk_job).where(bulk_job.c.state == JobState.RUNNING.value)
)
_OPEN = Statement(insert(bulk_job))


class SqlBulkJobs:
    """Port `BulkJobs` on SQLite and PostgreSQL."""

    def __init__(self, database: Database) -> None:
        self._database, self._seals = database, database.seals

    async def open(self, job: BulkJob, *, limit: int | None = None) -> None:
        """See the port."""
        await self._seals.prepare([job_key(job.id)])
        row = _row(job) | {"request": await sealed_words(self._seals, job.request, job_key(job.id))}
        row["ordered"] = self._seals.seal(row["ordered"], job_key(job.id))
        async with self._database.transaction(holding=log_head) as transaction:
            if limit is None or (await transaction.rows(_RUNNING, {}))[0]["many"] < limit:
                await transaction.run(_OPEN, [row])
                return
        await self._seals.end(job_key(job.id))
        raise ThrottledError(TOO_MANY)

    async def read(self, id: str) -> BulkJob | None:
        """See the port."""
        if "\x00" in id:
            return None
        async with self._database.read() as connection:
            row = (await connection.execute(select(bulk_job).where(bulk_job.c.id == id))).mappings().first()
        return self._job(row) if row else None

    async def running(self) -> int:
        """See the port."""
        return int((await self._database.rows(_RUNNING, {}))[0]["many"])

    async def attempt(self, kind: JobKind) -> tuple[BulkJob, int] | None:
        """See the port; an idle look writes nothing."""
        rows = await self._database.rows(_WAITING, {"running": JobState.RUNNING.value, "wanted": kind.value})
        if not rows:
            return None
        row, attempt = rows[0], int(rows[0]["attempt"]) + 1
        await self._change(row["id"], attempt=attempt)
        job = self._job(row)
        if job is None:
            await self.forget(row["id"])
        return (job, attempt) if job else None

    async def advance(self, id: str, progress: Progress) -> bool:
        """See the port."""
        return await self._change(id, attempt=0, progress=msgspec.json.encode(progress))

    async def end(self, id: str, state: JobState, *, until: datetime) -> bool:
        """See the port."""
        return await self._change(id, state=state.value, until=to_micros(until))

    async def ended(self, *, at: datetime) -> tuple[str, ...]:
        """See the port."""
        wanted = select(bulk_job.c.id).where(bulk_job.c.until <= to_micros(at))
        async with self._database.read() as connection:
            return tuple((await connection.execute(wanted)).scalars())

    async def forget(self, id: str) -> None:
        """See the port."""
        async with self._database.write() as connection:
            await connection.execute(delete(bulk_job).where(bulk_job.c.id == id))

    async def _change(self, id: str, **values: Any) -> bool:
        running = update(bulk_job).where(bulk_job.c.id == id, bulk_job.c.state == JobState.RUNNING)
        async with self._database.write() as connection:
            return (await connection.execute(running.values(**values))).rowcount > 0

    def _job(self, row: Mapping[Any, Any]) -> BulkJob | None:
        """The job; None where its key was destroyed already."""
        try:
            ordered = self._seals.open(row["ordered"])
        except GoneError:
            return None
        kind = JobKind(row["kind"])
        principal = Principal("", Role(row["role"]), row["owner"])
        return BulkJob(
            id=row["id"],
            kind=kind,
            asking=Asking(principal, row["request_id"], Trace(row["trace"], row["span"])),
            request=opened_words(self._seals, row["request"]),
            as_of=from_micros(row["as_of"]),
            order=msgspec.json.decode(ordered, type=_ORDERS[kind]),
            state=JobState(row["state"]),
            progress=msgspec.json.decode(row["progress"], type=Progress),
            until=None if row["until"] is None else from_micros(row["until"]),
        )


def _row(job: BulkJob) -> dict[str, Any]:
    return {
        "id": job.id,
        "kind": job.kind.value,
        "state": job.state.value,
        "owner": job.asking.principal.pseudonym,
        "role": job.asking.principal.role.value,
        "trace": job.asking.trace.trace_id,
        "span": job.asking.trace.span_id,
        "request_id": job.asking.request_id,
        "request": job.request,
        "as_of": to_micros(job.as_of),
        "until": None if job.until is None else to_micros(job.until),
        "attempt": 0,
        "ordered": msgspec.json.encode(job.order),
        "progress": msgspec.json.encode(job.progress),
    }
