from copy import deepcopy
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
import rfc8785
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jws
from joserfc.jwk import OctKey, OKPKey

from corridor.domain.category import Category
from corridor.domain.consent import Consent, Provision, Withdrawal
from corridor.domain.country import Country
from corridor.domain.errors import CorridorError, SignatureError
from corridor.fhir.provenance import signature_of
from corridor.fhir.statement import consent_about, envelope, signature_for
from corridor.flows.ports.statements import Statements
from corridor.keys.statements import SignedStatements, canonical, sign, verify

NOW = datetime(2026, 3, 1, tzinfo=UTC)
PE, VE, CO = map(Country, ("PE", "VE", "CO"))
KEY, OTHER = (Ed25519PrivateKey.from_private_bytes(bytes([number]) * 32) for number in (1, 2))
PUBLIC, OTHER_PUBLIC = (key.public_key().public_bytes_raw() for key in (KEY, OTHER))
HANDLE = "h" * 43
PERMIT = Provision(
    permit=True,
    countries=frozenset({PE}),
    purposes=frozenset({"TREAT"}),
    categories=frozenset({Category.REGIMEN}),
)
CONSENT = Consent(id="c", status_active=True, given_at=NOW, provisions=(PERMIT,))


@dataclass(frozen=True)
class StoppedClock:
    def now(self) -> datetime:
        return NOW


def statements(country: Country, key: Ed25519PrivateKey) -> Statements:
    return SignedStatements(country, key, key_of={PE: PUBLIC, VE: OTHER_PUBLIC}.get, clock=StoppedClock())


LIMA, CARACAS = statements(PE, KEY), statements(VE, OTHER)
RESOURCE = consent_about(HANDLE, CONSENT, asker=PE)
SIGNED = sign(RESOURCE, signer=PE, key=KEY, at=NOW)


def refused(consent: dict[str, Any], provenance: dict[str, Any], key: bytes = PUBLIC) -> str:
    with pytest.raises(SignatureError) as caught:
        verify(consent, provenance, key)
    return caught.value.reason


def leaves(node: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    return (
        [path, *(leaf for step, value in inner for leaf in leaves(value, (*path, step)))]
        if path
        else [leaf for step, value in inner for leaf in leaves(value, (step,))]
    )


def test_a_signed_consent_is_accepted_and_names_its_signer() -> None:
    assert verify(RESOURCE, SIGNED, PUBLIC) == PE


def test_the_signature_survives_another_order_of_members() -> None:
    turned = dict(reversed(RESOURCE.items()))
    assert verify(turned, SIGNED, PUBLIC) == PE


def test_the_signature_is_detached() -> None:
    _, detached = signature_of(SIGNED)
    assert detached.split(".")[1] == ""


@pytest.mark.parametrize("path", leaves(RESOURCE), ids=str)
def test_any_alteration_of_the_consent_is_caught(path: tuple[Any, ...]) -> None:
    altered = deepcopy(RESOURCE)
    node: Any = altered
    for step in path[:-1]:
        node = node[step]
    node[path[-1]] = "altered"
    assert refused(altered, SIGNED) == "statement-signature-wrong"


def test_another_key_is_refused() -> None:
    assert refused(RESOURCE, SIGNED, OTHER_PUBLIC) == "statement-signature-wrong"
    assert refused(RESOURCE, SIGNED, b"short") == "key-malformed"


def resigned(header: dict[str, Any], key: Any, algorithm: str) -> dict[str, Any]:
    payload = rfc8785.dumps(RESOURCE)
    whole = jws.serialize_compact(header, payload, key, algorithms=[algorithm])
    return signature_for(RESOURCE, signer=PE, jws=jws.detach_content(whole), at=NOW)


@pytest.mark.filterwarnings("ignore:JWS algorithm")
def test_other_algorithms_are_refused() -> None:
    shared = OctKey.import_key(PUBLIC)
    for header, key, algorithm in (({"alg": "HS256"}, shared, "HS256"), ({"alg": "none"}, shared, "none")):
        assert refused(RESOURCE, resigned(header, key, algorithm)) == "statement-signature-wrong"
    unsigned = signature_for(RESOURCE, signer=PE, jws="eyJhbGciOiJub25lIn0..", at=NOW)
    assert refused(RESOURCE, unsigned) == "statement-signature-wrong"


def test_a_header_with_anything_else_is_refused() -> None:
    okp = OKPKey.import_key(KEY)
    for header in ({"alg": "Ed25519"}, {"alg": "Ed25519", "kid": "VE"}, {"alg": "Ed25519", "kid": "PE", "typ": "x"}):
        whole = jws.serialize_compact(header, rfc8785.dumps(RESOURCE), okp, algorithms=["Ed25519"])
        provenance = signature_for(RESOURCE, signer=PE, jws=jws.detach_content(whole), at=NOW)
        assert refused(RESOURCE, provenance) == "statement-header-unexpected"


@pytest.mark.parametrize("text", ["", ".", "..", "a.b", "a.b.c.d", "!!!..!!!", "e30..AAAA"])
def test_what_is_no_jws_is_refused(text: str) -> None:
    provenance = signature_for(RESOURCE, signer=PE, jws=text or "x", at=NOW)
    assert refused(RESOURCE, provenance) == "statement-signature-wrong"


def test_a_provenance_without_signature_is_refused() -> None:
    assert refused(RESOURCE, {"resourceType": "Provenance"}) == "statement-signature-unreadable"


TEXT = st.text(st.characters(exclude_categories=["Cs"]))
NUMBERS = st.integers(-(2**53) + 1, 2**53 - 1) | st.floats(allow_nan=False, allow_infinity=False)
JSON = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner),
    max_leaves=12,
)
ASCII = st.text(st.characters(max_codepoint=127), max_size=12)


