import secrets

from corridor.domain.wire import RedeemedWords, RedeemWords, read_words, write_words
from demo.parties import HUB
from demo.values import Person
from tests.attacks.envoy import Envoy, entries, unanswered
from tests.journeys.world import World


def redeemed(envoy: Envoy, handle: str) -> RedeemedWords:
    """What the hub tells a country of a handle."""
    answer = envoy.post(HUB, "/redeem", write_words(RedeemWords(handle)))
    assert answer.status_code == 200
    return read_words(answer.content, RedeemedWords)


async def test_a_handle_is_answered_once(land: World, lima: Envoy, woman: Person) -> None:
    handle = (await lima.handles(woman))["VE"]
    assert entries(lima.ask("VE", lima.question(handle)))
    with unanswered(land, "VE"):
        assert entries(lima.ask("VE", lima.question(handle))) == []


async def test_a_handle_of_another_country_is_worth_nothing(land: World, lima: Envoy, woman: Person) -> None:
    handles = await lima.handles(woman)
    with unanswered(land, "VE", "CO"):
        assert entries(lima.ask("VE", lima.question(handles["CO"]))) == []
    assert entries(lima.ask("CO", lima.question(handles["CO"])))


async def test_a_handle_that_another_country_was_given_cannot_be_used_with_its_consent(
    land: World, lima: Envoy, santiago: Envoy, woman: Person
) -> None:
    handle = (await lima.handles(woman))["VE"]
    statement = lima.statements.write(lima.consent(), handle=handle)
    with unanswered(land, "VE"):
        assert entries(santiago.ask("VE", santiago.question(handle, statement=statement))) == []


async def test_the_hub_redeems_a_handle_once_and_for_its_country_alone(
    land: World, lima: Envoy, santiago: Envoy, woman: Person
) -> None:
    handle = (await lima.handles(woman))["CO"]
    bogota = Envoy(land, "CO")
    for other in (lima, santiago):
        assert redeemed(other, handle).candidates == ()
    assert redeemed(bogota, handle).candidates
    assert redeemed(bogota, handle).candidates == ()


async def test_a_redeemed_handle_a_decoy_and_an_invented_one_have_answers_of_one_length(
    land: World, lima: Envoy, woman: Person
) -> None:
    handles = await lima.handles(woman)
    pairs = [("CO", handles["CO"]), ("CL", handles["CL"]), ("VE", secrets.token_urlsafe(32))]
    sizes = {
        len(Envoy(land, country).post(HUB, "/redeem", write_words(RedeemWords(handle))).content)
        for country, handle in pairs
    }
    assert len(sizes) == 1


async def test_nobody_opens_an_envelope_that_is_for_another(land: World, lima: Envoy, woman: Person) -> None:
    envelope = redeemed(Envoy(land, "CO"), (await lima.handles(woman))["CO"]).envelope
    assert envelope
    assert not any(name.encode() in envelope for name in woman.here.written.surnames)
