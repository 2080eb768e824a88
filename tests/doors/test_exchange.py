"""The cross-border base, as another country reaches it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path

import orjson
import pytest
from fhir.resources.R4B.bundle import Bundle
from fhir.resources.R4B.operationoutcome import OperationOutcome
from starlette.applications import Starlette

from corridor.domain.audit.fact import AuditKind
from corridor.domain.consent import Provision, Withdrawal
from corridor.domain.country import Country
from corridor.domain.errors import DeadlineError, MalformedError, UnavailableError
from corridor.domain.grade import Grade
from corridor.domain.history import Answer
from corridor.domain.message import SignedRequest, SignedResponse
from corridor.domain.purpose import Purpose
from corridor.domain.trace import new_trace
from corridor.fhir.exchange import EMPTY_ANSWER
from corridor.fhir.exchange_request import HistoryAsk, render_ask
from corridor.flows.accept_withdrawal import accept_withdrawal
from corridor.flows.check_purpose import check_purpose
from corridor.flows.ports.peers import HistoryRequest
from corridor.flows.pull_history import pull_history
from corridor.flows.serve_history import serve_history
from corridor.flows.serve_resources import serve_resources
from corridor.node.exchange import Exchange, routes
from corridor.remote.calls import Calls
from corridor.remote.peers import HttpPeers
from tests.fakes.federation import FakeFederation, asking
from tests.fakes.resources import patient, regimen, viral_load
from tests.fakes.signed import AsgiLine, SignedParties

PE, VE, CO = Country("PE"), Country("VE"), Country("CO")
CLINICIAN = "c" * 32


class Border:
    """Three countries whose doors are real and whose storage is memory."""

    def __init__(self, folder: Path) -> None:
        self.countries = FakeFederation(folder, "PE", "VE", "CO")
        self.parties = SignedParties()
        self.parties.clock = self.countries.clock
        self.line = AsgiLine({f"https://{code.lower()}.example": self.app(code) for code in ("VE", "CO")})
        self.peers = HttpPeers(PE, self.calls("PE"), self.parties, clock=self.parties.clock)

    def app(self, code: str) -> Starlette:
        """A country's cross-border base."""
        serving = self.countries[code].serving
        exchange = Exchange(
            base_url=f"https://{code.lower()}.example/exchange",
            empty_milliseconds=1,
            metadata=b"{}",
            gate=self.parties.gate(code),
            pseudonyms=serving.pseudonyms,
            check_purpose=partial(check_purpose, desk=serving),
            serve_history=partial(serve_history, desk=serving),
            accept_withdrawal=partial(accept_withdrawal, desk=serving),
            serve_resources=partial(serve_resources, desk=serving),
        )
        return Starlette(routes=routes(exchange))

    def calls(self, code: str) -> Calls:
        """Signed calls in a country's name."""
        return Calls(self.line, self.parties.signatures(code), self.parties.clock)

    async def request(self, country: Country, *provisions: Provision) -> HistoryRequest:
        """What Peru asks of one country about its patient."""
        handles = await self.countries["PE"].pulling.locate(
            "p1", purpose=Purpose.TREAT, trace=new_trace(), timeout_seconds=1
        )
        handle = handles[country]
        statement = self.countries.statements("PE").write(self.countries.consent("c", *provisions), handle=handle)
        until = self.parties.clock.now() + timedelta(seconds=5)
        return HistoryRequest(handle, Purpose.TREAT, statement, CLINICIAN, new_trace(), until, "card")

    async def get(self, path: str, *, by: str = "PE", clinician: str = CLINICIAN) -> SignedResponse:
        """A signed GET to Venezuela."""
        headers = {"x-clinician": clinician} if clinician else {}
        return await self.send(SignedRequest("GET", f"https://ve.example/exchange/{path}", headers, b""), by=by)

    async def send(self, request: SignedRequest, *, by: str = "PE") -> SignedResponse:
        """A signed request."""
        return await self.line.send(self.parties.signed(by, request), timeout_seconds=1, max_body_bytes=10**7)


