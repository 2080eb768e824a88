"""Parties that sign for real, and a line between them that needs no network."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import httpx
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from starlette.types import ASGIApp

from corridor.domain.country import Country
from corridor.domain.directory import Federation, Member
from corridor.domain.errors import UnavailableError
from corridor.domain.log import LogEvent
from corridor.domain.message import SignedRequest, SignedResponse, header_fields
from corridor.flows.check_message import GateDesk
from corridor.keys.signatures import Signatures
from tests.fakes.clock import FakeClock
from tests.fakes.holders import THRESHOLD, dealt
from tests.fakes.hub import EPOCH
from tests.fakes.limits import FakeNonces

CODES = tuple(Country(code) for code in ("CL", "CO", "EC", "PE", "VE"))
HUB_URL = "https://hub.example"


class FakeLog:
    """Port `Log`, kept."""

    def __init__(self) -> None:
        self.lines: list[tuple[LogEvent, dict[str, str | float | None]]] = []

    def __call__(self, event: LogEvent, **fields: str | float | None) -> None:
        """See the port."""
        assert fields.keys() <= event.fields
        self.lines.append((event, fields))

    @property
    def reasons(self) -> list[object]:
        """Why messages were refused."""
        return [fields.get("reason") for _, fields in self.lines]


class SignedParties:
    """Five countries and a hub with keys; a directory that knows them; and a clock.

    Attributes:
        log: of whoever checks messages.
    """

    def __init__(self) -> None:
        self.clock, self.log, self.nonces = FakeClock(), FakeLog(), FakeNonces()
        self.keys = {code: Ed25519PrivateKey.generate() for code in (*CODES, "hub")}
        _, publics = dealt()
        members = tuple(
            Member(
                country=code,
                name=f"Node {code}",
                base_url=f"https://{code.lower()}.example",
                signing_key=self.public(code),
                sealing_key=bytes(32),
                share_index=index,
                share_key=publics[index],
                log_key=self.public(code),
            )
            for index, code in enumerate(CODES, 1)
        )
        self.known = Federation(1, EPOCH, THRESHOLD, publics[1], HUB_URL, self.public("hub"), members)

    def federation(self) -> Federation:
        """Port `Directory`."""
        return self.known

    def move(self, code: str, base_url: str) -> None:
        """Give a country's node another address."""
        members = tuple(
            replace(each, base_url=base_url) if each.country == code else each for each in self.known.members
        )
        self.known = replace(self.known, members=members)

    def public(self, name: str) -> bytes:
        """A party's public key."""
        return self.keys[name].public_key().public_bytes_raw()

    def signatures(self, name: str) -> Signatures:
        """What signs in a party's name."""
        return Signatures(name, self.keys[name])

    def gate(self, name: str) -> GateDesk:
        """How a party checks what comes in."""
        member = self.known.member(Country(name))
        url = member.base_url if member else HUB_URL
        return GateDesk(url, self.signatures(name), self.nonces, self, self.clock, self.log)

    def signed(self, name: str, request: SignedRequest) -> SignedRequest:
        """A request with a party's signature."""
        added = self.signatures(name).sign_request(request, now=self.clock.now())
        return replace(request, headers={**request.headers, **added})


class AsgiLine:
    """What `Transport` is to the network, to applications in this process.

    Args:
        apps: application by the origin of its public address.

    Attributes:
        sent: every request.
        change: what happens to a response on its way.
    """

    def __init__(self, apps: Mapping[str, ASGIApp]) -> None:
        self._apps = apps
        self.sent: list[SignedRequest] = []
        self.change: Callable[[SignedResponse], SignedResponse] = lambda response: response

    async def send(self, request: SignedRequest, *, timeout_seconds: float, max_body_bytes: int) -> SignedResponse:
        """As the transport."""
        assert timeout_seconds > 0
        self.sent.append(request)
        origin = "/".join(request.url.split("/", 3)[:3])
        if origin not in self._apps:
            raise UnavailableError("Nobody is there.")
        # The host that the application sees is never the one that the message was signed for.
        url = "http://inside:8080" + request.url.removeprefix(origin)
        async with httpx.AsyncClient(transport=httpx.ASGITransport(self._apps[origin])) as client:
            got = await client.request(request.method, url, headers=dict(request.headers), content=request.body)
        assert len(got.content) <= max_body_bytes
        return self.change(SignedResponse(got.status_code, header_fields(got.headers.raw), got.content))
