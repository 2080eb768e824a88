from __future__ import annotations

import json
import re
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

import pytest

from corridor.domain.asking import Asking
from corridor.domain.audit.fact import AuditKind, AuditOutcome
from corridor.domain.category import Category
from corridor.domain.consent import Provision
from corridor.domain.emergency import Verdict
from corridor.domain.errors import (
    ConflictError,
    CorridorError,
    ForbiddenError,
    NotFoundError,
    ThrottledError,
    UnavailableError,
)
from corridor.domain.history import History
from corridor.domain.limits import Limits
from corridor.domain.presence import CHALLENGE_LASTS, LASTS, LINES, TRIES, PrintedCard, ProofKind, attestation
from corridor.domain.principal import Role
from corridor.fhir.telephone import telephone
from corridor.flows.answer_challenge import Answered, answer_challenge
from corridor.flows.attest_presence import attest_presence
from corridor.flows.challenge_presence import challenge_presence
from corridor.flows.end_card import end_card
from corridor.flows.list_attestations import list_attestations
from corridor.flows.list_cards import list_cards
from corridor.flows.make_card import make_card
from corridor.flows.pull_history import pull_history
from corridor.flows.record_card_care import CardDesk
from corridor.flows.record_presence import PresenceDesk
from corridor.flows.review_attestation import review_attestation
from corridor.flows.revoke_card import revoke_card
from corridor.flows.second_look import Look, ReviewDesk
from corridor.flows.show_presence import show_presence
from tests.fakes.federation import FakeFederation, asking
from tests.fakes.resources import patient

STATED = attestation("no-card", "La conozco desde hace años, está sentada aquí.")
Pull = Callable[..., Awaitable[History]]


@dataclass
class Telephones:
    """What was sent to whom, until nobody takes it any more."""

    sent: list[tuple[str, str]] = field(default_factory=list)
    away: bool = False

    async def send(self, telephone: str, text: str) -> None:
        """See the port."""
        if self.away:
            raise UnavailableError("The message could not be sent.")
        self.sent.append((telephone, text))


@pytest.fixture
async def peru(migrant: FakeFederation) -> FakeFederation:
    """Nobody is there until it is shown, and she has a telephone and consents."""
    here = migrant["PE"]
    here.node.shelf.everybody_is_there = False
    await here.write("p1", patient() | {"telecom": [{"system": "phone", "value": "987 654 321"}]})
    await here.keep(migrant.consent(), of="p1")
    return migrant


@pytest.fixture
def messages() -> Telephones:
    return Telephones()


@pytest.fixture
def desk(peru: FakeFederation, messages: Telephones) -> PresenceDesk:
    node = peru["PE"].node
    return PresenceDesk(
        node.units,
        node.budgets,
        peru.clock,
        Limits(attestations=2),
        lambda text: f"hidden({hash(text)})",
        lambda body: telephone(body, home="PE"),
        messages,
        {"es": "{code} es su código."},
    )


@pytest.fixture
def pull(peru: FakeFederation) -> Pull:
    async def pull(who: Asking | None = None) -> History:
        desk = peru["PE"].pulling
        return await pull_history(who or asking(), "p1", purpose_code="TREAT", deadline_seconds=5, desk=desk)

    return pull


@contextmanager
def refused(error: type[CorridorError] = ForbiddenError) -> Iterator[None]:
    with pytest.raises(error):
        yield


async def by_card(card: PrintedCard, desk: PresenceDesk) -> Answered:
    asked = await challenge_presence(asking(), "p1", ProofKind.CARD, desk=desk)
    return Answered(asked.id, card.answers[asked.line - 1].lower(), f"{card.number[:4]}-{card.number[4:]}")


async def test_without_a_proof_nobody_is_asked_and_it_reads_like_any_refusal(
    peru: FakeFederation, desk: PresenceDesk, pull: Pull
) -> None:
    with pytest.raises(ForbiddenError) as absent:
        await pull()
    assert peru["PE"].facts[-1].reason == "no-presence"
    await attest_presence(asking(), "p1", STATED, confirm=_yes, desk=desk)
    nothing = Provision(permit=True, purposes=frozenset({"ETREAT"}), categories=frozenset(Category))
    await peru["PE"].keep(peru.consent("consent-1", nothing), of="p1")
    with pytest.raises(ForbiddenError) as uncovered:
        await pull()
    assert absent.value.message == uncovered.value.message
    assert peru["VE"].facts == []


