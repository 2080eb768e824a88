from __future__ import annotations

import pytest

from corridor.domain.access import Interaction
from corridor.domain.consent import Withdrawal
from corridor.domain.errors import (
    ConflictError,
    CorridorError,
    ForbiddenError,
    PreconditionError,
    UnavailableError,
    UnprocessableError,
)
from corridor.domain.principal import Role
from corridor.flows.store_records import Change, StoreDesk, store_records
from tests.fakes.federation import FakeCountry, FakeFederation, asking
from tests.fakes.resources import Resource, draft_of, patient, rendered, viral_load
from tests.flows.entries import entries, waiting

CREATE, UPDATE, DELETE, TRANSACTION = (
    Interaction.CREATE,
    Interaction.UPDATE,
    Interaction.DELETE,
    Interaction.TRANSACTION,
)
PROGRAMME = Role.PROGRAMME


@pytest.fixture
def desk(peru: FakeCountry, federation: FakeFederation) -> StoreDesk:
    return StoreDesk(peru.node.units, peru.node.audit, federation.clock)


def change(id: str, resource: Resource, *, if_version: int | None = None, create: bool = False) -> Change:
    return Change(resource["resourceType"], id, draft_of(id, resource), if_version, create)


def deletion(resource_type: str, id: str) -> Change:
    return Change(resource_type, id, None)


async def test_a_new_resource_is_stored_and_on_record(desk: StoreDesk, peru: FakeCountry) -> None:
    [record] = await store_records(asking(PROGRAMME), [change("p1", patient())], desk=desk, interaction=UPDATE)
    assert record
    assert record.version == 1
    assert entries(peru.facts) == [("create", "success", "", ("p1",))]
    assert (peru.facts[0].resource, peru.facts[0].role) == ("Patient/p1", "programme")
    assert waiting(peru.node, "register") == ["p1"]


async def test_each_change_has_its_own_entry_in_order(desk: StoreDesk, peru: FakeCountry) -> None:
    await peru.write("p1", patient())
    await peru.write("o1", viral_load("p1"))
    changes = [change("p1", patient(given="Yusneidi")), deletion("Observation", "o1"), change("o2", viral_load("p1"))]
    records = await store_records(asking(PROGRAMME), changes, desk=desk, interaction=TRANSACTION)
    assert [record and (record.id, record.version) for record in records] == [("p1", 2), ("o1", 2), ("o2", 1)]
    assert [kind for kind, *_ in entries(peru.facts)] == ["update", "delete", "create"]
    assert {fact.patient_ids for fact in peru.facts} == {("p1",)}


async def test_deleting_what_is_not_there_is_on_record_and_finds_nothing(desk: StoreDesk, peru: FakeCountry) -> None:
    changes = [deletion("Patient", "nobody")]
    assert await store_records(asking(PROGRAMME), changes, desk=desk, interaction=DELETE) == [None]
    assert entries(peru.facts) == [("delete", "success", "", ())]


@pytest.mark.parametrize(
    ("role", "interaction", "changes"),
    [
        (Role.CLINICIAN, DELETE, [deletion("Patient", "p1")]),
        (Role.CLINICIAN, TRANSACTION, [deletion("Patient", "p1")]),
        (Role.AUDITOR, UPDATE, [change("p1", patient(given="Otra"))]),
        (Role.OPERATOR, TRANSACTION, [change("p1", patient(given="Otra"))]),
    ],
)
async def test_a_refused_change_is_on_record_and_changes_nothing(
    desk: StoreDesk, peru: FakeCountry, role: Role, interaction: Interaction, changes: list[Change]
) -> None:
    await peru.write("p1", patient())
    with pytest.raises(ForbiddenError):
        await store_records(asking(role), changes, desk=desk, interaction=interaction)
    [(kind, outcome, reason, patients)] = entries(peru.facts)
    assert kind == ("update" if changes[0].draft else "delete")
    assert (outcome, reason, patients) == ("failure", "forbidden", ())
    assert peru.facts[0].resource == "Patient/p1"
    assert [each.record.version for each in peru.node.shelf.living()] == [1]


