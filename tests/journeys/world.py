"""A real federation for tests: hub and countries as processes, people in them, and lines that are listened to."""

from __future__ import annotations

import json
import os
import secrets
import socket
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from itertools import count
from pathlib import Path
from typing import Any

import httpx

from demo.bundles import resources, transaction
from demo.consents import consents
from demo.federation import Federation, federation
from demo.filling import Account, load_people, make_accounts, token, wait_until_registered
from demo.parties import HUB, NODES, UNCOUNTED, Party, Settings
from demo.people import people, person
from demo.rounds import IN_PERSON
from demo.values import Agreement, AgreementKind, Outcome, Person, Registration
from tests.databases import Databases
from tests.journeys.tap import Tap

FIRST_OWN_PORT = 10_000 + os.getpid() % 1_000 * 20
"""Another one in each test run: two runs at a time do not take each other's ports."""
FHIR = {"content-type": "application/fhir+json"}
ROLES = ("programme", "clinician", "auditor", "data-protection")


@dataclass(slots=True)
class World:
    """The federation, everybody who is registered in it, and all that the tests were told by it.

    Attributes:
        doors: the parties at their own doors, where the line is not listened to.
        people: everybody who was admitted.
        pulled: Bundles that pulls gave.
        refusals: bodies of all answers that were errors.
    """

    kind: str
    running: Federation
    doors: Mapping[str, Party]
    tap: Tap
    accounts: dict[tuple[str, str], Account]
    people: list[Person] = field(default_factory=list)
    pulled: list[bytes] = field(default_factory=list)
    refusals: list[bytes] = field(default_factory=list)
    client: httpx.Client = field(default_factory=lambda: httpx.Client(timeout=30))
    _tokens: dict[tuple[str, str], str] = field(default_factory=dict)
    _numbers: Iterator[int] = field(default_factory=lambda: count(1000))

    @property
    def nodes(self) -> list[Party]:
        """The five countries at their own doors."""
        return [self.doors[key] for key in NODES]

    def bearer(self, country: str, role: str) -> dict[str, str]:
        """The header that names an account of a role."""
        known = country, role
        if known not in self._tokens:
            self._tokens[known] = token(self.doors[country], self.accounts[known])
        return {"authorization": f"Bearer {self._tokens[known]}"}

    def request(self, method: str, country: str, path: str, *, role: str = "clinician", **more: Any) -> httpx.Response:
        """A request to a country's own door by an account of a role; without one where the role is empty."""
        headers = {**(self.bearer(country, role) if role else {}), **more.pop("headers", {})}
        answer = self.client.request(method, self.doors[country].url + path, headers=headers, **more)
        if answer.status_code >= 400:
            self.refusals.append(answer.content)
        return answer

    def write(self, country: str, *content: Mapping[str, Any], role: str = "programme") -> None:
        """Put resources into a country's base as one transaction."""
        answer = self.request(
            "POST", country, "/fhir", role=role, headers=FHIR, content=transaction(dict(each) for each in content)
        )
        assert answer.status_code == 200, answer.text

    def read(self, country: str, path: str, *, role: str = "clinician") -> Any:
        """What a country's own base says."""
        return self.request("GET", country, f"/fhir/{path}", role=role).raise_for_status().json()

    def admit(self, *crowd: Person) -> None:
        """Register people where they were; they are known to the hub when this returns."""
        load_people(dict(self.doors), {key: self.token_of(key) for key in NODES}, crowd)
        self.people += crowd
        self.settle()

    def token_of(self, country: str) -> str:
        """The programme's bearer token."""
        return self.bearer(country, "programme")["authorization"].removeprefix("Bearer ")

    def settle(self) -> None:
        """Return when every promise is kept."""
        alive = [party for party in self.nodes if party.key in self.running.processes]
        wait_until_registered(alive, lambda _: None)

    def newcomer(self, *road: str, outcome: Outcome = Outcome.BY_PAPER, last: bool = True) -> Person:
        """Somebody whom no other test knows, who came along a road and is admitted in all of its countries.

        Args:
            road: countries in their order.
            outcome: what shall become of them.
            last: false where the last country, where they are now, did not register them yet.
        """
        found = next(
            one
            for number in self._numbers
            if (one := person(7, number)).outcome is outcome
            and tuple(each.country for each in one.registrations) == road
        )
        self.admit(found if last else replace(found, registrations=found.registrations[:-1]))
        self.people[-1] = found
        return found

    def ask(self, country: str, patient: str, *, purpose: str = "TREAT", seconds: float = 5, trace: str = "") -> Any:
        """The answer to a pull."""
        parts = [{"name": "purpose", "valueCode": purpose}, {"name": "deadline", "valueDecimal": seconds}]
        parts += self._there(country)
        body = json.dumps({"resourceType": "Parameters", "parameter": parts})
        headers = {**FHIR, "traceparent": f"00-{trace or secrets.token_hex(16)}-{secrets.token_hex(8)}-01"}
        path = f"/fhir/Patient/{patient}/$pull-history"
        answer = self.request("POST", country, path, headers=headers, content=body)
        if answer.is_success:
            self.pulled.append(answer.content)
        return answer

    def _there(self, country: str) -> list[dict[str, Any]]:
        """The clinician's word that the person is there."""
        password = self.accounts[country, "clinician"].password
        said = [("cause", "valueCode", "no-card"), ("statement", "valueString", IN_PERSON)]
        words = [{"name": name, kind: text} for name, kind, text in (*said, ("password", "valueString", password))]
        return [{"name": "attestation", "part": words}]

    def pull(self, person: Person, **more: Any) -> Pulled:
        """What the country where somebody is now hears of them."""
        answer = self.ask(person.here.country, person.here.id, **more)
        assert answer.status_code == 200, answer.text
        return Pulled(answer.json())

    def withdraw(self, country: str, patient: str) -> None:
        """Take every consent back, and wait until everybody who can be told has been."""
        assert self.request("POST", country, f"/fhir/Patient/{patient}/$withdraw-consent").is_success
        self.settle()

    @contextmanager
    def away(self, *keys: str) -> Iterator[None]:
        """Some parties are switched off inside the block and answer again after it."""
        for key in keys:
            self.running.stop(key)
        try:
            yield
        finally:
            for key in keys:
                self.back(key)

    def back(self, key: str) -> None:
        """Start a party again and wait until it answers."""
        self.running.start(key)
        Federation.wait(replace_doors(self), key)

    def audited(self, country: str, trace: str) -> list[dict[str, Any]]:
        """A country's audit events of one trace, oldest first, but how it was shown that somebody is there."""
        found = [event for event in self.audit(country) if trace in json.dumps(event)]
        return [event for event in found if '"code": "presence"' not in json.dumps(event)]

    def audit(self, country: str, query: str = "") -> list[dict[str, Any]]:
        """A country's newest audit events, oldest first."""
        page = self.read(country, f"AuditEvent?_sort=-date&_count=500{query}", role="auditor")
        return [entry["resource"] for entry in reversed(page.get("entry", ()))]