@pytest.fixture
async def border(tmp_path: Path) -> Border:
    border = Border(tmp_path)
    await border.countries["PE"].admit("p1", patient())
    await border.countries["VE"].admit("v1", patient(), viral_load("v1"), regimen("v1"))
    return border


async def answered(border: Border) -> Answer:
    return await border.peers.history(VE, await border.request(VE))


async def test_a_permitted_history_crosses_pseudonymised_with_its_grade(border: Border) -> None:
    seen: list[SignedResponse] = []
    border.line.change = lambda response: (seen.append(response), response)[1]
    answer = await answered(border)
    assert answer.grade is Grade.CERTAIN
    assert [entry.resource_type for entry in answer.entries] == ["Patient", "MedicationStatement", "Observation"]
    pseudonym = answer.entries[0].id
    assert all(len(entry.id) == 32 for entry in answer.entries)
    assert all(f"Patient/{pseudonym}".encode() in entry.body for entry in answer.entries[1:])
    assert not any(b"v1" in entry.body or b"\0" in entry.body for entry in answer.entries)
    Bundle.model_validate_json(seen[-1].body)
    assert len(seen[-1].body) == 64 * 1024


async def test_a_whole_pull_goes_through_the_doors(border: Border) -> None:
    peru = border.countries["PE"]
    await peru.keep(border.countries.consent(), of="p1")
    history = await pull_history(
        asking(), "p1", purpose_code="TREAT", deadline_seconds=5, desk=replace(peru.pulling, peers=border.peers)
    )
    assert {answer.country: len(answer.entries) for answer in history.answers} == {CO: 0, VE: 3}
    assert [one.country for one in history.silences] == ["CL", "EC"]


async def test_decoy_stranger_refusal_and_used_handle_are_the_same_answer(border: Border) -> None:
    seen: list[SignedResponse] = []
    real = await border.request(VE)
    refused = await border.request(VE, Provision(permit=False))
    used = await border.request(VE)
    await border.peers.history(VE, used)
    border.line.change = lambda response: (seen.append(response), response)[1]
    questions = [
        (CO, await border.request(CO)),
        (VE, replace(real, handle="h" * 43)),
        (VE, refused),
        (VE, used),
        (VE, replace(await border.request(VE), statement=real.statement)),
        (VE, replace(await border.request(VE), statement=b'{"resourceType":"Bundle"}')),
        (VE, replace(await border.request(VE), purpose=Purpose.PUBHLTH)),
    ]
    for country, question in questions:
        answer = await border.peers.history(country, question)
        assert (answer.entries, answer.grade) == ((), None)
    assert {response.body for response in seen} == {EMPTY_ANSWER}
    assert {response.status for response in seen} == {200}
    assert len({tuple(response.headers) for response in seen}) == 1
    lengths = {tuple(len(value) for name, value in response.headers.items()) for response in seen}
    assert len(lengths) == 1


async def test_a_withdrawal_is_told_and_answered_the_same_wherever_it_goes(border: Border) -> None:
    seen: list[SignedResponse] = []
    told = []
    for country in (VE, CO):
        request = await border.request(country)
        withdrawal = Withdrawal(border.parties.clock.now())
        statement = border.countries.statements("PE").write_withdrawal(withdrawal, handle=request.handle)
        told.append((country, replace(request, statement=statement)))
    border.line.change = lambda response: (seen.append(response), response)[1]
    for country, request in told:
        await border.peers.withdraw(country, request)
    assert {response.body for response in seen} == {EMPTY_ANSWER}
    assert (await answered(border)).entries == ()


async def test_a_withdrawal_that_the_asker_did_not_sign_is_not_taken_for_kept(border: Border) -> None:
    with pytest.raises(UnavailableError):
        await border.peers.withdraw(VE, await border.request(VE))


async def test_resources_are_had_again_inside_the_lease(border: Border) -> None:
    patient_entry, *_ = (await answered(border)).entries
    found = await border.get(f"Observation?patient={patient_entry.id}")
    assert len(orjson.loads(found.body)["entry"]) == 1
    coded = await border.get(f"Observation?patient=Patient/{patient_entry.id}&code=no-such-code")
    assert coded.body == EMPTY_ANSWER
    own = await border.get(f"Patient?_id={patient_entry.id}")
    assert orjson.loads(own.body)["entry"][0]["resource"]["id"] == patient_entry.id
    assert (await border.get(f"Patient/{patient_entry.id}")).body == patient_entry.body


