import hashlib
import re
from base64 import b64encode
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from corridor.domain.errors import SignatureError
from corridor.domain.message import SignedRequest, SignedResponse, header_fields
from corridor.keys.signatures import Signatures

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
KEY, OTHER = (Ed25519PrivateKey.from_private_bytes(bytes([number]) * 32) for number in (1, 2))
PUBLIC, OTHER_PUBLIC = (key.public_key().public_bytes_raw() for key in (KEY, OTHER))
LIMA, CARACAS = Signatures("PE", KEY), Signatures("VE", OTHER)
PLAIN = SignedRequest(
    "POST",
    "https://caracas.example/exchange/history?x=1",
    {
        "content-type": "application/fhir+json",
        "traceparent": f"00-{'a' * 32}-{'b' * 16}-01",
        "x-request-deadline": "2026-03-01T12:00:05Z",
        "x-clinician": "c" * 32,
    },
    b'{"resourceType":"Parameters"}',
)


def signed(request: SignedRequest = PLAIN, by: Signatures = LIMA, now: datetime = NOW) -> SignedRequest:
    return replace(request, headers={**request.headers, **by.sign_request(request, now=now)})


def key_of(keyid: str) -> bytes | None:
    return {"PE": PUBLIC, "VE": OTHER_PUBLIC}.get(keyid)


def refused(request: SignedRequest, now: datetime = NOW) -> str:
    with pytest.raises(SignatureError) as caught:
        CARACAS.verify_request(request, key_of=key_of, now=now)
    assert caught.value.message == "The signature is not valid."
    return caught.value.reason


def with_header(request: SignedRequest, name: str, value: str | None) -> SignedRequest:
    headers = dict(request.headers)
    headers.pop(name, None)
    return replace(request, headers=headers if value is None else {**headers, name: value})


def test_a_signed_request_tells_who_signed_it_and_until_when() -> None:
    verified = CARACAS.verify_request(signed(), key_of=key_of, now=NOW)
    assert verified.keyid == "PE"
    assert verified.expires_at == NOW + timedelta(seconds=60)
    assert verified.keep_until == NOW + timedelta(seconds=120)
    assert re.fullmatch(r"[A-Za-z0-9_-]{22,}", verified.nonce)


def test_every_signature_has_a_nonce_of_its_own() -> None:
    nonces = {CARACAS.verify_request(signed(), key_of=key_of, now=NOW).nonce for _ in range(50)}
    assert len(nonces) == 50


def test_a_request_without_a_body_or_optional_headers_is_signed_too() -> None:
    bare = SignedRequest("GET", "https://caracas.example/exchange/Patient/1", {}, b"")
    assert CARACAS.verify_request(signed(bare), key_of=key_of, now=NOW).keyid == "PE"


def test_headers_that_no_signature_covers_may_change_on_the_way() -> None:
    request = with_header(with_header(signed(), "content-type", None), "via", "1.1 proxy")
    assert CARACAS.verify_request(request, key_of=key_of, now=NOW).keyid == "PE"


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"method": "PUT"}, "signature-wrong"),
        ({"method": "post"}, "not-signable"),
        ({"url": "https://caracas.example/exchange/history?x=2"}, "signature-wrong"),
        ({"url": "https://bogota.example/exchange/history?x=1"}, "signature-wrong"),
        ({"url": "http://caracas.example/exchange/history?x=1"}, "signature-wrong"),
        ({"url": "not a url"}, "not-signable"),
        ({"body": b"{}"}, "digest-wrong"),
        ({"body": b""}, "digest-wrong"),
    ],
)
def test_an_altered_request_is_refused(change: dict[str, object], reason: str) -> None:
    assert refused(replace(signed(), **change)) == reason  # type: ignore[arg-type]  # each change is of its field's type


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("signature", None, "signature-missing"),
        ("signature-input", None, "signature-input-missing"),
        ("content-digest", None, "content-digest-missing"),
        ("traceparent", None, "signature-wrong"),
        ("traceparent", f"00-{'d' * 32}-{'b' * 16}-01", "signature-wrong"),
        ("x-request-deadline", "2026-03-01T13:00:00Z", "signature-wrong"),
        ("x-clinician", "d" * 32, "signature-wrong"),
        ("content-digest", "sha-256=:AAAA:", "digest-wrong"),
        ("signature", "corridor=:AAAA:", "not-one-signature"),
        ("signature", "garbage", "not-one-signature"),
        ("signature", f"corridor=:{'A' * 86}==:", "signature-wrong"),
        ("signature", f"other=:{'A' * 86}==:", "signature-wrong"),
        ("signature-input", "garbage", "signature-wrong"),
        ("signature-input", "corridor=()", "created-missing"),
        ("signature-input", "x" * 3000, "not-one-signature"),
        ("Signature", "corridor=:AAAA:", "duplicate-header"),
        ("X-Clinician", "d" * 32, "duplicate-header"),
    ],
)
def test_an_altered_missing_or_doubled_header_is_refused(name: str, value: str | None, reason: str) -> None:
    assert refused(with_header(signed(), name, value)) == reason


