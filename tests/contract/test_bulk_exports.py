"""An export gives the state of one instant, whatever is written meanwhile and however often it is cut off."""

from __future__ import annotations

import asyncio
import stat
import subprocess
import sys
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest

from corridor.domain.asking import Asking
from corridor.domain.bulk import BulkJob, ExportOrder, JobKind
from corridor.domain.errors import UnavailableError
from corridor.domain.principal import Principal, Role
from corridor.domain.trace import new_trace
from corridor.storage.database import Database
from corridor.storage.node.bulk_exports import SqlBulkExports
from corridor.storage.node.key_ring import KeyRing
from corridor.storage.node.log import NodeLog
from corridor.storage.node.units import SqlUnits
from tests.contract.exporting_child import kept_progress
from tests.contract.samples import HOME, NOW, VOICE, organization, patient, viral_load
from tests.sealing import read_sealed

JOB = "00000000-0000-4000-8000-000000000000"
PEOPLE = 700
ROOT = Path(__file__).parents[2]
LATER = NOW + timedelta(hours=1)


@dataclass
class Base:
    """A base of invented people and its exports; each page is a step of its own."""

    units: SqlUnits
    exports: SqlBulkExports
    folder: Path
    seals: KeyRing

    async def write(self, *drafts: Any, at: datetime = NOW) -> None:
        async with self.units.begin() as unit:
            await unit.write(drafts, at=at)

    async def delete(self, id: str, at: datetime = NOW) -> None:
        async with self.units.begin() as unit:
            await unit.delete("Patient", id, at=at)

    async def carry_on(self, job: BulkJob, *, steps: int = 1000) -> tuple[BulkJob, bool]:
        last = False
        while steps and not last:
            progress, last = await self.exports.step(job)
            job, steps = replace(job, progress=progress), steps - 1
        return job, last

    async def exported(self, order: ExportOrder, *, as_of: datetime = NOW) -> dict[str, dict[str, str]]:
        """Family name or nothing, by type and id."""
        await self.carry_on(job(order, as_of=as_of))
        return self.read()

    def read(self) -> dict[str, dict[str, str]]:
        found: dict[str, dict[str, str]] = {}
        for path in sorted((self.folder / JOB).iterdir()):
            for line in read_sealed(path, self.seals).splitlines():
                resource = orjson.loads(line)
                name = resource.get("name", [{}])
                family = name[0].get("family", "") if isinstance(name, list) else name
                known = found.setdefault(path.stem, {})
                key = resource.get("id") or resource["entry"][0]["request"]["url"]
                assert key not in known, "a resource was exported twice"
                known[key] = family
        return found


def job(order: ExportOrder, *, as_of: datetime = NOW) -> BulkJob:
    asking = Asking(Principal("", Role.PROGRAMME, "0" * 32), "", new_trace())
    return BulkJob(JOB, JobKind.EXPORT, asking, "", as_of, order)


@pytest.fixture
async def base(database: Database, seals: KeyRing, tmp_path: Path) -> Base:
    exports = SqlBulkExports(database, tmp_path, step_seconds=0)
    return Base(SqlUnits(NodeLog(database, VOICE), HOME), exports, tmp_path, seals)


async def fill(base: Base) -> None:
    people = [patient(f"p{n}", family=f"F{n}") for n in range(PEOPLE)]
    loads = [viral_load(f"o{n}", of=f"p{n}", on="2025-01-01") for n in range(PEOPLE)]
    await base.write(organization("clinic", "Clínica"), *people, *loads)


async def test_everything_is_exported_once_over_several_steps(base: Base) -> None:
    await fill(base)
    begun, last = await base.carry_on(job(ExportOrder()), steps=1)
    assert not last
    done, last = await base.carry_on(begun)
    assert last
    found = base.read()
    assert {kind: len(names) for kind, names in found.items()} == {
        "Organization": 1,
        "Patient": PEOPLE,
        "Observation": PEOPLE,
    }
    assert {each.type: each.count for each in done.progress.files} == {
        kind: len(names) for kind, names in found.items()
    }
    assert done.progress.resources == 2 * PEOPLE + 1


async def test_what_is_written_after_the_instant_is_not_seen(base: Base) -> None:
    await base.write(patient("changed", family="Old"), patient("deleted"), patient("both", family="Old"))
    await base.write(patient("gone"))
    await base.delete("gone")
    await base.write(patient("changed", family="New"), patient("new"), at=LATER)
    await base.write(patient("changed", family="Newest"), patient("both", family="New"), patient("gone"), at=LATER)
    await base.delete("deleted", at=LATER)
    await base.delete("both", at=LATER)
    assert await base.exported(ExportOrder()) == {
        "Patient": {"changed": "Old", "deleted": "Quispe Mamani", "both": "Old"}
    }