async def test_one_resource_is_read_by_its_pseudonym_and_its_patients(border: Border) -> None:
    whose, _, observation = (await answered(border)).entries
    read = await border.get(f"Observation/{observation.id}?patient={whose.id}")
    assert (read.status, read.body) == (200, observation.body)
    for wrong in (f"Observation/{whose.id}?patient={whose.id}", f"Patient/{observation.id}"):
        missing = await border.get(wrong)
        assert missing.status == 404
        OperationOutcome.model_validate_json(missing.body)


async def test_unknown_foreign_ended_and_uncrossing_look_alike(border: Border) -> None:
    pseudonym = (await answered(border)).entries[0].id
    search = f"Observation?patient={pseudonym}"
    answers = [
        await border.get("Observation?patient=" + "0" * 32),
        await border.get(search, by="CO"),
        await border.get(f"Condition?patient={pseudonym}"),
        await border.get(f"Practitioner?patient={pseudonym}"),
    ]
    border.countries.clock.advance(hours=25)
    answers.append(await border.get(search))
    assert {answer.body for answer in answers} == {EMPTY_ANSWER}
    assert {answer.status for answer in answers} == {200}


async def test_a_withdrawn_consent_ends_the_lease(border: Border) -> None:
    pseudonym = (await answered(border)).entries[0].id
    request = await border.request(VE)
    withdrawal = Withdrawal(border.parties.clock.now())
    statement = border.countries.statements("PE").write_withdrawal(withdrawal, handle=request.handle)
    await border.peers.withdraw(VE, replace(request, statement=statement))
    assert (await border.get(f"Observation?patient={pseudonym}")).body == EMPTY_ANSWER


@pytest.mark.parametrize(
    ("path", "clinician"),
    [
        ("Observation", CLINICIAN),
        ("Observation?patient=x", CLINICIAN),
        (f"Observation?patient={'0' * 32}&patient={'0' * 32}", CLINICIAN),
        (f"Observation?patient={'0' * 32}&_count=5", CLINICIAN),
        (f"Observation?patient={'0' * 32}&&", CLINICIAN),
        (f"Observation?patient={'0' * 32}", ""),
        (f"Observation?patient={'0' * 32}", "a b"),
    ],
)
async def test_a_search_that_is_not_spoken_is_a_clear_outcome(border: Border, path: str, clinician: str) -> None:
    response = await border.get(path, clinician=clinician)
    assert response.status == 400
    OperationOutcome.model_validate_json(response.body)


HISTORY = "https://ve.example/exchange/Patient/$history"
FHIR = {"content-type": "application/fhir+json"}


@pytest.mark.parametrize(
    ("headers", "body", "status"),
    [
        (FHIR, b"", 400),
        (FHIR, b"{}", 400),
        (FHIR, b"\xff\xfe", 400),
        (FHIR, b"[" * 10_000, 400),
        (FHIR, b" " * (128 * 1024 + 1), 413),
        ({"content-type": "text/plain"}, b"{}", 415),
    ],
)
async def test_a_malformed_question_is_a_clear_outcome(
    border: Border, headers: dict[str, str], body: bytes, status: int
) -> None:
    response = await border.send(SignedRequest("POST", HISTORY, headers, body))
    assert response.status == status
    OperationOutcome.model_validate_json(response.body)


def question(border: Border, *, seconds: float = 5) -> SignedRequest:
    until = border.parties.clock.now() + timedelta(seconds=seconds)
    return SignedRequest(
        "POST", HISTORY, FHIR, render_ask(HistoryAsk("h" * 43, Purpose.TREAT, b"{}", CLINICIAN, until))
    )


async def test_a_question_is_answered_once(border: Border) -> None:
    message = border.parties.signed("PE", question(border))
    send = partial(border.line.send, timeout_seconds=1, max_body_bytes=10**6)
    assert (await send(message)).status == 200
    assert (await send(message)).status == 401


