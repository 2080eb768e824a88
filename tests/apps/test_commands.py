"""The command `corridor`: what an operator types, and the one plain sentence where it cannot be done."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Table, update

from corridor.apps.cli import main
from corridor.apps.node_rooms import open_rooms
from corridor.apps.settings import node_settings
from corridor.domain.audit.fact import AuditFact, AuditKind, AuditOutcome
from corridor.domain.presence import Card
from corridor.domain.principal import Principal, Role
from corridor.domain.trace import new_trace
from corridor.remote.manifest import read_federation
from corridor.storage.database import Database
from corridor.storage.hub import tables as hub_tables
from corridor.storage.node import tables as node_tables
from corridor.storage.node.tables import log_entry
from corridor.storage.sessions import SqlSessions
from demo.ceremony import hold_ceremony, sign_manifest
from demo.parties import HUB, Party, lay_out
from tests.databases import Databases

PASSWORD = "cuatro volcanes nevados"
Said = tuple[int, str, str]


class Operator:
    """Types commands and reads what they say."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self._monkeypatch = monkeypatch
        self._capsys = capsys

    def types(self, *words: str | Path) -> Said:
        """Exit code, standard output and standard error of one command."""
        self._capsys.readouterr()
        self._monkeypatch.setattr(sys, "argv", ["corridor", *map(str, words)])
        with pytest.raises(SystemExit) as ended:
            main()
        out, err = self._capsys.readouterr()
        return int(ended.value.code or 0), out, err

    def is_refused(self, *words: str | Path) -> str:
        """The one plain sentence of a command that cannot be done."""
        code, out, err = self.types(*words)
        assert (code, out) == (1, ""), err
        assert err.startswith("corridor: ")
        assert err.count("\n") == 1
        assert "Traceback" not in err
        return err