@pytest.mark.parametrize(
    ("bad", "error"),
    [
        (change("p1", patient(), create=True), ConflictError),
        (change("p1", patient(), if_version=7), PreconditionError),
        (change("p9", patient(), if_version=1), PreconditionError),
        (change("o1", viral_load("nobody")), UnprocessableError),
    ],
)
async def test_one_bad_change_leaves_nothing_of_the_others(
    desk: StoreDesk, peru: FakeCountry, bad: Change, error: type[CorridorError]
) -> None:
    await peru.write("p1", patient())
    changes = [change("p2", patient()), bad]
    with pytest.raises(error):
        await store_records(asking(PROGRAMME), changes, desk=desk, interaction=TRANSACTION)
    assert [each.record.id for each in peru.node.shelf.living()] == ["p1"]
    assert peru.facts == []


@pytest.mark.parametrize(("id", "if_living"), [("p1", False), ("p9", True)])
async def test_a_change_holds_to_whether_its_resource_is_there(
    desk: StoreDesk, peru: FakeCountry, id: str, *, if_living: bool
) -> None:
    await peru.write("p1", patient())
    held = Change("Patient", id, draft_of(id, patient()), if_living=if_living)
    with pytest.raises(PreconditionError):
        await store_records(asking(PROGRAMME), [held], desk=desk, interaction=UPDATE)
    other = Change("Patient", id, draft_of(id, patient()), if_living=not if_living)
    [record] = await store_records(asking(PROGRAMME), [other], desk=desk, interaction=UPDATE)
    assert record
    assert record.created is if_living


async def test_a_reference_inside_the_transaction_is_no_dangling_one(desk: StoreDesk) -> None:
    changes = [change("o1", viral_load("p1")), change("p1", patient())]
    assert len(await store_records(asking(PROGRAMME), changes, desk=desk, interaction=TRANSACTION)) == 2


async def test_a_version_that_is_held_may_be_replaced(desk: StoreDesk, peru: FakeCountry) -> None:
    await peru.write("p1", patient())
    changes = [change("p1", patient(given="Yusneidi"), if_version=1)]
    [record] = await store_records(asking(), changes, desk=desk, interaction=UPDATE)
    assert record
    assert record.version == 2


async def test_a_deleted_id_can_be_created_again(desk: StoreDesk, peru: FakeCountry) -> None:
    await peru.write("p1", patient())
    await store_records(asking(PROGRAMME), [deletion("Patient", "p1")], desk=desk, interaction=DELETE)
    [record] = await store_records(
        asking(PROGRAMME), [change("p1", patient(), create=True)], desk=desk, interaction=CREATE
    )
    assert record
    assert record.version == 3
    assert [kind for kind, *_ in entries(peru.facts)] == ["delete", "create"]


@pytest.mark.parametrize(("status", "ends"), [("active", False), ("inactive", True), ("rejected", True)])
async def test_a_consent_that_ends_withdraws_here_and_promises_to_tell_the_others(
    desk: StoreDesk, peru: FakeCountry, federation: FakeFederation, status: str, *, ends: bool
) -> None:
    await peru.write("p1", patient())
    consent = rendered(federation.consent(), of="p1", home=peru.home) | {"status": status}
    await store_records(asking(), [change("consent-1", consent)], desk=desk, interaction=UPDATE)
    async with peru.node.units.begin() as unit:
        assert await unit.withdrawals("p1") == ((Withdrawal(federation.clock.now()),) if ends else ())
    assert waiting(peru.node, "withdraw") == (["p1"] if ends else [])


@pytest.mark.parametrize("role", [Role.CLINICIAN, Role.AUDITOR])
async def test_nothing_is_stored_where_it_cannot_be_put_on_record(
    desk: StoreDesk, peru: FakeCountry, role: Role
) -> None:
    peru.node.shelf.broken = True
    with pytest.raises(UnavailableError):
        await store_records(asking(role), [change("p1", patient())], desk=desk, interaction=UPDATE)
    assert peru.node.shelf.living() == []
