import pytest

from tests.attacks.envoy import DOORS, HISTORY, Envoy, at_door, refused
from tests.journeys.world import World


@pytest.mark.parametrize("door", DOORS)
def test_what_was_signed_once_is_answered_once(lima: Envoy, door: str) -> None:
    request = lima.signed(at_door(lima, door))
    assert lima.send(request).status_code == 200
    again = lima.send(request)
    assert refused(again, 401)
    assert "signature" not in again.headers


def test_a_replay_is_refused_after_the_party_was_started_again(land: World, lima: Envoy) -> None:
    request = lima.signed(at_door(lima, "exchange"))
    assert lima.send(request).status_code == 200
    with land.away("VE"):
        pass
    assert refused(lima.send(request), 401)


def test_an_answer_is_signed_for_the_one_request_that_it_answers(lima: Envoy) -> None:
    first, second = lima.signed(at_door(lima, "exchange")), lima.signed(at_door(lima, "exchange"))
    answer = lima.send(first)
    member = next(each for each in lima.known.members if each.country == "VE")
    assert lima.verified(answer, first, member.signing_key)
    assert not lima.verified(answer, second, member.signing_key)
    assert HISTORY in first.url
