import os
import signal
import threading
import time

import httpx
from typer.testing import CliRunner

from corridor.apps.cli import app
from corridor.storage.hub.tables import person as registered
from demo.bundles import bundle
from demo.parties import HUB
from demo.people import person as person_of
from demo.values import Person
from tests.journeys.tables import rows
from tests.journeys.world import FHIR, World

KILLED = "CL"


def arrivals(first: int) -> list[Person]:
    """People who are registered in Santiago."""
    several = (person_of(7, number) for number in range(first, first + 200))
    return [one for one in several if one.here.country == KILLED]


def send(land: World, crowd: list[Person], acknowledged: list[Person]) -> None:
    """Write one after another until the node is gone."""
    headers = {**land.bearer(KILLED, "programme"), **FHIR}
    with httpx.Client(timeout=10) as client:
        for one in crowd:
            try:
                answer = client.post(f"{land.doors[KILLED].url}/fhir", content=bundle(one, one.here), headers=headers)
            except httpx.HTTPError:
                return
            if answer.status_code == 200:
                acknowledged.append(one)


def test_what_was_acknowledged_before_the_kill_is_there_and_nothing_is_half_done(land: World) -> None:
    crowd = arrivals(3000)
    assert len(crowd) > 30
    acknowledged: list[Person] = []
    before = len([row for row in rows(land.doors[HUB], registered) if row["country"] == KILLED])
    sender = threading.Thread(target=send, args=(land, crowd, acknowledged))
    sender.start()
    while len(acknowledged) < 8:
        time.sleep(0.005)
    process = land.running.processes[KILLED]
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    sender.join()
    land.back(KILLED)
    land.people += acknowledged

    possibly = crowd[: len(acknowledged) + 2]
    kept = [one for one in possibly if whole(land, one)]
    assert {one.number for one in acknowledged} <= {one.number for one in kept}
    assert len(kept) <= len(acknowledged) + 1

    land.settle()
    after = len([row for row in rows(land.doors[HUB], registered) if row["country"] == KILLED])
    assert after == before + len(kept)
    result = CliRunner().invoke(app, ["audit", "verify", "--config", str(land.doors[KILLED].config)])
    assert result.exit_code == 0, result.output


def whole(land: World, one: Person) -> bool:
    """Whether somebody is there; never with only a part of what was sent together."""
    patient = land.request("GET", KILLED, f"/fhir/Patient/{one.here.id}")
    found = land.read(KILLED, f"Observation?patient={one.here.id}&_count=100")
    measured = len(found.get("entry", ()))
    if patient.status_code == 404:
        assert measured == 0
        return False
    assert measured >= len(one.here.care.results)
    return True
