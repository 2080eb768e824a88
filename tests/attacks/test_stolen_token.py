"""Who steals a system's token, its proofs, or both, can do nothing with them."""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from demo.ceremony import hold_ceremony
from demo.parties import Party, lay_out
from tests.databases import KINDS, Databases
from tests.doors.running import BASE, Node, Reply, running_node, second_process
from tests.doors.systems import ENDPOINT, System, register, registered

PATIENTS = "/fhir/Patient?_count=0"


@pytest.fixture(scope="module")
def peru(tmp_path_factory: pytest.TempPathFactory) -> Party:
    """Peru's party of a federation whose ceremony was held."""
    parties = lay_out(tmp_path_factory.mktemp("stolen"))
    hold_ceremony(list(parties.values()))
    return parties["PE"]


@pytest.fixture(scope="module", params=KINDS)
def node(request: pytest.FixtureRequest, peru: Party, databases: Databases) -> Iterator[Node]:
    """Peru's node."""
    with running_node(peru, databases.migrated(str(request.param), "node")) as running:
        yield running


@pytest.fixture
def hospital(node: Node) -> System:
    """A system whose tokens are bound to its key."""
    return register(node, bound=True)


def shown(node: Node, token: str, proof: str = "", *, scheme: str = "DPoP", path: str = PATIENTS) -> Reply:
    """The answer to a token and a proof."""
    headers = {"authorization": f"{scheme} {token}"} | ({"dpop": proof} if proof else {})
    return node.send("GET", path, headers=headers)


def test_a_stolen_token_alone_opens_nothing(node: Node, hospital: System) -> None:
    token = hospital.token(proof=hospital.proof("POST", ENDPOINT))
    assert shown(node, token, hospital.proof("GET", f"{BASE}/Patient", token=token)).status == 200
    assert shown(node, token, scheme="Bearer").status == 401
    assert shown(node, token).status == 401
    thief = System(node, hospital.id, hospital.key)
    assert shown(node, token, thief.proof("GET", f"{BASE}/Patient", token=token)).status == 401


def test_a_token_and_a_proof_that_were_overheard_are_worth_nothing_again(
    node: Node, peru: Party, hospital: System
) -> None:
    token = hospital.token(proof=hospital.proof("POST", ENDPOINT))
    proof = hospital.proof("GET", f"{BASE}/Patient", token=token)
    assert shown(node, token, proof).status == 200
    assert shown(node, token, proof).status == 401
    assert shown(node, token, proof, path="/fhir/Observation?_count=0").status == 401
    # The table of what was used is the database: another process of the node knows it as well.
    with second_process(node, peru) as other:
        assert shown(other, token, proof).status == 401
        assert shown(other, token, hospital.proof("GET", f"{BASE}/Patient", token=token)).status == 200


def test_a_proof_that_was_signed_in_advance_lacks_the_number_of_the_hour(node: Node, hospital: System) -> None:
    token = hospital.token(proof=hospital.proof("POST", ENDPOINT))
    later = int(time.time())
    for nonce in (None, "", secrets.token_hex(16), "0" * 32):
        proof = hospital.proof("GET", f"{BASE}/Patient", token=token, nonce=nonce, iat=later)
        answer = shown(node, token, proof)
        assert answer.status == 401
        if nonce != "":
            assert 'error="use_dpop_nonce"' in answer.headers["www-authenticate"]
            assert answer.headers["dpop-nonce"] == hospital.nonce()


def test_asking_for_the_number_spends_nothing_and_says_what_to_do(hospital: System) -> None:
    assertion = hospital.assertion()
    asked = hospital.ask(assertion, proof=hospital.proof("POST", ENDPOINT, nonce=None))
    assert (asked.status, asked.json["error"]) == (400, "use_dpop_nonce")
    nonce = asked.headers["dpop-nonce"]
    again = hospital.ask(assertion, proof=hospital.proof("POST", ENDPOINT, nonce=nonce))
    assert (again.status, again.json["token_type"]) == (200, "DPoP")


def test_a_token_of_a_system_that_was_removed_is_dead_at_once(node: Node, hospital: System) -> None:
    token = hospital.token(proof=hospital.proof("POST", ENDPOINT))
    registered(node, lambda clients: clients.remove(hospital.id, at=datetime.now(UTC)))
    assert shown(node, token, hospital.proof("GET", f"{BASE}/Patient", token=token)).status == 401
