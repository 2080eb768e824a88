"""Any three of five holders, whatever the others do."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from functools import partial

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from corridor.domain.country import Country
from corridor.domain.errors import InvalidError, UnavailableError
from corridor.domain.identity.group import scalar_inverse
from corridor.domain.identity.oprf import blind
from corridor.domain.identity.sharing import combine_partials
from corridor.domain.message import SignedRequest, SignedResponse
from corridor.domain.wire import ELEMENTS_MAX
from corridor.flows.evaluate_tokens import EvaluateDesk, evaluate_tokens
from corridor.keys.quotas import SignedQuotas
from corridor.node.evaluate import Holder, routes
from corridor.remote.calls import Calls
from corridor.remote.holders import HttpHolders
from tests.fakes.holders import dealt_key
from tests.fakes.hub import EPOCH
from tests.fakes.node import FakeNode
from tests.fakes.shares import FakeShares
from tests.fakes.signed import CODES, AsgiLine, SignedParties

PE = Country("PE")
KEY = dealt_key(EPOCH)
OTHERS = [code for code in CODES if code != PE]


class LyingShares(FakeShares):
    """A holder that answers with another holder's share."""

    def evaluate(self, blinded: Sequence[bytes]) -> tuple[list[bytes], bytes]:
        """See the port."""
        return FakeShares(self.index % 5 + 1).evaluate(blinded)


class Holding:
    """Five countries that hold a share each, behind their doors."""

    def __init__(self) -> None:
        self.parties = SignedParties()
        self.nodes = {code: FakeNode(code) for code in CODES}
        self.apps = {code: self.app(code, FakeShares(index)) for index, code in enumerate(CODES, 1)}
        self.line = AsgiLine({})
        self.named: list[tuple[Country, str]] = []
        self.put()

    def app(self, code: str, shares: FakeShares, *, limit: int = 10_000) -> Starlette:
        """A holder's door."""
        node = self.nodes[Country(code)]
        log, clock = self.parties.log, self.parties.clock
        quotas = SignedQuotas(self.parties.public)
        desk = EvaluateDesk(
            Country(code), shares, node.budgets, quotas, self.parties, node.audit, clock, log, limit_per_hour=limit
        )
        holder = Holder(self.parties.gate(code), partial(evaluate_tokens, desk=desk))
        return Starlette(routes=routes(holder))

    def put(self, **apps: Starlette) -> None:
        """Replace some holders."""
        self.apps |= {Country(code): app for code, app in apps.items()}
        self.line = AsgiLine({f"https://{code.lower()}.example": app for code, app in self.apps.items()})

    def lie(self, code: str) -> Starlette:
        """A holder whose proofs are wrong."""
        return self.app(code, LyingShares(CODES.index(Country(code)) + 1))

    def asking(self, *, own: bool = True) -> HttpHolders:
        """Peru asks."""
        calls = Calls(self.line, self.parties.signatures("PE"), self.parties.clock)
        shares = FakeShares(CODES.index(PE) + 1) if own else None
        return HttpHolders(PE, calls, self.parties, shares=shares, name=self.name)

    async def name(self, country: Country, reason: str) -> None:
        """Keep who was named."""
        self.named.append((country, reason))


def app_that(answer: Callable[[], Response]) -> Starlette:
    async def door(_: Request) -> Response:
        return answer()

    return Starlette(routes=[Route("/oprf/evaluate", door, methods=["POST"])])


async def _never(_: Request) -> Response:
    await asyncio.sleep(60)
    return Response()


HANGING = Starlette(routes=[Route("/oprf/evaluate", _never, methods=["POST"])])
FAILING = app_that(lambda: Response(status_code=500))
GARBLED = app_that(lambda: Response(b"garbage"))


@pytest.fixture
def holding() -> Holding:
    return Holding()


BLINDED = [blind(b"one"), blind(b"two")]
ELEMENTS = [each.element for each in BLINDED]


def token(partials: dict[int, Sequence[bytes]]) -> bytes:
    return combine_partials(partials, [scalar_inverse(each.blind) for each in BLINDED])[0]


async def evaluated(holders: HttpHolders, *, seconds: float = 5) -> dict[int, Sequence[bytes]]:
    return dict(await holders.evaluate(ELEMENTS, key=KEY, timeout_seconds=seconds))


