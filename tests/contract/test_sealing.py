"""A database that was written in clear is sealed, whatever stops it on the way, and finds what it found."""

from __future__ import annotations

import asyncio
import sqlite3
import subprocess
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from zoneinfo import ZoneInfo

import asyncpg
import pytest
from sqlalchemy import make_url, select

from corridor.domain.errors import GoneError, InvalidError, UnavailableError, UnsupportedError
from corridor.domain.identity.demographics import Demographics
from corridor.domain.query import Query, Sort, StringCriterion, TokenCriterion
from corridor.storage.database import Database
from corridor.storage.node.key_ring import KeyRing
from corridor.storage.node.seal_tables import sealing
from corridor.storage.node.sealing import BATCH, SealDesk, check_sealed, seal_everything, waiting
from tests.contract.conftest import sql_stores
from tests.contract.samples import DNI, HOME, NOW, drafted, patient, viral_load
from tests.sealing import ring_in

PEOPLE = 400
ROOT = Path(__file__).parents[2]
NAMES = [b"Quispe", b"quispe", b"Mamani", b"mamani", b"DOLUTEGRAVIR", b"dolutegravir", b"4710"]
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


async def bytes_of(database: Database) -> bytes:
    """The database as its files hold it."""
    if database.is_sqlite:
        path = Path(database.path)
        return await asyncio.to_thread(
            lambda: b"".join(each.read_bytes() for each in path.parent.glob(path.name + "*"))
        )
    connection = await asyncpg.connect(database.dsn)
    try:
        await connection.execute("CHECKPOINT")
        files = await connection.fetch(
            "SELECT current_setting('data_directory') || '/' || pg_relation_filepath(oid) FROM pg_class"
            " WHERE relkind IN ('r', 'i', 't') AND relnamespace IN ('public'::regnamespace, 'pg_toast'::regnamespace)"
        )
        return await asyncio.to_thread(_joined, [Path(row[0]) for row in files if row[0]])
    finally:
        await connection.close()


def _joined(paths: Iterable[Path]) -> bytes:
    return b"".join(each.read_bytes() for each in paths)


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


async def test_a_copy_from_before_tells_nothing_of_who_was_erased(
    database: Database, seals: KeyRing, tmp_path: Path
) -> None:
    await fill(database)
    copy = await _copied(database, tmp_path)
    number = seals.keys.unname(seals.name_of("p1"))
    assert number is not None
    seals.keys.destroy(number)
    seals.forget(number)
    old = Database(copy, seals)
    stores = sql_stores(old)
    for kind, name in (("Patient", "p1"), ("Observation", "vp1"), ("MedicationRequest", "mp1")):
        with pytest.raises(GoneError):
            await stores.records.read(kind, name)
    with pytest.raises(GoneError):
        await stores.records.read_version("Patient", "p1", 1)
    assert (await stores.records.read("Patient", "p2")).body
    await stores.records.close()
    await old.close()


async def _copied(database: Database, folder: Path) -> str:
    """A backup as operators make it."""
    if database.is_sqlite:
        copy = folder / "copy.db"
        with sqlite3.connect(database.path) as source, sqlite3.connect(copy) as target:
            source.backup(target)
        return f"sqlite:///{copy}"
    name = make_url(database.dsn).database
    other = f"{name}_copy"
    server = make_url(database.dsn).set(database="postgres").render_as_string(hide_password=False)
    connection = await asyncpg.connect(server)
    query = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1"
    await connection.execute("SELECT 1")
    await connection.fetch(query, name)
    await connection.execute(f'CREATE DATABASE "{other}" TEMPLATE "{name}"')
    await connection.close()
    return make_url(database.dsn).set(database=other).render_as_string(hide_password=False)
