"""A register is indexed whatever kills the run, shares are made anew, and another key takes over as people search."""

from __future__ import annotations

import asyncio
import signal
import subprocess
from collections.abc import Iterator
from time import monotonic, sleep

import pytest
from sqlalchemy import delete

from corridor.apps.settings import node_settings
from corridor.flows.ports.token_index import Progress
from corridor.storage.database import Database
from corridor.storage.hub.tables import person as registered
from corridor.storage.hub.tables import token
from corridor.storage.node.token_index import SqlTokenIndex
from demo.ceremony import corridor, sign_manifest
from demo.federation import CORRIDOR
from demo.parties import HUB, NODES
from demo.story import the_woman
from tests.databases import KINDS, Databases
from tests.journeys.tables import change, rows
from tests.journeys.world import World, world

WOMAN = the_woman()
CROWD = 130
"""More than three slices."""


@pytest.fixture(scope="module", params=KINDS)
def place(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, databases: Databases
) -> Iterator[World]:
    """A federation of its own, as its keys are changed."""
    with world(tmp_path_factory.mktemp("keys"), databases, kind=str(request.param), crowd=2) as made:
        yield made


def mark(place: World) -> Progress:
    """How far Peru's register was indexed."""

    async def read() -> Progress:
        database = Database(node_settings(place.doors["PE"].config).database)
        try:
            return await SqlTokenIndex(database).progress(1)
        finally:
            await database.close()

    return asyncio.run(read())


def forget(place: World) -> None:
    """The hub knows nobody any more."""
    for table in (token, registered):
        change(place.doors[HUB], delete(table))


def known(place: World) -> int:
    """How many people of Peru the hub knows; nobody has the same token twice, nobody is without any."""
    people = {row["key"]: row for row in rows(place.doors[HUB], registered)}
    tokens = [(row["person"], row["value"], row["epoch"]) for row in rows(place.doors[HUB], token)]
    assert len(tokens) == len(set(tokens))
    assert {number for number, *_ in tokens} == people.keys()
    return sum(row["country"] == "PE" for row in people.values())


def again(place: World) -> None:
    """Everybody reads the directory anew."""
    with place.away(*NODES, HUB):
        pass


def ceremony(place: World, name: str, *plan: object) -> str:
    """A ceremony of all five; where its public part lies."""
    table = place.running.folder / name
    corridor("keys", "plan", "--table", table, *map(str, plan))
    for _round in range(3):
        for party in place.nodes:
            corridor("keys", "ceremony", "--config", party.config, "--table", table, "--yes")
    return str(table / "public.json")


def update(place: World, *words: str) -> None:
    """The next version of the directory, taken by everybody."""
    pinned = place.running.folder / "federation.json"
    corridor("federation", "update", "--directory", pinned, "--out", pinned, *words)
    sign_manifest(list(place.doors.values()), pinned)
    again(place)


def found(place: World) -> set[str]:
    """Countries that tell Lima of the woman."""
    return set(place.pull(WOMAN).by_country)


def epochs(place: World, *words: str) -> str:
    """What the hub says of its keys."""
    return corridor("hub", "epochs", "--config", place.doors[HUB].config, *words)


def test_a_run_that_is_killed_goes_on_where_it_was(place: World) -> None:
    for number in range(CROWD):
        name = {"family": f"Quispe{number} Mamani", "given": [f"Rosa{number}"]}
        person = {"resourceType": "Patient", "id": f"crowd-{number}", "name": [name], "birthDate": "1990-03-12"}
        place.write("PE", person)
    place.settle()
    everybody = known(place)
    assert everybody >= CROWD
    forget(place)
    command = [CORRIDOR, "identity", "index", "--config", place.doors["PE"].config, "--jobs", "1"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE)
    until = monotonic() + 60
    while not mark(place).done and process.poll() is None and monotonic() < until:
        sleep(0.05)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    behind = mark(place).done
    assert behind > 0
    assert behind <= known(place) <= everybody
    said = corridor("identity", "index", "--config", place.doors["PE"].config)
    assert "Everybody in the register is" in said
    assert known(place) == everybody
    assert mark(place).done >= CROWD
    assert f" {mark(place).done - behind} patients" in said
    for country in NODES:
        corridor("identity", "index", "--config", place.doors[country].config)


def test_new_shares_find_the_same_people(place: World) -> None:
    before = found(place)
    update(place, "--public", ceremony(place, "anew", "--renew", place.running.folder / "federation.json"))
    assert found(place) == before


def test_another_key_takes_over_and_the_old_tokens_are_forgotten(place: World) -> None:
    before = found(place)
    cards = [word for party in place.nodes for word in ("--card", party.folder / "card.json")]
    public = ceremony(place, "next", *cards, "--epoch", "2")
    update(place, "--next", public)
    assert found(place) == before
    until = monotonic() + 90
    while len({line.rpartition(" ")[0].rpartition(" ")[2] for line in epochs(place).splitlines()}) != 1 or (
        "Key 2" not in epochs(place)
    ):
        assert monotonic() < until, epochs(place)
        sleep(0.5)
    update(place, "--public", public)
    assert found(place) == before
    assert "Key 1" not in epochs(place, "--forget")
    assert found(place) == before
    logged = [event.get("outcomeDesc") for event in place.audit("PE")]
    assert logged.count("key-ceremony") >= 2
