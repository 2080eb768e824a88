"""The statements by which HAPI FHIR 8's JPA server answers, on its layout: what PostgreSQL must do for it at least.

First the numbers of the resources, by joining index tables; then, by those numbers, the two rows that hold a resource's
head and its body, every column of them. Its caches are granted to it: which number a patient has is known beforehand,
and nothing is counted. Unless a caller forbids it, its server first looks for the same search of the last minute (not
for a whole record), and keeps each search with the numbers that it found for further pages; that is asked for apart.
What comes back is decoded by asyncpg, in no Bundle yet.

Source: https://smilecdr.com/docs/fhir_storage_relational/, the SQL that the server logs, and its queries
`findCurrentVersionsByResourcePidsAndFetchResourceTable` and `findWithCutoffOrExpiry`; written anew.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import uuid4

import asyncpg

from bench.scale.hapi_shape import hashed, token_hash

_BODIES = """
SELECT v.*, r.* FROM hfj_res_ver v JOIN hfj_resource r ON r.res_id = v.res_id AND r.res_ver = v.res_ver
WHERE v.res_id = ANY($1)
"""
_READ = """
SELECT v.*, r.* FROM hfj_resource r JOIN hfj_res_ver v ON v.res_id = r.res_id AND v.res_ver = r.res_ver
WHERE r.res_type = $1 AND r.fhir_id = $2 AND r.res_deleted_at IS NULL
"""
_CODED = """
SELECT t0.src_resource_id FROM hfj_res_link t0
INNER JOIN hfj_spidx_token t1 ON t0.src_resource_id = t1.res_id
INNER JOIN hfj_spidx_date t2 ON t0.src_resource_id = t2.res_id
WHERE (t0.src_path = $1 AND t0.target_resource_id = $2) AND t1.hash_sys_and_value = $3
AND (t2.hash_identity = $4 AND (t2.sp_value_low_date_ordinal >= $5 OR t2.sp_value_high_date_ordinal >= $5))
FETCH FIRST 21 ROWS ONLY
"""
_IDENTIFIED = "SELECT t0.res_id FROM hfj_spidx_token t0 WHERE t0.hash_value = $1 FETCH FIRST 21 ROWS ONLY"
_PAGE = """
SELECT t0.src_resource_id FROM hfj_res_link t0
LEFT JOIN hfj_spidx_date t1 ON t0.src_resource_id = t1.res_id AND t1.hash_identity = $3
WHERE t0.src_path = $1 AND t0.target_resource_id = $2
ORDER BY t1.sp_value_low DESC NULLS LAST FETCH FIRST 21 ROWS ONLY
"""
_COMPARTMENT = "SELECT DISTINCT t0.src_resource_id FROM hfj_res_link t0 WHERE t0.target_resource_id = $1"
_INCLUDED = "SELECT DISTINCT r.target_resource_id FROM hfj_res_link r WHERE r.src_resource_id = ANY($1)"
_NUMBERS = "SELECT fhir_id, res_id FROM hfj_resource WHERE res_type = 'Patient' AND fhir_id = ANY($1)"
_LOOK = """
SELECT * FROM hfj_search s WHERE s.resource_type = $1 AND s.search_query_string_hash = $2
AND s.created > now() - interval '1 minute' AND s.search_status <> 'FAILED'
"""
_KEEP = """
INSERT INTO hfj_search (created, num_found, resource_type, search_query_string, search_query_string_hash, search_type,
                        search_status, total_count, search_uuid)
VALUES (now(), $1, $2, $3, $4, 0, 'FINISHED', $1, $5) RETURNING pid
"""
_KEEP_FOUND = "INSERT INTO hfj_search_result (search_pid, search_order, resource_pid) VALUES ($1, $2, $3)"
_PATH = "Observation.patient"


@dataclass(slots=True)
class HapiReads:
    """Connections that callers take for one statement each; statements are prepared once a connection.

    Attributes:
        numbers: of the patients that will be asked about, by their ids.
        keeps: each search is kept in the database before it is answered.
    """

    connections: asyncio.LifoQueue[Any]
    numbers: Mapping[str, int]
    keeps: bool

    async def read(self, resource_type: str, id: str) -> Sequence[str]:
        """One resource."""
        return [row["res_text_vc"] for row in await self.fetch(_READ, resource_type, id)]

    async def coded(self, patient_id: str, *, code: tuple[str, str], since: date) -> Sequence[str]:
        """`Observation?patient&code&date=ge`."""
        token, identity = token_hash("Observation", "code", code), hashed("Observation", "date")
        day = since.year * 10_000 + since.month * 100 + since.day
        await self._look("Observation")
        found = await self.fetch(_CODED, _PATH, self.numbers[patient_id], token, identity, day)
        return await self._bodies([row[0] for row in found])

    async def identified(self, value: str) -> Sequence[str]:
        """`Patient?identifier`, of whatever system."""
        await self._look("Patient")
        found = await self.fetch(_IDENTIFIED, hashed("Patient", "identifier", "", value))
        return await self._bodies([row[0] for row in found])

    async def page(self, patient_id: str) -> Sequence[str]:
        """`Observation?patient`, newest first."""
        await self._look("Observation")
        found = await self.fetch(_PAGE, _PATH, self.numbers[patient_id], hashed("Observation", "date"))
        return await self._bodies([row[0] for row in found])

    async def everything(self, patient_id: str) -> Sequence[str]:
        """`$everything`: what refers to the patient, and what that refers to."""
        patient = self.numbers[patient_id]
        found = {patient, *(row[0] for row in await self.fetch(_COMPARTMENT, patient))}
        found |= {row[0] for row in await self.fetch(_INCLUDED, [*found])}
        return await self._bodies([*found])

    async def close(self) -> None:
        """Let go of every connection."""
        while not self.connections.empty():
            await self.connections.get_nowait().close()

    async def fetch(self, statement: str, *values: object) -> Sequence[Any]:
        """What a statement finds."""
        connection = await self.connections.get()
        try:
            found: Sequence[Any] = await connection.fetch(statement, *values)
        finally:
            self.connections.put_nowait(connection)
        return found

    async def _bodies(self, numbers: Sequence[int]) -> Sequence[str]:
        if self.keeps:
            await self._keep(numbers)
        return [row["res_text_vc"] for row in await self.fetch(_BODIES, numbers)] if numbers else []

    async def _look(self, resource_type: str) -> None:
        """Whether the same was asked a moment ago; here it never was."""
        if self.keeps:
            await self.fetch(_LOOK, resource_type, _hash(str(uuid4())))

    async def _keep(self, numbers: Sequence[int]) -> None:
        connection = await self.connections.get()
        try:
            async with connection.transaction():
                asked, name = "?patient=…", str(uuid4())
                search = await connection.fetchval(_KEEP, len(numbers), "Observation", asked, _hash(name), name)
                await connection.executemany(_KEEP_FOUND, [(search, *each) for each in enumerate(numbers)])
        finally:
            self.connections.put_nowait(connection)


def _hash(text: str) -> int:
    return hash(text) % 2**31


async def open_hapi_reads(dsn: str, *, connections: int, patients: Sequence[str], keeps: bool) -> HapiReads:
    """So many connections."""
    opened: asyncio.LifoQueue[Any] = asyncio.LifoQueue()
    for _ in range(connections):
        opened.put_nowait(await asyncpg.connect(dsn))
    reads = HapiReads(opened, {}, keeps)
    reads.numbers = {row["fhir_id"]: row["res_id"] for row in await reads.fetch(_NUMBERS, patients)}
    return reads
