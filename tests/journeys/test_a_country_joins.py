"""Panama joins while everybody runs, is asked, and is expelled: no release, no restart, and it is named for ever."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import count
from typing import Any

import pytest

from corridor.storage.hub.tables import person as registered
from corridor.storage.node.tables import return_grant
from demo.bundles import resources
from demo.consents import consents
from demo.filling import wait_until_registered
from demo.parties import HUB, NODES
from demo.people import person
from demo.places import places
from demo.values import Agreement, AgreementKind, Outcome, Person
from tests.attacks.envoy import DOORS, Envoy, at_door, refused
from tests.databases import KINDS, Databases
from tests.journeys.pages import Clicks
from tests.journeys.sixth import CEDULA, begin, draft, enrol, five, publish, root
from tests.journeys.tables import rows
from tests.journeys.world import Pulled, World

NUMBER = "8-765-4321"


@pytest.fixture(scope="module", params=KINDS)
def land(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, databases: Databases
) -> Iterator[World]:
    """The five, before Panama comes."""
    with five(tmp_path_factory.mktemp("joining"), databases, kind=str(request.param)) as made:
        yield made


def traveller() -> Person:
    """Somebody with records before Lima, who lets other countries be asked."""
    found = (person(7, number) for number in count(3000))
    return next(
        one
        for one in found
        if one.outcome is Outcome.BY_PAPER and [each.country for each in one.registrations] == ["VE", "PE"]
    )


WOMAN = traveller()


def with_cedula(resource: dict[str, Any]) -> dict[str, Any]:
    """The same, where a Patient shows the paper that only Panama's part of the manifest explains."""
    if resource["resourceType"] != "Patient":
        return resource
    return resource | {"identifier": [{"type": {"coding": [{"system": CEDULA, "code": "1"}]}, "value": NUMBER}]}


def processes(land: World) -> dict[str, int]:
    """Who runs, by the number of the process."""
    return {key: process.pid for key, process in land.running.processes.items() if key != "PA"}


def test_panama_joins_and_is_asked_while_everybody_runs(land: World, databases: Databases) -> None:
    before = processes(land)
    publish(land, draft(land, "update", "--card", enrol(land, databases), name="second.json"))
    begin(land)
    first, here = WOMAN.registrations
    land.admit(replace(WOMAN, registrations=(here,)))
    land.write("PE", *map(with_cedula, resources(WOMAN, here)))
    land.write("PA", *places("VE"), *map(with_cedula, resources(WOMAN, first)))
    wait_until_registered([land.doors["PA"], land.doors["PE"]], lambda _: None)
    pulled = land.pull(WOMAN)
    assert pulled.summary == "5 of 5 countries answered."
    assert set(pulled.by_country) == {"PA"}
    assert processes(land) == before
    for key in NODES:
        logged = [event for event in land.audit(key) if event.get("outcomeDesc") == "manifest"]
        assert len(logged) == 1


def test_panamas_pages_speak_its_language_and_others_name_it(land: World) -> None:
    assert 'lang="en"' in land.client.get(f"{land.doors['PA'].url}/ingreso").text
    clicks = Clicks(land, "PE")
    assert "Panamá" in clicks.open(f"/personas/{WOMAN.here.id}/consentimientos").text
    clicks.close()


def test_panama_asks_like_everybody_else(land: World) -> None:
    there, given = WOMAN.registrations[0], Agreement(AgreementKind.GIVEN, ("PA",), date(2026, 1, 1), date(2035, 12, 31))
    (consent,) = consents(WOMAN, replace(there, agreements=(given,)))
    land.write("PA", {**consent, "id": "for-panama", "dateTime": datetime.now(UTC).isoformat(timespec="microseconds")})
    answer = land.ask("PA", there.id)
    assert answer.status_code == 200, answer.text
    assert "PE" in Pulled(answer.json()).by_country
    assert {row["country"] for row in rows(land.doors["PE"], return_grant)} >= {"PA"}
    assert "PA" in {row["country"] for row in rows(land.doors[HUB], registered)}


def test_expelled_its_keys_are_refused_at_once_and_it_is_named(land: World) -> None:
    before = processes(land)
    panama = Envoy(land, "PA")
    publish(land, draft(land, "remove", "--country", "PA", "--expelled", name="third.json"))
    for door in DOORS:
        assert refused(panama.send(panama.signed(at_door(panama, door))), 401)
    pulled = land.pull(WOMAN)
    assert pulled.summary == "4 of 5 countries answered."
    assert pulled.silent == {"PA": "suppressed"}
    assert processes(land) == before
    clicks = Clicks(land, "PE")
    asked = clicks.send(f"/personas/{WOMAN.here.id}/historial", purpose="TREAT")
    assert asked.status_code == 303, asked.text
    waiting = clicks.open(asked.headers["location"])
    page = clicks.open(asked.headers["location"].removesuffix("/avance")).text
    assert waiting.status_code in {200, 303}
    assert "Panamá" in page
    assert "fue expulsado de la federación" in page
    clicks.close()


def test_what_it_was_given_is_recalled_and_its_people_are_forgotten(land: World) -> None:
    assert "PA" not in {row["country"] for row in rows(land.doors["PE"], return_grant)}
    assert "PA" not in {row["country"] for row in rows(land.doors[HUB], registered)}
    assert "copies-recalled-expelled" in {event.get("outcomeDesc") for event in land.audit("PE")}
    answer = land.ask("PA", WOMAN.registrations[0].id)
    assert Pulled(answer.json()).by_country == {}


def test_an_older_version_does_not_let_it_in_again(land: World) -> None:
    panama = Envoy(land, "PA")
    now = root(land).read_bytes()
    for key in (HUB, *NODES):
        shutil.copy(land.running.folder / "second.json", land.doors[key].folder / "federation.json")
    with land.away("CO"):
        pass
    assert refused(panama.send(panama.signed(at_door(panama, "exchange"))), 401)
    assert (land.doors["CO"].folder / "federation.json").read_bytes() == now
    assert land.pull(WOMAN).silent == {"PA": "suppressed"}
