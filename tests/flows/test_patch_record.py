from __future__ import annotations

import asyncio

import pytest

from corridor.domain.errors import (
    CorridorError,
    ForbiddenError,
    GoneError,
    NotFoundError,
    PreconditionError,
    UnavailableError,
    UnprocessableError,
)
from corridor.domain.principal import Role
from corridor.domain.record import Draft
from corridor.flows.patch_record import patch_record
from corridor.flows.store_records import StoreDesk
from tests.fakes.federation import FakeCountry, FakeFederation, asking
from tests.fakes.resources import draft_of, patient
from tests.flows.entries import entries

PROGRAMME = Role.PROGRAMME
P1 = ("Patient", "p1")


@pytest.fixture
async def desk(peru: FakeCountry, federation: FakeFederation) -> StoreDesk:
    await peru.write("p1", patient())
    return StoreDesk(peru.node.units, peru.node.audit, federation.clock)


def renamed(body: bytes) -> Draft:
    assert b'"p1"' in body
    return draft_of("p1", patient(given="Yusneidi"))


async def test_a_patch_makes_the_next_version_and_is_on_record(desk: StoreDesk, peru: FakeCountry) -> None:
    record = await patch_record(asking(PROGRAMME), P1, renamed, desk=desk, if_version=1)
    assert (record.version, b"Yusneidi" in (record.body or b"")) == (2, True)
    assert entries(peru.facts) == [("update", "success", "", ("p1",))]


async def test_patches_at_once_all_arrive(desk: StoreDesk) -> None:
    def longer(body: bytes) -> Draft:
        return draft_of("p1", patient(given="x" * (body.count(b"x") + 1)))

    records = await asyncio.gather(*(patch_record(asking(PROGRAMME), P1, longer, desk=desk) for _ in range(10)))
    assert sorted((record.body or b"").count(b"x") for record in records) == [*range(1, 11)]


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (ForbiddenError, "forbidden"),
        (NotFoundError, "not-found"),
        (GoneError, "deleted"),
        (PreconditionError, "conflict"),
        (UnprocessableError, "invalid"),
    ],
)
async def test_a_refused_patch_writes_nothing_and_is_on_record(
    desk: StoreDesk, peru: FakeCountry, error: type[CorridorError], reason: str
) -> None:
    def refuse(_body: bytes) -> Draft:
        raise UnprocessableError("A test of the patch fails; nothing is changed.")

    role = Role.AUDITOR if error is ForbiddenError else PROGRAMME
    name = ("Patient", "nobody") if error is NotFoundError else P1
    if error is GoneError:
        async with desk.units.begin() as unit:
            await unit.delete(*P1, at=desk.clock.now())
    version = 7 if error is PreconditionError else None
    with pytest.raises(error):
        await patch_record(asking(role), name, refuse, desk=desk, if_version=version)
    (kind, outcome, said, _people) = entries(peru.facts)[-1]
    assert (kind, outcome, said) == ("update", "failure", reason)


async def test_without_its_audit_nothing_is_patched(desk: StoreDesk, peru: FakeCountry) -> None:
    peru.node.shelf.broken = True
    with pytest.raises(UnavailableError):
        await patch_record(asking(PROGRAMME), P1, renamed, desk=desk)
    peru.node.shelf.broken = False
    assert (await patch_record(asking(PROGRAMME), P1, renamed, desk=desk)).version == 2