def test_a_header_that_was_added_after_signing_is_not_covered() -> None:
    request = with_header(signed(with_header(PLAIN, "x-clinician", None)), "x-clinician", "d" * 32)
    assert refused(request) == "not-covered-x-clinician"


@pytest.mark.parametrize("parameter", ["created", "expires", "keyid", "tag", "nonce", "alg"])
def test_a_changed_or_dropped_parameter_is_refused(parameter: str) -> None:
    request = signed()
    given_input = request.headers["signature-input"]
    dropped = re.sub(rf';{parameter}=("[^"]*"|\d+)', "", given_input)
    assert dropped != given_input
    assert refused(with_header(request, "signature-input", dropped))
    changed = re.sub(rf'(;{parameter}=)("[^"]*"|\d+)', r'\1"x"', given_input)
    assert refused(with_header(request, "signature-input", changed))


def forged(components: str, parameters: str, request: SignedRequest = PLAIN) -> SignedRequest:
    """A request with a true signature over whatever an ill-meaning key holder chose to sign."""
    digest = f"sha-256=:{b64encode(hashlib.sha256(request.body).digest()).decode()}:"
    values = {
        '"@method"': request.method,
        '"@target-uri"': request.url,
        '"content-digest"': digest,
        **{f'"{name}"': value for name, value in request.headers.items()},
    }
    lines = [f"{name}: {values[name]}" for name in components.split()]
    base = "\n".join([*lines, f'"@signature-params": ({components}){parameters}'])
    signature = b64encode(KEY.sign(base.encode())).decode()
    added = {
        "content-digest": digest,
        "signature-input": f"corridor=({components}){parameters}",
        "signature": f"corridor=:{signature}:",
    }
    return replace(request, headers={**request.headers, **added})


WHOLE = '"@method" "@target-uri" "content-digest" "traceparent" "x-request-deadline" "x-clinician"'
START = int(NOW.timestamp())


def parameters(
    created: int = START, expires: int = START + 60, nonce: str = "n" * 22, tag: str = "corridor", keyid: str = "PE"
) -> str:
    return f';created={created};expires={expires};keyid="{keyid}";nonce="{nonce}";tag="{tag}"'


def test_a_signature_made_by_hand_from_the_standard_is_accepted() -> None:
    assert CARACAS.verify_request(forged(WHOLE, parameters()), key_of=key_of, now=NOW).nonce == "n" * 22


@pytest.mark.parametrize("left_out", WHOLE.split())
def test_every_required_component_must_be_covered(left_out: str) -> None:
    components = " ".join(each for each in WHOLE.split() if each != left_out)
    assert refused(forged(components, parameters())).startswith("not-covered-")


@pytest.mark.parametrize(
    ("made", "reason"),
    [
        (parameters(expires=START + 121), "lifetime-too-long"),
        (parameters(expires=START), "lifetime-too-long"),
        (parameters(created=START + 61, expires=START + 90), "not-yet-created"),
        (parameters(created=START - 120, expires=START - 61), "expired"),
        (parameters(created=10**14, expires=10**14 + 60), "created-malformed"),
        (parameters(nonce="n" * 21), "nonce-too-short"),
        (parameters(nonce="n" * 21 + " "), "nonce-too-short"),
        (parameters(keyid="CO"), "keyid-unknown"),
        (parameters(keyid="VE"), "signature-wrong"),
        (parameters(tag="other"), "signature-wrong"),
    ],
)
def test_a_true_signature_with_wrong_parameters_is_refused(made: str, reason: str) -> None:
    assert refused(forged(WHOLE, made)) == reason


