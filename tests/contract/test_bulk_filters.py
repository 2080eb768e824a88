"""A filtered export gives what the search would have found at its instant, on both databases."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest
from msgspec import structs

from corridor.domain.asking import Asking
from corridor.domain.bulk import BulkJob, ElementChoice, ExportOrder, JobKind, TypeFilter
from corridor.domain.principal import Principal, Role
from corridor.domain.trace import new_trace
from corridor.storage.database import Database
from corridor.storage.node.bulk_exports import SqlBulkExports
from corridor.storage.node.key_ring import KeyRing
from corridor.storage.node.log import NodeLog
from corridor.storage.node.units import SqlUnits
from tests.contract.samples import HOME, NOW, VOICE, drafted, patient, viral_load
from tests.sealing import read_sealed

LATER = NOW + timedelta(hours=1)
JOB = "00000000-0000-4000-8000-000000000001"


@dataclass
class Base:
    """A base and one export of it after another."""

    units: SqlUnits
    exports: SqlBulkExports
    folder: Path
    seals: KeyRing
    number: int = 0

    async def write(self, *drafts: Any, at: datetime = NOW) -> None:
        async with self.units.begin() as unit:
            await unit.write(drafts, at=at)

    async def lines(self, order: ExportOrder) -> dict[str, list[bytes]]:
        """The lines of each file."""
        self.number += 1
        asking = Asking(Principal("", Role.PROGRAMME, "0" * 32), "", new_trace())
        job = BulkJob(f"{JOB}-{self.number}", JobKind.EXPORT, asking, "", NOW, order)
        last = False
        while not last:
            progress, last = await self.exports.step(job)
            job = replace(job, progress=progress)
        return {path.stem: read_sealed(path, self.seals).splitlines() for path in (self.folder / job.id).iterdir()}

    async def found(self, *filters: str, **order: Any) -> dict[str, set[str]]:
        """Ids by type."""
        wanted = ExportOrder(filters=read(filters), **order)
        return {
            kind: {orjson.loads(line).get("id", "") for line in lines}
            for kind, lines in (await self.lines(wanted)).items()
        }


def read(filters: Sequence[str]) -> tuple[TypeFilter, ...]:
    return tuple(TypeFilter(kind, query) for kind, _, query in (each.partition("?") for each in filters))


@pytest.fixture
async def base(database: Database, seals: KeyRing, tmp_path: Path) -> Base:
    exports = SqlBulkExports(database, tmp_path, step_seconds=0)
    made = Base(SqlUnits(NodeLog(database, VOICE), HOME), exports, tmp_path, seals)
    people = [patient(f"p{n}", family=f"F{n}", gender="female" if n % 2 else "male") for n in range(6)]
    loads = [viral_load(f"o{n}", of=f"p{n}", on=f"202{n}-03-01", copies=10**n) for n in range(6)]
    await made.write(*people, *loads)
    return made


async def test_a_type_without_a_filter_comes_whole(base: Base) -> None:
    found = await base.found("Patient?gender=female")
    assert found == {"Patient": {"p1", "p3", "p5"}, "Observation": {f"o{n}" for n in range(6)}}


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        (["Observation?date=ge2024"], {"o4", "o5"}),
        (["Observation?date=ge2024", "Observation?patient=Patient/p0"], {"o0", "o4", "o5"}),
        (["Observation?date=ge2022&value-quantity=lt1000"], {"o2"}),
        (["Observation?code=http://loinc.org|20447-9&_id=o1,o2,gone"], {"o1", "o2"}),
        (["Observation?code:missing=true"], set()),
        (["Observation?status:not=final"], set()),
        (["Observation?_lastUpdated=lt2026-03-03"], {f"o{n}" for n in range(6)}),
        (["Observation?code-value-quantity=20447-9$ge10000"], {"o4", "o5"}),
    ],
)
async def test_filters_of_one_type_are_joined_by_or(base: Base, filters: list[str], expected: set[str]) -> None:
    found = await base.found(*filters, types=("Observation",))
    assert found.get("Observation", set()) == expected
    of_patients = await base.found(*filters, types=("Observation",), patients=tuple(f"p{n}" for n in range(6)))
    assert of_patients.get("Observation", set()) == expected


@pytest.mark.parametrize("wanted", ["Patient?family=F1", "Patient?family=F1&_id=p1", "Patient?gender=female&family=F1"])
async def test_what_was_written_after_the_instant_is_decided_as_it_stood(base: Base, wanted: str) -> None:
    await base.write(patient("p1", family="New", gender="male"), patient("p2", family="F1", gender="female"), at=LATER)
    async with base.units.begin() as unit:
        await unit.delete("Patient", "p3", at=LATER)
    await base.write(patient("late", family="F1", gender="female"), at=LATER)
    assert await base.found(wanted, types=("Patient",)) == {"Patient": {"p1"}}
    assert await base.found("Patient?family=F3", types=("Patient",)) == {"Patient": {"p3"}}


async def test_deletions_are_told_whatever_the_filter(base: Base) -> None:
    async with base.units.begin() as unit:
        await unit.delete("Patient", "p3", at=NOW)
    lines = await base.lines(
        ExportOrder(types=("Patient",), since=datetime(2000, 1, 1, tzinfo=UTC), filters=read(["Patient?family=F1"]))
    )
    assert {kind: len(each) for kind, each in lines.items()} == {"Patient": 1, "deleted-Patient": 1}


async def test_chosen_elements_come_with_what_is_mandatory_and_their_decimals_as_written(base: Base) -> None:
    weight = {"resourceType": "Observation", "status": "final", "code": {"text": "Peso"}, "note": [{"text": "x"}]}
    made = drafted(weight, "w")
    await base.write(
        structs.replace(made, tail=made.tail.replace(b'"note"', b'"valueQuantity":{"value":72.50},"note"'))
    )
    elements = (ElementChoice("", "value"), ElementChoice("Patient", "gender"))
    lines = await base.lines(ExportOrder(filters=read(["Observation?_id=w", "Patient?_id=p1"]), elements=elements))
    (observation,), (person,) = lines["Observation"], lines["Patient"]
    assert b'"value":72.50' in observation
    seen = orjson.loads(observation)
    assert seen.keys() == {"resourceType", "id", "meta", "status", "code", "valueQuantity"}
    assert seen["meta"]["tag"][-1]["code"] == "SUBSETTED"
    assert orjson.loads(person).keys() == {"resourceType", "id", "meta", "gender"}