def replace_doors(world: World) -> Federation:
    """The federation as it is reached at its own doors."""
    return Federation(world.running.folder, dict(world.doors), world.running.processes)


class Pulled:
    """What a pull gave, as a reader takes it apart."""

    def __init__(self, bundle: dict[str, Any]) -> None:
        self.bundle = bundle
        self.resources = [entry["resource"] for entry in bundle["entry"]]

    def of(self, resource_type: str) -> list[dict[str, Any]]:
        """Resources of one type."""
        return [each for each in self.resources if each["resourceType"] == resource_type]

    @property
    def clinical(self) -> list[dict[str, Any]]:
        """What other countries gave."""
        return [each for each in self.resources if each["resourceType"] not in {"Provenance", "OperationOutcome"}]

    @property
    def by_country(self) -> dict[str, list[dict[str, Any]]]:
        """What each country gave."""
        found: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for each in self.clinical:
            found[each["meta"]["source"].rpartition("/")[2]].append(each)
        return dict(found)

    @property
    def issues(self) -> list[dict[str, Any]]:
        """What is said of the countries."""
        (outcome,) = self.of("OperationOutcome")
        return list(outcome["issue"])

    @property
    def silent(self) -> dict[str, str]:
        """Countries that were not heard, with the code of why."""
        return {
            issue["details"]["coding"][0]["code"]: issue["code"]
            for issue in self.issues
            if issue["severity"] == "warning"
        }

    @property
    def summary(self) -> str:
        """How many countries answered, in words."""
        return str(self.issues[0]["details"]["text"])


