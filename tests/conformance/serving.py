"""A country's node as a process of its own, with accounts, people and one resource of every type: for strangers."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import httpx

from demo.bundles import bundle, bundle_of_places
from demo.ceremony import hold_ceremony
from demo.federation import Federation
from demo.filling import make_accounts, token
from demo.parties import Party, lay_out
from demo.people import people
from tests.databases import Databases
from tests.journeys.world import free_ports

FHIR_JSON = "application/fhir+json"
COUNTRY = "PE"
CROWD = 12
"""How many of the demo's people there are; about every second one lives in the country."""

SAMPLES: dict[str, Any] = json.loads(
    (Path(__file__).parents[1] / "doors" / "national_resources.json").read_text(encoding="utf-8")
)
_BACKPORT = "http://hl7.org/fhir/uv/subscriptions-backport/StructureDefinition/"
_FIRST = ("Organization", "Practitioner", "Medication", "Patient")


@dataclass(slots=True)
class Served:
    """A running node and who may ask there.

    Attributes:
        url: public address of the node, without a slash at the end.
        hook_port: where on the loopback a stranger listens who may be told of changes.
        tokens: bearer tokens by role.
        ids: of the sample of each type, by type in small letters.
    """

    kind: str
    url: str
    hook_port: int
    tokens: Mapping[str, str]
    client: httpx.Client
    ids: dict[str, str] = field(default_factory=dict)

    @property
    def base(self) -> str:
        """Address of the national base."""
        return f"{self.url}/fhir"

    def headers(self, role: str = "programme") -> dict[str, str]:
        """What a stranger must send to be let in."""
        return {"authorization": f"Bearer {self.tokens[role]}"}

    def request(self, method: str, path: str, *, role: str = "programme", **more: Any) -> httpx.Response:
        """A request below the base, or to an address that the node gave."""
        headers = {**self.headers(role), **more.pop("headers", {})}
        target = path if path.startswith("http") else f"{self.base}/{path}"
        return self.client.request(method, target, headers=headers, **more)

    def make(self, resource: Mapping[str, Any]) -> str:
        """Create a resource; its id."""
        content = json.dumps(resource).encode()
        answer = self.request("POST", resource["resourceType"], content=content, headers={"content-type": FHIR_JSON})
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    def sample(self, resource_type: str) -> dict[str, Any]:
        """A good resource of a type that clients write, referring to the other samples."""
        text = json.dumps(SAMPLES[resource_type]["resource"])
        for name, value in self.ids.items():
            text = text.replace("{" + name + "}", value)
        filled: dict[str, Any] = json.loads(text)
        return filled


@contextmanager
def served(folder: Path, databases: Databases, kind: str) -> Iterator[Served]:
    """Peru's node on a database of a kind, until the block ends; the rest of the federation is away."""
    port, hook_port = free_ports(2)
    party, running = _laid_out(folder, databases.migrated(kind, "node"), port=port, hook_port=hook_port)
    accounts = make_accounts([party])
    running.start(COUNTRY)
    try:
        running.wait(COUNTRY)
        tokens = {role: token(party, account) for (_, role), account in accounts.items()}
        with httpx.Client(timeout=60) as client:
            made = Served(kind, party.url, hook_port, tokens, client)
            _fill(made)
            yield made
    finally:
        running.stop_all()


def _laid_out(folder: Path, database: str, *, port: int, hook_port: int) -> tuple[Party, Federation]:
    own: dict[str, Any] = {
        "database": database,
        "port": port,
        "public_url": f"http://127.0.0.1:{port}",
        "subscribers": [f"http://127.0.0.1:{hook_port}"],
        "worker_seconds": 0.5,
    }
    parties = lay_out(folder, {COUNTRY: own})
    hold_ceremony(list(parties.values()))
    parties[COUNTRY] = replace(parties[COUNTRY], port=port)
    return parties[COUNTRY], Federation(folder, parties)


def _fill(node: Served) -> None:
    """People as their programme writes them, then one more resource of every type."""
    crowd = [bundle(one, each) for one in people(count=CROWD) for each in one.registrations if each.country == COUNTRY]
    for content in (bundle_of_places(COUNTRY), *crowd):
        answer = node.request("POST", "", content=content, headers={"content-type": FHIR_JSON})
        assert answer.status_code == 200, answer.text
    for resource_type in (*_FIRST, *(name for name in SAMPLES if name not in _FIRST)):
        node.ids[resource_type.lower()] = node.make(node.sample(resource_type))
    node.ids["subscription"] = node.make(_wish(node.hook_port))


def _wish(port: int) -> dict[str, Any]:
    """A subscription of somebody who does not answer."""
    content = {"url": _BACKPORT + "backport-payload-content", "valueCode": "empty"}
    return {
        "resourceType": "Subscription",
        "status": "requested",
        "reason": "To be found by a search.",
        "criteria": "https://corridor.example/fhir/SubscriptionTopic/record-change",
        "channel": {
            "type": "rest-hook",
            "endpoint": f"http://127.0.0.1:{port}/hook",
            "payload": FHIR_JSON,
            "_payload": {"extension": [content]},
        },
    }