async def test_a_line_of_the_card_opens_one_visit_and_its_kind_is_told_abroad(
    peru: FakeFederation, desk: PresenceDesk, pull: Pull
) -> None:
    card = await make_card(asking(), "p1", desk=desk)
    proof = await answer_challenge(asking(), "p1", await by_card(card, desk), desk=desk)
    assert proof.kind is ProofKind.CARD
    assert sum(len(each.entries) for each in (await pull()).answers)
    assert [each.presence for each in peru["PE"].facts if each.kind is AuditKind.ASK] == ["card"]
    assert [each.presence for each in peru["VE"].facts] == ["card"]
    with refused():
        await pull(replace(asking(), principal=replace(asking().principal, pseudonym="e" * 32)))
    peru.clock.at += LASTS
    with refused():
        await pull()


async def test_an_answer_is_never_good_twice(peru: FakeFederation, desk: PresenceDesk) -> None:
    card = await make_card(asking(), "p1", desk=desk)
    answered = await by_card(card, desk)
    await answer_challenge(asking(), "p1", answered, desk=desk)
    with refused():
        await answer_challenge(asking(), "p1", answered, desk=desk)
    used = {answered.answer}
    for _ in range(8):
        peru.clock.advance(minutes=20)
        again = await by_card(card, desk)
        assert again.answer not in used
        await answer_challenge(asking(), "p1", again, desk=desk)
        used.add(again.answer)
    assert (await show_presence(asking(), "p1", desk=desk)).lines == LINES - 9


async def test_a_lost_card_answers_nothing_and_neither_does_the_one_before_it(desk: PresenceDesk) -> None:
    first = await make_card(asking(), "p1", desk=desk)
    answered = await by_card(first, desk)
    second = await make_card(asking(), "p1", desk=desk)
    with refused():
        await answer_challenge(asking(), "p1", answered, desk=desk)
    answered = await by_card(second, desk)
    await revoke_card(asking(), "p1", desk=desk)
    with refused():
        await answer_challenge(asking(), "p1", answered, desk=desk)
    with refused(ConflictError):
        await challenge_presence(asking(), "p1", ProofKind.CARD, desk=desk)


async def test_a_code_to_her_telephone_names_no_disease_and_ends(
    peru: FakeFederation, desk: PresenceDesk, messages: Telephones, pull: Pull
) -> None:
    asked = await challenge_presence(asking(), "p1", ProofKind.CODE, desk=desk)
    ((to, text),) = messages.sent
    assert to == "+51987654321"
    (code,) = re.findall(r"\b\d{6}\b", text)
    assert code not in repr(peru["PE"].node.shelf.state.challenges) + repr(peru["PE"].facts)
    for _ in range(TRIES):
        with refused():
            await answer_challenge(asking(), "p1", Answered(asked.id, "12345x"), desk=desk)
    with refused():
        await answer_challenge(asking(), "p1", Answered(asked.id, code), desk=desk)
    assert peru["PE"].facts[-1].reason == "challenge-over"
    late = await challenge_presence(asking(), "p1", ProofKind.CODE, desk=desk)
    peru.clock.at += CHALLENGE_LASTS
    with refused():
        await answer_challenge(asking(), "p1", Answered(late.id, _code(messages)), desk=desk)
    fresh = await challenge_presence(asking(), "p1", ProofKind.CODE, desk=desk)
    await answer_challenge(asking(), "p1", Answered(fresh.id, _code(messages)), desk=desk)
    assert (await pull()).answers


async def test_a_question_is_answered_to_whoever_put_it_about_whom_it_was_put(
    desk: PresenceDesk, messages: Telephones
) -> None:
    asked = await challenge_presence(asking(), "p1", ProofKind.CODE, desk=desk)
    other = replace(asking(), principal=replace(asking().principal, pseudonym="e" * 32))
    for who, whom in ((other, "p1"), (asking(), "p2")):
        with refused():
            await answer_challenge(who, whom, Answered(asked.id, _code(messages)), desk=desk)
    await answer_challenge(asking(), "p1", Answered(asked.id, _code(messages)), desk=desk)


async def test_nobody_is_asked_without_end(desk: PresenceDesk, messages: Telephones) -> None:
    with refused(ThrottledError):
        for _ in range(9):
            await challenge_presence(asking(), "p1", ProofKind.CODE, desk=desk)
    assert len(messages.sent) == 4
    for who in (asking(Role.PROGRAMME), asking(Role.AUDITOR)):
        with refused():
            await challenge_presence(who, "p1", ProofKind.CARD, desk=desk)
    with refused(NotFoundError):
        await challenge_presence(asking(), "nobody", ProofKind.CARD, desk=desk)


