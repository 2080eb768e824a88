"""What it costs to find out whether somebody may: an exchange request at the holder, and a national request.

The real acts with real signatures, and ports that remember in memory, so that no database is in the figures.
"""

from __future__ import annotations

import hmac
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from hashlib import sha256
from time import process_time
from typing import Any, cast

import orjson
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from joserfc import jws
from joserfc.jwk import ECKey, thumbprint

from bench.figures import Figure, Goal, Round, interleaved
from bench.size import Size
from bench.traveller import HERE, traveller
from corridor.apps.clock import SystemClock
from corridor.domain.access import Interaction, check_access
from corridor.domain.consent import Consent, Deny, Withdrawal
from corridor.domain.country import Country
from corridor.domain.grant import Grant
from corridor.domain.limits import Act, Cost, Demand, Limits, costs_of, costs_of_ask
from corridor.domain.message import SignedRequest, SignedResponse
from corridor.domain.principal import Principal, Role
from corridor.domain.purpose import Purpose
from corridor.domain.scope import scopes
from corridor.fhir import statement as travelling
from corridor.fhir.consent import read
from corridor.fhir.exchange import EMPTY_ANSWER
from corridor.fhir.exchange_request import HistoryAsk, read_ask, render_ask
from corridor.fhir.projection import project_bytes
from corridor.flows.admit_client import AdmitDesk, admit_client
from corridor.flows.ports.passes import Passes
from corridor.flows.ports.statements import Statements
from corridor.flows.ports.unit import Projected, Unit
from corridor.flows.read_possession import PossessionDesk, Shown
from corridor.flows.select_rows import select_rows
from corridor.flows.weigh_consent import Shown as Stated
from corridor.flows.weigh_consent import weigh_consent
from corridor.keys.proofs import SignedProofs
from corridor.keys.signatures import Signatures
from corridor.keys.statements import SignedStatements
from demo.bundles import resources

HOLDER, ASKER = Country("VE"), Country(HERE)
_URL = "https://ve.example/exchange/Patient/$history"
_ADDRESS = "https://pe.example/fhir/Patient/1"
_HANDLE, _CLINICIAN = "h" * 43, "c" * 32

WHOLE = "an exchange request at the holder, whole"
LABELS = "of it, consent and labels"
NATIONAL = "a national request: token, binding, role, budget"
GOALS = {WHOLE: Goal(1_500), LABELS: Goal(100), NATIONAL: Goal(400)}

_REGISTRY = jws.JWSRegistry(algorithms=["ES256"], strict_check_header=False)

Work = Callable[[], Awaitable[object]]


@dataclass
class _Counters:
    """Budgets and single uses as one process remembers them."""

    spent: dict[str, int] = field(default_factory=dict)

    def spend(self, costs: Sequence[Cost]) -> None:
        for each in costs:
            self.spent[each.name] = self.spent.get(each.name, 0) + each.amount

    async def once(self, *_: object, **__: object) -> bool:
        return True


@dataclass(frozen=True, slots=True)
class _Held:
    """What the unit of a holder knows of one person."""

    stored: tuple[Consent, ...]

    async def consents(self, _patient_id: str) -> tuple[Consent, ...]:
        return self.stored

    async def withdrawals(self, _patient_id: str) -> tuple[Withdrawal, ...]:
        return ()


@dataclass(frozen=True, slots=True)
class _Opened:
    """A statement whose signature was checked already."""

    resource: dict[str, Any]

    def read(self, _statement: bytes, *, handle: str, asker: Country) -> Consent:  # noqa: ARG002  # the port's interface
        return travelling.read_consent(self.resource, handle=handle)