@given(st.dictionaries(ASCII, JSON | ASCII | st.lists(ASCII)))
def test_the_canonical_form_is_that_of_an_independent_implementation(resource: dict[str, Any]) -> None:
    assert canonical(resource) == rfc8785.dumps(resource)


@pytest.mark.parametrize(
    "resource",
    [{"a": 1}, {"a": -1.5}, {"a": [1, 2]}, {"a": ["x", 10.0]}, {"a": 1e21}, {"b": 1e-7, "a": 100000000000000000000.0},
     {"\ufb33": 1, "\U0001f600": 2}, {"a": '\x00\x1f\x7f\b\f"\\/\u2028'}, {"a": {}, "": []}, {"a": True, "B": None}],
)  # fmt: skip
def test_numbers_and_foreign_letters_have_the_form_of_the_standard(resource: dict[str, Any]) -> None:
    assert canonical(resource) == rfc8785.dumps(resource)


def test_another_implementation_accepts_our_signature() -> None:
    _, detached = signature_of(SIGNED)
    okp = OKPKey.import_key(KEY.public_key())
    found = jws.deserialize_compact(detached, okp, algorithms=["Ed25519"], payload=rfc8785.dumps(RESOURCE))
    assert found.headers() == {"alg": "Ed25519", "kid": "PE"}


def test_a_signature_of_another_implementation_is_accepted() -> None:
    assert verify(RESOURCE, resigned({"kid": "PE", "alg": "Ed25519"}, OKPKey.import_key(KEY), "Ed25519"), PUBLIC) == PE


def test_a_number_without_canonical_form_is_refused() -> None:
    assert refused(RESOURCE | {"x": 2**60}, SIGNED) == "statement-not-canonical"
    with pytest.raises(SignatureError):
        sign(RESOURCE | {"x": 2**60}, signer=PE, key=KEY, at=NOW)


def test_a_consent_travels_from_asker_to_holder() -> None:
    found = CARACAS.read(LIMA.write(CONSENT, handle=HANDLE), handle=HANDLE, asker=PE)
    assert (found.provisions, found.given_at) == (CONSENT.provisions, NOW)


def test_a_withdrawal_travels_too() -> None:
    statement = LIMA.write_withdrawal(Withdrawal(NOW), handle=HANDLE)
    assert CARACAS.read_withdrawal(statement, handle=HANDLE, asker=PE) == Withdrawal(NOW)


def test_a_statement_is_for_one_handle_and_one_asker() -> None:
    statement = LIMA.write(CONSENT, handle=HANDLE)
    for handle, asker in (("other", PE), (HANDLE, VE), (HANDLE, CO)):
        with pytest.raises(SignatureError):
            CARACAS.read(statement, handle=handle, asker=asker)


def test_nobody_signs_in_the_name_of_another_country() -> None:
    forged = envelope(RESOURCE, sign(RESOURCE, signer=PE, key=OTHER, at=NOW))
    with pytest.raises(SignatureError):
        CARACAS.read(forged, handle=HANDLE, asker=PE)


@pytest.mark.parametrize("cut", range(0, 1500, 97))
def test_half_a_statement_is_refused(cut: int) -> None:
    with pytest.raises(CorridorError):
        CARACAS.read(LIMA.write(CONSENT, handle=HANDLE)[:cut], handle=HANDLE, asker=PE)
