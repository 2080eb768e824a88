"""`corridor import`: what is kept, what is refused and where that is written, on both databases."""

from __future__ import annotations

import asyncio
import csv
import json
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import orjson
import pytest
from sqlalchemy import select
from typer.testing import CliRunner

from corridor.apps.cli import app
from corridor.apps.import_report import State, fingerprint
from corridor.apps.node_seals import open_ring
from corridor.apps.settings import node_settings
from corridor.domain.errors import CorridorError
from corridor.storage.database import Database
from corridor.storage.node import bodies
from corridor.storage.node.tables import history, record
from demo.ceremony import corridor, hold_ceremony
from demo.parties import Party, configuration, lay_out
from demo.spreadsheets import CL_CSV, PE_EXCEL, chilean_csv, peruvian_excel
from tests.databases import Databases

PASSWORD = "el maíz crece despacio"
ROOT = Path(__file__).parents[2]
MAPPINGS = {path: path.with_suffix(".toml") for path in (CL_CSV, PE_EXCEL)}


@pytest.fixture(scope="module")
def lima(tmp_path_factory: pytest.TempPathFactory) -> Party:
    parties = lay_out(tmp_path_factory.mktemp("importing"))
    hold_ceremony(list(parties.values()))
    return parties["PE"]


@dataclass
class Programme:
    """A node's operator with an account for each role, and a folder for files."""

    config: Path
    url: str
    folder: Path

    @property
    def report(self) -> Path:
        return self.folder / "report.csv"

    def run(self, *words: str | Path, account: str = "programme", password: str = PASSWORD) -> Any:
        """What the command did."""
        options = ("--config", self.config, "--report", self.report, "--account", account)
        env = {"CORRIDOR_PASSWORD": password}
        return CliRunner().invoke(app, ["import", *map(str, (*words, *options))], env=env)

    def rejected(self) -> list[tuple[str, str, str]]:
        """Row, column and reason of everything that was refused."""
        with self.report.open(encoding="utf-8-sig", newline="") as file:
            rows = [*csv.reader(file)]
        assert rows[0] == ["source", "row", "column", "reason"]
        return [(row, column, reason) for _, row, column, reason in rows[1:]]

    def file(self, name: str, content: bytes | str) -> Path:
        path = self.folder / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def stored(self) -> list[dict[str, Any]]:
        """Every living resource, in order of first writing."""
        return [orjson.loads(each) for each in asyncio.run(self._bodies())]

    def bodies(self) -> list[bytes]:
        return asyncio.run(self._bodies())

    def past(self) -> int:
        """How many versions are past."""
        return len(asyncio.run(self._rows(select(history.c.id))))

    async def _bodies(self) -> list[bytes]:
        living = (
            select(record.c.id, record.c.patient_id, record.c.body)
            .where(record.c.body.is_not(None))
            .order_by(record.c.key)
        )
        ring = open_ring(node_settings(self.config))
        return [bodies.unpack_row(row._mapping, ring) for row in await self._rows(living)]

    async def _rows(self, wanted: Any) -> Any:
        database = Database(self.url)
        try:
            async with database.read() as connection:
                return (await connection.execute(wanted)).all()
        finally:
            await database.close()


@pytest.fixture
def programme(lima: Party, databases: Databases, kind: str, tmp_path: Path) -> Iterator[Programme]:
    url = databases.migrated(kind, "node")
    config = lima.folder / f"{kind}.toml"
    config.write_text(configuration(lima, {"database": url}), encoding="utf-8")
    for role in ("programme", "clinician"):
        words = ("--name", role, "--role", role, "--password", PASSWORD)
        corridor("account", "add", "--config", config, *words)
    yield Programme(config, url, tmp_path)
    databases.drop(url)


def kinds(stored: list[dict[str, Any]]) -> dict[str, int]:
    found: dict[str, int] = {}
    for each in stored:
        found[each["resourceType"]] = found.get(each["resourceType"], 0) + 1
    return found


