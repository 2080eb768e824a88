"""What a person brings along is opened, or refused with a word that helps."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import base45
import cbor2
import pytest

from corridor.domain.asking import Asking
from corridor.domain.audit.fact import AuditFact, AuditOutcome
from corridor.domain.country import Country
from corridor.domain.disclosure import LogState
from corridor.domain.errors import (
    CorridorError,
    ForbiddenError,
    GoneError,
    InvalidError,
    LoginError,
    MalformedError,
    PasscodeError,
    ThrottledError,
)
from corridor.domain.link import LinkKind
from corridor.domain.link_text import LinkPayload, write_link
from corridor.domain.link_trust import Trust
from corridor.domain.principal import Principal, Role
from corridor.domain.secret import Secret
from corridor.domain.trace import new_trace
from corridor.flows.ports.foreign_links import ForeignFile
from corridor.flows.read_link import PER_HOUR, ReadLinkDesk, Received, read_link
from corridor.keys import jwe
from corridor.keys.issuer import open_issuer
from corridor.keys.link_seals import LinkSeals
from corridor.keys.trust_list import TrustedKey
from tests.fakes.clock import FakeClock
from tests.fakes.limits import FakeBudgets

KEY = Secret(bytes(32))
ISSUER = "https://ve.example"
DOCUMENT = b'{"resourceType":"Bundle","type":"document"}'


@dataclass
class FakeAudit:
    """Port `Audit`, as a list."""

    facts: list[AuditFact] = field(default_factory=list)

    async def append(self, fact: AuditFact) -> None:
        self.facts.append(fact)

    async def state(self, since: int) -> LogState:
        raise NotImplementedError


@dataclass
class FakeForeignLinks:
    """Port `ForeignLinks` with one issuer and one file."""

    file: ForeignFile = field(default_factory=lambda: ForeignFile("", ""))
    asked: list[LinkPayload] = field(default_factory=list)

    def issuer(self, url: str) -> str:
        return "Nodo Venezuela" if url.startswith(ISSUER) else ""

    def origins(self) -> tuple[str, ...]:
        return (ISSUER,)

    async def fetch(self, payload: LinkPayload, *, recipient: str, passcode: Secret | None) -> ForeignFile:
        if not self.issuer(payload.url):
            raise ForbiddenError("This link leads to an issuer that this node does not know.")
        assert recipient == "Nodo Perú"
        if payload.wants_passcode and (passcode is None or passcode.value != b"maiz morado"):
            raise PasscodeError(remaining=3)
        self.asked.append(payload)
        return self.file


@dataclass
class Desk:
    """A desk, and what lies on it."""

    desk: ReadLinkDesk
    audit: FakeAudit
    foreign: FakeForeignLinks
    clock: FakeClock

    async def read(self, text: str, passcode: str = "", *, role: Role = Role.CLINICIAN) -> Received:
        asking = Asking(Principal("rosa", role, "0" * 32), "r", new_trace())
        return await read_link(asking, text, Secret(passcode.encode()) if passcode else None, desk=self.desk)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    async def nobody() -> Sequence[TrustedKey]:
        return ()

    audit, foreign, clock = FakeAudit(), FakeForeignLinks(), FakeClock()
    seals = LinkSeals(Country("PE"), open_issuer(tmp_path, Country("PE")), nobody)
    return Desk(ReadLinkDesk("Nodo Perú", seals, foreign, FakeBudgets(), audit, clock), audit, foreign, clock)


def link(url: str = f"{ISSUER}/l/x", flags: str = "P", until: datetime | None = None) -> str:
    return write_link(LinkPayload(LinkKind.SHL, url, KEY, flags, until=until))


def package(desk: Desk, **claims: object) -> str:
    now = int(desk.clock.now().timestamp())
    told = {"iss": ISSUER, "iat": now, "exp": now + 60} | claims
    return jwe.seal_under_passcode(DOCUMENT, Secret(b"K7QFM2XR9D"), content_type="x", claims=told)


async def refused(desk: Desk, error: type[CorridorError], text: str, passcode: str = "") -> CorridorError:
    with pytest.raises(error) as found:
        await desk.read(text, passcode)
    assert desk.audit.facts[-1].outcome is AuditOutcome.FAILURE
    return found.value


async def test_a_link_opens_with_its_passcode_and_that_is_on_record(desk: Desk) -> None:
    desk.foreign.file = ForeignFile(jwe.seal(DOCUMENT, KEY, content_type="x"), "application/jose")
    received = await desk.read(link(until=desk.clock.now() + timedelta(days=1)), "maiz morado")
    assert (received.document, received.issuer, received.encrypted) == (DOCUMENT, "Nodo Venezuela", True)
    assert received.trust is Trust.UNSIGNED
    assert desk.audit.facts[-1].outcome is AuditOutcome.SUCCESS
    assert "maiz" not in repr(desk.audit.facts)


async def test_a_plain_file_is_read_and_said_to_be_plain(desk: Desk) -> None:
    desk.foreign.file = ForeignFile(DOCUMENT.decode(), "application/fhir+json")
    assert not (await desk.read(link(flags="U"))).encrypted


async def test_an_unknown_signer_is_said_and_not_hidden(desk: Desk) -> None:
    desk.foreign.file = ForeignFile(jwe.seal(DOCUMENT, KEY, content_type="x"), "application/jose")
    claims = {1: "VE", -260: {5: [{"u": link(flags="U")}]}}
    sign1 = cbor2.CBORTag(18, [cbor2.dumps({1: -7, 4: b"12345678"}), {}, cbor2.dumps(claims), b"x" * 64])
    code = "HC1:" + base45.b45encode(zlib.compress(cbor2.dumps(sign1))).decode()
    assert (await desk.read(code)).trust is Trust.UNKNOWN_SIGNER


async def test_what_does_not_open_says_why(desk: Desk) -> None:
    over = desk.clock.now() - timedelta(seconds=1)
    await refused(desk, LoginError, link())
    wrong = await refused(desk, PasscodeError, link(), "maiz blanco")
    assert isinstance(wrong, PasscodeError)
    assert wrong.remaining == 3
    await refused(desk, GoneError, link(until=over), "maiz morado")
    await refused(desk, ForbiddenError, link("http://169.254.169.254/l"), "maiz morado")
    for text in ("", "hello", "https://x", "eyJ", "shc:/12"):
        await refused(desk, InvalidError, text)
    desk.foreign.file = ForeignFile(jwe.seal(DOCUMENT, Secret(b"1" * 32), content_type="x"), "")
    await refused(desk, MalformedError, link(), "maiz morado")


async def test_a_package_opens_without_asking_anybody(desk: Desk) -> None:
    received = await desk.read(package(desk), "k7qfm 2xr9d")
    assert (received.document, received.way, received.issuer) == (DOCUMENT, "package", "Nodo Venezuela")
    assert desk.foreign.asked == []
    stranger = await desk.read(package(desk, iss="https://nobody.example"), "K7QFM-2XR9D")
    assert not stranger.known_issuer


async def test_a_package_that_is_over_or_says_no_end_does_not_open(desk: Desk) -> None:
    await refused(desk, GoneError, package(desk, exp=int(desk.clock.now().timestamp()) - 1), "K7QFM2XR9D")
    for exp in (None, "never", True, 10**17):
        await refused(desk, InvalidError, package(desk, exp=exp), "K7QFM2XR9D")
    await refused(desk, PasscodeError, package(desk), "AAAAA-AAAAA")
    await refused(desk, LoginError, package(desk))


@pytest.mark.parametrize("role", [Role.PROGRAMME, Role.AUDITOR, Role.OPERATOR])
async def test_only_a_clinician_opens_what_a_person_brings(desk: Desk, role: Role) -> None:
    with pytest.raises(ForbiddenError):
        await desk.read(link(), "maiz morado", role=role)
    assert desk.audit.facts[-1].reason == "forbidden"


async def test_nobody_opens_links_without_end(desk: Desk) -> None:
    for _ in range(PER_HOUR):
        with pytest.raises(InvalidError):
            await desk.read("hello")
    with pytest.raises(ThrottledError):
        await desk.read("hello")
