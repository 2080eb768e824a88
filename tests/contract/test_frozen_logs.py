"""A log that an earlier release wrote keeps its proof, and its events are still found."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import AsyncIterator, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import orjson
import pytest
from sqlalchemy import delete, insert

from corridor.domain.audit.leaf import VERSION
from corridor.domain.errors import InvalidError
from corridor.keys.checkpoints import open_checkpoint
from corridor.storage.database import Database
from corridor.storage.node.log_readings import frozen, todays
from corridor.storage.node.log_rows import searchable
from corridor.storage.node.records import SqlRecords
from corridor.storage.node.verify import verify_log
from tests.contract.frozen_logs.freeze import TABLES
from tests.contract.samples import query
from tests.databases import KINDS, Databases

LOGS = {
    path.stem: orjson.loads(path.read_bytes())
    for path in sorted((Path(__file__).parent / "frozen_logs").glob("*.json"))
}
READINGS = Path(__file__).parents[2] / "src" / "corridor" / "storage" / "node" / "log_readings"


def read(value: Any) -> Any:
    return b64decode(value["base64"]) if isinstance(value, dict) else value


@pytest.fixture(params=KINDS)
def url(request: pytest.FixtureRequest, databases: Databases) -> Iterator[str]:
    made = databases.migrated(str(request.param), "node")
    yield made
    databases.drop(made)


@pytest.fixture
async def database(url: str) -> AsyncIterator[Database]:
    made = Database(url)
    yield made
    await made.close()


async def fill(database: Database, log: dict[str, Any]) -> None:
    async with database.write() as connection:
        for table in TABLES:
            await connection.execute(delete(table))
            rows = [{name: read(value) for name, value in row.items()} for row in log["tables"][table.name]]
            await connection.execute(insert(table), rows)


@pytest.mark.parametrize("version", LOGS)
async def test_a_log_of_an_earlier_release_is_proven_whole(database: Database, version: str) -> None:
    log = LOGS[version]
    await fill(database, log)
    report = await verify_log(
        database, partial(open_checkpoint, origin=log["origin"], public_key=read(log["public_key"]))
    )
    size = len(log["tables"]["log_entry"])
    assert (report.whole, report.fault, report.size, report.checkpoints) == (True, "", size, size)
    records = SqlRecords(database)
    found = await records.search(query("AuditEvent?patient=Patient/luz&_count=0"))
    assert found.total
    await records.close()


def test_every_version_has_a_reading_and_a_frozen_log() -> None:
    expected = [str(number) for number in range(1, VERSION + 1)]
    assert sorted(path.stem for path in READINGS.glob("*.json")) == expected
    assert [*LOGS] == expected


def test_todays_reading_is_the_one_of_the_leafs_version() -> None:
    """Where this fails, search reads events anew: raise the leaf's version, add its reading, and freeze a log first."""
    assert (READINGS / f"{VERSION}.json").read_bytes() == todays()


def test_a_reading_of_other_parameters_finds_other_codes(monkeypatch: pytest.MonkeyPatch) -> None:
    from corridor.storage.node import log_readings  # noqa: PLC0415  # the module is changed below

    body = orjson.dumps({"resourceType": "AuditEvent", "id": "a", "action": "R", "recorded": "2026-01-01T00:00:00Z"})
    before = searchable(body)
    less = tuple(each for each in frozen(VERSION) if each.name != "action")
    monkeypatch.setattr(log_readings, "frozen", lambda _version: less)
    log_readings.reading.cache_clear()
    try:
        assert searchable(body).shape != before.shape
    finally:
        monkeypatch.undo()
        log_readings.reading.cache_clear()
    assert searchable(body) == before


def test_a_version_of_a_later_release_is_not_guessed() -> None:
    with pytest.raises(InvalidError):
        frozen(VERSION + 1)
