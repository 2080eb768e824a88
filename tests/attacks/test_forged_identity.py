"""Nobody signs in as a person by forging, stealing, mixing up or replaying what an identity provider says."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import time
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator
from typing import Any

import orjson
import pytest
from joserfc.jwk import ECKey, RSAKey

from demo.parties import HUB
from tests.databases import KINDS, Databases
from tests.doors.country_provider import CLIENT
from tests.doors.systems import sign
from tests.doors.visitor import Clinic, clinic_at, office_at

FORGER = RSAKey.generate_key(2048, {"kid": "forger"})
OLD = int(time.time()) - 3600


PLACES = {"node": clinic_at, "hub": office_at}


@pytest.fixture(scope="module", params=[(place, kind) for place in PLACES for kind in KINDS], ids="-".join)
def clinic(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, databases: Databases
) -> Iterator[Clinic]:
    """A node whose people sign in at a provider, or the hub with its coordinators."""
    place, kind = request.param
    with PLACES[place](tmp_path_factory.mktemp("clinic"), databases, kind) as made:
        yield made


@pytest.fixture(autouse=True)
def honest(clinic: Clinic) -> Iterator[None]:
    """The provider tells the truth again after each test."""
    yield
    provider = clinic.provider
    provider.lies, provider.header, provider.token, provider.checks_verifier = {}, {}, "", True


def part(content: Any) -> str:
    """A part of a token."""
    return urlsafe_b64encode(orjson.dumps(content)).rstrip(b"=").decode()


def told(clinic: Clinic, query: dict[str, str]) -> dict[str, Any]:
    """Everything that a true token would say."""
    now = int(time.time())
    said = {"iss": clinic.provider.issuer, "sub": "u-1", "aud": CLIENT, "exp": now + 300, "iat": now}
    return said | {"nonce": query["nonce"], "realm_access": {"roles": ["hiv-doctor"]}}


def unsigned(clinic: Clinic, query: dict[str, str]) -> str:
    """Says that it needs no signature."""
    return f"{part({'alg': 'none', 'kid': 'first'})}.{part(told(clinic, query))}.AAAA"


def by_public_key(clinic: Clinic, query: dict[str, str]) -> str:
    """Symmetric, with the provider's public key as the secret."""
    body = f"{part({'alg': 'HS256', 'kid': 'first'})}.{part(told(clinic, query))}"
    mac = hmac.new(clinic.provider.key.as_pem(private=False), body.encode(), hashlib.sha256).digest()
    return f"{body}.{urlsafe_b64encode(mac).rstrip(b'=').decode()}"


def forged(**header: Any) -> Callable[[Clinic, dict[str, str]], str]:
    """Signed by somebody else, with whatever header shall make it count."""
    named = {"alg": "RS256", "kid": "first", **header}
    return lambda clinic, query: sign(named, told(clinic, query), FORGER)


def elliptic(clinic: Clinic, query: dict[str, str]) -> str:
    """Another kind of key under a known id."""
    return sign({"alg": "ES256", "kid": "first"}, told(clinic, query), ECKey.generate_key("P-256"))


FORGED: dict[str, Callable[[Clinic, dict[str, str]], str]] = {
    "no algorithm": unsigned,
    "symmetric with the public key": by_public_key,
    "another's signature": forged(),
    "another key id": forged(kid="forger"),
    "a key id that is a path": forged(kid="../../dev/null"),
    "a key id that is a query": forged(kid="first' OR '1'='1"),
    "a key of its own": forged(jwk=FORGER.as_dict(private=False)),
    "a key set of its own": forged(jku="https://evil.example/keys"),
    "a certificate of its own": forged(x5u="https://evil.example/chain"),
    "an extension that nobody knows": forged(crit=["b64"], b64=False),
    "another kind of key": elliptic,
    "no token at all": lambda _clinic, _query: "a.b",
}

LIES: dict[str, dict[str, Any]] = {
    "another issuer": {"iss": "https://id.example/realm"},
    "another audience": {"aud": "corridor-cl"},
    "no audience": {"aud": None},
    "several audiences and no word for whom": {"aud": [CLIENT, "portal"]},
    "for another party to use": {"aud": [CLIENT, "portal"], "azp": "portal"},
    "expired": {"exp": OLD},
    "no end": {"exp": None},
    "written long ago": {"iat": OLD},
    "written in the future": {"iat": OLD + 7200},
    "another sign-in": {"nonce": secrets.token_urlsafe(32)},
    "no sign-in": {"nonce": None},
    "nobody": {"sub": ""},
    "no role": {"realm_access": {"roles": ["portal-user", "coordinator", "clinician"]}},
    "no claim of roles": {"realm_access": None},
}


@pytest.mark.parametrize("attack", FORGED)
def test_a_forged_token_lets_nobody_in(clinic: Clinic, attack: str) -> None:
    browser = clinic.browser()
    query = browser.begin()
    clinic.provider.token = FORGED[attack](clinic, query)
    answer = browser.come_back(query, clinic.provider.code(query))
    assert answer.status_code == 403
    assert not browser.is_in


@pytest.mark.parametrize("lie", LIES)
def test_a_true_signature_under_a_wrong_word_lets_nobody_in(clinic: Clinic, lie: str) -> None:
    clinic.provider.lies = LIES[lie]
    browser = clinic.browser()
    assert browser.sign_in().status_code == 403
    assert not browser.is_in