async def test_what_is_written_between_two_steps_is_not_seen(base: Base) -> None:
    await fill(base)
    begun, _ = await base.carry_on(job(ExportOrder(types=("Patient", "Observation"))), steps=1)
    await base.write(patient("p1", family="New"), patient(f"p{PEOPLE - 1}", family="New"), patient("late"), at=LATER)
    await base.carry_on(begun)
    found = base.read()["Patient"]
    assert found == {f"p{n}": f"F{n}" for n in range(PEOPLE)}


async def test_since_and_until_choose_by_the_state_at_the_instant(base: Base) -> None:
    before, after = NOW - timedelta(hours=1), NOW - timedelta(minutes=1)
    await base.write(patient("old"), patient("dies"), patient("grows", family="Old"), at=before)
    await base.write(patient("grows", family="New"), patient("new"), at=after)
    await base.delete("dies", at=after)
    assert await base.exported(ExportOrder(since=before)) == {
        "Patient": {"grows": "New", "new": "Quispe Mamani"},
        "deleted-Patient": {"Patient/dies": ""},
    }
    (base.folder / JOB / "deleted-Patient.ndjson").unlink()
    assert await base.exported(ExportOrder(until=after)) == {"Patient": {"old": "Quispe Mamani"}}


async def test_patients_who_are_named_come_with_all_that_is_theirs(base: Base) -> None:
    await fill(base)
    named = tuple(f"p{n}" for n in range(0, PEOPLE, 10))
    found = await base.exported(ExportOrder(patients=(*named, "nobody"), compartments=True))
    assert {*found["Patient"]} == {*named}
    assert {*found["Observation"]} == {each.replace("p", "o") for each in named}


async def test_types_narrow_what_is_theirs(base: Base) -> None:
    await fill(base)
    assert await base.exported(ExportOrder(patients=("p7",), types=("Observation",))) == {"Observation": {"o7": ""}}


async def test_only_what_is_somebodys_is_in_a_compartment(base: Base) -> None:
    await fill(base)
    assert "Organization" not in await base.exported(ExportOrder(compartments=True))


async def test_a_step_that_was_cut_off_is_taken_again(base: Base) -> None:
    await fill(base)
    begun, _ = await base.carry_on(job(ExportOrder()), steps=1)
    await base.exports.step(begun)
    for path in (base.folder / JOB).iterdir():
        path.write_bytes(path.read_bytes() + b'{"resourceType":"Pat')
    done, _ = await base.carry_on(begun)
    found = base.read()
    assert {each.name: each.size_bytes for each in done.progress.files} == {
        each.name: each.stat().st_size for each in (base.folder / JOB).iterdir()
    }
    assert len(found["Patient"]) == len(found["Observation"]) == PEOPLE


async def test_files_are_for_the_nodes_own_user_alone(base: Base) -> None:
    await base.write(patient("ana"))
    await base.exported(ExportOrder())
    modes = {stat.S_IMODE(each.stat().st_mode) for each in (base.folder / JOB).iterdir()}
    assert modes == {0o600}
    assert stat.S_IMODE((base.folder / JOB).stat().st_mode) == 0o700


async def test_a_file_that_lost_something_is_not_gone_on_with(base: Base) -> None:
    await fill(base)
    begun, _ = await base.carry_on(job(ExportOrder()), steps=1)
    (base.folder / JOB / "Patient.ndjson").write_bytes(b"")
    with pytest.raises(UnavailableError):
        await base.carry_on(begun)


async def test_a_link_in_the_place_of_a_file_is_not_followed(base: Base) -> None:
    await base.write(patient("ana"))
    (base.folder / JOB).mkdir()
    outside = base.folder / "outside"
    (base.folder / JOB / "Patient.ndjson").symlink_to(outside)
    with pytest.raises(UnavailableError):
        await base.carry_on(job(ExportOrder()))
    assert not outside.exists()


async def test_a_killed_export_ends_as_one_that_was_not(base: Base, node_url: str, seal_folder: Path) -> None:
    await fill(base)
    kept = base.folder / "progress.json"
    command = [sys.executable, "-m", "tests.contract.exporting_child", node_url, str(base.folder), str(kept)]
    command.append(str(seal_folder))
    killed = sum([await asyncio.to_thread(_run_until_a_step, command) for _ in range(3)])
    progress = kept_progress(kept)
    assert killed >= 1
    await base.carry_on(replace(job(ExportOrder(), as_of=datetime.now(UTC)), progress=progress))
    found = base.read()
    assert len(found["Patient"]) == len(found["Observation"]) == PEOPLE


def _run_until_a_step(command: list[str]) -> int:
    """Kill the child as soon as it says that it is in the middle of a step; 1 where it was."""
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        line = child.stdout.readline()
        child.kill()
        return int(bool(line))