@pytest.fixture
def operator(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Operator:
    """Somebody at a terminal."""
    return Operator(monkeypatch, capsys)


@pytest.fixture
def parties(tmp_path: Path) -> dict[str, Party]:
    """A hub and five countries on the evening before the ceremony."""
    return lay_out(tmp_path)


def test_the_ceremony_ends_in_one_directory(parties: dict[str, Party]) -> None:
    hold_ceremony(list(parties.values()))
    directory = read_federation(parties[HUB].folder.parent / "federation.json")
    assert [each.country for each in directory.members] == ["CL", "CO", "EC", "PE", "VE"]
    assert ([each.name for each in directory.signers], directory.quorum) == (
        ["CL", "CO", "EC", "PE", "VE", "defensoria", "onusida"],
        4,
    )
    publics = {(party.keys / "public-1-0.json").read_bytes() for party in parties.values() if party.key != HUB}
    assert publics == {(parties[HUB].folder.parent / "ceremony" / "public.json").read_bytes()}
    for party in parties.values():
        for path in party.keys.iterdir():
            assert path.stat().st_mode & 0o077 == 0


def test_keys_are_made_once(operator: Operator, tmp_path: Path) -> None:
    code, out, _ = operator.types("keys", "generate", "--folder", tmp_path / "k")
    assert (code, "Keep a sealed copy" in out) == (0, True)
    assert operator.is_refused("keys", "generate", "--folder", tmp_path / "k")
    (tmp_path / "file").write_text("")
    assert "cannot be made" in operator.is_refused("keys", "generate", "--folder", tmp_path / "file" / "k")


def test_a_card_needs_keys_and_a_place(operator: Operator, parties: dict[str, Party], tmp_path: Path) -> None:
    peru = parties["PE"]
    operator.is_refused("keys", "card", "--config", peru.config, "--out", tmp_path / "card.json")
    operator.types("keys", "generate", "--folder", peru.keys)
    assert "cannot be written" in operator.is_refused(
        "keys", "card", "--config", peru.config, "--out", tmp_path / "no" / "c"
    )
    code, out, _ = operator.types("keys", "card", "--config", peru.config, "--out", tmp_path / "card.json")
    assert (code, "Nodo Perú" in out) == (0, True)
    card = json.loads((tmp_path / "card.json").read_bytes())
    keys = {"signing_key", "sealing_key", "log_key", "manifest_key"}
    assert set(card) == {"country", "name", "base_url", "facts", "mutual"} | keys


def test_the_ceremony_says_what_is_missing_or_wrong(
    operator: Operator, parties: dict[str, Party], tmp_path: Path
) -> None:
    hold_ceremony(list(parties.values()))
    nodes = [party for party in parties.values() if party.key != HUB]
    cards = [word for party in nodes for word in ("--card", party.folder / "card.json")]
    peru, out = ("--config", parties["PE"].config), ("--out", tmp_path / "out")
    table, bad = parties[HUB].folder.parent / "ceremony", tmp_path / "bad.json"
    for content in (b"", b"[]", b'{"country":"PE"}', (nodes[0].folder / "card.json").read_bytes().replace(b"a", b"z")):
        bad.write_bytes(content)
        operator.is_refused("keys", "plan", "--table", tmp_path / "t", *cards, "--card", bad)
    operator.is_refused("keys", "plan", "--table", tmp_path / "t", *cards, "--card", tmp_path / "nowhere")
    operator.is_refused("keys", "plan", "--table", tmp_path / "t", *cards, *cards[:2])
    operator.is_refused("keys", "plan", "--table", tmp_path / "t", *cards, "--threshold", "9")
    assert "already" in operator.is_refused("keys", "plan", "--table", table, *cards)
    assert "no plan" in operator.is_refused("keys", "ceremony", *peru, "--table", tmp_path / "t", "--yes")
    operator.types("keys", "plan", "--table", tmp_path / "t", *cards[:-4])
    assert "no place" in operator.is_refused("keys", "ceremony", *peru, "--table", tmp_path / "t", "--yes")
    public, hub = ("--public", table / "public.json"), ("--hub-url", "https://hub.example", "--hub-keys")
    operator.is_refused("federation", "write", *cards[2:], *public, *hub, parties[HUB].keys, *out)
    operator.is_refused("federation", "write", *cards, *public, *hub, tmp_path, *out)
    operator.is_refused("federation", "write", *cards, "--public", bad, *hub, parties[HUB].keys, *out)
    operator.is_refused("federation", "write", *cards, "--public", tmp_path / "nowhere", *hub, parties[HUB].keys, *out)
    assert not (tmp_path / "out").exists()


def test_the_ceremony_says_who_is_missing_and_goes_on(operator: Operator, parties: dict[str, Party]) -> None:
    nodes = [party for party in parties.values() if party.key != HUB]
    for party in nodes:
        operator.types("keys", "generate", "--folder", party.keys)
        operator.types("keys", "card", "--config", party.config, "--out", party.folder / "card.json")
    table = ("--table", parties[HUB].folder.parent / "ceremony")
    cards = [word for party in nodes for word in ("--card", party.folder / "card.json")]
    code, out, _ = operator.types("keys", "plan", *table, *cards)
    assert (code, "Any 3 of 5 holders: CL (1), CO (2), EC (3), PE (4), VE (5)" in out) == (0, True)
    code, out, _ = operator.types("keys", "ceremony", "--config", parties["PE"].config, *table, "--yes")
    assert (code, "Waiting for CL, CO, EC, VE" in out) == (0, True)
    for _round in range(3):
        for party in nodes:
            code, out, _ = operator.types("keys", "ceremony", "--config", party.config, *table, "--yes")
            assert code == 0
    assert "The ceremony is over; CL holds share 1. Transcript: " in out


def test_shares_are_made_anew_and_a_key_is_changed_by_new_directories(
    operator: Operator, parties: dict[str, Party]
) -> None:
    hold_ceremony(list(parties.values()))
    nodes, at = [party for party in parties.values() if party.key != HUB], parties[HUB].folder.parent
    cards = [word for party in nodes for word in ("--card", party.folder / "card.json")]
    operator.types("keys", "plan", "--table", at / "anew", "--renew", at / "federation.json", "--remove", "CL")
    operator.types("keys", "plan", "--table", at / "next", *cards, "--epoch", "2")
    for table in ("anew", "next"):
        for _round in range(3):
            for party in nodes:
                if (table, party.key) != ("anew", "CL"):
                    words = ("--config", party.config, "--table", at / table, "--yes")
                    assert operator.types("keys", "ceremony", *words)[0] == 0
    now, out = ("--directory", at / "federation.json"), ("--out", at / "federation.json")
    parts = ("--public", at / "anew" / "public.json", "--next", at / "next" / "public.json")
    code, told, _ = operator.types("federation", "update", *now, *parts, *out)
    assert (code, "version 2, key 1.1 and 2.0" in told) == (0, True)
    sign_manifest(list(parties.values()), at / "federation.json")
    code, told, _ = operator.types("federation", "update", *now, "--public", at / "next" / "public.json", *out)
    assert (code, "version 3, key 2.0." in told) == (0, True)
    sign_manifest(list(parties.values()), at / "federation.json")
    third = ("--public", at / "ceremony" / "public.json", "--next", at / "ceremony" / "public.json")
    assert "next number" in operator.is_refused("federation", "update", *now, *third, *out)


def test_a_quota_is_asked_for_signed_and_shown(operator: Operator, parties: dict[str, Party]) -> None:
    hold_ceremony(list(parties.values()))
    peru, file = ("--config", parties["PE"].config), parties["PE"].folder / "quota.json"
    wanted = ("--elements", "2000000", "--out", file, "--reason", "the first index")
    code, told, _ = operator.types("identity", "quota", "request", *peru, *wanted, "--hours", "6")
    assert (code, "0 of 3, not in force" in told) == (0, True)
    assert "already" in operator.is_refused("identity", "quota", "request", *peru, *wanted)
    assert "24 hours" in operator.is_refused(
        "identity",
        "quota",
        "request",
        *peru,
        "--elements",
        "1",
        "--out",
        file.with_name("q"),
        "--reason",
        "",
        "--hours",
        "25",
    )
    assert "another holder" in operator.is_refused("identity", "quota", "sign", *peru, "--quota", file, "--yes")
    for key in ("VE", "CO", "EC"):
        words = ("--config", parties[key].config, "--quota", file, "--yes")
        code, told, _ = operator.types("identity", "quota", "sign", *words)
    assert (code, "Signed by CO, EC, VE: 3 of 3, in force" in told) == (0, True)
    file.write_bytes(file.read_bytes().replace(b"A", b"B", 1))
    operator.is_refused("identity", "quota", "show", *peru, "--quota", file)
    waiting = [json.loads(path.read_bytes())["act"] for path in sorted(parties["PE"].keys.glob("act-*.json"))]
    assert waiting == ["key-ceremony", "quota-requested"]


def test_a_database_is_migrated_twice_without_harm(operator: Operator, parties: dict[str, Party]) -> None:
    for key in (HUB, "PE"):
        for _ in range(2):
            code, out, _err = operator.types("migrate", "--config", parties[key].config)
            assert (code, "at this version" in out) == (0, True)
    assert "cannot be read" in operator.is_refused("migrate", "--config", parties["PE"].folder / "nowhere.toml")


def test_accounts_are_made_where_they_belong(
    operator: Operator, parties: dict[str, Party], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CORRIDOR_PASSWORD", PASSWORD)
    peru, hub = (("--config", parties[key].config) for key in ("PE", HUB))
    assert "corridor migrate" in operator.is_refused("account", "add", *peru, "--name", "rosa", "--role", "clinician")
    for config in (peru, hub):
        operator.types("migrate", *config)
    assert operator.types("account", "add", *peru, "--name", "rosa", "--role", "clinician")[0] == 0
    assert operator.types("account", "add", *hub, "--name", "ana", "--role", "coordinator")[0] == 0
    assert "exists" in operator.is_refused("account", "add", *peru, "--name", "rosa", "--role", "auditor")
    assert "hub" in operator.is_refused("account", "add", *peru, "--name", "ana", "--role", "coordinator")
    assert "hub" in operator.is_refused("account", "add", *hub, "--name", "rosa", "--role", "clinician")
    operator.is_refused("account", "add", *peru, "--name", " ", "--role", "clinician")
    operator.is_refused("account", "add", *peru, "--name", "eva", "--role", "clinician", "--password", "corta")
    code, _, err = operator.types("account", "add", *peru, "--name", "eva", "--role", "reina")
    assert (code, "reina" in err) == (2, True)


def test_the_operator_ends_sign_ins_and_takes_accounts_away(
    operator: Operator, parties: dict[str, Party], databases: Databases, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CORRIDOR_PASSWORD", PASSWORD)
    hold_ceremony(list(parties.values()))
    for key, role, table in (("PE", "clinician", node_tables.session), (HUB, "coordinator", hub_tables.session)):
        party, url = parties[key], databases.empty(kind)
        own = f"sqlite:///{party.kind}.sqlite"
        party.config.write_text(party.config.read_text("utf-8").replace(own, url), "utf-8")
        config = ("--config", party.config)
        operator.types("migrate", *config)
        operator.types("account", "add", *config, "--name", "rosa", "--role", role)
        asyncio.run(_sign_in_twice(url, table))
        code, told, _ = operator.types("account", "sign-out", *config, "--name", "rosa")
        assert (code, "2 sign-ins ended" in told) == (0, True)
        assert "0 sign-ins" in operator.types("account", "sign-out", *config, "--name", "rosa")[1]
        operator.is_refused("account", "sign-out", *config)
        operator.is_refused("account", "sign-out", *config, "--subject", "nobody")
        asyncio.run(_sign_in_twice(url, table))
        assert "2 sign-ins ended" in operator.types("account", "remove", *config, "--name", "rosa")[1]
        assert "no account" in operator.is_refused("account", "remove", *config, "--name", "rosa")


def test_the_operator_sees_which_cards_answer_and_ends_one(
    operator: Operator, parties: dict[str, Party], databases: Databases, kind: str
) -> None:
    hold_ceremony(list(parties.values()))
    peru, url = parties["PE"], databases.empty(kind)
    peru.config.write_text(peru.config.read_text("utf-8").replace("sqlite:///node.sqlite", url), "utf-8")
    config, at = ("--config", peru.config), datetime(2026, 11, 1, 8, 30, tzinfo=UTC)
    operator.types("migrate", *config)
    assert operator.types("card", "list", *config)[:2] == (0, "No card answers.\n")
    asyncio.run(_given(peru, Card("ABCD2345", "p-secret", ("x", "", "z"), at)))
    assert operator.types("card", "list", *config)[1] == "ABCD2345 2026-11-01 08:30 2 lines left\n"
    (told,) = operator.types("card", "list", *config, "--json")[1].splitlines()
    assert json.loads(told) == {"number": "ABCD2345", "at": "2026-11-01T08:30:00+00:00", "left": 2}
    assert "No card of this number" in operator.is_refused("card", "end", *config, "ABCD2346")
    code, said, _ = operator.types("card", "end", *config, "abcd-2345")
    assert (code, "answers nothing" in said, "p-secret" in said) == (0, True, False)
    operator.is_refused("card", "end", *config, "ABCD2345")
    assert operator.types("card", "list", *config, "--json")[:2] == (0, "")


async def _given(party: Party, card: Card) -> None:
    rooms = await open_rooms(node_settings(party.config))
    async with rooms.storage.units.begin() as unit:
        await unit.presences.keep_card(card)
    await rooms.close()


async def _sign_in_twice(url: str, table: Table) -> None:
    database, now = Database(url), datetime.now(UTC)
    sessions = SqlSessions(database, table)
    for _ in range(2):
        await sessions.open(Principal("rosa", Role.CLINICIAN, "0" * 32), at=now, until=now + timedelta(hours=8))
    await database.close()


def test_a_node_does_not_start_without_tables_keys_or_directory(operator: Operator, parties: dict[str, Party]) -> None:
    for key, words in ((HUB, ("hub", "serve")), ("PE", ("node", "serve"))):
        config = ("--config", parties[key].config)
        assert "corridor migrate" in operator.is_refused(*words, *config)
        operator.types("migrate", *config)
        operator.is_refused(*words, *config)
        operator.types("keys", "generate", "--folder", parties[key].keys, *(("--hub",) if key == HUB else ()))
        operator.is_refused(*words, *config)


def test_a_log_is_proven_whole_until_a_row_is_altered(
    operator: Operator, parties: dict[str, Party], databases: Databases, kind: str
) -> None:
    hold_ceremony(list(parties.values()))
    peru = parties["PE"]
    url = databases.empty(kind)
    peru.config.write_text(peru.config.read_text("utf-8").replace("sqlite:///node.sqlite", url), "utf-8")
    config = ("--config", peru.config)
    assert "corridor migrate" in operator.is_refused("audit", "verify", *config)
    operator.types("migrate", *config)
    assert operator.types("audit", "verify", *config)[0] == 0
    asyncio.run(_write_log(peru.config, entries=7))
    code, out, _ = operator.types("audit", "verify", *config)
    assert (code, "the log is whole. 7 entries" in out) == (0, True)
    asyncio.run(_alter(url))
    code, out, err = operator.types("audit", "verify", *config)
    assert (code, out, "NOT whole" in err) == (1, "", True)
    databases.drop(url)


async def _write_log(config: Path, *, entries: int) -> None:
    rooms = await open_rooms(node_settings(config))
    for number in range(entries):
        fact = AuditFact(
            kind=AuditKind.READ,
            outcome=AuditOutcome.SUCCESS,
            at=datetime.now(UTC),
            trace=new_trace(),
            request_id=f"r-{number}",
            agent="0" * 32,
            role="clinician",
            patient_ids=("p-1",),
            resource="Patient/p-1",
        )
        await rooms.storage.audit.append(fact)
    await rooms.close()


async def _alter(url: str) -> None:
    database = Database(url)
    async with database.write() as connection:
        await connection.execute(
            update(log_entry).where(log_entry.c.idx == 3).values(recorded=log_entry.c.recorded + 1)
        )
    await database.close()


@pytest.mark.parametrize("url", ["http://127.0.0.1:9", "ftp://x", "no address", "http://[", ""])
def test_a_pull_from_nowhere_is_one_sentence(operator: Operator, url: str) -> None:
    words = ("--patient", "p-1", "--account", "rosa", "--password", PASSWORD)
    assert "does not answer" in operator.is_refused("pull", "--node", url, *words)


def test_the_installed_command_says_the_same(tmp_path: Path) -> None:
    command = Path(sys.executable).parent / "corridor"
    ended = subprocess.run(
        [command, "node", "serve", "--config", tmp_path / "nowhere.toml"],
        capture_output=True, text=True, check=False, timeout=60, env=os.environ | {"PYTHONWARNINGS": "ignore"},
    )  # fmt: skip
    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr == f"corridor: The configuration file {tmp_path}/nowhere.toml cannot be read.\n"


@pytest.mark.parametrize(
    "password", ["contraseña123", "P@ssw0rd", "rosa2026", "rosarosa", "aaaaaaaaaa", "La quinua florece en abril"]
)
def test_a_password_that_many_know_is_refused(operator: Operator, parties: dict[str, Party], password: str) -> None:
    config = parties["PE"].config
    earnest = config.with_name("earnest.toml")
    earnest.write_text(config.read_text("utf-8").replace("development = true", "development = false"), "utf-8")
    who = ("--config", earnest, "--name", "rosa", "--role", "clinician", "--password", password)
    assert "take another" in operator.is_refused("account", "add", *who)


def test_a_country_is_made_ready_from_one_file_and_says_what_is_missing(
    operator: Operator, parties: dict[str, Party], tmp_path: Path
) -> None:
    chile, out = parties["CL"], tmp_path / "card.json"
    enrol = ("node", "enrol", "--config", chile.config, "--out", out)
    assert "which languages" in operator.is_refused(*enrol)
    written = chile.config.read_text(encoding="utf-8")
    paper = '[[country.papers]]\nkind = "national"\nlabel = "RUN"\n'
    chile.config.write_text(f'{written}\n[country]\nlanguages = ["es"]\n{paper}', encoding="utf-8")
    code, told, _ = operator.types(*enrol)
    assert (code, "Nodo Chile (CL) is ready: es; papers: RUN." in told) == (0, True)
    first = out.read_bytes()
    assert operator.types(*enrol)[0] == 0
    assert out.read_bytes() == first
    chile.config.write_text(f'{written}\n[country]\ncolour = "red"\n', encoding="utf-8")
    assert "colour" in operator.is_refused(*enrol)


def test_a_country_is_taken_out_of_a_draft_once_it_holds_no_share(
    operator: Operator, parties: dict[str, Party], tmp_path: Path
) -> None:
    hold_ceremony(list(parties.values()))
    at = parties[HUB].folder.parent / "federation.json"
    out = ("--out", tmp_path / "next.json")
    operator.is_refused("federation", "remove", "--directory", at, "--country", "PA", *out)
    assert "too few key holders" not in operator.is_refused(
        "federation", "sign", "--manifest", at, "--key", parties["CL"].keys / "signing.key"
    )
    code, told, _ = operator.types("federation", "remove", "--directory", at, "--country", "CL", *out)
    assert (code, "CL leaves" in told, "4 of 6 signed" in told) == (0, True, True)
    code, told, _ = operator.types("federation", "verify", "--manifest", tmp_path / "next.json", "--directory", at)
    assert (code, "CL leaves" in told) == (1, True)


def test_the_next_key_of_the_hub_is_announced_once_and_under_its_own_name(
    operator: Operator, parties: dict[str, Party], tmp_path: Path
) -> None:
    hold_ceremony(list(parties.values()))
    at, card, out = parties[HUB].folder.parent / "federation.json", tmp_path / "hub.json", tmp_path / "next.json"
    update = ("federation", "update", "--directory", at, "--out", out, "--hub-card")
    code, told, _ = operator.types("keys", "next", "--config", parties[HUB].config, "--out", card)
    assert (code, "signs from" in told) == (0, True)
    code, told, _ = operator.types(*update, card)
    assert (code, "the hub has another signing key" in told) == (0, True)
    hub_next, known = read_federation(out).hub_next, read_federation(at)
    assert hub_next
    assert (hub_next.until - hub_next.since, read_federation(out).hub_key) == (timedelta(days=1), known.hub_key)
    written = card.read_text(encoding="utf-8")
    for wrong in ("", "[]", "{}", written.replace(known.hub_key.hex(), "0" * 64), written.replace("Z", "")):
        card.write_text(wrong, encoding="utf-8")
        operator.is_refused(*update, card)
    operator.is_refused(*update, tmp_path / "nowhere")
    sign_manifest([each for each in parties.values() if each.key != HUB], out)
    publish = ("federation", "publish", "--config", parties[HUB].config, "--manifest", out)
    assert operator.types(*publish)[0] == 0
    assert "already" in operator.is_refused("keys", "next", "--config", parties[HUB].config, "--out", card)
