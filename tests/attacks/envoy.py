"""Somebody who has one country's keys and speaks to the others as they please."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from corridor.apps.clock import SystemClock
from corridor.domain.category import Category
from corridor.domain.consent import Consent, Provision
from corridor.domain.country import Country
from corridor.domain.errors import SignatureError
from corridor.domain.identity.demographics import Demographics
from corridor.domain.identity.oprf import blind
from corridor.domain.message import SignedRequest, SignedResponse
from corridor.domain.purpose import Purpose
from corridor.domain.trace import new_trace
from corridor.domain.wire import EvaluateWords, write_words
from corridor.fhir.exchange_request import HistoryAsk, render_ask
from corridor.fhir.patient import demographics
from corridor.flows.locate_person import LocateDesk, locate_person
from corridor.keys.envelopes import FileEnvelopes
from corridor.keys.files import signing_key
from corridor.keys.manifest import digest, signed_by
from corridor.keys.shares import FolderShares
from corridor.keys.signatures import Signatures
from corridor.keys.statements import SignedStatements
from corridor.remote.calls import Calls
from corridor.remote.directory import HttpDirectory, Trust
from corridor.remote.holders import HttpHolders
from corridor.remote.register import HttpRegister
from corridor.remote.transport import Transport
from demo.parties import HUB, NODES
from demo.values import Person
from tests.journeys.world import World, patient_of

HISTORY = "/exchange/Patient/$history"
FHIR_JSON = {"content-type": "application/fhir+json"}
JSON = {"content-type": "application/json"}
CLINICIAN = "c" * 32
UNSIGNED = frozenset({"date", "content-digest", "signature-input", "signature"})
"""Headers that differ from answer to answer whatever is said."""


@dataclass
class _Described:
    """Port `People` of one person."""

    person: Demographics

    async def demographics(self, _patient_id: str) -> Demographics:
        """See the port."""
        return self.person


async def _unnamed(country: Country, reason: str) -> None:
    raise AssertionError(f"{country} answered wrongly: {reason}")


class Envoy:
    """One country's keys in hand.

    Args:
        world: the federation.
        country: whose keys they are.
    """

    def __init__(self, world: World, country: str) -> None:
        self.world, self.country = world, Country(country)
        self.keys = Path(world.doors[country].keys)
        self.clock = SystemClock()
        self.key = signing_key(self.keys / "signing.key")
        self.signatures = Signatures(country, self.key)
        self.directory = HttpDirectory(
            world.running.folder / "federation.json", Trust(signed_by, digest), clock=self.clock
        )
        self.known = self.directory.federation()
        members = {member.country: member for member in self.known.members}
        self.statements = SignedStatements(
            self.country,
            self.key,
            key_of=lambda code: members[code].signing_key,
            clock=self.clock,
        )

    def address(self, key: str) -> str:
        """The public address of a party, without a slash at the end."""
        member = self.known.member(Country(key))
        return member.line if member else self.known.hub_line

    def signed(self, request: SignedRequest, *, at: datetime | None = None) -> SignedRequest:
        """The request with this country's signature."""
        added = self.signatures.sign_request(request, now=at or self.clock.now())
        return replace(request, headers={**request.headers, **added})

    def send(self, request: SignedRequest) -> httpx.Response:
        """The answer to a request exactly as it is."""
        answer = self.world.client.request(
            request.method, request.url, headers=dict(request.headers), content=request.body
        )
        if answer.status_code >= httpx.codes.BAD_REQUEST:
            self.world.refusals.append(answer.content)
        return answer

    def verified(self, answer: httpx.Response, request: SignedRequest, key: bytes) -> bool:
        """Whether an answer was signed with a key as the answer to this very request."""
        response = SignedResponse(answer.status_code, dict(answer.headers), answer.content)
        try:
            self.signatures.verify_response(response, request, key=key, now=self.clock.now())
        except SignatureError:
            return False
        return True

    def post(self, key: str, path: str, body: bytes, headers: Mapping[str, str] = JSON) -> httpx.Response:
        """The answer to a signed request."""
        return self.send(self.signed(SignedRequest("POST", self.address(key) + path, dict(headers), body)))

    def get(self, key: str, path: str, headers: Mapping[str, str] | None = None) -> httpx.Response:
        """The answer to a signed request."""
        return self.send(self.signed(SignedRequest("GET", self.address(key) + path, dict(headers or {}), b"")))

    async def handles(self, person: Person, purpose: Purpose = Purpose.TREAT) -> dict[str, str]:
        """One handle per other country, as the hub gives them for somebody who is described."""
        described = demographics(patient_of(person), home=person.here.country)
        assert described is not None
        transport = Transport()
        calls = Calls(transport, self.signatures, self.clock)
        others = tuple(Country(code) for code in NODES if code != self.country)
        sealing = {member.country: member.sealing_key for member in self.known.members}
        desk = LocateDesk(
            people=_Described(described),
            holders=HttpHolders(self.country, calls, self.directory, shares=FolderShares(self.keys), name=_unnamed),
            register=HttpRegister(calls, self.directory),
            envelopes=FileEnvelopes(self.keys / "sealing.key", country=self.country, sealing_key_of=sealing.get),
            directory=self.directory,
            countries=lambda: others,
        )
        found = await locate_person("x", purpose=purpose, trace=new_trace(), timeout_seconds=10, desk=desk)
        await transport.close()
        return {str(code): handle for code, handle in found.items()}

    def consent(self, *provisions: Provision) -> Consent:
        """What somebody consents to: everything for treatment in this country, unless said otherwise."""
        whole = Provision(
            permit=True,
            countries=frozenset({self.country}),
            purposes=frozenset({"TREAT"}),
            categories=frozenset(Category),
        )
        given = self.clock.now() - timedelta(minutes=5)
        return Consent("c", status_active=True, given_at=given, provisions=provisions or (whole,))

    def question(self, handle: str, *, statement: bytes = b"", purpose: str = "TREAT", seconds: float = 20) -> bytes:
        """The body that asks for a history."""
        until = datetime.now(UTC) + timedelta(seconds=seconds)
        shown = statement or self.statements.write(self.consent(), handle=handle)
        body = render_ask(HistoryAsk(handle, Purpose.TREAT, shown, CLINICIAN, until, "attested"))
        return body.replace(b'"code":"TREAT"}}', f'"code":"{purpose}"}}}}'.encode(), 1)

    def ask(self, key: str, body: bytes) -> httpx.Response:
        """The answer to a question for a history."""
        return self.post(key, HISTORY, body, FHIR_JSON)

    async def history(self, key: str, person: Person, **more: Any) -> httpx.Response:
        """The answer to a question about somebody, with a handle of its own."""
        return self.ask(key, self.question((await self.handles(person))[key], **more))