@pytest.mark.parametrize(
    "made",
    [
        parameters(expires=START + 120),
        parameters(created=START + 60, expires=START + 90),
        parameters(created=START - 120, expires=START - 60),
    ],
)
def test_clocks_may_differ_by_a_minute(made: str) -> None:
    assert CARACAS.verify_request(forged(WHOLE, made), key_of=key_of, now=NOW).keyid == "PE"


def test_two_signatures_on_one_request_are_refused() -> None:
    request = signed()
    for name in ("signature", "signature-input"):
        request = with_header(
            request, name, f"{request.headers[name]}, {request.headers[name].replace('corridor', 'two', 1)}"
        )
    assert refused(request) == "not-one-signature"


def test_a_key_of_the_wrong_length_verifies_nothing() -> None:
    with pytest.raises(SignatureError) as caught:
        CARACAS.verify_request(signed(), key_of=lambda _: b"short", now=NOW)
    assert caught.value.reason == "key-malformed"


def test_what_is_signed_already_is_not_signed_again() -> None:
    with pytest.raises(SignatureError) as caught:
        LIMA.sign_request(signed(), now=NOW)
    assert caught.value.reason == "already-signed"


def test_what_has_no_address_cannot_be_signed() -> None:
    with pytest.raises(SignatureError) as caught:
        LIMA.sign_request(replace(PLAIN, url="/relative"), now=NOW)
    assert caught.value.reason == "not-signable"


def answered(request: SignedRequest) -> SignedResponse:
    response = SignedResponse(200, {"content-type": "application/fhir+json"}, b'{"resourceType":"Bundle"}')
    return replace(response, headers={**response.headers, **CARACAS.sign_response(response, request, now=NOW)})


def test_an_answer_is_accepted_for_its_own_request() -> None:
    request = signed()
    LIMA.verify_response(answered(request), request, key=OTHER_PUBLIC, now=NOW)


def test_an_answer_to_another_request_is_refused() -> None:
    request, other = signed(), signed()
    with pytest.raises(SignatureError):
        LIMA.verify_response(answered(request), other, key=OTHER_PUBLIC, now=NOW)


@pytest.mark.parametrize(
    ("change", "key", "later"),
    [
        ({"status": 404}, OTHER_PUBLIC, 0),
        ({"body": b"{}"}, OTHER_PUBLIC, 0),
        ({"headers": {}}, OTHER_PUBLIC, 0),
        ({}, PUBLIC, 0),
        ({}, OTHER_PUBLIC, 121),
    ],
)
def test_an_altered_foreign_or_stale_answer_is_refused(change: dict[str, object], key: bytes, later: int) -> None:
    request = signed()
    response = replace(answered(request), **change)  # type: ignore[arg-type]  # each change is of its field's type
    with pytest.raises(SignatureError):
        LIMA.verify_response(response, request, key=key, now=NOW + timedelta(seconds=later))


def test_a_request_signature_does_not_pass_for_an_answer() -> None:
    request = signed()
    copied = SignedResponse(
        200, {name: request.headers[name] for name in ("signature", "signature-input", "content-digest")}, request.body
    )
    with pytest.raises(SignatureError):
        CARACAS.verify_response(copied, request, key=PUBLIC, now=NOW)


@given(st.sampled_from(["signature", "signature-input", "content-digest", "traceparent"]), st.text(max_size=60))
def test_no_header_text_breaks_the_verifier(name: str, value: str) -> None:
    if signed().headers[name] != value:
        assert refused(with_header(signed(), name, value))


def test_a_header_that_came_twice_is_refused_before_anything_is_verified() -> None:
    assert header_fields([(b"Via", b"a"), (b"via", b"b"), (b"X-Clinician", b"c")]) == {
        "via": "a, b",
        "x-clinician": "c",
    }
    with pytest.raises(SignatureError):
        header_fields([(b"Signature", b"a"), (b"signature", b"b")])
