"""The lean signature base against the standard's own words, and against an independent implementation of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from http_message_signatures import HTTPMessageSigner, HTTPMessageVerifier, HTTPSignatureKeyResolver
from http_message_signatures.algorithms import ED25519
from http_message_signatures.exceptions import InvalidSignature
from hypothesis import given
from hypothesis import strategies as st

from corridor.domain.errors import SignatureError
from corridor.domain.message import SIGNED_WHEN_PRESENT, SignedRequest, SignedResponse
from corridor.keys.signature_base import read_input, signature_base, write_input
from corridor.keys.signatures import Signatures

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
KEY, OTHER = (Ed25519PrivateKey.from_private_bytes(bytes([number]) * 32) for number in (1, 2))
PUBLIC, OTHER_PUBLIC = (key.public_key().public_bytes_raw() for key in (KEY, OTHER))
LIMA, CARACAS = Signatures("PE", KEY), Signatures("VE", OTHER)

SEEN = st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=40)
PATHS = st.text(st.sampled_from("abcXYZ019-._~!$&'()*+,;=:@/"), max_size=40)
VALUES = st.lists(SEEN, max_size=3).map(" ".join)
HEADERS = st.dictionaries(st.sampled_from([*SIGNED_WHEN_PRESENT, "content-type"]), VALUES)
REQUESTS = st.builds(
    SignedRequest,
    st.sampled_from(["GET", "POST"]),
    st.builds("https://caracas.example:8443/{}?{}".format, PATHS, PATHS),
    HEADERS,
    st.binary(max_size=60),
)
RESPONSES = st.builds(SignedResponse, st.sampled_from([200, 403, 500]), st.just({}), st.binary(max_size=60))

REQUEST = ('"@method"', '"@target-uri"', '"content-digest"')
RESPONSE = ('"@status"', '"content-digest"', '"@method";req', '"@target-uri";req', '"signature";req')


class Keys(HTTPSignatureKeyResolver):
    """The keys of both, for the other implementation."""

    def resolve_private_key(self, key_id: str) -> Ed25519PrivateKey:
        """By country."""
        return {"PE": KEY, "VE": OTHER}[key_id]

    def resolve_public_key(self, key_id: str) -> Ed25519PublicKey:
        """By country."""
        return self.resolve_private_key(key_id).public_key()


class Verifier(HTTPMessageVerifier):
    """The other implementation, without the clock of this machine."""

    def validate_created_and_expires(self, sig_input: Any, max_age: timedelta | None = None) -> None:
        """Times are not what is compared here."""


@dataclass
class Theirs:
    """A message as the other implementation wants it."""

    headers: dict[str, str]
    method: str = ""
    url: str = ""


def their_request(request: SignedRequest) -> Theirs:
    return Theirs(dict(request.headers), request.method, request.url)


def their_response(response: SignedResponse, request: SignedRequest) -> Any:
    return SimpleNamespace(headers=dict(response.headers), status_code=response.status, request=their_request(request))


def covered(request: SignedRequest) -> tuple[str, ...]:
    return (*REQUEST, *(f'"{name}"' for name in SIGNED_WHEN_PRESENT if name in request.headers))


def signed(request: SignedRequest) -> SignedRequest:
    return replace(request, headers={**request.headers, **LIMA.sign_request(request, now=NOW)})


def answered(response: SignedResponse, request: SignedRequest) -> SignedResponse:
    return replace(response, headers={**response.headers, **CARACAS.sign_response(response, request, now=NOW)})


def verified_by_them(message: Any, components: tuple[str, ...], body: bytes) -> None:
    verifier = Verifier(signature_algorithm=ED25519, key_resolver=Keys())
    verifier.verify(message, max_age=None, expect_tag="corridor", require_components=components, body=body)


def signed_by_them(message: Any, keyid: str, components: tuple[str, ...]) -> Mapping[str, str]:
    signer = HTTPMessageSigner(signature_algorithm=ED25519, key_resolver=Keys())
    signer.sign(
        message,
        key_id=keyid,
        created=NOW,
        expires=NOW + timedelta(seconds=60),
        nonce="n" * 22,
        label="theirs",
        tag="corridor",
        covered_component_ids=components,
        use_existing_digest=True,
    )
    return {name.lower(): value for name, value in message.headers.items()}


def verify_request(request: SignedRequest) -> str:
    return CARACAS.verify_request(request, key_of={"PE": PUBLIC}.get, now=NOW).keyid


@given(REQUESTS)
def test_another_implementation_accepts_our_requests(request: SignedRequest) -> None:
    message = signed(request)
    verified_by_them(their_request(message), covered(request), request.body)


@given(REQUESTS, RESPONSES)
def test_another_implementation_accepts_our_answers(request: SignedRequest, response: SignedResponse) -> None:
    message = signed(request)
    verified_by_them(their_response(answered(response, message), message), RESPONSE, response.body)


@given(REQUESTS)
def test_requests_of_another_implementation_are_accepted(request: SignedRequest) -> None:
    digest = LIMA.sign_request(request, now=NOW)["content-digest"]
    theirs = their_request(replace(request, headers={**request.headers, "content-digest": digest}))
    headers = signed_by_them(theirs, "PE", tuple(reversed(covered(request))))
    assert verify_request(replace(request, headers=headers)) == "PE"


@given(REQUESTS, RESPONSES)
def test_answers_of_another_implementation_are_accepted(request: SignedRequest, response: SignedResponse) -> None:
    message = signed(request)
    digest = CARACAS.sign_response(response, message, now=NOW)["content-digest"]
    theirs = their_response(replace(response, headers={"content-digest": digest}), message)
    headers = signed_by_them(theirs, "VE", RESPONSE)
    LIMA.verify_response(replace(response, headers=headers), message, key=OTHER_PUBLIC, now=NOW)


@given(REQUESTS, st.sampled_from(["method", "url", "body"]))
def test_both_refuse_what_was_altered(request: SignedRequest, field: str) -> None:
    message = signed(request)
    other = {"method": "DELETE", "url": request.url + "x", "body": request.body + b"x"}[field]
    altered = replace(message, **{field: other})  # type: ignore[arg-type]  # each value is of its field's type
    with pytest.raises(SignatureError):
        verify_request(altered)
    with pytest.raises(InvalidSignature):
        verified_by_them(their_request(altered), covered(request), altered.body)


def test_the_base_is_the_one_that_the_standard_describes() -> None:
    values = {'"@method"': "POST", '"@target-uri"': "https://caracas.example/a?b"}
    written = write_input(tuple(values), {"created": 1, "keyid": "PE"})
    assert signature_base(values, tuple(values), written) == (
        b'"@method": POST\n'
        b'"@target-uri": https://caracas.example/a?b\n'
        b'"@signature-params": ("@method" "@target-uri");created=1;keyid="PE"'
    )


def test_what_is_written_is_read_as_it_was() -> None:
    written = write_input(REQUEST, {"created": 1, "nonce": "n"})
    found = read_input(f"corridor={written}")
    assert (found.label, found.components, found.parameters) == ("corridor", REQUEST, {"created": 1, "nonce": "n"})
    assert found.written == written


MALFORMED = (
    "",
    "corridor",
    "corridor=",
    "corridor=1",
    'corridor="@method"',
    "=()",
    "Corridor=()",
    " corridor=()",
    "corridor=() ",
    "corridor=();",
    "corridor=(;created=1",
    "corridor=();created",
    "corridor=();created=",
    "corridor=();created=x",
    "corridor=();created=1.0",
    "corridor=();created=-1",
    "corridor=();created=?1",
    "corridor=();created=:AA==:",
    "corridor=();created=1234567890123456",
    'corridor=();created="1"',
    "corridor=(); created=1",
    "corridor=();created=1;created=1",
    "corridor=();nonce=1",
    'corridor=();nonce="a";nonce="b"',
    'corridor=();nonce="a\\"b"',
    'corridor=();nonce="á"',
    'corridor=();nonce="a',
    'corridor=();alg="hmac-sha256"',
    'corridor=();alg="ED25519"',
    'corridor=();other="x"',
    'corridor=();Nonce="x"',
    "corridor=(), two=()",
    "corridor=();created=1\n",
    "corridor=(())",
)


@pytest.mark.parametrize("text", MALFORMED)
def test_a_malformed_signature_input_is_refused(text: str) -> None:
    with pytest.raises(SignatureError):
        read_input(text)


@pytest.mark.parametrize(
    "change",
    [
        lambda given: given.replace(" ", "  ", 1),
        lambda given: given.replace('"@method"', "@method"),
        lambda given: given.replace('"@method"', '"@METHOD"'),
        lambda given: given.replace('"@method"', '"@method";req'),
        lambda given: given.replace('"@method"', '"@method" "@method"'),
        lambda given: given.replace('"@method"', '"@method" "@path"'),
        lambda given: given.replace('"content-digest"', '"content-digest";bs'),
        lambda given: given.replace("(", "( "),
        lambda given: given.replace("corridor=", "two=", 1),
        lambda given: given + ';tag="corridor"',
    ],
)
def test_a_signature_over_anything_else_is_refused(change: Callable[[str], str]) -> None:
    message = signed(SignedRequest("POST", "https://caracas.example/a", {}, b"{}"))
    altered = change(message.headers["signature-input"])
    assert altered != message.headers["signature-input"]
    with pytest.raises(SignatureError):
        verify_request(replace(message, headers={**message.headers, "signature-input": altered}))


@pytest.mark.parametrize(
    "signature",
    [
        "",
        "corridor",
        "corridor=",
        "corridor=::",
        f"corridor=:{'A' * 85}==:",
        f"corridor=:{'A' * 88}:",
        f"corridor=:{'-' * 86}==:",
        f"corridor=:{'A' * 86}==",
        f'corridor=:{"A" * 86}==:;a="b"',
        f" corridor=:{'A' * 86}==:",
        f"corridor=:{'A' * 86}==:, corridor=:{'A' * 86}==:",
        f"corridor=:{'A' * 86}==:\n",
    ],
)
def test_a_malformed_signature_is_refused(signature: str) -> None:
    message = signed(SignedRequest("POST", "https://caracas.example/a", {}, b"{}"))
    with pytest.raises(SignatureError):
        verify_request(replace(message, headers={**message.headers, "signature": signature}))


@pytest.mark.parametrize(
    "change",
    [
        lambda given: given[:0],
        lambda given: given.upper(),
        lambda given: given.replace("sha-256", "sha-512"),
        lambda given: given.replace(":", ""),
        lambda given: f"{given}, {given}",
        lambda given: f"{given}\n",
        lambda given: f"{given};a",
        lambda given: given.replace("=:", "=:A", 1),
    ],
)
def test_a_malformed_digest_is_refused(change: Callable[[str], str]) -> None:
    message = signed(SignedRequest("POST", "https://caracas.example/a", {}, b"{}"))
    altered = change(message.headers["content-digest"])
    with pytest.raises(SignatureError):
        verify_request(replace(message, headers={**message.headers, "content-digest": altered}))


@pytest.mark.parametrize("value", ["a\nb", 'a\n"@method": GET', "a\rb", "á", "a\x00b", "a\x7fb"])
def test_a_value_that_could_speak_for_another_is_neither_signed_nor_accepted(value: str) -> None:
    message = SignedRequest("POST", "https://caracas.example/a", {"x-clinician": value}, b"{}")
    with pytest.raises(SignatureError):
        LIMA.sign_request(message, now=NOW)
    made = signed(replace(message, headers={"x-clinician": "c"}))
    with pytest.raises(SignatureError):
        verify_request(replace(made, headers={**made.headers, "x-clinician": value}))


@pytest.mark.parametrize(
    "url", ["", "/a", "caracas.example/a", "ftp://caracas.example/a", "https:///a", "https://caracas.example",
            "https://caracas.example/a b", "https://caracas.example/a#b", "https://caracas.example/á", "https://c/a\n"]
)  # fmt: skip
def test_what_is_no_absolute_address_cannot_be_signed(url: str) -> None:
    with pytest.raises(SignatureError):
        LIMA.sign_request(SignedRequest("GET", url, {}, b""), now=NOW)


def test_an_answer_to_a_request_without_a_signature_cannot_be_signed() -> None:
    with pytest.raises(SignatureError):
        CARACAS.sign_response(SignedResponse(200, {}, b""), SignedRequest("GET", "https://a/b", {}, b""), now=NOW)
