"""Whoever is not the registered system gets no token, however the assertion is made."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import time
from base64 import urlsafe_b64encode
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import orjson
import pytest
from joserfc.jwk import ECKey, RSAKey

from tests.doors.running import Node
from tests.doors.systems import ASSERTION_TYPE, ENDPOINT, FORM, SCOPE, System, register, sign

FORGER = ECKey.generate_key("P-384", {"kid": "forger"})
SMALL = ECKey.generate_key("P-256", {"kid": "small"})
RSA = RSAKey.generate_key(2048, {"kid": "rsa"})
NOW = int(time.time())


@pytest.fixture(scope="session")
def hospital(node: Node) -> System:
    """The real system."""
    return register(node)


def encoded(content: Any) -> str:
    """A part of a token."""
    raw = content if isinstance(content, bytes) else orjson.dumps(content)
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def unsigned(system: System, alg: str, signature: str = "") -> str:
    """A token that says how it is signed, and is not."""
    return f"{encoded(system.header(alg=alg))}.{encoded(system.claims())}.{signature}"


def by_public_key(system: System) -> str:
    """Symmetric, with the public key as the secret: the classic confusion."""
    body = f"{encoded(system.header(alg='HS384'))}.{encoded(system.claims())}"
    mac = hmac.new(system.key.as_pem(private=False), body.encode(), hashlib.sha384).digest()
    return f"{body}.{encoded(mac)}"


def forged(system: System, **header: Any) -> str:
    """Signed by the forger, with whatever header shall make it count."""
    return sign(system.header(**header), system.claims(), FORGER)


def altered(system: System) -> str:
    """A true signature under other claims."""
    head, _, signature = system.assertion().split(".")
    return f"{head}.{encoded(system.claims(exp=NOW + 200))}.{signature}"


def raw_claims(system: System, claims: bytes) -> str:
    """Truly signed, whatever it says."""
    return sign(system.header(), claims, system.key)


ATTACKS: dict[str, Callable[[System], str]] = {
    "no algorithm": lambda it: unsigned(it, "none"),
    "no algorithm, in capitals, with a signature": lambda it: unsigned(it, "NONE", "AAAA"),
    "symmetric with the public key": by_public_key,
    "symmetric without a secret": lambda it: unsigned(it, "HS256", encoded(b"\x00" * 32)),
    "an algorithm that nobody knows": lambda it: unsigned(it, "XX999", "AAAA"),
    "the wrong elliptic algorithm": lambda it: sign(it.header(alg="ES256"), it.claims(), SMALL),
    "RSA under an elliptic key id": lambda it: sign(it.header(alg="RS384"), it.claims(), RSA),
    "weaker RSA": lambda it: sign(it.header(alg="RS256"), it.claims(), RSA),
    "RSA with probabilistic padding": lambda it: sign(it.header(alg="PS384"), it.claims(), RSA),
    "an empty signature": lambda it: unsigned(it, "ES384"),
    "a signature of zeros": lambda it: unsigned(it, "ES384", encoded(b"\x00" * 96)),
    "another's signature": forged,
    "another key id": lambda it: forged(it, kid="forger"),
    "a key id that is a path": lambda it: forged(it, kid="../../../dev/null"),
    "a key id that is SQL": lambda it: forged(it, kid="' OR '1'='1"),
    "a key id that is a list": lambda it: f"{encoded(it.header(kid=['forger']))}.{encoded(it.claims())}.AAAA",
    "no key id": lambda it: forged(it, kid=None),
    "a key inside": lambda it: forged(it, jwk=FORGER.as_dict(private=False)),
    "an address of keys": lambda it: forged(it, jku="https://evil.example/keys"),
    "an address of keys with a true signature": lambda it: sign(
        it.header(jku="https://evil.example/keys"), it.claims(), it.key
    ),
    "a certificate inside": lambda it: forged(it, x5c=["AAAA"]),
    "an address of a certificate": lambda it: forged(it, x5u="https://evil.example/cert"),
    "a critical header": lambda it: f"{encoded(it.header(crit=['exp']))}.{encoded(it.claims())}.AAAA",
    "another type of token": lambda it: sign(it.header(typ="dpop+jwt"), it.claims(), it.key),
    "altered claims": altered,
    "expired": lambda it: it.assertion(exp=int(time.time()) - 120),
    "valid for an hour": lambda it: it.assertion(exp=int(time.time()) + 3600),
    "valid for longer than it says": lambda it: it.assertion(iat=int(time.time()) - 100, exp=int(time.time()) + 290),
    "valid for ever": lambda it: it.assertion(exp=10**18),
    "no end": lambda it: it.assertion(exp=None),
    "an end that is a text": lambda it: it.assertion(exp="soon"),
    "an end that is true": lambda it: it.assertion(exp=True),
    "issued in the future": lambda it: it.assertion(iat=int(time.time()) + 600, exp=int(time.time()) + 290),
    "not valid yet": lambda it: it.assertion(nbf=int(time.time()) + 200),
    "for another server": lambda it: it.assertion(aud="https://other.example/auth/token"),
    "for the base and not its token endpoint": lambda it: it.assertion(aud=ENDPOINT.removesuffix("/auth/token")),
    "for two servers": lambda it: it.assertion(aud=[ENDPOINT, "https://other.example/auth/token"]),
    "for nobody": lambda it: it.assertion(aud=None),
    "for a number": lambda it: it.assertion(aud=7),
    "about another subject": lambda it: it.assertion(sub="https://ehr.example/other"),
    "by an unknown system": lambda it: it.assertion(iss="https://ehr.example/nobody", sub="https://ehr.example/nobody"),
    "by nobody": lambda it: it.assertion(iss=None),
    "an issuer with a zero byte": lambda it: it.assertion(iss=f"{it.id}\x00", sub=f"{it.id}\x00"),
    "without a number": lambda it: it.assertion(jti=None),
    "a number with a zero byte": lambda it: it.assertion(jti="a\x00b"),
    "a number that is too long": lambda it: it.assertion(jti="x" * 4000),
    "claims that are a list": lambda it: raw_claims(it, b"[]"),
    "claims that are no JSON": lambda it: raw_claims(it, b"{"),
    "claims that are too deep": lambda it: raw_claims(it, b"[" * 2000 + b"]" * 2000),
    "oversized": lambda it: it.assertion(more="x" * 9000),
    "five parts": lambda it: it.assertion() + ".a.b",
    "one part": lambda _: "x",
    "not base64": lambda _: "ñ.ñ.ñ",
    "spaces around it": lambda it: f" {it.assertion()} ",
    "unsigned JSON": lambda it: orjson.dumps(it.claims()).decode(),
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_a_forged_assertion_gets_no_token_and_no_reason(hospital: System, attack: str) -> None:
    answer = hospital.ask(ATTACKS[attack](hospital))
    assert (answer.status, answer.headers["cache-control"]) == (401, "no-store"), answer
    assert answer.json == {
        "error": "invalid_client",
        "error_description": "The client is not known, or its proof is not valid.",
    }


def test_an_assertion_counts_once(hospital: System) -> None:
    assertion = hospital.assertion()
    assert hospital.ask(assertion).status == 200
    assert hospital.ask(assertion).json["error"] == "invalid_client"
    same_number = hospital.assertion(jti="the-same-number")
    assert hospital.ask(same_number).status == 200
    assert hospital.ask(hospital.assertion(jti="the-same-number")).status == 401


def test_two_systems_may_choose_the_same_number(node: Node) -> None:
    number = secrets.token_hex(8)
    for system in (register(node), register(node)):
        assert system.ask(system.assertion(jti=number)).status == 200


def test_a_neighbours_key_does_not_sign_for_a_system(node: Node, hospital: System) -> None:
    neighbour = register(node)
    assertion = sign(neighbour.header(), hospital.claims(), neighbour.key)
    assert hospital.ask(assertion).status == 401
    assert hospital.ask(hospital.assertion(), client_id=neighbour.id).status == 401


@pytest.mark.parametrize(("changed", "error"), [
    ({"grant_type": "password"}, "unsupported_grant_type"), ({"grant_type": ""}, "unsupported_grant_type"),
    ({"client_assertion_type": "urn:x"}, "invalid_request"), ({"client_assertion_type": ""}, "invalid_request"),
    ({"client_assertion": ""}, "invalid_request"), ({"client_secret": "x"}, "invalid_request"),
    ({"refresh_token": "x"}, "invalid_request"), ({"resource": "https://other.example/fhir"}, "invalid_target"),
])  # fmt: skip
def test_a_form_that_asks_in_another_way_is_refused(hospital: System, changed: dict[str, str], error: str) -> None:
    form = {"grant_type": "client_credentials", "scope": SCOPE, "client_assertion_type": ASSERTION_TYPE}
    form |= {"client_assertion": hospital.assertion(), **changed}
    answer = hospital.node.send("POST", "/auth/token", urlencode(form).encode(), FORM)
    assert (answer.status, answer.json["error"]) == (400, error)


def test_a_field_twice_and_two_ways_to_show_who_asks_are_refused(hospital: System) -> None:
    form = {"grant_type": "client_credentials", "scope": SCOPE, "client_assertion_type": ASSERTION_TYPE}
    body = urlencode(form | {"client_assertion": hospital.assertion()})
    twice = hospital.node.send("POST", "/auth/token", f"{body}&scope=x".encode(), FORM)
    basic = hospital.node.send("POST", "/auth/token", body.encode(), FORM | {"authorization": "Basic eDp4"})
    assert {twice.json["error"], basic.json["error"]} == {"invalid_request"}


@pytest.mark.parametrize("token", ["sys.", "sys.unknown", "SYS.x", "sys." + "x" * 5000])
@pytest.mark.parametrize("scheme", ["Bearer", "DPoP", "Basic"])
def test_a_token_that_was_never_given_opens_nothing(node: Node, token: str, scheme: str) -> None:
    answer = node.send("GET", "/fhir/Patient", headers={"authorization": f"{scheme} {token}"})
    assert answer.status == 401