def test_the_programmes_csv_is_taken_in_and_its_wrong_rows_are_told(programme: Programme) -> None:
    result = programme.run(CL_CSV, "--mapping", MAPPINGS[CL_CSV])
    assert result.exit_code == 1
    assert "16 resources written, 0 unchanged; 4 rows refused." in result.output
    assert programme.rejected() == [
        ("6", "RUN", "The cell is empty, and the record cannot be told from others without it."),
        ("7", "FECHA_NAC", "This is no date in a form that the mapping names, or no day of the calendar."),
        ("8", "UNIDAD_CV", "The unit is not in the table carga_viral."),
        ("9", "SEXO", "The value is not in the table sexo."),
    ]
    stored = programme.stored()
    assert kinds(stored) == {"Patient": 4, "MedicationStatement": 4, "Observation": 6, "Consent": 2}
    first = stored[0]
    assert first["name"] == [{"family": "Muñoz Peña", "given": ["María", "José"]}]
    assert (first["birthDate"], first["gender"]) == ("1991-05-03", "female")
    assert first["identifier"][0]["type"]["text"] == "RUN"
    assert first["identifier"][0]["assigner"]["identifier"]["value"] == "CL"
    loads = [each["valueQuantity"] for each in stored if each.get("code", {}).get("text") == "Carga viral VIH"]
    assert [(each.get("comparator"), each["value"]) for each in loads] == [
        ("<", 20),
        (None, 1250),
        ("<", 50),
        (None, 72.5),
    ]
    assert any(b'"value":72.50,' in each for each in programme.bodies())


def test_the_hospitals_spreadsheet_is_taken_in_and_its_wrong_rows_are_told(programme: Programme) -> None:
    result = programme.run(PE_EXCEL, "--mapping", MAPPINGS[PE_EXCEL], "--allow-rejects")
    assert result.exit_code == 0, result.output
    assert [(row, column) for row, column, _ in programme.rejected()] == [
        ("7", "Fecha de nacimiento"),
        ("8", "Tipo de documento"),
        ("9", "Esquema"),
    ]
    people = [each for each in programme.stored() if each["resourceType"] == "Patient"]
    papers = [each["identifier"][0] for each in people]
    assert [(each["value"], each["type"]["text"], each["assigner"]["identifier"]["value"]) for each in papers] == [
        ("08123456", "DNI", "PE"),
        ("40987654", "DNI", "PE"),
        ("V0123456", "PASSPORT", "VE"),
        ("001234567", "CE", "PE"),
    ]
    assert [each["birthDate"] for each in people] == ["1990-04-12", "1985-12-30", "1996-07-08", "1993-02-15"]


@pytest.mark.parametrize("table", [CL_CSV, PE_EXCEL], ids=["csv", "excel"])
def test_the_same_again_writes_nothing(programme: Programme, table: Path) -> None:
    first = programme.run(table, "--mapping", MAPPINGS[table])
    before = programme.bodies()
    again = programme.run(table, "--mapping", MAPPINGS[table])
    assert "0 resources written" in again.output
    assert f"{len(before)} unchanged" in again.output
    assert first.exit_code == again.exit_code == 1
    assert programme.bodies() == before
    assert programme.past() == 0


def test_a_row_that_changed_makes_one_new_version(programme: Programme) -> None:
    path = programme.file("people.csv", CL_CSV.read_bytes())
    programme.run(path, "--mapping", MAPPINGS[CL_CSV])
    path.write_bytes(path.read_bytes().replace(b";1.250;", b";1.300;"))
    assert "1 resources written" in programme.run(path, "--mapping", MAPPINGS[CL_CSV]).output
    assert programme.past() == 1


