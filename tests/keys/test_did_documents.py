"""The manifest as a trust list: read back with other people's libraries, and beside the WHO's own lists."""

from __future__ import annotations

import base64
import json
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256, SHA384
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from joserfc.jwk import ECKey, OKPKey
from typer.testing import CliRunner

from corridor.apps.cli import app
from corridor.apps.did_commands import rendered
from corridor.domain.directory import Departure, Federation, Former, Signer
from corridor.domain.errors import ForbiddenError, InvalidError
from corridor.domain.mutual import MutualTls
from corridor.keys.did_proof import to_be_signed
from corridor.keys.files import KeyUse, create_key
from corridor.keys.manifest import sign_manifest
from corridor.remote.manifest import render_federation
from tests.fakes.signed import SignedParties

WHO = json.loads((Path(__file__).parent / "vectors" / "who-trust-lists.json").read_text(encoding="utf-8"))
YEAR = timedelta(days=365)
DID = re.compile(r"did:web:[A-Za-z0-9._-]+(%3A[0-9]+)?(:[A-Za-z0-9._-]+)*")
"""Source: DID Core 1.0 section 3.1; the did:web method."""


def certificate(name: str) -> bytes:
    """One for a door, of a P-384 key."""
    key = ec.generate_private_key(ec.SECP384R1())
    whose = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    made = x509.CertificateBuilder(whose, whose, key.public_key(), x509.random_serial_number(), now, now + YEAR)
    return made.sign(key, SHA384()).public_bytes(Encoding.DER)


class Signed:
    """A manifest of three countries, signed by two of them and an independent body."""

    def __init__(self) -> None:
        self.parties = SignedParties()
        known = self.parties.known
        self.own = {name: Ed25519PrivateKey.generate() for name in ("PE", "VE", "onusida")}
        signers = tuple(Signer(name, key.public_key().public_bytes_raw()) for name, key in self.own.items())
        self.now = self.parties.clock.now().replace(microsecond=0)
        until = self.now + timedelta(days=30)
        members = tuple(
            replace(
                each,
                sealing_key=X25519PrivateKey.generate().public_key().public_bytes_raw(),
                mutual=MutualTls(f"{each.base_url}:8443", (certificate(each.country),)),
            )
            for each in known.members
        )
        self.federation = replace(known, members=members, signers=signers, quorum=2, policy_quorum=2, until=until)

    def note(self, federation: Federation | None = None, *names: str) -> bytes:
        """The manifest with the signatures of some."""
        note = render_federation(federation or self.federation)
        for name in names or ("PE", "VE"):
            note = sign_manifest(note, name=name, key=self.own[name])
        return note

    def files(self, note: bytes) -> dict[str, dict[str, Any]]:
        """What is exported, by its address."""
        return {name: json.loads(content) for name, content in rendered(note, key=self.own["onusida"], at=self.now)}


@pytest.fixture
def signed() -> Signed:
    """Anew for each test."""
    return Signed()


def test_the_lists_of_the_who_verify_by_the_same_lines() -> None:
    numbers = ECKey.import_key(WHO["key"]).public_key
    assert isinstance(numbers, ec.EllipticCurvePublicKey)
    for document in WHO["documents"]:
        bare = {name: value for name, value in document.items() if name != "proof"}
        header, signature = document["proof"]["jws"].split("..")
        raw = base64.urlsafe_b64decode(signature + "==")
        numbers.verify(raw, f"{header}.".encode() + to_be_signed(bare, document["proof"]), ec.ECDSA(SHA256()))
        changed = {**bare, "controller": "did:web:else.example"}
        with pytest.raises(InvalidSignature):
            numbers.verify(raw, f"{header}.".encode() + to_be_signed(changed, document["proof"]), ec.ECDSA(SHA256()))


def test_every_document_has_the_shape_of_the_whos_and_keys_that_others_can_read(signed: Signed) -> None:
    files = signed.files(signed.note())
    theirs = WHO["documents"][0]
    for name, document in files.items():
        assert document.keys() == theirs.keys()
        assert DID.fullmatch(document["id"])
        assert DID.fullmatch(document["controller"])
        assert name.removesuffix("/did.json").split("/") == document["id"].split(":")[3:]
        for method in document["verificationMethod"]:
            if isinstance(method, str):
                assert DID.fullmatch(method)
                continue
            assert method.keys() == theirs["verificationMethod"][0].keys() - {"domain", "participant", "keyusage"}
            jwk = method["publicKeyJwk"]
            key = (ECKey if jwk["kty"] == "EC" else OKPKey).import_key(jwk)
            assert not key.is_private
            assert unquote(method["id"].partition("#")[2]) == key.kid
            named = sha256(base64.b64decode(jwk["x5c"][0])).digest()[:8] if "x5c" in jwk else b""
            assert key.kid == (base64.b64encode(named).decode() or key.thumbprint())
            if "x5c" in jwk:
                listed = x509.load_der_x509_certificate(base64.b64decode(jwk["x5c"][0]))
                assert listed.public_key() == key.public_key
    leaf = "v2/trustlist/-/PER/DESC/did.json"
    assert [each["publicKeyJwk"]["x"] for each in files[leaf]["verificationMethod"]] == [
        base64.urlsafe_b64encode(member.signing_key).rstrip(b"=").decode()
        for member in signed.federation.members
        if member.country == "PE"
    ]


