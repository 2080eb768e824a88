"""Who asks the same at the same time is answered by one statement, and finds what they would find alone."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator

import asyncpg
import pytest
from sqlalchemy import Integer, bindparam, column, func, literal, make_url, select

from corridor.domain.compartment import CompartmentQuery
from corridor.flows.ports.records import Page
from corridor.storage.database import Database
from corridor.storage.shared_reads import SharedReader
from corridor.storage.statements import Listed, Statement
from tests.contract.conftest import Stores
from tests.contract.samples import NOW, organization, patient, query, viral_load
from tests.databases import Databases

_WANTED = bindparam("wanted", type_=Integer())
_UP_TO = Statement(
    select(func.generate_series(1, _WANTED).label("number")).order_by(column("number").desc()).limit(bindparam("most"))
)
_DIVIDED = Statement(select((12 / bindparam("by", type_=Integer())).label("share")))


@pytest.fixture
def postgresql_url(databases: Databases) -> Iterator[str]:
    url = databases.empty("postgresql")
    yield url
    databases.drop(url)


@pytest.fixture
async def reader(postgresql_url: str) -> AsyncIterator[SharedReader]:
    reader = SharedReader(Database(postgresql_url).dsn, 1)
    yield reader
    await reader.close()


def told(page: Page) -> tuple[object, ...]:
    """All but the cursor, which may be chance."""
    return page.records, page.total, page.included, bool(page.after)


def numbers(rows: object) -> list[int]:
    assert isinstance(rows, list)
    return [row["number"] for row in rows]


async def test_each_of_many_callers_gets_their_own_rows_in_order(reader: SharedReader) -> None:
    asked = [reader.rows(_UP_TO, {"wanted": wanted, "most": 3}) for wanted in range(200)]
    found = await asyncio.gather(*asked)
    assert [numbers(rows) for rows in found] == [[*range(wanted, max(wanted - 3, 0), -1)] for wanted in range(200)]


async def test_only_who_brought_a_value_that_cannot_be_hears_of_it(reader: SharedReader) -> None:
    asked = [reader.rows(_DIVIDED, {"by": by}) for by in (1, 2, 3, 0, 4, 2**40, 6)]
    found = await asyncio.gather(*asked, return_exceptions=True)
    shares = [rows[0]["share"] if isinstance(rows, list) else type(rows) for rows in found]
    assert [*shares[:3], shares[4], shares[6]] == [12, 6, 4, 3, 2]
    assert all(isinstance(found[at], (asyncpg.PostgresError, ValueError)) for at in (3, 5))


async def test_who_no_longer_waits_keeps_nobody_from_being_answered(reader: SharedReader) -> None:
    tasks = [asyncio.create_task(reader.rows(_UP_TO, {"wanted": 1, "most": 1})) for _ in range(6)]
    await asyncio.sleep(0)
    for gone in tasks[:4]:
        gone.cancel()
    found = await asyncio.gather(*tasks, return_exceptions=True)
    assert [isinstance(each, asyncio.CancelledError) for each in found] == [True] * 4 + [False] * 2
    assert numbers(await reader.rows(_UP_TO, {"wanted": 1, "most": 1})) == [1]


async def test_a_server_that_is_not_there_is_told_to_everybody(postgresql_url: str) -> None:
    nowhere = make_url(postgresql_url).set(database="nowhere").render_as_string(hide_password=False)
    reader = SharedReader(nowhere, 1)
    found = await asyncio.gather(*(reader.rows(_DIVIDED, {"by": 1}) for _ in range(5)), return_exceptions=True)
    assert all(isinstance(each, asyncpg.PostgresError) for each in found)


async def test_what_a_statement_says_itself_is_given_once_to_all(reader: SharedReader) -> None:
    said = Statement(select((literal(10) * bindparam("by", type_=Integer())).label("number"), literal("said")))
    assert "$1::INTEGER *" in said.together
    found = await asyncio.gather(*(reader.rows(said, {"by": by}) for by in (-2, 3, 4)))
    assert [[tuple(row)[:2] for row in rows] for rows in found] == [[(-20, "said")], [(30, "said")], [(40, "said")]]


def test_a_statement_without_values_is_never_asked_together() -> None:
    assert Statement(select(literal(1))).together == ""


def test_a_statement_with_a_list_of_its_own_is_never_asked_together() -> None:
    listed = Statement(select(column("key")).where(Listed(column("key", Integer()), "keys")))
    assert listed.together == ""


async def test_records_that_are_read_at_once_are_those_that_are_read_alone(stores: Stores) -> None:
    people = [f"p{number}" for number in range(30)]
    async with stores.units.begin() as unit:
        for person in people:
            held = [viral_load(f"{person}-{year}", of=person, on=f"{year}-02-01") for year in range(2020, 2024)]
            await unit.write([patient(person), organization(f"o-{person}", person), *held], at=NOW)
    texts = [f"Observation?patient={person}&code=20447-9&date=ge2021{sort}" for person in people for sort in SORTS]
    texts += [f"Patient?identifier=none,{person}" for person in people]
    alone = [told(await stores.records.search(query(text))) for text in texts]
    together = await asyncio.gather(*(stores.records.search(query(text)) for text in texts))
    assert [told(page) for page in together] == alone
    whole = [await stores.compartments.everything(person, CompartmentQuery()) for person in people]
    asked = (stores.compartments.everything(person, CompartmentQuery()) for person in people)
    assert await asyncio.gather(*asked) == whole


SORTS = ("", "&_sort=-date", "&_sort=-_lastUpdated", "&_count=2")