def test_a_dry_run_tells_everything_and_writes_nothing(programme: Programme) -> None:
    result = programme.run(CL_CSV, "--mapping", MAPPINGS[CL_CSV], "--dry-run")
    assert result.exit_code == 1
    assert "would be written" in result.output
    assert len(programme.rejected()) == 4
    assert programme.stored() == []


def patient(id: str, **more: Any) -> dict[str, Any]:
    return {"resourceType": "Patient", "id": id, "name": [{"family": "Quispe"}], **more}


def test_lines_of_ndjson_are_taken_in_with_decimals_as_written(programme: Programme) -> None:
    weight = (
        b'{"resourceType":"Observation","id":"w","status":"final","code":{"text":"a"},"valueQuantity":{"value":72.50}}'
    )
    lines = [json.dumps(patient("a")).encode(), b"", weight, b"{", json.dumps(patient("b", gender="f")).encode()]
    result = programme.run(programme.file("lines.ndjson", b"\n".join(lines)))
    assert result.exit_code == 1
    assert [each["id"] for each in programme.stored()] == ["a", "w"]
    assert b"72.50" in programme.bodies()[1]
    assert [(row, column) for row, column, _ in programme.rejected()] == [("4", ""), ("5", "Patient.gender")]


@pytest.mark.parametrize("type_", ["collection", "transaction", "batch", "searchset", "document", "history"])
def test_bundles_of_every_kind_are_taken_in_with_their_links(programme: Programme, type_: str) -> None:
    urn = "urn:uuid:2c5a1b36-5f3a-4a3e-9d5b-7d0f6c3f7b11"
    observation = {
        "resourceType": "Observation",
        "id": "o",
        "status": "final",
        "code": {"text": "Peso"},
        "subject": {"reference": urn},
    }
    entries: list[dict[str, Any]] = [
        {"fullUrl": urn, "resource": {"resourceType": "Patient", "active": True}},
        {"fullUrl": "https://old.example/fhir/Observation/o", "resource": observation},
        {"resource": {"resourceType": "OperationOutcome", "issue": []}, "search": {"mode": "outcome"}},
    ]
    if type_ in {"transaction", "batch"}:
        for entry in entries:
            entry["request"] = {"method": "POST", "url": entry["resource"]["resourceType"]}
    bundle = {"resourceType": "Bundle", "type": type_, "entry": entries}
    path = programme.file("bundle.json", json.dumps(bundle, indent=1))
    assert programme.run(path).exit_code == 0
    person, weight = programme.stored()
    assert person["id"] == urn.removeprefix("urn:uuid:")
    assert weight["subject"]["reference"] == f"Patient/{person['id']}"
    assert "2 unchanged" in programme.run(path).output


def test_entries_that_cannot_be_kept_are_told_by_number(programme: Programme) -> None:
    lost = {"reference": "urn:uuid:00000000-0000-4000-8000-000000000000"}
    entries = [
        {"resource": patient("a")},
        {"resource": {"resourceType": "Patient", "active": True}},
        {"request": {"method": "DELETE", "url": "Patient/a"}},
        {"resource": patient("b"), "request": {"method": "POST", "url": "Patient", "ifNoneExist": "identifier=1"}},
        {"resource": patient("c", managingOrganization=lost)},
        {"resource": patient("d", birthDate="1990-13-01")},
        {"resource": {"resourceType": "Claim", "id": "e"}},
    ]
    path = programme.file("bundle.json", json.dumps({"resourceType": "Bundle", "type": "collection", "entry": entries}))
    assert programme.run(path).exit_code == 1
    assert [each["id"] for each in programme.stored()] == ["a"]
    assert [row for row, _, _ in programme.rejected()] == ["2", "3", "4", "5", "6", "7"]


def test_a_single_resource_is_a_bundle_of_one(programme: Programme) -> None:
    assert programme.run(programme.file("one.json", json.dumps(patient("a")))).exit_code == 0
    assert [each["id"] for each in programme.stored()] == ["a"]