async def test_a_question_of_a_stranger_or_to_another_country_is_refused(border: Border) -> None:
    unsigned = question(border)
    stranger = SignedParties().signed("PE", unsigned)
    other = border.parties.signed("PE", replace(unsigned, url=HISTORY.replace("ve", "co", 1)))
    altered = replace(border.parties.signed("PE", unsigned), body=unsigned.body.replace(b"TREAT", b"ETREAT"))
    for message in (unsigned, stranger, replace(other, url=HISTORY), altered):
        response = await border.line.send(message, timeout_seconds=1, max_body_bytes=10**6)
        assert response.status == 401
        OperationOutcome.model_validate_json(response.body)
    assert border.countries["VE"].facts == []


async def test_a_question_that_nobody_waits_for_is_not_worked_on(border: Border) -> None:
    assert (await border.send(question(border, seconds=-1))).status == 504
    assert border.countries["VE"].facts == []
    with pytest.raises(DeadlineError):
        await border.peers.history(VE, replace(await border.request(VE), until=border.parties.clock.now()))


@pytest.mark.parametrize(
    ("code", "reason"), [("IMMIG", "forbidden-purpose"), ("treat", "unknown-purpose"), ("X", "unknown-purpose")]
)
@pytest.mark.parametrize("door", ["$history", "$withdraw"])
async def test_a_purpose_outside_the_list_is_forbidden_whoever_is_asked_about_and_is_on_record(
    border: Border, code: str, reason: str, door: str
) -> None:
    asked = question(border)
    body = asked.body.replace(b"TREAT", code.encode())
    response = await border.send(replace(asked, url=asked.url.replace("$history", door), body=body))
    assert response.status == 403
    [fact] = border.countries["VE"].facts
    assert (fact.kind, fact.purpose, fact.reason) == (AuditKind.REFUSE, code, reason)
    assert (fact.asker, fact.holder, fact.agent, fact.patient_ids) == (PE, VE, CLINICIAN, ())


async def test_a_purpose_that_is_no_code_is_malformed(border: Border) -> None:
    asked = question(border)
    assert (await border.send(replace(asked, body=asked.body.replace(b"TREAT", b"T" * 65)))).status == 400


async def test_when_the_hub_is_away_the_country_says_that_it_cannot_answer(border: Border) -> None:
    request = await border.request(VE)
    border.countries["VE"].register.away = True
    with pytest.raises(UnavailableError):
        await border.peers.history(VE, request)


async def test_when_the_log_cannot_be_written_nothing_leaves(border: Border) -> None:
    request = await border.request(VE)
    border.countries["VE"].node.shelf.broken = True
    with pytest.raises(UnavailableError):
        await border.peers.history(VE, request)


@pytest.mark.parametrize(
    "change",
    [
        lambda response: replace(response, body=response.body.replace(b"final", b"amend")),
        lambda response: replace(response, body=response.body + b" "),
        lambda response: replace(response, headers={}),
        lambda response: replace(response, status=201),
        lambda response: replace(response, status=302),
    ],
)
async def test_an_answer_altered_on_its_way_is_malformed(border: Border, change: object) -> None:
    request = await border.request(VE)
    border.line.change = change
    with pytest.raises(MalformedError):
        await border.peers.history(VE, request)


async def test_an_answer_to_another_question_is_malformed(border: Border) -> None:
    first, second = await border.request(VE), await border.request(VE)
    kept: list[SignedResponse] = []
    border.line.change = lambda response: (kept.append(response), response)[1]
    await border.peers.history(VE, first)
    border.line.change = lambda _: kept[0]
    with pytest.raises(MalformedError):
        await border.peers.history(VE, second)


async def test_a_country_outside_the_federation_is_not_reached(border: Border) -> None:
    with pytest.raises(UnavailableError):
        await border.peers.history(Country("AR"), await border.request(VE))
    assert border.peers.countries() == ["CL", "CO", "EC", "VE"]


async def test_every_answer_was_on_record_before_it_left(border: Border) -> None:
    seen: list[AuditKind] = []
    facts = border.countries["VE"].facts
    border.line.change = lambda response: (seen.extend(fact.kind for fact in facts), response)[1]
    await answered(border)
    assert seen == [AuditKind.ANSWER]
