"""A database that was written in clear is sealed, whatever stops it on the way, and finds what it found."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import replace
from sqlalchemy import select

from corridor.domain.audit.fact import AuditFact, AuditKind
from corridor.domain.errors import GoneError, InvalidError, UnavailableError, UnsupportedError
from corridor.domain.identity.demographics import Demographics
from corridor.domain.query import Query, Sort, StringCriterion, TokenCriterion
from corridor.domain.versions import VersionQuery
from corridor.storage.database import Database
from corridor.storage.node.erasures import SqlErasures
from corridor.storage.node.key_ring import KeyRing
from corridor.storage.node.log import NodeLog
from corridor.storage.node.seal_tables import sealing
from corridor.storage.node.sealing import BATCH, SealDesk, check_sealed, seal_everything, waiting
from corridor.storage.node.verify import verify_log
from tests.contract.conftest import sql_stores
from tests.contract.samples import DNI, HOME, NOW, OPEN, VOICE, drafted, fact, patient, viral_load
from tests.contract.stolen import bytes_of, copied
from tests.sealing import ring_in

PEOPLE = 400
ROOT = Path(__file__).parents[2]
NAMES = [b"Quispe", b"quispe", b"Mamani", b"mamani", b"DOLUTEGRAVIR", b"dolutegravir", b"4710000"]
RECORDS_OF_P1 = [("Patient", "p1"), ("Observation", "vp1"), ("MedicationRequest", "mp1")]
QUERIES = [
    Query("Patient", (StringCriterion("family", ("quis",)),)),
    Query("Patient", (StringCriterion("family", ("spe mam",), "contains"),), (Sort("given", descending=True),)),
    Query("Patient", (TokenCriterion("identifier", ((DNI, "4710000007"),)),)),
    Query("MedicationRequest", (StringCriterion("code:text", ("tegravir",), "contains"),)),
]


async def fill(database: Database) -> None:
    """People with documents, results, prescriptions, and a past version each."""
    stores = sql_stores(database)
    for start in range(0, PEOPLE, 20):
        names = [f"p{number}" for number in range(start, start + 20)]
        people = [patient(each, identifier=[{"system": DNI, "value": f"4710{each[1:]:0>6}"}]) for each in names]
        again = [patient(each, family="Mamani Rojas") for each in names[:3]]
        drugs = [prescription(f"m{each}", each) for each in names[:3]]
        results = [viral_load(f"v{each}", of=each, on="2024-02-01") for each in names]
        async with stores.units.begin() as unit:
            await unit.write([*again, *people, *drugs, *results], at=NOW)
    await stores.records.close()


def prescription(id: str, of: str) -> object:
    resource = {
        "resourceType": "MedicationRequest",
        "status": "active",
        "intent": "order",
        "medicationCodeableConcept": {"text": "Dolutegravir 50 mg"},
        "subject": {"reference": f"Patient/{of}"},
        "note": [{"text": "DOLUTEGRAVIR since her sister Mamani moved"}],
    }
    return drafted(resource, id)


async def found(database: Database) -> list[Sequence[str]]:
    """What everything finds: searches, a read, a comparison and a history."""
    stores = sql_stores(database)
    answers: list[Sequence[str]] = []
    for query in QUERIES:
        page = await stores.records.search(query)
        answers.append([str(page.total), *(str(each) for each in page.records)])
    answers.append([str(await stores.people.similar(Demographics(("María",), ("Quispe",)), limit=5))])
    answers.append([str(await stores.records.read_version("Patient", "p1", version)) for version in (1, 2)])
    async with stores.units.begin() as unit:
        answers.append([str(each) for each in await unit.projection("p2")])
    await stores.records.close()
    return answers


async def test_a_database_in_clear_is_sealed_through_two_kills_and_finds_the_same(
    node_url: str, tmp_path: Path
) -> None:
    clear = Database(node_url)
    await fill(clear)
    before = await found(clear)
    assert b"quispe" in await bytes_of(clear)
    await clear.close()
    ring = ring_in(tmp_path)
    database = Database(node_url, ring)
    with pytest.raises(UnavailableError, match="node encrypt"):
        await check_sealed(database, ring)
    for lines in (1, 2):
        await asyncio.to_thread(_killed_after, lines, node_url, tmp_path)
        with pytest.raises(UnavailableError, match="node encrypt"):
            await check_sealed(database, ring)
    seen: list[int] = []
    done = await seal_everything(SealDesk(database, ring, HOME, ZoneInfo("UTC")), seen.append)
    assert sum(seen) == done < await waiting(database)
    await check_sealed(database, ring)
    assert await found(database) == before
    content = await bytes_of(database)
    assert [name for name in NAMES if name in content] == []
    assert await seal_everything(SealDesk(database, ring, HOME, ZoneInfo("UTC")), seen.append) == 0
    await database.close()


def _killed_after(lines: int, url: str, folder: Path) -> None:
    command = [sys.executable, "-m", "tests.contract.sealing_child", url, str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT, text=True) as child:
        assert child.stdout is not None
        for _ in range(lines):
            assert child.stdout.readline().strip() == str(BATCH)
        child.kill()


async def test_an_empty_database_is_sealed_from_the_beginning(database: Database, seals: KeyRing) -> None:
    await check_sealed(database, seals)
    async with database.read() as connection:
        assert (await connection.execute(select(sealing.c.stage))).scalars().all() == ["whole"]


async def test_the_keys_of_another_database_are_refused(database: Database, seals: KeyRing, tmp_path: Path) -> None:
    await check_sealed(database, seals)
    with pytest.raises(InvalidError):
        await check_sealed(database, ring_in(tmp_path))


async def test_a_stolen_database_names_nobody(database: Database, seals: KeyRing) -> None:
    await check_sealed(database, seals)
    await fill(database)
    assert len(await found(database)) == len(QUERIES) + 3
    content = await bytes_of(database)
    assert [name for name in [*NAMES, b'Patient":', b"2024-02-01"] if name in content] == []


async def test_results_are_not_sorted_by_blind_codes(database: Database) -> None:
    stores = sql_stores(database)
    with pytest.raises(UnsupportedError):
        await stores.records.search(Query("Patient", sort=(Sort("identifier"),)))
    await stores.records.close()


async def test_who_is_erased_is_gone_from_the_base_and_from_copies_made_before(
    database: Database, seals: KeyRing, seal_folder: Path, tmp_path: Path
) -> None:
    await fill(database)
    copy = await copied(database, tmp_path)
    kept = seals.keys.of_name(seals.name_of("p1"))
    assert kept is not None
    erasures = SqlErasures(NodeLog(database, VOICE), seals)
    assert await erasures.erase("p1", fact=erasure_of("p1")) == 3
    assert kept.wrapped not in await asyncio.to_thread((seal_folder / "data-keys.db").read_bytes)
    await _tells_nothing(copy, seals)
    stores = sql_stores(database)
    for kind, name in RECORDS_OF_P1:
        emptied = await stores.records.read(kind, name)
        assert (emptied.body, emptied.version > 1) == (None, True)
    assert (await stores.records.search(QUERIES[2])).total == 1
    assert (await stores.records.search(replace(QUERIES[2], criteria=(paper_of("p1"),)))).total == 0
    past = await stores.histories.page(VersionQuery("Patient", "p1", count=9))
    assert [each.body for each in past.records] == [None]
    assert [(each.kind, each.key) for each in await stores.outbox.due("shred", at=NOW, limit=9)] == []
    assert "p1" in {each.key for each in await stores.outbox.due("register", at=NOW, limit=999)}
    report = await verify_log(database, OPEN)
    assert report.whole
    async with stores.units.begin() as unit:
        await unit.write([patient("p1")], at=NOW)
    assert (await stores.records.read("Patient", "p1")).body
    await stores.records.close()


async def test_a_key_is_destroyed_after_a_stop_between_the_promise_and_the_deed(
    database: Database, seals: KeyRing, monkeypatch: pytest.MonkeyPatch
) -> None:
    await fill(database)
    kept = seals.keys.of_name(seals.name_of("p4"))
    assert kept is not None
    erasures = SqlErasures(NodeLog(database, VOICE), seals)
    with monkeypatch.context() as stopped:
        stopped.setattr(seals.keys, "destroy", _stopped)
        with pytest.raises(UnavailableError):
            await erasures.erase("p4", fact=erasure_of("p4"))
    assert seals.keys.of_number(kept.number)
    assert await SqlErasures(NodeLog(database, VOICE), seals).finish() == 1
    assert seals.keys.of_number(kept.number) is None
    assert await erasures.finish() == 0


async def test_a_node_that_runs_notices_that_another_process_erased(tmp_path: Path) -> None:
    running, other = ring_in(tmp_path), ring_in(tmp_path)
    await running.prepare(["ana"])
    before = running.seal(b"x", "ana")
    number = other.keys.unname(other.name_of("ana"))
    assert number is not None
    other.keys.destroy(number)
    await running.prepare(["ana"])
    after = running.seal(b"x", "ana")
    assert after[:8] != before[:8]
    assert other.open(after) == b"x"


def _stopped(_number: int) -> None:
    raise UnavailableError("The machine was stopped here.")


def erasure_of(patient_id: str) -> AuditFact:
    return fact(AuditKind.DELETE, of=(patient_id,), resource=f"Patient/{patient_id}")


def paper_of(patient_id: str) -> TokenCriterion:
    return TokenCriterion("identifier", ((DNI, f"4710{patient_id[1:]:0>6}"),))


async def _tells_nothing(copy: str, seals: KeyRing) -> None:
    """A copy opens nothing of who was erased, and everything of everybody else."""
    old = Database(copy, seals)
    stores = sql_stores(old)
    for kind, name in RECORDS_OF_P1:
        with pytest.raises(GoneError):
            await stores.records.read(kind, name)
    with pytest.raises(GoneError):
        await stores.records.read_version("Patient", "p1", 1)
    async with stores.units.begin() as unit:
        with pytest.raises(GoneError):
            await unit.projection("p1")
    assert (await stores.records.read("Patient", "p2")).body
    await stores.records.close()
    await old.close()
