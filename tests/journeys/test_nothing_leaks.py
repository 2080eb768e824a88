"""After all journeys: what lies at the hub, went over the lines and stands in logs names nobody."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from demo.drugs import PRODUCTS
from demo.parties import HUB, NODES
from tests.journeys.conftest import CROWD
from tests.journeys.coordinator import page, spreadsheet
from tests.journeys.scan import CLINICAL, folded, leaked, long_ones, secrets_of
from tests.journeys.stored import database_bytes
from tests.journeys.tables import rows, tables_of
from tests.journeys.world import World


@pytest.fixture(scope="module")
def secret(land: World) -> frozenset[str]:
    """Every name, document number, phone, birth date, city, clinic and clinician of everybody."""
    return secrets_of(land.people)


@pytest.fixture(scope="module", autouse=True)
def lived(land: World) -> None:
    """Everybody of the crowd is asked for once more, so that there is something to look at whatever ran before."""
    for one in land.people[:CROWD]:
        land.ask(one.here.country, one.here.id)
    land.settle()


def test_there_is_enough_to_look_at(land: World, secret: frozenset[str]) -> None:
    assert len(secret) > 150
    assert len(land.pulled) > 10
    assert sum(map(len, land.tap.heard.values())) > 1_000_000


def test_the_scan_finds_what_it_looks_for(secret: frozenset[str]) -> None:
    assert leaked("…name: RONDON, born 1987-03-08", secret) == ["1987-03-08", "rondon"]
    assert leaked(b'{"city":"Bogot\xc3\xa1"}', secret) == ["bogota"]


def test_the_scan_finds_a_number_in_a_database_but_not_in_what_was_drawn() -> None:
    number = "1195099"
    for written in (number, f"V{number}VEN", f'"{number}-3"', f"{number}\n", f"CI\0{number}p00012"):
        assert long_ones(written.encode(), [number]) == [number]
    for drawn in ("9c1195099f0aa71e", "4411950991b0-4b7e", "1761195099509000", f"X'{number}'", f"\\\\x0{number}"):
        assert long_ones(drawn.encode(), [number]) == []


def test_pulled_histories_name_nobody(land: World, secret: frozenset[str]) -> None:
    for bundle in land.pulled:
        assert leaked(bundle, secret) == []
        assert long_ones(bundle, secret) == []


def test_nothing_that_went_over_the_lines_names_anybody(land: World, secret: frozenset[str]) -> None:
    for key, said in land.tap.heard.items():
        assert leaked(bytes(said), secret) == [], key
        assert long_ones(bytes(said), secret) == [], key


def test_addresses_on_the_lines_hold_no_local_id(land: World) -> None:
    for said in land.tap.heard.values():
        lines = re.findall(rb"^(?:GET|POST) (\S+) HTTP", bytes(said), re.MULTILINE)
        assert lines
        assert not [line for line in lines if re.search(rb"p\d{5}", line)]


def test_logs_of_processes_name_nobody(land: World, secret: frozenset[str]) -> None:
    for party in land.doors.values():
        written = party.log.read_bytes()
        assert b'"event":"request"' in written
        assert leaked(written, secret) == [], party.name
        assert leaked(written, CLINICAL) == [], party.name


def test_process_lists_name_nobody(land: World, secret: frozenset[str]) -> None:
    for process in land.running.processes.values():
        for file in ("cmdline", "environ"):
            assert long_ones(Path(f"/proc/{process.pid}/{file}").read_bytes(), secret) == []


def test_errors_name_nobody(land: World, secret: frozenset[str]) -> None:
    assert land.refusals
    for body in land.refusals:
        assert leaked(body, secret) == []


def test_the_hubs_database_names_nobody_and_knows_no_clinical_word(land: World, secret: frozenset[str]) -> None:
    content = database_bytes(land, HUB)
    assert len(content) > 100_000
    drugs = {name for product in PRODUCTS.values() for _, name in product.ingredients}
    wanted = [*secret, *CLINICAL, *drugs]
    assert long_ones(content, wanted) == []
    for text in texts(land, HUB):
        assert leaked(text, [*secret, *CLINICAL]) == [], text


@pytest.mark.parametrize("key", NODES)
def test_a_countrys_own_database_names_nobody_and_no_drug(land: World, secret: frozenset[str], key: str) -> None:
    content = database_bytes(land, key)
    drugs = {name for product in PRODUCTS.values() for _, name in product.ingredients}
    assert len(content) > 100_000
    assert long_ones(content, [*secret, *drugs]) == []
    for text in texts(land, key):
        assert leaked(text, secret) == [], text


def test_the_same_scan_finds_names_where_a_body_is_opened(land: World, secret: frozenset[str]) -> None:
    one = land.people[0]
    body = land.request("GET", one.here.country, f"/fhir/Patient/{one.here.id}", role="clinician").content
    assert long_ones(body, secret)


def test_the_files_of_data_keys_name_nobody(land: World, secret: frozenset[str]) -> None:
    for key in NODES:
        content = (Path(land.doors[key].folder) / "data-keys.db").read_bytes()
        assert long_ones(content, secret) == []


def test_the_coordinator_is_shown_no_name(land: World, secret: frozenset[str]) -> None:
    cities = {folded(country_word) for country_word in ("Santiago", "Lima", "Caracas", "Bogota", "Quito")}
    assert set(leaked(spreadsheet(land), secret)) <= set()
    assert set(leaked(page(land), secret)) <= cities


def texts(land: World, key: str) -> Iterator[str]:
    """Every text in a party's database, and every number and value that can be read as one."""
    for table in tables_of(land.doors[key]).tables.values():
        for row in rows(land.doors[key], table):
            yield " ".join(str(value) for value in row.values() if not isinstance(value, bytes))


def test_files_beside_the_databases_are_what_they_should_be(land: World) -> None:
    for key in NODES:
        names = {path.name.partition(".")[0] for path in Path(land.doors[key].folder).iterdir()}
        assert names <= {"node", "keys", "card", "formulary", "log", "pid", "data-keys", "bulk"}