@pytest.mark.parametrize(
    ("encoding", "named"),
    [
        ("utf-8", "detect"),
        ("cp1252", "detect"),
        ("latin-1", "latin-1"),
        ("utf-8-sig", "utf-8"),
        ("utf-16", "detect"),
        ("utf-16", "utf-16"),
    ],
)
def test_a_csv_is_read_in_its_encoding(programme: Programme, encoding: str, named: str) -> None:
    mapping = MAPPINGS[CL_CSV].read_text(encoding="utf-8").replace('"windows-1252"', f'"{named}"')
    table = programme.file("t.csv", CL_CSV.read_bytes().decode("cp1252").encode(encoding))
    programme.run(table, "--mapping", programme.file("m.toml", mapping))
    assert programme.stored()[0]["name"][0]["family"] == "Muñoz Peña"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("RUN;", "RUT;"), "no column RUN"),
        (("NOMBRES;", "RUN;"), "more than one column RUN"),
        ((";", ","), "no column"),
    ],
)
def test_a_table_without_its_columns_is_refused_as_a_whole(
    programme: Programme, change: tuple[str, str], said: str
) -> None:
    table = programme.file("t.csv", CL_CSV.read_bytes().decode("cp1252").replace(*change).encode("cp1252"))
    result = programme.run(table, "--mapping", MAPPINGS[CL_CSV])
    assert isinstance(result.exception, CorridorError)
    assert said in result.exception.message
    assert programme.stored() == []


def test_a_table_in_another_encoding_is_refused_as_a_whole(programme: Programme) -> None:
    mapping = MAPPINGS[CL_CSV].read_text(encoding="utf-8").replace('"windows-1252"', '"utf-8"')
    result = programme.run(CL_CSV, "--mapping", programme.file("m.toml", mapping))
    assert "not in utf-8" in result.exception.message


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_a_table_in_utf_8_is_not_read_as_windows_1252(programme: Programme, encoding: str) -> None:
    table = programme.file("t.csv", CL_CSV.read_bytes().decode("cp1252").encode(encoding))
    result = programme.run(table, "--mapping", MAPPINGS[CL_CSV])
    assert "is in utf-8, not in windows-1252" in result.exception.message
    assert programme.stored() == []


def test_numbers_of_a_spreadsheet_stay_what_they_are_where_texts_have_a_comma(programme: Programme) -> None:
    mapping = MAPPINGS[PE_EXCEL].read_text(encoding="utf-8").replace("titles = 2", 'titles = 2\ndecimal = ","')
    programme.run(PE_EXCEL, "--mapping", programme.file("m.toml", mapping))
    weights = [each["valueQuantity"]["value"] for each in programme.stored() if "valueQuantity" in each]
    assert weights == [61.5, 54]


def test_two_rows_that_differ_about_one_person_are_told_and_not_written_in_turn(programme: Programme) -> None:
    lines = CL_CSV.read_bytes().split(b"\r\n")
    other = lines[1].replace(b"03-05-1991", b"05-03-1991")
    assert other != lines[1]
    table = programme.file("t.csv", b"\r\n".join([*lines[:3], lines[1], other, b""]))
    for written in ("9 resources written, 0 unchanged", "0 resources written, 9 unchanged"):
        assert f"{written}; 1 rows refused." in programme.run(table, "--mapping", MAPPINGS[CL_CSV]).output
        reason = "Row 2 of t.csv says otherwise of the same resource, persona."
        assert programme.rejected() == [("5", "RUN", reason)]
        assert not programme.report.with_name("report.csv.seen").exists()
    assert programme.past() == 0


