"""Commands for what is kept at rest, as an operator types them."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from corridor.apps.cli import app
from corridor.apps.node_seals import open_ring
from corridor.apps.settings import node_settings
from corridor.domain.errors import UnavailableError
from corridor.keys.files import KeyUse, create_key
from corridor.storage.database import Database
from corridor.storage.node.records import SqlRecords
from demo.ceremony import hold_ceremony
from demo.parties import Party, configuration, lay_out
from tests.contract.conftest import sql_stores
from tests.contract.samples import NOW, patient
from tests.databases import Databases

PASSWORD = "a-password-of-the-test"  # of an account that this test makes


@pytest.fixture(scope="module")
def lima(tmp_path_factory: pytest.TempPathFactory) -> Party:
    parties = lay_out(tmp_path_factory.mktemp("sealing"))
    hold_ceremony(list(parties.values()))
    return parties["PE"]


@dataclass
class Operator:
    """Somebody at a node with a database of an earlier release."""

    config: Path
    url: str

    def types(self, *words: str, said: str = "", **more: str) -> Any:
        command = ["node", *words, "--config", str(self.config)]
        return CliRunner().invoke(app, command, input=said, env={"CORRIDOR_PASSWORD": PASSWORD, **more})

    def erases(self, account: str, patient: str = "ana", said: str = "y\n") -> Any:
        words = ("--patient", patient, "--ground", "asked-by-the-person", "--account", account)
        return self.types("erase", *words, said=said)

    def reads(self, patient: str) -> bytes | None:
        return asyncio.run(self._reads(patient))

    async def _reads(self, patient: str) -> bytes | None:
        ring = open_ring(node_settings(self.config))
        database = Database(self.url, ring)
        records = SqlRecords(database)
        try:
            found = await records.read("Patient", patient)
            return found.body if found else None
        finally:
            await records.close()
            await database.close()
            ring.keys.close()


async def _fill(url: str) -> None:
    database = Database(url)
    stores = sql_stores(database)
    async with stores.units.begin() as unit:
        await unit.write([patient("ana"), patient("eva", family="Rojas")], at=NOW)
    await stores.records.close()
    await database.close()


@pytest.fixture
def operator(lima: Party, databases: Databases, tmp_path: Path) -> Iterator[Operator]:
    url = databases.migrated("sqlite", "node")
    config = lima.folder / f"{tmp_path.name}.toml"
    keys = {"database": url, "data_keys": str(tmp_path / "data-keys.db")}
    config.write_text(configuration(lima, keys), encoding="utf-8")
    runner = CliRunner()
    for role in ("programme", "operator", "data-protection"):
        words = ["account", "add", "--config", str(config), "--name", role, "--role", role, "--password", PASSWORD]
        assert runner.invoke(app, words).exit_code == 0
    asyncio.run(_fill(url))
    yield Operator(config, url)
    databases.drop(url)


def test_a_database_in_clear_is_refused_until_it_is_encrypted(operator: Operator) -> None:
    refused = operator.erases("operator")
    assert isinstance(refused.exception, UnavailableError)
    assert "node encrypt" in refused.exception.message
    done = operator.types("encrypt")
    assert (done.exit_code, "Everything about people is encrypted" in done.output) == (0, True)
    assert b"Rojas" in (operator.reads("eva") or b"")
    assert "0 rows" in operator.types("encrypt").output


@pytest.mark.parametrize("account", ["operator", "data-protection"])
def test_a_person_is_erased_by_who_may_after_a_yes(operator: Operator, account: str) -> None:
    operator.types("encrypt")
    assert operator.erases(account, said="n\n").exit_code == 1
    assert operator.reads("ana")
    assert "1 records are erased" in operator.erases(account).output
    assert operator.reads("ana") is None
    assert operator.reads("eva")


def test_nobody_else_erases(operator: Operator) -> None:
    operator.types("encrypt")
    assert operator.erases("programme").exit_code == 1
    assert operator.erases("operator", patient="zoe").exit_code == 1
    assert operator.reads("ana")


def test_stored_records_are_labelled_anew_once_they_are_encrypted(operator: Operator) -> None:
    assert isinstance(operator.types("relabel").exception, UnavailableError)
    operator.types("encrypt")
    assert "; 2 were labelled otherwise" in operator.types("relabel").output
    assert "; 0 were labelled otherwise" in operator.types("relabel").output


def test_data_keys_are_wrapped_by_another_master_key(operator: Operator, tmp_path: Path) -> None:
    operator.types("encrypt")
    before = operator.reads("ana")
    create_key(tmp_path / "next.key", KeyUse.MASTER)
    following = operator.config.with_name(f"{tmp_path.name}-next.toml")
    text = operator.config.read_text(encoding="utf-8")
    following.write_text(f'{text}[node.master_key]\nfile = "{tmp_path / "next.key"}"\n', encoding="utf-8")
    assert "All are." in operator.types("rewrap", "--to", str(following)).output
    assert operator.erases("operator").exit_code == 1  # with the old key nothing opens
    operator.config.write_text(following.read_text(encoding="utf-8"), encoding="utf-8")
    assert operator.reads("ana") == before
    assert "4 data keys" in operator.types("rewrap").output