class _Question:
    """Lima asks Caracas about the traveller, who consented in both."""

    def __init__(self) -> None:
        keys = {each: Ed25519PrivateKey.generate() for each in (ASKER, HOLDER)}
        public = {each: key.public_key().public_bytes_raw() for each, key in keys.items()}
        clock, person = SystemClock(), traveller()
        (consent,) = (read(each) for each in resources(person, person.here) if each["resourceType"] == "Consent")
        lima = SignedStatements(ASKER, keys[ASKER], key_of=public.get, clock=clock)
        self.statement = lima.write(consent, handle=_HANDLE)
        self.statements = SignedStatements(HOLDER, keys[HOLDER], key_of=public.get, clock=clock)
        self.opened = _Opened(travelling.open_envelope(self.statement)[0])
        self.unit = cast("Unit", _Held((consent,)))  # weighing asks for nothing else
        self.rows = _rows()
        self.signatures, self.key_of = Signatures(HOLDER, keys[HOLDER]), public
        ask = HistoryAsk(_HANDLE, Purpose.TREAT, self.statement, _CLINICIAN, datetime.now(UTC) + timedelta(hours=1))
        plain = SignedRequest("POST", _URL, {"content-type": "application/fhir+json"}, render_ask(ask))
        added = Signatures(ASKER, keys[ASKER]).sign_request(plain, now=datetime.now(UTC))
        self.request = SignedRequest(plain.method, plain.url, {**plain.headers, **added}, plain.body)
        self.counters = _Counters()

    async def whole(self) -> object:
        """Both signatures, budget, consent, labels, and the answer's own signature."""
        now = datetime.now(UTC)
        verified = self.signatures.verify_request(
            self.request, key_of=lambda keyid: self.key_of.get(Country(keyid)), now=now
        )
        await self.counters.once(verified.nonce)
        ask = read_ask(self.request.body)
        self.counters.spend(costs_of_ask(ASKER, ask.clinician, purpose=Purpose(ask.purpose), limits=Limits()))
        await self._weighed(self.statements, ask.statement, now)
        return self.signatures.sign_response(SignedResponse(200, {}, EMPTY_ANSWER), self.request, now=now)

    async def labels(self) -> object:
        """What the consent comes to, and which rows may go."""
        return await self._weighed(cast("Statements", self.opened), self.statement, datetime.now(UTC))

    async def _weighed(self, statements: Statements, statement: bytes, now: datetime) -> object:
        shown = Stated(ASKER, Purpose.TREAT, _HANDLE, statement)
        decision = await weigh_consent(shown, "p", home=HOLDER, now=now, unit=self.unit, statements=statements)
        if isinstance(decision, Deny):
            raise TypeError(decision.reason)
        return select_rows(self.rows, decision)


def _rows() -> list[Projected]:
    there = next(each for each in traveller().registrations if each.country == HOLDER)
    made = [
        (each, project_bytes(orjson.dumps(each), patient_id=there.id, source="x"))
        for each in resources(traveller(), there)
    ]
    return [
        Projected(each["resourceType"], each["id"], one.category, one.effective, one.template)
        for each, one in made
        if one is not None
    ]


class _Reading:
    """A clinic's system reads a Patient with a token that is bound to its key."""

    def __init__(self) -> None:
        key = ECKey.generate_key("P-256", private=True)
        self.token = secrets.token_urlsafe(32)
        grant = Grant(scopes("system/*.rs"), Purpose.TREAT, thumbprint(key.as_dict(private=False)))
        self.principal = Principal("client:clinic", Role.PROGRAMME, "0" * 32, grant)
        digest = urlsafe_b64encode(sha256(self.token.encode()).digest()).rstrip(b"=").decode()
        header = {"typ": "dpop+jwt", "alg": "ES256", "jwk": key.as_dict(private=False)}
        claims = {
            "htm": "GET",
            "htu": _ADDRESS,
            "ath": digest,
            "jti": "j",
            "nonce": _number(0),
            "iat": int(datetime.now(UTC).timestamp()),
        }
        self.proof = jws.serialize_compact(header, orjson.dumps(claims), key, registry=_REGISTRY)
        self.counters = _Counters()
        nonces: Any = type("Nonces", (), {"spend": staticmethod(self.counters.once)})()
        possession = PossessionDesk(SignedProofs(_nobody), nonces, SystemClock(), _number)
        self.desk = AdmitDesk(cast("Passes", self), possession)

    async def who(self, token: str, *, at: datetime) -> Principal | None:  # noqa: ARG002  # the port's interface
        """See the port `Passes`."""
        return self.principal if token == self.token else None

    async def whole(self) -> object:
        """Token, proof of its key, role, and budget."""
        digest = urlsafe_b64encode(sha256(self.token.encode()).digest()).rstrip(b"=").decode()
        principal = await admit_client(self.token, Shown("GET", _ADDRESS, self.proof, digest), desk=self.desk)
        if principal is None:
            raise TypeError("The token stands for nobody.")
        check_access(principal, Interaction.READ, "Patient")
        self.counters.spend(costs_of(principal, Demand(Act.SEARCH, principal.purpose), Limits()))
        return principal


def _number(span: int) -> str:
    """What a proof must carry; here one for all times."""
    del span
    return hmac.new(bytes(32), b"span", "sha256").hexdigest()


async def _nobody(address: str, key_id: str) -> bytes:
    raise LookupError(address + key_id)


async def bench_authorise(size: Size) -> list[Figure]:
    """Microseconds of processor time for each decision."""
    asked, reading = _Question(), _Reading()
    works: dict[str, Work] = {WHOLE: asked.whole, LABELS: asked.labels, NATIONAL: reading.whole}
    cases: dict[str, Round] = {name: partial(_timed, work, size.turns) for name, work in works.items()}
    found = await interleaved(cases, size.rounds)
    return [Figure("authorise", name, value, "µs CPU", GOALS[name]) for name, value in found.items()]


async def _timed(work: Work, turns: int) -> float:
    started = process_time()
    for _ in range(turns):
        await work()
    return (process_time() - started) / turns * 1e6
