"""After all journeys: every country's log is whole, and no row of it can be altered unseen."""

import random
from typing import Any

import pytest
from sqlalchemy import Table, and_, update
from typer.testing import CliRunner

from corridor.apps.cli import app
from corridor.storage.node import bodies
from corridor.storage.node.tables import log_checkpoint, log_entry, log_head, log_node, log_reference, log_shape
from demo.parties import NODES, Party
from demo.story import the_woman
from tests.journeys.coordinator import page, whole_logs
from tests.journeys.tables import change, rows
from tests.journeys.world import World

NAMED = {
    log_entry: "log_entry {idx}",
    log_reference: "log_reference {idx}",
    log_node: "log_node {level} {idx}",
    log_checkpoint: "log_checkpoint {size}",
    log_shape: "log_shape {shape}",
    log_head: "log_head {id}",
}
ALTERED = {
    log_entry: "body",
    log_reference: "parameters",
    log_node: "hash",
    log_checkpoint: "note",
    log_shape: "tokens",
    log_head: "root",
}


def verify(party: Party) -> tuple[int, str]:
    """What the command says of a country's log: its exit code and words."""
    result = CliRunner().invoke(app, ["audit", "verify", "--config", str(party.config)])
    return result.exit_code, result.output


@pytest.mark.parametrize("country", NODES)
def test_every_log_is_whole(land: World, country: str) -> None:
    code, said = verify(land.doors[country])
    assert code == 0, said
    assert "the log is whole" in said


@pytest.mark.parametrize("table", NAMED, ids=lambda table: table.name)
def test_a_row_that_is_altered_is_named(land: World, table: Table) -> None:
    party = land.doors["CL"]
    with land.away("CL"):
        found = rows(party, table)
        for row in random.Random(table.name).sample(found, k=min(3, len(found))):  # noqa: S311  # no secrecy is needed
            name = ALTERED[table]
            other = _said_otherwise(row[name]) if table is log_entry else bent(row[name])
            change(party, update(table).where(same(table, row)).values({name: other}))
            code, said = verify(party)
            change(party, update(table).where(same(table, row)).values({name: row[name]}))
            assert code == 1
            assert NAMED[table].format(**row) + "\n" in said
        assert verify(party)[0] == 0


def same(table: Table, row: dict[str, Any]) -> Any:
    """The row by its key."""
    return and_(*(column == row[column.name] for column in table.primary_key.columns))


def _said_otherwise(body: bytes) -> bytes:
    """Another body of an entry: a bit of the packed one may be of no use to whoever unpacks it, and alter nothing."""
    return bodies.pack(bent(bodies.unpack(body)))


def bent(value: Any) -> Any:
    """Another value of the same kind."""
    if isinstance(value, bytes):
        middle = len(value) // 2
        return value[:middle] + bytes([value[middle] ^ 1]) + value[middle + 1 :]
    return value.replace("a", "b", 1) if "a" in value else value + "x"


def test_the_hub_has_seen_every_log_only_grow(land: World) -> None:
    land.pull(the_woman())
    land.settle()
    seen = whole_logs(land)
    assert set(seen) == set(NODES)
    for country, (whole, size) in seen.items():
        assert whole
        assert 0 < size <= len(rows(land.doors[country], log_entry))


def test_the_coordinator_reads_the_state_of_every_log(land: World) -> None:
    shown = page(land)
    assert shown.count("íntegro") == len(NODES)
