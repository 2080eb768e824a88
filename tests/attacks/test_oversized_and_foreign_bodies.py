import httpx
import pytest

from corridor.domain.message import SignedRequest
from demo.parties import HUB
from tests.attacks.envoy import DOORS, FHIR_JSON, HISTORY, JSON, Envoy, at_door, refused
from tests.journeys.world import World

MEGABYTE = 1024 * 1024


@pytest.mark.parametrize(
    ("key", "path", "size", "headers"),
    [
        (HUB, "/locate", 4 * MEGABYTE + 1, JSON),
        ("VE", "/oprf/evaluate", 256 * 1024 + 1, JSON),
        ("VE", HISTORY, 128 * 1024 + 1, FHIR_JSON),
        ("VE", "/exchange/Patient/$withdraw", 128 * 1024 + 1, FHIR_JSON),
    ],
)
def test_a_body_beyond_the_limit_is_not_taken_in(
    lima: Envoy, key: str, path: str, size: int, headers: dict[str, str]
) -> None:
    assert refused(lima.post(key, path, b" " * size, headers), 413)


@pytest.mark.parametrize("path", ["/fhir", "/fhir/Patient"])
def test_the_national_base_takes_in_no_more_than_its_limit(land: World, path: str) -> None:
    body = b" " * (16 * MEGABYTE + 1)
    answer = land.request("POST", "EC", path, role="programme", headers=FHIR_JSON, content=body)
    assert refused(answer, 413)


def test_a_body_of_unknown_length_is_cut_off_as_well(land: World) -> None:
    chunks = (b" " * MEGABYTE for _ in range(20))
    answer = land.request("POST", "EC", "/fhir", role="programme", headers=FHIR_JSON, content=chunks)
    assert refused(answer, 413)


def test_small_forms_are_small(land: World) -> None:
    answer = httpx.post(land.doors["EC"].url + "/auth/token", content=b"a" * 5000)
    assert refused(answer, 413)


@pytest.mark.parametrize("media_type", ["text/plain", "application/pdf", "application/x-yaml", ""])
def test_a_foreign_media_type_is_refused_at_home(land: World, media_type: str) -> None:
    for method, path in (("POST", "/fhir"), ("PUT", "/fhir/Patient/x"), ("POST", "/fhir/Patient/$match")):
        headers = {"content-type": media_type} if media_type else {}
        answer = land.request(method, "EC", path, role="programme", headers=headers, content=b"{}")
        assert refused(answer, 415)


@pytest.mark.parametrize("media_type", ["application/xml", "application/fhir+xml"])
def test_what_only_says_that_it_is_xml_is_refused_at_home(land: World, media_type: str) -> None:
    for method, path in (("POST", "/fhir"), ("PUT", "/fhir/Patient/x"), ("POST", "/fhir/Patient/$match")):
        headers = {"content-type": media_type}
        answer = land.request(method, "EC", path, role="programme", headers=headers, content=b"{}")
        assert refused(answer, 400)


@pytest.mark.parametrize("media_type", ["text/plain", "application/xml", "application/octet-stream"])
@pytest.mark.parametrize("door", ["hub", "exchange"])
def test_a_foreign_media_type_is_refused_between_parties(lima: Envoy, door: str, media_type: str) -> None:
    key, path, _, _ = DOORS[door]
    assert refused(lima.post(key, path, at_door(lima, door).body, {"content-type": media_type}), 415)


DEEP = b"[" * 100_000
BODIES = [b"", b"{", b"null", b"[]", b"\xff\xfe", b'"x"', b"1e999", DEEP, b'{"resourceType":"Patient"}', b"{}" * 2]


@pytest.mark.parametrize("body", BODIES, ids=range(len(BODIES)))
@pytest.mark.parametrize(
    ("key", "path", "headers"),
    [
        (HUB, "/locate", JSON),
        (HUB, "/register", JSON),
        (HUB, "/remove", JSON),
        (HUB, "/redeem", JSON),
        (HUB, "/report", JSON),
        ("VE", "/oprf/evaluate", JSON),
        ("VE", HISTORY, FHIR_JSON),
        ("VE", "/exchange/Patient/$withdraw", FHIR_JSON),
    ],
)
def test_garbage_between_parties_is_a_clear_refusal(
    lima: Envoy, key: str, path: str, headers: dict[str, str], body: bytes
) -> None:
    assert refused(lima.post(key, path, body, headers), 400)


@pytest.mark.parametrize("body", [*BODIES[:8], b"{}"], ids=range(9))
@pytest.mark.parametrize("path", ["/fhir", "/fhir/Patient", "/fhir/Patient/$match"])
def test_garbage_at_home_is_a_clear_refusal(land: World, path: str, body: bytes) -> None:
    assert refused(land.request("POST", "EC", path, role="programme", headers=FHIR_JSON, content=body), 400)


@pytest.mark.parametrize(
    "path", ["/exchange/Patient/$history", "/oprf/evaluate", "/exchange/%00/%ff", "/exchange/..%2f..%2ffhir/Patient"]
)
def test_strange_addresses_are_answered_and_nothing_breaks(lima: Envoy, path: str) -> None:
    answer = lima.send(lima.signed(SignedRequest("GET", lima.address("VE") + path, {}, b"")))
    assert 400 <= answer.status_code < 500
