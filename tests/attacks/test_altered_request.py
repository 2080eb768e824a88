from dataclasses import replace

import pytest

from corridor.domain.message import SignedRequest
from tests.attacks.envoy import DOORS, Envoy, at_door, refused


@pytest.mark.parametrize("door", DOORS)
def test_a_body_that_was_altered_is_refused(lima: Envoy, door: str) -> None:
    request = lima.signed(at_door(lima, door))
    assert refused(lima.send(replace(request, body=request.body + b" ")), 401)
    assert refused(lima.send(replace(request, body=b"{}")), 401)


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("header", ["content-digest", "signature-input", "signature"])
def test_a_request_without_one_of_its_seals_is_refused(lima: Envoy, door: str, header: str) -> None:
    request = lima.signed(at_door(lima, door))
    headers = {name: value for name, value in request.headers.items() if name != header}
    assert refused(lima.send(replace(request, headers=headers)), 401)


@pytest.mark.parametrize("header", ["traceparent", "x-clinician", "x-request-deadline"])
def test_what_was_added_on_the_way_is_refused(lima: Envoy, header: str) -> None:
    request = lima.signed(at_door(lima, "exchange"))
    assert refused(lima.send(replace(request, headers={**request.headers, header: "00-" + "1" * 32})), 401)


def test_a_clinician_who_was_swapped_on_the_way_is_refused(lima: Envoy) -> None:
    url = lima.address("VE") + "/exchange/Observation?patient=" + "0" * 32
    request = lima.signed(SignedRequest("GET", url, {"x-clinician": "a" * 32}, b""))
    assert refused(lima.send(replace(request, headers={**request.headers, "x-clinician": "b" * 32})), 401)
