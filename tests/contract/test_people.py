"""Contract of the port `People`."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from corridor.domain.identity.demographics import Demographics, Document, DocumentKind
from corridor.flows.ports.people import START, Entry
from tests.contract.conftest import Stores
from tests.contract.samples import NOW, patient

DNI = "https://www.gob.pe/reniec/dni"


def paper(number: str) -> dict[str, object]:
    return {
        "type": {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/v2-0203", "code": "NI"}]},
        "system": DNI,
        "value": number,
    }


async def fill(stores: Stores) -> None:
    async with stores.units.begin() as unit:
        people = [
            patient("ana", family="Quispe Mamani", given="Ana María", birthDate="1988-05-14"),
            patient("eva", family="Rojas Díaz", given="Eva", birthDate="1990-01-02"),
            patient("noname", family="Soto", given="Luz", birthDate="1971"),
        ]
        await unit.write(people, at=NOW)


async def test_a_living_patient_is_described(stores: Stores) -> None:
    await fill(stores)
    described = await stores.people.demographics("ana")
    assert described is not None
    assert (described.given, described.birth) == (("Ana", "María"), (1988, 5, 14))


async def test_nobody_is_described_under_an_unknown_or_deleted_id(stores: Stores) -> None:
    await fill(stores)
    async with stores.units.begin() as unit:
        await unit.delete("Patient", "ana", at=NOW)
    assert await stores.people.demographics("ana") is None
    assert await stores.people.demographics("zoe") is None


async def test_similar_people_share_a_birth_date_or_a_pair_of_names(stores: Stores) -> None:
    await fill(stores)
    by_date = Demographics(("Marta",), ("Otra",), (1988, 5, 14))
    by_name = Demographics(("Maria",), ("Kispe",), (1954, 12, 1))
    by_swapped_names = Demographics(("Quispe",), ("Ana",))
    stranger = Demographics(("Marta",), ("Otra",), (1954, 12, 1))
    for asked in (by_date, by_name, by_swapped_names):
        assert [each[0] for each in await stores.people.similar(asked, limit=10)] == ["ana"]
    assert await stores.people.similar(stranger, limit=10) == ()


async def test_those_who_share_most_come_first_and_no_more_than_asked_for(stores: Stores) -> None:
    async with stores.units.begin() as unit:
        people = [patient(f"p{n}", family="Quispe", given="Ana", birthDate=f"19{60 + n}-01-01") for n in range(9)]
        await unit.write(people, at=NOW)
    asked = Demographics(("Ana",), ("Quispe",), (1965, 1, 1))
    found = await stores.people.similar(asked, limit=3)
    assert found[0][0] == "p5"
    assert len(found) == 3
    assert await stores.people.similar(asked, limit=0) == ()


async def test_a_shared_document_is_found_however_it_is_printed(stores: Stores) -> None:
    async with stores.units.begin() as unit:
        await unit.write([patient("ana", family="Soto", given="Luz", identifier=[paper("45879613")])], at=NOW)
    known = await stores.people.demographics("ana")
    assert known is not None
    issuer = known.documents[0].country
    asked = Demographics(("Rosa",), ("Vega",), documents=(Document(issuer, DocumentKind.OTHER, "45.879.613"),))
    assert [each[0] for each in await stores.people.similar(asked, limit=5)] == ["ana"]


async def test_who_is_changed_is_no_longer_found_by_what_was(stores: Stores) -> None:
    await fill(stores)
    async with stores.units.begin() as unit:
        await unit.write([patient("ana", family="Vega", given="Rosa", birthDate="1960-03-03")], at=NOW)
        await unit.delete("Patient", "eva", at=NOW)
    assert await stores.people.similar(Demographics(("X",), ("Y",), (1988, 5, 14)), limit=5) == ()
    assert await stores.people.similar(Demographics(("X",), ("Y",), (1990, 1, 2)), limit=5) == ()


async def test_a_handle_is_made_once_and_is_nobody_elses(stores: Stores) -> None:
    handles = await asyncio.gather(*(stores.people.handle("ana") for _ in range(5)))
    assert len(set(handles)) == 1
    assert len(handles[0]) == 16
    assert await stores.people.handle("eva") != handles[0]


async def walk(stores: Stores, *, limit: int) -> list[Entry]:
    """The whole register, slice by slice."""
    found: list[Entry] = []
    while part := await stores.people.after(found[-1].place if found else START, limit=limit):
        assert len(part) <= limit
        found += part
    return found


async def test_the_register_is_walked_once_from_end_to_end_whatever_the_slices(stores: Stores) -> None:
    assert await walk(stores, limit=2) == []
    await fill(stores)  # three at the same instant: their order is that of writing
    async with stores.units.begin() as unit:
        await unit.write([patient("luz", given="Luz")], at=NOW + timedelta(seconds=1))
    for limit in (1, 2, 3, 9):
        walked = await walk(stores, limit=limit)
        assert [each.patient_id for each in walked] == ["ana", "eva", "noname", "luz"]
        assert all(each.described for each in walked)
    assert await stores.people.count() == 4


async def test_who_changes_or_goes_while_the_register_is_walked_comes_again_behind_all_others(stores: Stores) -> None:
    await fill(stores)
    first = await stores.people.after(START, limit=2)
    async with stores.units.begin() as unit:
        await unit.write([patient("ana", family="Vega", given="Rosa")], at=NOW + timedelta(seconds=1))
    async with stores.units.begin() as unit:
        await unit.delete("Patient", "eva", at=NOW + timedelta(seconds=2))
    rest = await stores.people.after(first[-1].place, limit=9)
    assert [(each.patient_id, each.described is None) for each in rest] == [
        ("noname", False),
        ("ana", False),
        ("eva", True),
    ]
    assert [each.patient_id for each in await walk(stores, limit=1)] == ["noname", "ana", "eva"]
    assert await stores.people.count() == 2


async def test_handles_of_many_are_those_of_each(stores: Stores) -> None:
    ana = await stores.people.handle("ana")
    several = await stores.people.handles(["ana", "eva", "eva", "luz"])
    assert several["ana"] == ana
    assert len(set(several.values())) == 3
    assert await stores.people.handles(["luz", "ana"]) == {"ana": ana, "luz": several["luz"]}
    assert await stores.people.handles([]) == {}


async def test_many_who_ask_for_the_same_handles_get_the_same(stores: Stores) -> None:
    found = await asyncio.gather(*(stores.people.handles(["ana", "eva"]) for _ in range(5)))
    assert all(each == found[0] for each in found)
