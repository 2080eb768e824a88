"""Decisions of people leave as examples to learn from, and tell nothing of whom they were about."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from corridor.domain.grade import Grade
from corridor.domain.tie import LabelledPair
from corridor.flows.export_labels import export_labels
from tests.fakes.federation import FakeFederation

NOW = datetime(2026, 11, 23, tzinfo=UTC)
SWAPPED = ("given:whole", "surnames:shorter", "birth:swapped", "papers:same", "sex:same")


async def test_labels_leave_in_the_order_of_their_words_and_without_their_time(migrant: FakeFederation) -> None:
    units = migrant["VE"].node.units
    async with units.begin() as unit:
        await unit.ties.label("t-2", LabelledPair(SWAPPED, Grade.PROBABLE, True, NOW + timedelta(days=1)))  # noqa: FBT003  # the field's order is the value's
        await unit.ties.label("t-1", LabelledPair(SWAPPED, Grade.PROBABLE, False, NOW + timedelta(days=2)))  # noqa: FBT003  # the field's order is the value's
    words = " ".join(SWAPPED)
    assert await export_labels(units=units) == ((words, "probable", 0), (words, "probable", 1))
