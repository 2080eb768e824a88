from dataclasses import replace

import pytest

from corridor.keys.files import signing_key
from corridor.keys.signatures import Signatures
from tests.attacks.envoy import DOORS, Envoy, at_door, refused, stranger
from tests.journeys.world import World


@pytest.mark.parametrize("door", DOORS)
def test_nobody_is_answered_without_a_signature(lima: Envoy, door: str) -> None:
    assert refused(lima.send(at_door(lima, door)), 401)


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("name", ["PE", "BR", "hub", "", "pe"])
def test_a_key_that_the_directory_does_not_list_is_refused_under_any_name(
    land: World, lima: Envoy, door: str, name: str
) -> None:
    forger = stranger(land)
    forger.signatures = Signatures(name, forger.key)
    assert refused(forger.send(forger.signed(at_door(lima, door))), 401)


@pytest.mark.parametrize("door", DOORS)
def test_one_country_cannot_sign_as_another(lima: Envoy, santiago: Envoy, door: str) -> None:
    santiago.signatures = Signatures("PE", signing_key(santiago.keys / "signing.key"))
    assert refused(santiago.send(santiago.signed(at_door(lima, door))), 401)


@pytest.mark.parametrize("door", DOORS)
def test_the_name_under_a_signature_cannot_be_changed(lima: Envoy, door: str) -> None:
    request = lima.signed(at_door(lima, door))
    renamed = request.headers["signature-input"].replace('keyid="PE"', 'keyid="CL"')
    assert renamed != request.headers["signature-input"]
    assert refused(lima.send(replace(request, headers={**request.headers, "signature-input": renamed})), 401)


@pytest.mark.parametrize("path", ["/register", "/remove", "/locate", "/redeem", "/report"])
def test_the_hub_answers_members_only(land: World, path: str) -> None:
    assert refused(stranger(land).post("hub", path, b"{}"), 401)


@pytest.mark.parametrize("path", ["/directory", "/log-size"])
def test_the_hub_tells_members_only(land: World, path: str) -> None:
    assert refused(stranger(land).get("hub", path), 401)
