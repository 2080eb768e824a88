"""An index leads to whatever is indexed, on both databases: no search goes through the records whole to find a few."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

import asyncpg
import pytest

from corridor.domain.query import Query, Sort
from corridor.storage.database import Database
from corridor.storage.node.asked_values import bound
from corridor.storage.node.cursor import Walk, sort_name
from corridor.storage.node.hot import _ONE_SQLITE
from corridor.storage.node.pages import Walking
from corridor.storage.node.plans import Plan
from corridor.storage.node.units import _CONSENTS, _CURRENT
from corridor.storage.statements import Statement
from tests.contract.conftest import sql_stores
from tests.contract.samples import NOW, patient, query, viral_load

LED_BY = {
    "Observation?patient=ana&code=http://loinc.org|20447-9&date=ge2024": "record_patient",
    "Observation?patient=ana": "record_patient",
    "Observation?subject=Patient/ana&status=final&category:not=laboratory": "record_patient",
    "Observation?patient=ana&combo-code-value-quantity=20447-9$gt1000": "record_patient",
    "Patient?identifier=urn:x|77": "fact_token_code",
    "Patient?phone=77": "fact_token_code",
    "Observation?_id=v1-1,v2-2": "record_id",
    "Observation?encounter=Encounter/e1": "fact_reference_target",
    "Patient?family=rojas": "fact_string_folded",
    "Patient?birthdate=1988-05-14": "fact_date_start",
    "Observation?code=20447-9": "record_codes",
    "Observation?status=final": "record_codes",
    "Observation?code:text=carga": "record_texts",
    "Observation?performer=Organization/o1": "record_links",
    "Observation?value-quantity=gt5": "fact_quantity_low",
    "Observation?date=2024-02-01": "record_effective",
    "Observation?date=ge2026-01-01": "record_effective",
    "Observation?_lastUpdated=gt2026-03-03": "record_updated",
    "Observation?patient.identifier=77": "fact_token_code",
    "Observation?subject:Patient.family=rojas": "fact_string_folded",
    "Patient?_has:Observation:patient:code=20447-9": "record_codes",
    "Organization?": "record_codes",
}
"""The index that finds where to look."""

FAR = 2**60


def statements(asked: Query) -> Iterator[tuple[Any, dict[str, Any]]]:
    """The first page of a search and the second one, where few match."""
    plan = Plan(asked.resource_type, asked.criteria)
    walking = Walking(plan, asked, gathers=True)
    for place in (None, Walk(sort_name(asked), -1, [0] if not asked.sort else [FAR, FAR, FAR, FAR])):
        yield walking.statement(place), {**bound(asked.criteria), **walking.values(place)}


async def explained(database: Database, statement: Any, values: dict[str, Any]) -> Sequence[str]:
    """How the database would carry a statement out."""
    if database.is_sqlite:
        async with database.read() as connection:
            rows = await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement.sqlite}", statement.named(values))
            return [row.detail for row in rows]
    connection = await asyncpg.connect(database.dsn)
    try:
        await connection.execute("SET enable_seqscan = off")  # a test's tables are small enough to be read whole
        await connection.execute("SET plan_cache_mode = force_generic_plan")
        rows = await connection.fetch(f"EXPLAIN {statement.postgresql}", *statement.numbered(values))
        return [row[0] for row in rows]
    finally:
        await connection.close()


async def fill(database: Database) -> None:
    """Enough for PostgreSQL to know what is rare."""
    stores = sql_stores(database)
    async with stores.units.begin() as unit:
        for person in range(12):
            drafts = [patient(f"p{person}", family=f"Rojas {person}", birthDate=f"1988-05-{person + 1:02}")]
            for number in range(12):
                code = {"coding": [{"system": "urn:x", "code": f"{number}"}], "text": f"Prueba {person % 3} {number}"}
                performer = [{"reference": f"Organization/o{(person + number) % 20}"}]
                of = {"of": f"p{person}", "on": f"2024-{number + 1:02}-01"}
                drafts.append(viral_load(f"v{person}-{number}", **of, code=code, performer=performer))
            await unit.write(drafts, at=NOW + timedelta(seconds=person))
    await stores.records.close()
    connection = await asyncpg.connect(database.dsn)
    await connection.execute("ANALYZE")
    await connection.close()


@pytest.mark.parametrize("sort", [(), (Sort("_lastUpdated", descending=True),)])
async def test_an_index_leads(database: Database, sort: tuple[Sort, ...]) -> None:
    if not database.is_sqlite:
        await fill(database)
    for text, index in LED_BY.items():
        asked = query(text)
        for statement, values in statements(Query(asked.resource_type, asked.criteria, sort)):
            plan = await explained(database, statement, values)
            assert any(index in line for line in plan), "\n".join([text, *plan])
            whole = [line for line in plan if line.startswith("SCAN record") or "Seq Scan on record" in line]
            assert not whole, "\n".join([text, *plan])


@pytest.mark.parametrize(("statement", "index"), [(_CURRENT, "record_id"), (_CONSENTS, "record_patient")])
async def test_an_index_leads_to_one_record_and_to_one_persons_consents(
    database: Database, statement: Statement, index: str
) -> None:
    if not database.is_sqlite:
        return  # PostgreSQL counts its rows by itself, and a handful of them tells it nothing
    plan = await explained(database, statement, {"id": "a", "kind": "Patient", "person": "a"})
    assert any(index in line for line in plan), plan


async def test_a_record_is_read_by_its_id_and_not_among_all_of_its_type(database: Database) -> None:
    if not database.is_sqlite:
        return  # as above
    async with database.read() as connection:
        rows = await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {_ONE_SQLITE}", ("a", "Patient"))
        assert [row.detail for row in rows] == ["SEARCH record USING INDEX record_id (id=?)"]