@contextmanager
def world(
    folder: Path, databases: Databases, *, kind: str, crowd: int, settings: Mapping[str, Settings] | None = None
) -> Iterator[World]:
    """A federation with its first people.

    Args:
        folder: for its files.
        databases: makes databases on PostgreSQL.
        kind: `sqlite` or `postgresql`.
        crowd: how many of the demo's people are there from the beginning.
        settings: further lines of configuration by party.
    """
    own = dict(zip((HUB, *NODES), free_ports(), strict=True))
    lines: dict[str, Settings] = {}
    for key, port in own.items():
        database = {"database": databases.empty(kind)} if kind == "postgresql" else {}
        quick: Settings = {} if key == HUB else {"worker_seconds": 0.2, **UNCOUNTED}
        lines[key] = {"port": port, **database, **quick, **(settings or {}).get(key, {})}
    tap = Tap()
    try:
        with _listened_to(folder, lines, tap=tap, own=own) as running:
            doors = {key: replace(party, port=own[key]) for key, party in running.parties.items()}
            made = World(kind, running, doors, tap, make_accounts(list(running.parties.values())))
            made.admit(*people(count=crowd))
            with made.client:
                yield made
    finally:
        tap.close()


@contextmanager
def _listened_to(
    folder: Path, lines: Mapping[str, Settings], *, tap: Tap, own: Mapping[str, int]
) -> Iterator[Federation]:
    """The federation; its addresses are listened at as soon as they are known."""

    def begin(said: str) -> None:
        if said.startswith("Making keys"):  # at once, before anybody else takes the ports
            at = next(folder.glob("run-*"))
            public = {key: _public_port(at / key.lower()) for key in own}
            tap.listen({key: (public[key], own[key]) for key in own})

    with federation(say=begin, var=folder, settings=lines) as running:
        yield running


def _public_port(folder: Path) -> int:
    (config,) = (file for kind in ("node", "hub") for file in folder.glob(f"{kind}.toml"))
    line = next(line for line in config.read_text(encoding="utf-8").splitlines() if line.startswith("public_url"))
    return int(line.rstrip('"').rpartition(":")[2])


def free_ports(wanted: int = 1 + len(NODES)) -> Sequence[int]:
    """Ports that nobody listens on, below those that outgoing connections are given."""
    found: list[int] = []
    with ExitStack() as taken:
        for port in range(FIRST_OWN_PORT, 32_000):
            listener = taken.enter_context(socket.socket())
            try:
                listener.bind(("127.0.0.1", port))
            except OSError:
                continue
            found.append(port)
            if len(found) == wanted:
                break
    return found


def patient_of(person: Person) -> dict[str, Any]:
    """The Patient where somebody is now, as its programme wrote it."""
    return next(one for one in resources(person, person.here) if one["resourceType"] == "Patient")


def consent_of(
    person: Person,
    here: Registration,
    *,
    kind: AgreementKind = AgreementKind.GIVEN,
    on: date | None = None,
    id: str = "",
) -> dict[str, Any]:
    """A Consent that somebody signs where they are registered: now, or on the day given.

    Args:
        person: who signs.
        here: where; the country may receive.
        kind: what is agreed to or refused.
        on: the day; None for this very moment.
        id: of the resource; made up where empty.
    """
    agreement = Agreement(kind, (here.country,), on or date(2026, 1, 1), date(2035, 12, 31))
    (written,) = consents(person, replace(here, agreements=(agreement,)))
    signed_at = f"{on}" if on else datetime.now(UTC).isoformat(timespec="microseconds")
    return {**written, "id": id or secrets.token_hex(8), "dateTime": signed_at}