def test_each_reference_leads_to_a_document_or_to_what_a_node_publishes_itself(signed: Signed) -> None:
    files = signed.files(signed.note())
    known = {document["id"] for document in files.values()}
    own = set()
    for document in files.values():
        own |= {each for each in document["verificationMethod"] if isinstance(each, str)} - known
    assert own == {f"did:web:{member.base_url.removeprefix('https://')}" for member in signed.federation.members}
    root = {each["id"] for each in files["v2/trustlist/did.json"]["verificationMethod"]}
    assert root == {
        each["id"]
        for name, document in files.items()
        if name.startswith("v2/trustlist/")
        for each in document["verificationMethod"]
    }


def test_each_proof_is_by_the_listed_key_of_a_signer_and_covers_every_word(signed: Signed) -> None:
    files = signed.files(signed.note())
    listed = {each["id"]: each["publicKeyJwk"] for each in files["v2/trustlist/did.json"]["verificationMethod"]}
    for document in files.values():
        proof = document["proof"]
        public = signed.own["onusida"].public_key()
        key = OKPKey.import_key(listed[proof["verificationMethod"]])
        assert key.raw_value == public
        header, signature = proof["jws"].split("..")
        bare = {name: value for name, value in document.items() if name != "proof"}
        raw = base64.urlsafe_b64decode(signature + "==")
        public.verify(raw, f"{header}.".encode() + to_be_signed(bare, proof))
        for changed in ({"expires": "2100-01-01T00:00:00Z"}, {"nonce": "another"}):
            with pytest.raises(InvalidSignature):
                public.verify(raw, f"{header}.".encode() + to_be_signed(bare, {**proof, **changed}))


def test_who_was_expelled_or_lapsed_is_nowhere_in_it(signed: Signed) -> None:
    federation = signed.federation
    gone = next(member for member in federation.members if member.country == "CO")
    lapsed = next(member for member in federation.members if member.country == "VE")
    members = tuple(
        replace(member, keys_until=signed.now) if member is lapsed else member
        for member in federation.members
        if member is not gone
    )
    former = (Former(gone.country, Departure.EXPELLED, 2),)
    text = json.dumps(signed.files(signed.note(replace(federation, members=members, former=former))))
    assert "COL" not in text
    for member in (gone, lapsed):
        for key in (member.signing_key, member.sealing_key, member.log_key):
            assert not key or base64.urlsafe_b64encode(key).rstrip(b"=").decode() not in text
        assert member.base_url.removeprefix("https://") not in text
        assert base64.b64encode(member.mutual.certificates[0]).decode() not in text
    assert "PER" in text


def test_the_same_manifest_key_and_instant_give_the_same_bytes(signed: Signed) -> None:
    note = signed.note()
    first, second = (list(rendered(note, key=signed.own["PE"], at=signed.now)) for _ in range(2))
    assert first == second


def test_too_few_signatures_an_end_or_a_strangers_key_give_no_list(signed: Signed) -> None:
    own = signed.own["PE"]
    with pytest.raises(ForbiddenError):
        list(rendered(signed.note(None, "PE"), key=own, at=signed.now))
    with pytest.raises(ForbiddenError):
        list(rendered(signed.note(), key=own, at=signed.now + timedelta(days=31)))
    with pytest.raises(InvalidError):
        list(rendered(signed.note(), key=Ed25519PrivateKey.generate(), at=signed.now))
    for name in ("PER", "-", "HUB", "/"):
        signers = sorted([*signed.federation.signers[:2], Signer(name, b"\x01" * 32)], key=lambda each: each.name)
        renamed = replace(signed.federation, signers=tuple(signers))
        with pytest.raises(InvalidError):
            list(rendered(signed.note(renamed), key=own, at=signed.now))


def test_no_list_is_written_over_an_older_one(signed: Signed, tmp_path: Path) -> None:
    create_key(tmp_path / "manifest.key", KeyUse.MANIFEST, signed.own["PE"].private_bytes_raw())
    far = replace(signed.federation, until=None)
    (tmp_path / "federation.json").write_bytes(signed.note(far))
    call = ["federation", "export", "--manifest", str(tmp_path / "federation.json")]
    call += ["--key", str(tmp_path / "manifest.key"), "--out", str(tmp_path / "list")]
    assert CliRunner().invoke(app, call).exit_code == 0
    assert json.loads((tmp_path / "list/v2/trustlist/-/VEN/did.json").read_bytes())["id"].endswith(":trustlist:-:VEN")
    assert isinstance(CliRunner().invoke(app, call).exception, InvalidError)