def test_two_roles_are_none_and_words_for_other_places_are_no_role(clinic: Clinic) -> None:
    clinic.provider.lies = {"realm_access": {"roles": ["hiv-doctor", "audit"]}}
    browser = clinic.browser()
    browser.sign_in()
    assert browser.is_in == (clinic.code == HUB)  # where coordinators alone are let in, and "audit" says nothing


def test_an_answer_counts_once(clinic: Clinic) -> None:
    browser = clinic.browser()
    query = browser.begin()
    cookie = browser.client.cookies[f"{clinic.code}-attempt"]
    assert browser.come_back(query, clinic.provider.code(query)).status_code == 200
    thief = clinic.browser()
    thief.client.cookies.set(f"{clinic.code}-attempt", cookie)
    assert thief.come_back(query, clinic.provider.code(query)).status_code == 403
    assert not thief.is_in


def test_a_stolen_code_is_worth_nothing_in_another_browser(clinic: Clinic) -> None:
    victim, thief = clinic.browser(), clinic.browser()
    asked, own = victim.begin(), thief.begin()
    stolen = clinic.provider.code(asked)
    assert thief.come_back(own, stolen).status_code == 403
    assert not thief.is_in
    # Even at a provider that does not check PKCE: the token names the victim's own sign-in.
    clinic.provider.checks_verifier = False
    again = thief.begin()
    assert thief.come_back(again, clinic.provider.code(asked)).status_code == 403
    assert not thief.is_in


def test_nobody_can_be_made_to_enter_as_somebody_else(clinic: Clinic) -> None:
    attacker, victim = clinic.browser(), clinic.browser()
    asked = attacker.begin()
    code = clinic.provider.code(asked)
    assert victim.come_back(asked, code).status_code == 403  # the victim began nothing
    victim.begin()
    assert victim.come_back(asked, code).status_code == 403  # the victim began another sign-in
    assert not victim.is_in


@pytest.mark.parametrize("issuer", ["https://evil.example", "", "http://127.0.0.1/realm"])
def test_an_answer_of_another_provider_is_not_taken_to_this_one(clinic: Clinic, issuer: str) -> None:
    browser = clinic.browser()
    query = browser.begin()
    before = len(clinic.provider.redeemed)
    assert browser.come_back(query, clinic.provider.code(query), iss=issuer).status_code == 403
    assert len(clinic.provider.redeemed) == before  # the code was shown to nobody


def test_a_code_is_never_asked_for_without_pkce(clinic: Clinic) -> None:
    browser = clinic.browser()
    query = browser.begin()
    assert (query["response_type"], query["code_challenge_method"]) == ("code", "S256")
    browser.come_back(query, clinic.provider.code(query))
    verifier = clinic.provider.redeemed[-1]["code_verifier"]
    assert 43 <= len(verifier) <= 128
    assert verifier not in {query["code_challenge"], query["state"], query["nonce"]}


@pytest.mark.parametrize("more", ["&next=https://evil.example", "&redirect_uri=//evil.example", "&home=//evil.example"])
def test_no_address_says_where_signing_in_leads(clinic: Clinic, more: str) -> None:
    browser = clinic.browser()
    query = browser.begin()
    clinic.provider.code(query)
    path = f"/ingreso/vuelta?state={query['state']}&iss={clinic.provider.issuer}&code={clinic.provider.code(query)}"
    answer = browser.get(path + more)
    assert (answer.status_code, answer.headers["refresh"]) == (200, f"0; url={clinic.home}")
    assert "evil" not in browser.get(f"/ingreso/proveedor?x=1{more}").headers["location"]


@pytest.mark.parametrize("name", ["state", "code", "iss"])
def test_a_parameter_that_comes_twice_is_none(clinic: Clinic, name: str) -> None:
    browser = clinic.browser()
    query = browser.begin()
    named = {"state": query["state"], "iss": clinic.provider.issuer, "code": clinic.provider.code(query)}
    path = "/ingreso/vuelta?" + "&".join(f"{key}={value}" for key, value in named.items())
    assert browser.get(f"{path}&{name}={named[name]}").status_code == 403


def test_a_session_of_the_node_is_no_token_for_its_base_in_another_role(clinic: Clinic) -> None:
    if clinic.code == HUB:  # has no base
        assert clinic.node.send("GET", "/fhir/Patient?_count=1").status == 404
        return
    browser = clinic.browser()
    assert browser.sign_in(roles=["audit"], subject="u-audit").status_code == 200
    headers = {"authorization": f"Bearer {browser.client.cookies['pe-session']}"}
    assert clinic.node.send("GET", "/fhir/Patient?_count=1", None, headers).status == 403


def test_every_failure_is_on_record_with_its_reason_and_without_a_name(
    clinic: Clinic, capfd: pytest.CaptureFixture[str]
) -> None:
    clinic.provider.lies = {"aud": "corridor-cl"}
    clinic.browser().sign_in(subject="somebody-with-a-name")
    if clinic.code == HUB:  # keeps its record in the lines of its process
        found = capfd.readouterr().err
    else:
        found = clinic.node.get("AuditEvent?_count=5&_sort=-date", role="auditor").body.decode()
    assert "another-audience" in found
    assert "somebody-with-a-name" not in found
