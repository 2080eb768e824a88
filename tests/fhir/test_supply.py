from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corridor.fhir.supply import reason_of, supply_days

TABLETS = {"value": 60, "unit": "tableta"}


def dosed(text: str) -> dict[str, Any]:
    return {"quantity": TABLETS, "dosageInstruction": [{"text": text}]}


def timed(frequency: int, period: int, unit: str) -> dict[str, Any]:
    repeat = {"frequency": frequency, "period": period, "periodUnit": unit}
    dose = {"doseAndRate": [{"doseQuantity": {"value": 1, "unit": "tableta"}}], "timing": {"repeat": repeat}}
    return {"quantity": TABLETS, "dosageInstruction": [dose]}


@pytest.mark.parametrize(
    ("resource", "days"),
    [
        ({"daysSupply": {"value": 90, "code": "d"}}, 90),
        ({"daysSupply": {"value": 3, "unit": "meses"}}, 90),
        ({"daysSupply": {"value": 4, "code": "wk"}}, 28),
        ({"daysSupply": {"value": 30}}, 30),
        ({"daysSupply": {"value": 3, "unit": "frascos"}}, None),
        ({"daysSupply": {"value": -30, "code": "d"}}, None),
        ({"daysSupply": {"value": 1e9, "code": "d"}}, None),
        ({"dispenseRequest": {"expectedSupplyDuration": {"value": 1, "code": "mo"}}}, 30),
        (timed(1, 1, "d"), 60),
        (timed(2, 1, "d"), 30),
        (timed(1, 12, "h"), 30),
        (dosed("1 tableta cada 12 horas"), 30),
        (dosed("1 tab diaria"), 60),
        (dosed("2 tab BID"), 15),
        (dosed("1-0-1"), 30),
        (dosed("una tableta vía oral cada noche"), 60),
        (dosed("según indicación"), None),
        ({"quantity": {"value": 9000, "unit": "mg"}, "dosageInstruction": [{"text": "1 tab diaria"}]}, None),
        ({"quantity": TABLETS}, None),
    ],
)
def test_days_of_a_supply_are_told_or_counted_from_its_pieces_and_never_guessed(
    resource: dict[str, Any], days: int | None
) -> None:
    assert supply_days(resource) == days


@pytest.mark.parametrize(
    ("resource", "reason"),
    [
        ({"statusReason": [{"text": "anemia"}, {"text": "viaje"}]}, "anemia; viaje"),
        ({"statusReason": {"coding": [{"display": "Toxicidad"}]}}, "Toxicidad"),
        ({"statusReasonCodeableConcept": {"text": "desabastecimiento"}}, "desabastecimiento"),
        ({"reasonCode": [{"text": "infección por VIH"}]}, ""),
        ({"statusReason": "x"}, ""),
    ],
)
def test_why_it_was_stopped_is_kept_as_written(resource: dict[str, Any], reason: str) -> None:
    assert reason_of(resource) == reason


junk: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.text(max_size=8) | st.integers() | st.floats(),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["value", "unit", "code", "text"]), inner)
    ),
    max_leaves=8,
)


@given(
    st.dictionaries(st.sampled_from(["quantity", "daysSupply", "dosage", "dosageInstruction", "dispenseRequest"]), junk)
)
def test_reading_a_supply_never_fails(resource: dict[str, Any]) -> None:
    days = supply_days(resource)
    assert days is None or days > 0
    assert isinstance(reason_of({"statusReason": resource}), str)
