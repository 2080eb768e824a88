"""A process beside a node serves its FHIR base, the whole of it and nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from starlette.routing import BaseRoute, Route

from corridor.apps.node import app_of
from corridor.apps.node_beside import beside_of
from corridor.apps.node_rooms import open_rooms
from demo.parties import Party
from tests.doors.running import Node, Reply, second_process, settings_of
from tests.doors.samples import Town
from tests.doors.test_national_bundles import entry, send

BUNDLES = 12
OPERATING = Path(__file__).parents[2] / "docs" / "operating.md"


def _write(at: Node, number: int) -> Reply:
    link = f"urn:uuid:00000000-0000-4000-8000-{number:012}"
    person = {"resourceType": "Patient", "identifier": [{"system": "urn:test:beside", "value": f"{number}"}]}
    seen = {"resourceType": "Encounter", "status": "finished", "class": {"code": "AMB"}, "subject": {"reference": link}}
    entries = entry("POST", "Patient", person, full_url=link), entry("POST", "Encounter", seen)
    return send(at, "transaction", *entries)


def test_what_one_process_writes_the_other_reads_searches_and_writes_over(node: Node, lima: Party) -> None:
    with second_process(node, lima) as beside, ThreadPoolExecutor(8) as crowd:
        turns = [(node, beside)[number % 2] for number in range(BUNDLES)]
        assert {each.status for each in crowd.map(_write, turns, range(BUNDLES))} == {200}
        for at, other in ((node, beside), (beside, node)):
            [name] = at.get("Patient?identifier=urn:test:beside|3").ids
            assert len(other.get(f"Encounter?patient={name}").ids) == 1
            person = other.get(f"Patient/{name}")
            changed = at.ask(
                "PUT", f"/fhir/Patient/{name}", person.json | {"active": True}, if_match=person.headers["etag"]
            )
            assert changed.status == 200
            assert other.get(f"Patient/{name}").headers["etag"] == changed.headers["etag"]
            assert at.ask("PUT", f"/fhir/Patient/{name}", person.json, if_match=person.headers["etag"]).status == 412


def test_what_asks_abroad_and_what_people_look_at_is_not_beside(node: Node, town: Town, lima: Party) -> None:
    with second_process(node, lima) as beside:
        asked = beside.ask("POST", f"/fhir/Patient/{town.ids['patient']}/$pull-history", role="clinician")
        assert asked.status == 404
        assert asked.json["resourceType"] == "OperationOutcome"
        for path in ("/", "/entrar", "/exchange/did.json", "/.well-known/did.json"):
            assert beside.ask("GET", path, role="").status == 404
        assert beside.ask("GET", "/health", role="").json["status"] == "ok"
        assert beside.ask("GET", "/fhir/metadata", role="").json["resourceType"] == "CapabilityStatement"


async def test_the_proxy_is_told_which_operations_are_the_nodes_own(node: Node, lima: Party) -> None:
    rooms = await open_rooms(settings_of(lima.config, node.settings.database))
    try:
        whole, beside = (_base(app.routes) for app in (app_of(rooms), beside_of(rooms, port=0)))
    finally:
        await rooms.close()
    [told] = re.findall(r"location ~ (\S+) \{ proxy_pass http://node", OPERATING.read_text(encoding="utf-8"))
    assert beside < whole
    assert {path for path in whole if re.search(told, path)} == whole - beside


def _base(routes: Iterable[BaseRoute]) -> set[str]:
    return {each.path for each in routes if isinstance(each, Route) and each.path.startswith(("/fhir", "/auth"))}


@pytest.mark.parametrize(
    "path", ["Patient/{0}", "Observation?patient={0}", "Patient/{0}/$everything", "Patient/{0}/_history"]
)
def test_the_base_answers_alike_beside(node: Node, town: Town, lima: Party, path: str) -> None:
    with second_process(node, lima) as beside:
        own, other = node.get(path.format(town.ids["patient"])), beside.get(path.format(town.ids["patient"]))
        assert (own.status, len(own.body)) == (other.status, len(other.body)) == (200, len(own.body))
        assert beside.get(path.format(town.ids["patient"]), role="").status == 401