def entries(answer: httpx.Response) -> list[dict[str, Any]]:
    """What an answer gives."""
    assert answer.status_code == httpx.codes.OK, answer.text
    return [entry["resource"] for entry in answer.json().get("entry", ())]


def looks(answer: httpx.Response) -> tuple[int, dict[str, str], bytes]:
    """All of an answer that can be told from outside; of what is signed anew each time only its length."""
    headers = {name: str(len(value)) if name in UNSIGNED else value for name, value in answer.headers.items()}
    headers.pop("x-request-id", None)
    return answer.status_code, headers, answer.content


def stranger(world: World, country: str = "PE") -> Envoy:
    """Somebody who calls himself a country and has not its key."""
    envoy = Envoy(world, country)
    envoy.key = Ed25519PrivateKey.generate()
    envoy.signatures = Signatures(country, envoy.key)
    envoy.statements = SignedStatements(envoy.country, envoy.key, key_of=lambda _: None, clock=envoy.clock)
    return envoy


@contextmanager
def unanswered(world: World, *countries: str) -> Iterator[None]:
    """Inside the block these countries put no answer on record."""
    before = {country: answers(world, country) for country in countries}
    yield
    assert {country: answers(world, country) for country in countries} == before


def answers(world: World, country: str) -> int:
    """How many answers a country has on record."""
    return len(world.audit(country, "&type=http://dicom.nema.org/resources/ontology/DCM|110106"))


def refused(answer: httpx.Response, status: int) -> bool:
    """Whether an answer is a clear refusal: an OperationOutcome at a country's doors, one word at the hub's."""
    said = json.loads(answer.content)
    return answer.status_code == status and (set(said) == {"error"} or said["resourceType"] == "OperationOutcome")


DOORS = {
    "hub": (HUB, "/redeem", b'{"handle":"' + b"h" * 43 + b'"}', JSON),
    "holder": ("VE", "/oprf/evaluate", b"", JSON),
    "exchange": ("VE", HISTORY, b"", FHIR_JSON),
}
"""One address of each kind that other parties speak to, with a body that is read there."""


def at_door(envoy: Envoy, door: str) -> SignedRequest:
    """An unsigned request that the door would answer, were it signed."""
    key, path, body, headers = DOORS[door]
    if door == "holder":
        body = write_words(EvaluateWords(envoy.known.epoch, (blinded(),)))
    if door == "exchange":
        body = envoy.question("h" * 43)
    return SignedRequest("POST", envoy.address(key) + path, dict(headers), body)


def blinded() -> bytes:
    """An element as an asker sends it."""
    return blind(secrets.token_bytes(16)).element
