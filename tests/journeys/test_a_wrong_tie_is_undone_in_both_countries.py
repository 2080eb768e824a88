"""Somebody's record was told under another's name: what becomes of the tie in both countries, and of merged ones."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from corridor.storage.node.tie_tables import tie, tie_flow
from demo.bundles import resources
from demo.values import Person
from tests.journeys.pages import Clicks
from tests.journeys.tables import rows
from tests.journeys.world import World, patient_of

TIE = re.compile(r"/vinculos/([0-9a-f]{32})")
ROAD = ("VE", "CO", "PE")


@contextmanager
def desk(land: World, country: str) -> Iterator[Clicks]:
    """A clinician's browser in a country."""
    clicks = Clicks(land, country)
    try:
        yield clicks
    finally:
        clicks.close()


def ties(land: World, country: str, patient: str) -> list[dict[str, Any]]:
    """What a country holds of a person's ties."""
    return [dict(row) for row in rows(land.doors[country], tie) if row["patient_id"] == patient]


def with_country(land: World, patient: str, other: str) -> dict[str, Any]:
    """Peru's tie of a person with another country."""
    (found,) = [each for each in ties(land, "PE", patient) if each["country"] == other]
    return found


def flows(land: World, country: str, id: str) -> list[tuple[str, str]]:
    """What flowed under a tie: how, and by which trace."""
    return sorted((row["kind"], row["trace"]) for row in rows(land.doors[country], tie_flow) if row["tie"] == id)


def there(person: Person, country: str) -> str:
    """Their id in another country."""
    return next(each.id for each in person.registrations if each.country == country)


def broken(land: World, country: str) -> int:
    """How often a country gave nothing because a tie had been broken."""
    return sum("tie-broken" in str(event) for event in land.audit(country))


def undo(land: World, country: str, patient: str, id: str) -> str:
    """A clinician finds the tie on the person's page and undoes it; what its page tells afterwards."""
    with desk(land, country) as clicks:
        assert id in TIE.findall(clicks.open(f"/personas/{patient}/vinculos").text)
        answer = clicks.send(f"/vinculos/{id}/deshacer", sure="yes")
        assert answer.status_code == 303, answer.text
        land.settle()
        return clicks.open(f"/vinculos/{id}").text


def copied(land: World, country: str, patient: dict[str, Any]) -> str:
    """The same person stands a second time in a register; then the entries are merged into the new one."""
    other = secrets.token_hex(8)
    again = {name: value for name, value in patient.items() if name != "meta"} | {"id": other}
    land.write(country, again)
    link = [{"other": {"reference": f"Patient/{other}"}, "type": "replaced-by"}]
    land.write(country, patient | {"link": link, "active": False})
    land.settle()
    return other


def test_undone_in_lima_it_is_undone_in_caracas_and_both_list_what_flowed(land: World) -> None:
    person = land.newcomer(*ROAD)
    assert {"VE", "CO"} <= land.pull(person).by_country.keys()
    here = with_country(land, person.here.id, "VE")
    page = undo(land, "PE", person.here.id, here["id"])
    (abroad,) = ties(land, "VE", there(person, "VE"))
    assert (with_country(land, person.here.id, "VE")["state"], abroad["state"]) == ("undone", "undone")
    told, received = flows(land, "VE", abroad["id"]), flows(land, "PE", here["id"])
    assert [trace for _, trace in told] == [trace for _, trace in received]
    assert [kind for kind, _ in told + received] == ["told", "received"]
    assert received[0][1][:12] in page
    with desk(land, "VE") as clicks:
        assert told[0][1][:12] in clicks.open(f"/vinculos/{abroad['id']}").text
    again = land.pull(person)
    assert "VE" not in again.by_country
    assert "CO" in again.by_country
    assert again.silent == {}
    for country in ("PE", "VE"):
        assert any("tie-undone" in str(event) for event in land.audit(country))
    # Registering the same person anew and merging the two entries brings nothing back.
    refused = broken(land, "VE")
    first = resources(person, person.registrations[0])
    copied(land, "VE", next(each for each in first if each["resourceType"] == "Patient"))
    assert "VE" not in land.pull(person).by_country
    assert broken(land, "VE") == refused + 1


def test_undone_in_caracas_it_is_undone_in_lima(land: World) -> None:
    person = land.newcomer(*ROAD)
    land.pull(person)
    (abroad,) = ties(land, "VE", there(person, "VE"))
    undo(land, "VE", there(person, "VE"), abroad["id"])
    assert with_country(land, person.here.id, "VE")["state"] == "undone"
    assert with_country(land, person.here.id, "CO")["state"] != "undone"
    assert "VE" not in land.pull(person).by_country


def test_a_correction_of_who_somebody_is_asks_people_again_and_any_other_keeps_the_tie(land: World) -> None:
    person = land.newcomer(*ROAD)
    land.pull(person)
    before, written = with_country(land, person.here.id, "VE"), patient_of(person)
    land.write("PE", written | {"maritalStatus": {"text": "soltera"}})
    land.pull(person)
    kept = with_country(land, person.here.id, "VE")
    assert (kept["id"], kept["state"], kept["doubt"]) == (before["id"], before["state"], before["doubt"])
    land.write("PE", written | {"birthDate": other_day(written["birthDate"])})
    land.settle()
    assert "VE" in land.pull(person).by_country
    corrected = with_country(land, person.here.id, "VE")
    assert (corrected["id"], corrected["doubt"]) == (before["id"], "evidence-changed")
    with desk(land, "PE") as clicks:
        assert corrected["id"] in TIE.findall(clicks.open("/vinculos").text)


def other_day(birth: str) -> str:
    """The day before or after."""
    day = int(birth[8:])
    return f"{birth[:8]}{day - 1 if day > 1 else 2:02}"


def test_two_entries_that_are_merged_keep_their_tie_and_people_look_again(land: World) -> None:
    person = land.newcomer(*ROAD)
    land.pull(person)
    before = with_country(land, person.here.id, "VE")
    survivor = copied(land, "PE", patient_of(person))
    assert ties(land, "PE", person.here.id) == []
    moved = with_country(land, survivor, "VE")
    assert (moved["id"], moved["state"], moved["doubt"]) == (before["id"], before["state"], "merged")
    assert flows(land, "PE", moved["id"]) == flows(land, "PE", before["id"]) != []
    assert any("tie-moved" in str(event) for event in land.audit("PE"))
    page = undo(land, "PE", survivor, moved["id"])
    assert flows(land, "PE", moved["id"])[0][1][:12] in page
    (abroad,) = ties(land, "VE", there(person, "VE"))
    assert abroad["state"] == "undone"