async def test_a_message_that_nobody_took_is_on_record_before_it_is_said(
    peru: FakeFederation, desk: PresenceDesk, messages: Telephones
) -> None:
    messages.away = True
    with refused(UnavailableError):
        await challenge_presence(asking(), "p1", ProofKind.CODE, desk=desk)
    last = peru["PE"].facts[-1]
    assert (last.query, last.reason, last.outcome) == ("asked=code", "unsent", AuditOutcome.FAILURE)


async def test_a_clinicians_word_is_confirmed_counted_and_looked_at_by_another(
    peru: FakeFederation, desk: PresenceDesk, pull: Pull
) -> None:
    with refused():
        await attest_presence(asking(), "p1", STATED, confirm=_no, desk=desk)
    assert peru["PE"].facts[-1].reason == "not-confirmed"
    for _ in range(2):
        await attest_presence(asking(), "p1", STATED, confirm=_yes, desk=desk)
    with refused(ThrottledError):
        await attest_presence(asking(), "p1", STATED, confirm=_yes, desk=desk)
    await pull()
    assert {each.presence for each in peru["VE"].facts} == {"attested"}
    assert "sentada" not in json.dumps([repr(each) for each in peru["PE"].facts])
    looking = ReviewDesk(peru["PE"].node.units, peru.clock)
    auditor = asking(Role.AUDITOR)
    auditor = replace(auditor, principal=replace(auditor.principal, pseudonym="f" * 32))
    with refused():
        await list_attestations(asking(), desk=looking)
    first, _ = await list_attestations(auditor, desk=looking)
    with refused():
        await review_attestation(asking(Role.AUDITOR), first.id, Look(Verdict.JUSTIFIED, ""), desk=looking)
    await review_attestation(auditor, first.id, Look(Verdict.NOT_JUSTIFIED, "Nobody saw her."), desk=looking)
    with refused(ConflictError):
        await review_attestation(auditor, first.id, Look(Verdict.JUSTIFIED, ""), desk=looking)
    assert len(await list_attestations(auditor, desk=looking)) == 1


async def test_a_holder_that_does_not_believe_a_word_is_like_one_that_knows_nobody(
    peru: FakeFederation, desk: PresenceDesk, pull: Pull
) -> None:
    peru["VE"].serving = replace(peru["VE"].serving, presence=frozenset({ProofKind.CARD}))
    await attest_presence(asking(), "p1", STATED, confirm=_yes, desk=desk)
    assert [each.entries for each in (await pull()).answers] == [(), ()]
    assert peru["VE"].facts[-1].reason == "no-presence"
    card = await make_card(asking(), "p1", desk=desk)
    peru.clock.at += LASTS
    await answer_challenge(asking(), "p1", await by_card(card, desk), desk=desk)
    assert sum(len(each.entries) for each in (await pull()).answers)


async def test_an_operator_ends_a_card_that_was_found_and_nobody_else_does(
    peru: FakeFederation, desk: PresenceDesk
) -> None:
    card = await make_card(asking(), "p1", desk=desk)
    answered, care = await by_card(card, desk), CardDesk(desk.units, desk.clock)
    for who in (asking(), asking(Role.PROGRAMME), asking(Role.AUDITOR)):
        with refused():
            await list_cards(who, desk=care)
        with refused():
            await end_card(who, card.number, desk=care)
        assert [each.reason for each in peru["PE"].facts[-2:]] == ["forbidden", "forbidden"]
    operator = asking(Role.OPERATOR)
    assert [each.number for each in await list_cards(operator, desk=care)] == [card.number]
    await end_card(operator, f" {card.number[:4].lower()}-{card.number[4:]}", desk=care)
    told = [(each.query, each.patient_ids, each.outcome) for each in peru["PE"].facts[-2:]]
    assert told == [("cards-listed", (), AuditOutcome.SUCCESS), ("card-revoked", ("p1",), AuditOutcome.SUCCESS)]
    assert await list_cards(operator, desk=care) == ()
    with refused(NotFoundError):
        await end_card(operator, card.number, desk=care)
    assert peru["PE"].facts[-1].reason == "unknown-card"
    with refused():
        await answer_challenge(asking(), "p1", answered, desk=desk)


def _code(messages: Telephones) -> str:
    return messages.sent[-1][1][:6]


async def _yes() -> bool:
    return True


async def _no() -> bool:
    return False
