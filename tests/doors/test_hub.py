"""The hub's doors, as a node reaches them: everything signed, nothing told."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import pytest
from starlette.applications import Starlette

from corridor.domain.audit.checkpoint import Checkpoint
from corridor.domain.country import Country
from corridor.domain.disclosure import Decision, line
from corridor.domain.errors import UnavailableError
from corridor.domain.matching_request import PersonEntry, Redeemed, Search
from corridor.domain.message import SignedRequest, SignedResponse
from corridor.domain.trace import new_trace
from corridor.flows.ports.disclosures import DisclosureFilter
from corridor.flows.receive_report import ReportsDesk, receive_report
from corridor.flows.redeem_handle import redeem_handle
from corridor.flows.register_persons import register_persons
from corridor.flows.remove_persons import remove_persons
from corridor.flows.resolve_identity import resolve_identity
from corridor.flows.seen_size import seen_size
from corridor.hub.acts import HubActs
from corridor.hub.routes import routes
from corridor.keys.checkpoints import open_checkpoint
from corridor.remote.calls import Calls
from corridor.remote.manifest import render_federation
from corridor.remote.register import HttpRegister
from corridor.storage.database import Database
from corridor.storage.hub.disclosures import SqlDisclosures
from tests.fakes.hub import EPOCH, FakeHub
from tests.fakes.signed import CODES, HUB_URL, AsgiLine, SignedParties
from tests.flows.test_hub_acts import FLAGS, TOKENS, GrowingLog

PE, VE, CO = Country("PE"), Country("VE"), Country("CO")


class Hub:
    """A hub behind its doors, and a register of each country that reaches it."""

    def __init__(self, database: Database) -> None:
        self.parties = parties = SignedParties()
        self.acts = acts = FakeHub(CODES, parties.clock)
        self.disclosures = SqlDisclosures(database)

        def opened(country: Country, note: str) -> Checkpoint:
            return open_checkpoint(note, origin=f"log/{country}", public_key=parties.public(country))

        reports = ReportsDesk(self.disclosures, parties, parties.clock, opened)
        hub = HubActs(
            gate=parties.gate("hub"),
            max_body_bytes=4 * 1024 * 1024,
            directory=lambda: render_federation(parties.known),
            register_persons=partial(register_persons, desk=acts.registering),
            remove_persons=partial(remove_persons, desk=acts.registering),
            resolve_identity=partial(resolve_identity, desk=acts.resolving),
            redeem_handle=partial(redeem_handle, desk=acts.redeeming),
            receive_report=partial(receive_report, desk=reports),
            seen_size=partial(seen_size, disclosures=self.disclosures),
        )
        self.line = AsgiLine({HUB_URL: Starlette(routes=routes(hub))})

    def register(self, home: str) -> HttpRegister:
        """As one country reaches it."""
        calls = Calls(self.line, self.parties.signatures(home), self.parties.clock)
        return HttpRegister(calls, self.parties)

    async def send(self, request: SignedRequest) -> SignedResponse:
        """As anybody reaches it."""
        return await self.line.send(request, timeout_seconds=1, max_body_bytes=10**6)


@pytest.fixture
def kind() -> str:
    return "sqlite"


@pytest.fixture
def hub(hub_database: Database) -> Hub:
    return Hub(hub_database)


PERSON = PersonEntry(bytes([1]) * 16, TOKENS, FLAGS)
SEARCH = Search(EPOCH, TOKENS, FLAGS, ((CO, b"c" * 2096), (VE, b"v" * 2096)), "TREAT")


async def located(hub: Hub) -> dict[Country, str]:
    await hub.register("VE").register(EPOCH, [PERSON])
    return dict(await hub.register("PE").locate(SEARCH, trace=new_trace(), timeout_seconds=1))


async def test_a_person_is_registered_located_and_redeemed(hub: Hub) -> None:
    handles = await located(hub)
    home = hub.register("VE")
    redeemed = await home.redeem(handles[VE], trace=new_trace(), timeout_seconds=1)
    assert redeemed == Redeemed((PERSON.handle,), b"v" * 2096)
    assert await home.redeem(handles[VE], trace=new_trace(), timeout_seconds=1) is None
    assert await hub.register("CO").redeem(handles[CO], trace=new_trace(), timeout_seconds=1) is None
    await home.remove([PERSON.handle])
    assert await hub.acts.persons.count() == {}


async def test_real_and_decoy_are_answers_of_one_length_and_shape(hub: Hub) -> None:
    handles = await located(hub)
    seen = []
    hub.line.change = lambda response: (seen.append(response), response)[1]
    await hub.register("VE").redeem(handles[VE], trace=new_trace(), timeout_seconds=1)
    await hub.register("CO").redeem(handles[CO], trace=new_trace(), timeout_seconds=1)
    await hub.register("CO").redeem("h" * 43, trace=new_trace(), timeout_seconds=1)
    assert {response.status for response in seen} == {200}
    assert {len(response.body) for response in seen} == {4096}
    assert len({tuple(response.headers) for response in seen}) == 1
    assert {response.headers["content-length"] for response in seen} == {"4096"}


async def test_a_search_asks_for_nobody_else_and_tells_nothing_of_who_is_known(hub: Hub) -> None:
    handles = await located(hub)
    assert handles.keys() == {CO, VE}
    assert {len(handle) for handle in handles.values()} == {43}


async def test_reports_are_kept_with_the_state_of_the_log(hub: Hub) -> None:
    register, log = hub.register("VE"), GrowingLog(hub.parties, VE)
    told = line((PE, VE), reporter=VE, purpose="TREAT", decision=Decision.REFUSED, at=hub.parties.clock.now())
    for leaves in (2, 3):
        size = await register.log_size()
        await register.report([told], log.grow(leaves, since=size))
    assert await register.log_size() == 5
    [counted] = await hub.disclosures.counts(DisclosureFilter())
    assert (counted.reporter, counted.count) == (VE, 1)
    [proof] = await hub.disclosures.proofs()
    assert proof.whole


async def test_a_proof_that_overtook_another_is_refused_and_marks_nobody(hub: Hub) -> None:
    first, second, log = hub.register("VE"), hub.register("VE"), GrowingLog(hub.parties, VE)
    await first.log_size()
    await second.log_size()
    await first.report([], log.grow(2, since=0))
    with pytest.raises(UnavailableError):
        await second.report([], log.grow(2, since=0))
    [proof] = await hub.disclosures.proofs()
    assert proof.whole


async def test_a_proof_that_was_made_before_another_report_went_out_marks_nobody(hub: Hub) -> None:
    register, log = hub.register("VE"), GrowingLog(hub.parties, VE)
    await register.report([], log.grow(2, since=0))
    size = await register.log_size()
    first, second = log.grow(1, since=size), log.grow(1, since=size)
    await register.report([], first)
    with pytest.raises(UnavailableError):
        await register.report([], second)
    [proof] = await hub.disclosures.proofs()
    assert proof.whole


POSTS = ("register", "remove", "locate", "redeem", "report")


@pytest.mark.parametrize("path", [*POSTS, "log-size", "directory"])
async def test_no_door_opens_without_a_signature(hub: Hub, path: str) -> None:
    method = "POST" if path in POSTS else "GET"
    response = await hub.send(SignedRequest(method, f"{HUB_URL}/{path}", {"content-type": "application/json"}, b"{}"))
    assert (response.status, response.body) == (401, b'{"error":"security"}')
    assert "signature" not in response.headers


@pytest.mark.parametrize("path", POSTS)
@pytest.mark.parametrize("body", [b"", b"{}", b"[]", b"\xff", b'{"epoch":1}', b"[" * 5000, b'{"handle":"<script>"}'])
async def test_a_malformed_body_is_refused_in_one_word(hub: Hub, path: str, body: bytes) -> None:
    headers = {"content-type": "application/json"}
    request = hub.parties.signed("VE", SignedRequest("POST", f"{HUB_URL}/{path}", headers, body))
    response = await hub.send(request)
    assert (response.status, response.body) == (400, b'{"error":"structure"}')


async def test_another_media_type_is_not_read(hub: Hub) -> None:
    request = SignedRequest("POST", f"{HUB_URL}/redeem", {"content-type": "text/plain"}, b"{}")
    assert (await hub.send(hub.parties.signed("VE", request))).status == 415


async def test_a_body_that_is_too_large_is_refused(hub: Hub) -> None:
    body = b" " * (4 * 1024 * 1024 + 1)
    request = SignedRequest("POST", f"{HUB_URL}/redeem", {"content-type": "application/json"}, body)
    assert (await hub.send(hub.parties.signed("VE", request))).status == 413


async def test_a_request_is_good_once_and_for_its_time_and_its_address(hub: Hub) -> None:
    request = SignedRequest("GET", f"{HUB_URL}/log-size", {}, b"")
    message = hub.parties.signed("VE", request)
    assert (await hub.send(message)).status == 200
    assert (await hub.send(message)).status == 401
    elsewhere = hub.parties.signed("VE", SignedRequest("GET", "https://other.example/log-size", {}, b""))
    moved = SignedRequest("GET", request.url, elsewhere.headers, b"")
    assert (await hub.send(moved)).status == 401
    late = hub.parties.signed("VE", request)
    hub.parties.clock.at += timedelta(minutes=10)
    assert (await hub.send(late)).status == 401
    assert hub.parties.log.reasons[0] == "replayed"
    assert hub.parties.log.reasons[-1] == "expired"


async def test_an_answer_that_another_signed_is_no_answer(hub: Hub) -> None:
    register = hub.register("VE")
    hub.line.change = lambda response: SignedResponse(response.status, response.headers, response.body + b" ")
    with pytest.raises(UnavailableError):
        await register.log_size()


async def test_health_is_open_and_says_nothing(hub: Hub) -> None:
    response = await hub.send(SignedRequest("GET", f"{HUB_URL}/health", {}, b""))
    assert (response.status, response.body) == (200, b'{"status":"ok"}')


async def test_a_purpose_that_no_consent_allows_finds_nobody_and_is_on_record(hub: Hub) -> None:
    search = Search(EPOCH, TOKENS, FLAGS, ((VE, b"v"),), "IMMIG")
    with pytest.raises(UnavailableError):
        await hub.register("PE").locate(search, trace=new_trace(), timeout_seconds=1)
    assert [purpose for _, purpose, _ in hub.acts.resolutions.searches] == ["IMMIG"]