def test_a_row_with_too_many_cells_is_told(programme: Programme) -> None:
    lines = CL_CSV.read_bytes().split(b"\r\n")
    table = programme.file("t.csv", b"\r\n".join([*lines[:2], lines[2] + b";more", b"", b";;;", *lines[3:5]]))
    programme.run(table, "--mapping", MAPPINGS[CL_CSV])
    assert programme.rejected() == [("3", "", "The row has more cells than there are titles.")]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("missing.csv",), "no file"),
        (("notes.pdf",), "reads .json"),
        (("table.csv",), "--mapping"),
        (("broken.xlsx", "--mapping", str(MAPPINGS[PE_EXCEL])), "as a spreadsheet"),
        (("broken.json",), "not a Bundle"),
        (("table.csv", "--mapping", "broken.json"), "not TOML"),
    ],
)
def test_what_cannot_be_read_at_all_is_said_at_once(programme: Programme, words: tuple[str, ...], said: str) -> None:
    for name in ("notes.pdf", "table.csv", "broken.xlsx", "broken.json"):
        programme.file(name, b'{"a')
    placed = [programme.folder / each if "." in each and "/" not in each else each for each in words]
    result = programme.run(*placed)
    assert isinstance(result.exception, CorridorError), result
    assert said in result.exception.message


@pytest.mark.parametrize(
    ("account", "password"), [("clinician", PASSWORD), ("programme", "wrong"), ("nobody", PASSWORD)]
)
def test_only_an_account_of_the_programme_imports(programme: Programme, account: str, password: str) -> None:
    result = programme.run(programme.file("a.json", json.dumps(patient("a"))), account=account, password=password)
    assert isinstance(result.exception, CorridorError)
    assert programme.stored() == []


def test_an_import_that_was_stopped_goes_on(programme: Programme) -> None:
    lines = [json.dumps(patient(f"p{n}")) if n % 100 else "{" for n in range(1, 1501)]
    path = programme.file("many.ndjson", "\n".join(lines))
    assert programme.run(path).exit_code == 1
    whole = programme.rejected()
    assert len(whole) == 15
    state = State(_print_of(path), {str(path): 500}, 495, 0, 5, _length_of(programme, 5))
    programme.report.with_name("report.csv.state").write_bytes(msgspec.json.encode(state))
    result = programme.run(path)
    assert "Going on" in result.output
    assert "495 resources written, 990 unchanged; 15 rows refused." in result.output
    assert programme.rejected() == whole
    assert not programme.report.with_name("report.csv.state").exists()


def _print_of(path: Path) -> str:
    return fingerprint([path], b"")


def _length_of(programme: Programme, rejected: int) -> int:
    lines = programme.report.read_bytes().split(b"\r\n")
    return len(b"\r\n".join(lines[: rejected + 1])) + 2


def test_a_killed_import_goes_on_and_writes_nothing_twice(programme: Programme) -> None:
    lines = [json.dumps(patient(f"p{n}")) if n % 50 else "{" for n in range(1, 6001)]
    path = programme.file("many.ndjson", "\n".join(lines))
    command = [Path(sys.executable).with_name("corridor"), "import", path, "--config", programme.config]
    command += ["--report", programme.report, "--account", "programme"]
    state = programme.report.with_name("report.csv.state")
    with subprocess.Popen(
        [*map(str, command)], env={"CORRIDOR_PASSWORD": PASSWORD}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as child:
        until = time.monotonic() + 60
        while not state.exists() and child.poll() is None and time.monotonic() < until:
            time.sleep(0.02)
        time.sleep(0.2)
        child.kill()
    result = programme.run(path)
    assert result.exit_code == 1
    assert len(programme.stored()) == 5880
    assert programme.past() == 0
    assert [row for row, _, _ in programme.rejected()] == [str(n) for n in range(50, 6001, 50)]


def test_the_samples_are_what_is_written_down(tmp_path: Path) -> None:
    assert CL_CSV.read_bytes() == chilean_csv()
    shutil.unpack_archive(PE_EXCEL, tmp_path, "zip")
    assert {name: (tmp_path / name).read_text(encoding="utf-8") for name, _ in peruvian_excel()} == dict(
        peruvian_excel()
    )
