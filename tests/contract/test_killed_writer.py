"""A node that is killed at any moment has lost nothing that it acknowledged and has left nothing half done."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from pathlib import Path

from sqlalchemy import func, select

from corridor.storage.database import Database
from corridor.storage.node.tables import log_reference, projection, record
from corridor.storage.node.verify import verify_log
from tests.contract.samples import KEY, OPEN

ROUNDS = 4
ROOT = Path(__file__).parents[2]


def write_until_killed(url: str, prefix: str, seconds: float) -> list[str]:
    """What a child acknowledged before it was killed, that many seconds after its first word."""
    command = [sys.executable, "-m", "tests.contract.writing_child", url, KEY.private_bytes_raw().hex(), prefix]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT, text=True) as child:
        assert child.stdout is not None
        acknowledged = [child.stdout.readline()]
        time.sleep(seconds)
        child.kill()
        acknowledged += child.stdout.readlines()
    return [line.strip() for line in acknowledged if line.endswith("\n")]


async def counts(database: Database) -> dict[str, tuple[int, int, int]]:
    """For every person: resources, rows of the projection, audit entries."""
    async with database.read() as connection:
        found = []
        for table, person in ((record, record.c.patient_id), (projection, projection.c.patient_id)):
            rows = await connection.execute(select(person, func.count()).select_from(table).group_by(person))
            found.append({name: int(number) for name, number in rows})
        named = log_reference.c.parameters.contains(" patient ")
        rows = await connection.execute(
            select(log_reference.c.target_id, func.count()).where(named).group_by(log_reference.c.target_id)
        )
        found.append({name: int(number) for name, number in rows})
    return {name: (found[0].get(name, 0), found[1].get(name, 0), found[2].get(name, 0)) for name in set().union(*found)}


async def test_no_acknowledged_write_is_lost_and_none_is_half_done(node_url: str) -> None:
    dice = random.Random(20260302)  # noqa: S311  # moments of death need no secrecy
    acknowledged: list[str] = []
    for round_number in range(ROUNDS):
        said = write_until_killed(node_url, f"r{round_number}", dice.uniform(0, 0.4))
        assert said
        acknowledged += said
    database = Database(node_url)
    found = await counts(database)
    for name in acknowledged:
        assert found[name] == (5, 5, 6)
    unspoken = set(found) - set(acknowledged)
    assert len(unspoken) <= ROUNDS
    for name in unspoken:
        assert found[name] in {(5, 5, 5), (5, 5, 6)}
    report = await verify_log(database, OPEN)
    assert report.whole, report.fault
    assert report.size == sum(events for _, _, events in found.values())
    await database.close()
