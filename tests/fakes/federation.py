"""Some countries and a hub in one process: real acts, real keys and a real 3-of-5 token key, and no network."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from corridor.domain.asking import Asking
from corridor.domain.audit.fact import AuditFact
from corridor.domain.category import Category
from corridor.domain.consent import Consent, Provision
from corridor.domain.country import Country
from corridor.domain.limits import Limits
from corridor.domain.principal import Principal, Role
from corridor.domain.purpose import Purpose
from corridor.domain.trace import new_trace
from corridor.flows.ask_country import PullDesk
from corridor.flows.check_limits import LimitDesk
from corridor.flows.describe_person import describe_person
from corridor.flows.locate_person import LocateDesk, locate_person
from corridor.flows.register_person import RegisterDesk, register_person
from corridor.flows.serve_history import ServeDesk
from corridor.flows.tell_hub import TellDesk
from corridor.flows.tell_withdrawal import SpreadDesk
from corridor.keys.envelopes import FileEnvelopes
from corridor.keys.files import KeyUse, create_key, sealing_key
from corridor.keys.pseudonyms import FilePseudonyms
from corridor.keys.statements import SignedStatements
from tests.fakes.clock import FakeClock
from tests.fakes.contacts import FakeContacts
from tests.fakes.holders import FakeHolders
from tests.fakes.hub import FakeHub, FakeRegister
from tests.fakes.node import FakeNode
from tests.fakes.peers import FakePeers
from tests.fakes.resources import Resource, draft_of, rendered

GENEROUS = Limits(clinician_pulls=1000, purpose_pulls=1000, patient_pulls=1000, empty_pulls=1000)
"""So that only tests of limits meet one."""


@dataclass
class FakeCountry:
    """One country's node with its desks."""

    home: Country
    node: FakeNode
    register: FakeRegister
    peers: FakePeers
    serving: ServeDesk
    pulling: PullDesk
    locating: LocateDesk
    registering: RegisterDesk
    spreading: SpreadDesk
    contacts: FakeContacts

    @property
    def facts(self) -> list[AuditFact]:
        """What the log holds, oldest first."""
        return self.node.facts

    async def write(self, id: str, resource: Resource) -> None:
        """Put a resource into the national base."""
        async with self.node.units.begin() as unit:
            await unit.write([draft_of(id, resource, self.home)], at=self.serving.clock.now())

    async def admit(self, id: str, *resources: Resource) -> None:
        """Put a patient and their record into the base and register them at the hub."""
        for index, resource in enumerate(resources):
            await self.write(id if not index else f"{id}-{index}", resource)
        while await register_person(desk=self.registering):
            pass
        self.facts.clear()

    async def keep(self, consent: Consent, *, of: str) -> None:
        """Put a consent of a patient into the base."""
        await self.write(consent.id, rendered(consent, of=of, home=self.home))


class FakeFederation:
    """Countries that can ask each other.

    Args:
        folder: for key files.
        codes: two letters each.
    """

    def __init__(self, folder: Path, *codes: str) -> None:
        self.clock, self.holders = FakeClock(), FakeHolders()
        self._folder = folder
        self.codes = tuple(Country(code) for code in codes)
        self.hub = FakeHub(self.codes, self.clock)
        self._signing = {code: Ed25519PrivateKey.generate() for code in self.codes}
        for code in self.codes:
            create_key(folder / f"{code}-sealing", KeyUse.SEALING)
            create_key(folder / f"{code}-pseudonym", KeyUse.PSEUDONYM)
        self.countries = {code: self._country(code) for code in self.codes}
        for code, country in self.countries.items():
            country.peers.others = {other: self.countries[other] for other in self.codes if other != code}

    def __getitem__(self, code: str) -> FakeCountry:
        return self.countries[Country(code)]

    def statements(self, code: str) -> SignedStatements:
        """What signs in the name of a country."""
        keys = {each: key.public_key().public_bytes_raw() for each, key in self._signing.items()}
        return SignedStatements(Country(code), self._signing[Country(code)], key_of=keys.get, clock=self.clock)

    def _country(self, home: Country) -> FakeCountry:
        node, register, peers = FakeNode(home), FakeRegister(home, self.hub), FakePeers(home, self.clock)
        public = {code: self._public(code) for code in self.codes}
        envelopes = FileEnvelopes(self._folder / f"{home}-sealing", country=home, sealing_key_of=public.get)
        pseudonyms, statements = FilePseudonyms(self._folder / f"{home}-pseudonym"), self.statements(home)
        others = tuple(code for code in sorted(self.codes) if code != home)
        locating = LocateDesk(node.people, self.holders, register, envelopes, self.hub.directory, lambda: others)
        telling = TellDesk(node.people, self.holders, register, node.audit, self.clock, self.hub.directory)
        locate, clock, contacts = partial(locate_person, desk=locating), self.clock, FakeContacts()
        describe = partial(describe_person, people=node.people)
        return FakeCountry(
            home,
            node,
            register,
            peers,
            ServeDesk(
                home,
                node.units,
                node.people,
                register,
                envelopes,
                statements,
                pseudonyms,
                clock,
                node.budgets,
                contacts,
            ),
            PullDesk(home, node.units, locate, peers, statements, pseudonyms, clock, describe, limiting(node, clock)),
            locating,
            RegisterDesk(node.outbox, telling),
            SpreadDesk(home, node.units, node.outbox, locate, peers, statements, clock, node.budgets),
            contacts,
        )

    def _public(self, code: Country) -> bytes:
        return sealing_key(self._folder / f"{code}-sealing").public_key().public_bytes_raw()

    def consent(self, id: str = "consent-1", *provisions: Provision, days_ago: float = 1) -> Consent:
        """A consent in force; it permits everything for treatment where no provision is named."""
        given_at = self.clock.now() - timedelta(days=days_ago)
        return Consent(id, status_active=True, given_at=given_at, provisions=provisions or (EVERYTHING,))


def limiting(node: FakeNode, clock: FakeClock, limits: Limits = GENEROUS) -> LimitDesk:
    """What counts who asks how much at a node."""
    home = node.shelf.home
    return LimitDesk(
        home, limits, node.budgets, node.nonces, node.paused, node.units, clock, node.log, lambda text: f"hidden {text}"
    )


EVERYTHING = Provision(permit=True, purposes=frozenset({Purpose.TREAT}), categories=frozenset(Category))


def asking(role: Role = Role.CLINICIAN) -> Asking:
    """Somebody who asks."""
    return Asking(Principal(f"{role}-1", role, "0123456789abcdef0123456789abcdef"), "request-1", new_trace())
