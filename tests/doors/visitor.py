"""A browser without a window: it keeps cookies, follows nothing by itself, and signs in at a country's provider."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import httpx
import msgspec

from corridor.apps.people_settings import ProviderSettings
from corridor.apps.settings import HubSettings, hub_settings
from corridor.domain.principal import Role
from demo.ceremony import hold_ceremony
from demo.parties import HUB, Party, lay_out
from tests.databases import Databases
from tests.doors.country_provider import CLIENT, CountryProvider, parameters, returning, running_provider
from tests.doors.running import Node, running_node, serving

PUBLIC_HUB = "http://hub.corridor.example"

ROLES = {
    "hiv-doctor": Role.CLINICIAN,
    "hiv-programme": Role.PROGRAMME,
    "privacy": Role.DATA_PROTECTION,
    "audit": Role.AUDITOR,
    "machines": Role.OPERATOR,
}


COORDINATORS = {"hiv-doctor": Role.COORDINATOR}
"""The words of the provider of the hub: the one by which people of a test sign in, and no other."""


@dataclass
class Clinic:
    """A node or the hub, and the provider at which its people sign in.

    Attributes:
        code: of its cookies.
        home: where signing in leads.
    """

    node: Node
    provider: CountryProvider
    code: str = "pe"
    home: str = "/personas"

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
        held = self.client.cookies.get(f"{self.clinic.code}-session")
        return bool(held) and self.get(self.clinic.home).headers.get("location") != "/ingreso"


def settings_for(
    provider: CountryProvider, roles: Mapping[str, Role] = MappingProxyType(ROLES), **more: Any
) -> ProviderSettings:
    """How a node or the hub is told of a provider."""
    return ProviderSettings(provider.issuer, CLIENT, "Salud Perú", dict(roles), "realm_access.roles", **more)


@contextmanager
def clinic(party: Party, database: str) -> Iterator[Clinic]:
    """A running node that trusts a running provider."""
    with (
        running_provider() as provider,
        running_node(party, database, identity_provider=settings_for(provider)) as node,
    ):
        yield Clinic(node, provider)


def held(folder: Any) -> dict[str, Party]:
    """The parties of a federation whose ceremony was held."""
    parties = lay_out(folder)
    hold_ceremony(list(parties.values()))
    return parties


def hub_in(party: Party, database: str, **more: Any) -> HubSettings:
    """The settings of a hub as tests want them; keywords change them."""
    settings = msgspec.structs.replace(hub_settings(party.config), public_url=PUBLIC_HUB, database=database)
    return msgspec.structs.replace(settings, **more)


@contextmanager
def office_at(folder: Any, databases: Databases, kind: str) -> Iterator[Clinic]:
    """A hub whose coordinators sign in at a provider."""
    party = held(folder)[HUB]
    with running_provider() as provider:
        found = settings_for(provider, COORDINATORS)
        settings = hub_in(party, databases.migrated(kind, HUB), identity_provider=found)
        with serving(settings) as port:
            yield Clinic(Node(settings, port), provider, HUB, "/intercambios")


@contextmanager
def clinic_at(folder: Any, databases: Databases, kind: str) -> Iterator[Clinic]:
    """A clinic with a federation and a database of its own."""
    with clinic(held(folder)["PE"], databases.migrated(kind, "node")) as made:
        yield made
