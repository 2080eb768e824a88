"""A member of the federation meddles with what is another's at the hub."""

import secrets
from datetime import UTC, datetime

import pytest

from corridor.domain.disclosure import Decision
from corridor.domain.wire import (
    LineWords,
    LogSizeWords,
    PersonWords,
    RegisterWords,
    RemoveWords,
    ReportWords,
    read_words,
    write_words,
)
from corridor.storage.hub.tables import person as persons
from corridor.storage.node.tables import log_checkpoint, registration
from demo.parties import HUB
from demo.values import Person
from tests.attacks.envoy import Envoy, entries, refused
from tests.journeys.coordinator import page, whole_logs
from tests.journeys.tables import rows
from tests.journeys.world import World


def handles_of(land: World, country: str) -> tuple[bytes, ...]:
    """Under which the hub knows a country's persons."""
    return tuple(bytes(row["handle"]) for row in rows(land.doors[country], registration))


def known(land: World, country: str) -> int:
    """How many persons of a country the hub knows."""
    return sum(row["country"] == country for row in rows(land.doors[HUB], persons))


async def test_nobody_can_have_another_countrys_persons_forgotten(
    land: World, lima: Envoy, santiago: Envoy, woman: Person
) -> None:
    before = known(land, "VE")
    words = RemoveWords(handles_of(land, "VE"))
    assert santiago.post(HUB, "/remove", write_words(words)).status_code == 200
    assert known(land, "VE") == before > 0
    assert entries(await lima.history("VE", woman))


async def test_nobody_can_put_another_in_a_countrys_place(
    land: World, lima: Envoy, santiago: Envoy, woman: Person
) -> None:
    handle = handles_of(land, "VE")[0]
    words = RegisterWords(santiago.known.epoch, (PersonWords(handle, (), (0, 0, 0, 0)),))
    assert santiago.post(HUB, "/register", write_words(words)).status_code == 200
    assert entries(await lima.history("VE", woman))
    assert santiago.post(HUB, "/remove", write_words(RemoveWords((handle,)))).status_code == 200


def size_seen(envoy: Envoy) -> int:
    """How far the hub has seen the country's log."""
    return read_words(envoy.get(HUB, "/log-size").content, LogSizeWords).size


def told(asker: str, holder: str, *, minute: int = 0) -> LineWords:
    """A line of a report."""
    hour = datetime.now(UTC).replace(minute=minute, second=0, microsecond=0)
    return LineWords(secrets.token_hex(16), hour, asker, holder, "TREAT", Decision.DISCLOSED)


@pytest.mark.parametrize(
    "line",
    [told("PE", "VE"), told("BR", "CL"), told("CL", "CL"), told("PE", "CL", minute=30)],
    ids=["of-others", "of-no-member", "of-itself", "with-minutes"],
)
def test_a_country_reports_only_its_own_exchanges_by_the_hour(santiago: Envoy, line: LineWords) -> None:
    words = ReportWords((line,), size_seen(santiago), 1, "", ())
    assert refused(santiago.post(HUB, "/report", write_words(words)), 400)


def test_a_log_that_was_cut_is_marked_and_the_coordinator_sees_it(land: World, santiago: Envoy) -> None:
    land.ask("PE", "p00000")
    land.settle()
    assert whole_logs(land)["CL"][0]
    first = rows(land.doors["CL"], log_checkpoint)[0]
    with land.away("CL"):
        words = ReportWords((), size_seen(santiago), first["size"], first["note"], ())
        assert santiago.post(HUB, "/report", write_words(words)).status_code == 200
    assert not whole_logs(land)["CL"][0]
    assert all(whole for country, (whole, _) in whole_logs(land).items() if country != "CL")
    assert "la prueba falló" in page(land)
    land.ask("PE", "p00000")
    land.settle()
    assert not whole_logs(land)["CL"][0]