async def test_three_of_five_evaluate_and_any_three_give_the_same_token(holding: Holding) -> None:
    asking = holding.asking()
    found = [await evaluated(asking) for _ in range(6)]
    assert {len(partials) for partials in found} == {3}
    assert len({tuple(sorted(partials)) for partials in found}) > 1
    assert len({token(partials) for partials in found}) == 1


async def test_a_node_that_holds_a_share_asks_two_others_and_does_not_spend_its_own_budget(holding: Holding) -> None:
    found = await evaluated(holding.asking())
    assert CODES.index(PE) + 1 in found
    assert len(holding.line.sent) == 2
    assert holding.nodes[PE].facts == []


async def test_a_node_without_a_share_asks_three_others(holding: Holding) -> None:
    assert len(await evaluated(holding.asking(own=False))) == 3
    assert len(holding.line.sent) == 3


@pytest.mark.parametrize("wrong", ["lying", "failing", "garbled", "hanging", "throttled", "away"])
async def test_two_holders_that_misbehave_are_passed_over(wrong: str, holding: Holding) -> None:
    apps = {
        "lying": holding.lie,
        "failing": lambda _: FAILING,
        "garbled": lambda _: GARBLED,
        "hanging": lambda _: HANGING,
        "throttled": lambda code: holding.app(code, FakeShares(CODES.index(Country(code)) + 1), limit=1),
        "away": lambda _: Starlette(),
    }
    holding.put(**{code: apps[wrong](code) for code in OTHERS[:2]})
    asking = holding.asking()
    for _ in OTHERS:
        partials = await evaluated(asking, seconds=2)
        assert len(partials) == 3
        assert not {CODES.index(code) + 1 for code in OTHERS[:2]} & partials.keys()


async def test_a_wrong_proof_names_its_holder_who_is_asked_last_from_then_on(holding: Holding) -> None:
    holding.put(VE=holding.lie("VE"))
    asking = holding.asking()
    for _ in range(8):
        await evaluated(asking)
    assert holding.named == [("VE", "wrong-proof")]


async def test_a_holder_that_answers_what_it_answered_before_is_named(holding: Holding) -> None:
    first: list[SignedResponse] = []

    def replayed(response: SignedResponse) -> SignedResponse:
        first.append(response)
        return first[0]

    holding.line.change = replayed
    with pytest.raises(UnavailableError):
        await evaluated(holding.asking())
    assert [reason for _, reason in holding.named] == ["wrong-answer"] * 3
    assert len({country for country, _ in holding.named}) == 3


async def test_silence_is_no_wrong_answer(holding: Holding) -> None:
    holding.put(CL=FAILING, CO=Starlette())
    asking = holding.asking()
    for _ in OTHERS:
        await evaluated(asking)
    assert holding.named == []


async def test_three_holders_that_misbehave_are_one_too_many(holding: Holding) -> None:
    holding.put(CL=FAILING, CO=GARBLED, EC=holding.lie("EC"))
    with pytest.raises(UnavailableError):
        await evaluated(holding.asking())
    holding.put(CL=HANGING, CO=HANGING, EC=HANGING)
    with pytest.raises(UnavailableError):
        await evaluated(holding.asking(), seconds=0.2)


async def test_nothing_and_too_much_are_not_asked_for(holding: Holding) -> None:
    for wrong in ([], ELEMENTS[:1] * (ELEMENTS_MAX + 1)):
        with pytest.raises(InvalidError):
            await holding.asking().evaluate(wrong, key=KEY, timeout_seconds=1)
    assert holding.line.sent == []


async def send(holding: Holding, body: bytes, *, by: str = "PE") -> tuple[int, bytes]:
    request = SignedRequest("POST", "https://ve.example/oprf/evaluate", {"content-type": "application/json"}, body)
    signed = holding.parties.signed(by, request) if by else request
    response = await holding.line.send(signed, timeout_seconds=5, max_body_bytes=10**6)
    return response.status, response.body


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b'{"epoch":1,"blinded":[]}', 400),
        (b'{"epoch":1,"blinded":["AAAA"]}', 400),
        (b'{"epoch":1,"blinded":["AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="]}', 400),
        (b'{"epoch":9,"blinded":["AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="]}', 409),
        (b" " * (256 * 1024 + 1), 413),
    ],
)
async def test_the_door_refuses_what_cannot_be_evaluated(holding: Holding, body: bytes, status: int) -> None:
    assert (await send(holding, body))[0] == status


async def test_the_door_is_for_members(holding: Holding) -> None:
    for by in ("", "hub"):
        assert await send(holding, b"{}", by=by) == (401, b'{"error":"security"}')
