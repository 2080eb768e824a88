from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from corridor.domain.country import Country
from corridor.domain.grade import Grade
from corridor.domain.identity.demographics import Demographics
from corridor.domain.matching_request import Redeemed
from corridor.domain.purpose import Purpose
from corridor.flows.confirm_person import Confirmed, confirm_person
from tests.fakes.federation import FakeCountry, FakeFederation
from tests.fakes.resources import patient
from tests.flows.shown import HER

SISTER = patient(given="Maryelis Josefina")
NIECE = patient(given="Yusneidi", family="Urdaneta", birth="2009-11-30")


async def confirmed(
    federation: FakeFederation,
    handles: Sequence[bytes],
    *,
    described: Demographics = HER,
    purpose: Purpose = Purpose.TREAT,
) -> Confirmed | None:
    serving = federation["VE"].serving
    envelope = federation["PE"].serving.envelopes.seal(Country("VE"), described, purpose="TREAT")
    async with serving.units.begin() as unit:
        return await confirm_person(
            Redeemed(tuple(handles), envelope),
            purpose=purpose,
            unit=unit,
            people=serving.people,
            envelopes=serving.envelopes,
        )


def handle(venezuela: FakeCountry, patient_id: str) -> bytes:
    return venezuela.node.shelf.state.handles[patient_id]


async def test_the_person_is_found_among_others(migrant: FakeFederation, venezuela: FakeCountry) -> None:
    await venezuela.admit("v2", SISTER)
    await venezuela.admit("v3", NIECE)
    handles = [handle(venezuela, each) for each in ("v3", "v2", "v1")]
    assert await confirmed(migrant, handles) == Confirmed("v1", Grade.CERTAIN)


async def test_a_probable_match_is_told_as_such(migrant: FakeFederation, venezuela: FakeCountry) -> None:
    swapped = replace(HER, given=("Yusneidi",), birth=(1991, 4, None))
    found = await confirmed(migrant, [handle(venezuela, "v1")], described=swapped)
    assert found == Confirmed("v1", Grade.PROBABLE)


@pytest.mark.parametrize(
    "described",
    [
        replace(HER, given=("Maryelis", "Josefina")),
        replace(HER, birth=None),
        Demographics(("Pedro",), ("Paz",), (1970, 1, 1), "male"),
    ],
    ids=["a-sister", "no-birth-date", "somebody-else"],
)
async def test_doubt_confirms_nobody(migrant: FakeFederation, venezuela: FakeCountry, described: Demographics) -> None:
    assert await confirmed(migrant, [handle(venezuela, "v1")], described=described) is None


async def test_two_of_equal_grade_confirm_nobody(migrant: FakeFederation, venezuela: FakeCountry) -> None:
    await venezuela.admit("v2", patient())
    assert await confirmed(migrant, [handle(venezuela, "v1"), handle(venezuela, "v2")]) is None


@pytest.mark.parametrize("handles", [[], [b"0" * 16]])
async def test_a_handle_that_nobody_has_confirms_nobody(migrant: FakeFederation, handles: list[bytes]) -> None:
    assert await confirmed(migrant, handles) is None


async def test_an_envelope_sealed_for_another_purpose_is_not_opened(
    migrant: FakeFederation, venezuela: FakeCountry
) -> None:
    assert await confirmed(migrant, [handle(venezuela, "v1")], purpose=Purpose.ETREAT) is None
