"""A browser without a window: it keeps cookies, follows nothing by itself, and signs in at a country's provider."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx

from corridor.apps.settings import ProviderSettings
from demo.ceremony import hold_ceremony
from demo.parties import Party, lay_out
from tests.databases import Databases
from tests.doors.country_provider import CLIENT, CountryProvider, parameters, returning, running_provider
from tests.doors.running import Node, running_node

ROLES = {
    "hiv-doctor": "clinician",
    "hiv-programme": "programme",
    "privacy": "data-protection",
    "audit": "auditor",
    "machines": "operator",
}


@dataclass
class Clinic:
    """A node, and the provider at which its people sign in."""

    node: Node
    provider: CountryProvider

    def browser(self) -> Visitor:
        """A browser that nobody used yet."""
        return Visitor(self)


@dataclass
class Visitor:
    """One browser."""

    clinic: Clinic
    client: httpx.Client = field(default_factory=httpx.Client)

    def get(self, path: str) -> httpx.Response:
        """What the node answers."""
        return self.client.get(f"http://127.0.0.1:{self.clinic.node.port}{path}")

    def begin(self) -> dict[str, str]:
        """What the provider is told when somebody begins to sign in."""
        answer = self.get("/ingreso/proveedor")
        assert answer.status_code == 303, answer.text
        return parameters(answer.headers["location"])

    def come_back(self, query: dict[str, str], code: str, **changed: str) -> httpx.Response:
        """The page after the provider sent the browser back; keywords change what it brings."""
        issuer = changed.pop("iss", self.clinic.provider.issuer)
        return self.get(returning(query | changed, code, issuer))

    def sign_in(self, **who: Any) -> httpx.Response:
        """The whole way, as somebody."""
        query = self.begin()
        return self.come_back(query, self.clinic.provider.code(query, **who))

    @property
    def is_in(self) -> bool:
        """Whether this browser has a session that counts."""
        held = self.client.cookies.get("pe-session")
        return bool(held) and self.get("/personas").headers.get("location") != "/ingreso"


def settings_for(provider: CountryProvider, **more: Any) -> ProviderSettings:
    """How a node is told of a provider."""
    return ProviderSettings(provider.issuer, CLIENT, "Salud Perú", ROLES, "realm_access.roles", **more)


@contextmanager
def clinic(party: Party, database: str) -> Iterator[Clinic]:
    """A running node that trusts a running provider."""
    with (
        running_provider() as provider,
        running_node(party, database, identity_provider=settings_for(provider)) as node,
    ):
        yield Clinic(node, provider)


def peru(folder: Any) -> Party:
    """Peru's party of a federation whose ceremony was held."""
    parties = lay_out(folder)
    hold_ceremony(list(parties.values()))
    return parties["PE"]


@contextmanager
def clinic_at(folder: Any, databases: Databases, kind: str) -> Iterator[Clinic]:
    """A clinic with a federation and a database of its own."""
    with clinic(peru(folder), databases.migrated(kind, "node")) as made:
        yield made
