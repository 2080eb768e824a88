import asyncio
import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from corridor.storage.node.tables import withdrawal
from demo.values import Person
from tests.attacks.envoy import Envoy, entries
from tests.journeys.tables import rows
from tests.journeys.world import World

SECONDS = 5.0
"""So soon every node that can be reached knows."""


def knows(land: World, country: str, patient: str) -> bool:
    """Whether a country keeps a withdrawal of a person."""
    return any(row["patient_id"] == patient for row in rows(land.doors[country], withdrawal))


def until(true: Callable[[], bool], seconds: float) -> float:
    """How long it took to become true."""
    began = time.monotonic()
    while not true():
        assert time.monotonic() - began < seconds
        time.sleep(0.05)
    return time.monotonic() - began


@contextmanager
def stopped(land: World, country: str) -> Iterator[None]:
    """A node hangs inside the block: it takes connections and answers nothing."""
    process = land.running.processes[country]
    os.kill(process.pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(process.pid, signal.SIGCONT)


@contextmanager
def dead(land: World, country: str) -> Iterator[None]:
    """A node is killed and starts again at the end."""
    process = land.running.processes[country]
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    try:
        yield
    finally:
        land.back(country)


AWAY = {"hangs": stopped, "is dead": dead}


@pytest.mark.parametrize("how", AWAY)
async def test_who_can_be_reached_knows_in_seconds_and_who_was_away_before_it_tells_anything(
    land: World, how: str
) -> None:
    person = land.newcomer("VE", "CO", "PE")
    lima = Envoy(land, "PE")
    assert entries(await asked(lima, person))
    with AWAY[how](land, "VE"):
        path = f"/fhir/Patient/{person.registrations[1].id}/$withdraw-consent"
        assert land.request("POST", "CO", path).is_success
        assert knows(land, "CO", person.registrations[1].id)
        until(lambda: knows(land, "PE", person.here.id), SECONDS)
        assert land.ask("PE", person.here.id).status_code == 403
        handle = (await lima.handles(person))["VE"]
        await asyncio.sleep(3)
    # Lima as if it had not been told: with a consent of its own, at the first moment at which Caracas answers.
    assert entries(lima.ask("VE", lima.question(handle))) == []
    assert knows(land, "VE", person.registrations[0].id)
    until(lambda: {"VE", "PE", "EC", "CL"} <= acknowledged(land, "CO", person), 60)


async def asked(lima: Envoy, person: Person) -> Any:
    """Caracas, by somebody with Lima's keys and a consent."""
    return lima.ask("VE", lima.question((await lima.handles(person))["VE"]))


def acknowledged(land: World, country: str, person: Person) -> set[str]:
    """Countries of which the log says that they keep the withdrawal."""
    local = next(each.id for each in person.registrations if each.country == country)
    events = [each for each in land.audit(country, f"&patient=Patient/{local}") if each["outcome"] == "0"]
    told = (each for each in events if "PATRQT" in str(each))
    return {code for each in told for code in ("VE", "PE", "EC", "CL") if f"urn:iso:std:iso:3166:{code}" in str(each)}
