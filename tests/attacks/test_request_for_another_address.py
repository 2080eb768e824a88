from dataclasses import replace

import pytest

from tests.attacks.envoy import DOORS, Envoy, at_door, refused


def test_what_was_signed_for_caracas_is_refused_in_bogota(lima: Envoy) -> None:
    request = lima.signed(at_door(lima, "exchange"))
    astray = replace(request, url=request.url.replace(lima.address("VE"), lima.address("CO")))
    assert refused(lima.send(astray), 401)


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("host", ["corridor.example", "127.0.0.1:1"])
def test_the_host_that_a_caller_names_does_not_count(lima: Envoy, door: str, host: str) -> None:
    meant = at_door(lima, door)
    elsewhere = f"http://{host}/" + meant.url.split("/", 3)[3]
    signed = lima.signed(replace(meant, url=elsewhere))
    astray = replace(signed, url=meant.url, headers={**signed.headers, "host": host, "x-forwarded-host": host})
    assert refused(lima.send(astray), 401)


@pytest.mark.parametrize("path", ["/exchange/Patient/$withdraw", "/exchange/Patient/$history?x=1", "/oprf/evaluate"])
def test_what_was_signed_for_one_door_opens_no_other(lima: Envoy, path: str) -> None:
    request = lima.signed(at_door(lima, "exchange"))
    assert refused(lima.send(replace(request, url=lima.address("VE") + path)), 401)


def test_what_was_signed_as_a_post_is_no_get(lima: Envoy) -> None:
    request = lima.signed(at_door(lima, "exchange"))
    search = replace(request, method="GET", url=lima.address("VE") + "/exchange/Observation?patient=" + "0" * 32)
    assert refused(lima.send(search), 401)
