"""Codes of health certificates, cards and links: the published examples open, and what was changed does not."""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import base45
import cbor2
import orjson
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from joserfc import jwe as other
from joserfc.jwk import OctKey

from corridor.domain.country import Country
from corridor.domain.errors import CorridorError, InvalidError, MalformedError, SignatureError, TooLargeError
from corridor.domain.link import LinkKind
from corridor.domain.link_text import LinkPayload, read_link, write_link
from corridor.domain.link_trust import Trust
from corridor.domain.secret import Secret
from corridor.keys import jwe
from corridor.keys.hcert import open_hcert, read_hcert, write_hcert
from corridor.keys.health_card import read_card
from corridor.keys.issuer import Issuer, did_document, open_issuer
from corridor.keys.link_seals import LinkSeals, by_id
from corridor.keys.qr import package_codes, qr_png
from corridor.keys.scan import scan_image
from corridor.keys.trust_list import TrustedKey, read_trust_file, read_trust_list

VECTORS = Path(__file__).parent / "vectors"
NOW = datetime.now(UTC).replace(microsecond=0) + timedelta(days=1)
KEY = Secret(bytes(range(32)))
LINK = write_link(LinkPayload(LinkKind.SHL, "https://pe.example/l/x", KEY))

Keys = Callable[[bytes], Sequence[TrustedKey]]


def trusted_by(name: str) -> TrustedKey:
    """The key of a published certificate."""
    certificate = x509.load_pem_x509_certificate((VECTORS / name).read_bytes())
    (key,) = read_trust_list(
        orjson.dumps({"keys": [{"x5c": [base64.b64encode(certificate.public_bytes(Encoding.DER)).decode()]}]})
    )
    return key


def nobody(_kid: bytes) -> Sequence[TrustedKey]:
    return ()


@pytest.fixture
def issuer(tmp_path: Path) -> Issuer:
    return open_issuer(tmp_path, Country("PE"))


@pytest.fixture
def known(issuer: Issuer) -> Keys:
    return by_id(read_trust_list(orjson.dumps(did_document(issuer, "https://pe.example"))))


def certified(issuer: Issuer, link: str = LINK) -> str:
    return write_hcert(link, issuer=issuer, country=Country("PE"), at=NOW, until=NOW + timedelta(days=7))


def wrapped(content: object) -> str:
    """An unsigned certificate of any claims."""
    sign1 = cbor2.CBORTag(18, [cbor2.dumps({1: -7, 4: b"12345678"}), {}, cbor2.dumps(content), b"x" * 64])
    return "HC1:" + base45.b45encode(zlib.compress(cbor2.dumps(sign1))).decode()


def test_the_published_certificate_is_read_from_its_picture_and_its_signature_holds() -> None:
    text = scan_image((VECTORS / "hcert-test1.png").read_bytes())
    opened = open_hcert(text, keys=by_id([trusted_by("hcert-issuer1.crt")]), now=NOW)
    assert opened.trust is Trust.TRUSTED
    assert opened.content[1]["nam"]["fnt"] == "DARSONS<VAN<HALEN"
    assert open_hcert(text, keys=nobody, now=NOW).trust is Trust.UNKNOWN_SIGNER
    with pytest.raises(SignatureError):
        open_hcert(text, keys=lambda _: [trusted_by("hcert-issuer2.crt")], now=NOW)


def test_a_certificate_that_holds_no_link_is_refused_in_words() -> None:
    with pytest.raises(InvalidError, match="no health link"):
        read_hcert(scan_image((VECTORS / "hcert-test1.png").read_bytes()), keys=nobody, now=NOW)


@pytest.mark.parametrize("number", range(4))
def test_the_published_cards_are_read_and_checked(number: int) -> None:
    trusted = by_id(read_trust_file(VECTORS / "shc-jwks.json"))
    codes = sorted(VECTORS.glob(f"example-0{number}-f-*.txt"))
    card = read_card("\n".join(each.read_text(encoding="utf-8") for each in codes), keys=trusted, now=NOW)
    jws = (VECTORS / f"example-0{number}-d-jws.txt").read_text(encoding="utf-8")
    assert read_card(jws, keys=trusted, now=NOW) == card
    assert card.trust in {Trust.TRUSTED, Trust.CERTIFICATE_OVER}
    assert card.issuer == "https://spec.smarthealth.cards/examples/issuer"
    assert json.loads(card.card)["resourceType"] == "Bundle"
    assert read_card(jws, keys=nobody, now=NOW).trust is Trust.UNKNOWN_SIGNER
    head, body, signature = jws.strip().split(".")
    with pytest.raises(SignatureError):
        read_card(f"{head}.{body}.{signature[:-4]}AAAA", keys=trusted, now=NOW)


def test_a_card_of_which_a_part_is_missing_is_refused() -> None:
    (first, *_) = sorted(VECTORS.glob("example-02-f-*.txt"))
    with pytest.raises(InvalidError):
        read_card(first.read_text(encoding="utf-8"), keys=nobody, now=NOW)


def test_the_published_encrypted_summary_opens_with_the_key_of_its_link() -> None:
    payload = read_link((VECTORS / "IPS_IG-bundle-01-shl.txt").read_text(encoding="utf-8"))
    assert (payload.flags, payload.label) == ("LU", "Demo SHL for IPS_IG-bundle-01")
    token = (VECTORS / "IPS_IG-bundle-01-enc.txt").read_text(encoding="utf-8")
    document, _ = jwe.open_sealed(token, payload.key)
    assert json.loads(document)["type"] == "document"


def test_a_published_file_that_is_a_signed_card_is_not_taken_for_an_encrypted_one() -> None:
    payload = read_link((VECTORS / "CARIN_INS_CD-bundle-01-shl.txt").read_text(encoding="utf-8"))
    token = (VECTORS / "CARIN_INS_CD-bundle-01-enc.txt").read_text(encoding="utf-8")
    with pytest.raises(MalformedError):
        jwe.open_sealed(token, payload.key)


def test_our_certificates_are_read_trusted_and_hold_the_link(issuer: Issuer, known: Keys) -> None:
    read = read_hcert(certified(issuer), keys=known, now=NOW)
    assert (read.trust, read.issuer, read.signed_at) == (Trust.TRUSTED, "PE", NOW)
    assert read.payload is not None
    assert read.payload.url == "https://pe.example/l/x"
    code = certified(issuer)
    assert scan_image(qr_png(code, certificate=True)) == code


def test_a_certificate_that_was_not_valid_at_the_time_of_signing_is_said_so(issuer: Issuer, known: Keys) -> None:
    early = write_hcert(LINK, issuer=issuer, country=Country("PE"), at=datetime(2001, 1, 1, tzinfo=UTC), until=NOW)
    assert read_hcert(early, keys=known, now=NOW).trust is Trust.CERTIFICATE_OVER


def test_a_changed_certificate_is_a_forgery(issuer: Issuer, known: Keys) -> None:
    packed = base45.b45decode(certified(issuer).removeprefix("HC1:"))
    protected, unprotected, payload, signature = cbor2.loads(zlib.decompress(packed)).value
    other_payload = payload.replace(b"PE", b"VE")
    changed = cbor2.dumps(cbor2.CBORTag(18, [protected, dict(unprotected), other_payload, signature]))
    with pytest.raises(SignatureError):
        read_hcert("HC1:" + base45.b45encode(zlib.compress(changed)).decode(), keys=known, now=NOW)


@pytest.mark.parametrize(
    "content",
    [{5: [{"u": LINK}]}, {5: {"u": LINK}}, {5: LINK}, {5: [LINK]}],
    ids=["list of u", "u", "text", "list of text"],
)
def test_links_are_found_wherever_issuers_put_them(content: dict[int, object]) -> None:
    read = read_hcert(wrapped({1: "CL", -260: content}), keys=nobody, now=NOW)
    assert read.payload is not None
    assert read.payload.url == "https://pe.example/l/x"
    assert read.trust is Trust.UNKNOWN_SIGNER


def test_links_written_as_their_own_members_are_found_with_times_in_milliseconds() -> None:
    key = base64.urlsafe_b64encode(KEY.value).decode().rstrip("=")
    members = {"url": "https://pe.example/vhl/List?_id=1", "key": key, "exp": 1_767_225_600_000, "flag": "P"}
    read = read_hcert(wrapped({1: "BR", 6: 1_767_225_600_000, -260: {5: members}}), keys=nobody, now=NOW)
    assert read.payload is not None
    assert read.payload.until == datetime(2026, 1, 1, tzinfo=UTC)
    assert read.signed_at == datetime(2026, 1, 1, tzinfo=UTC)
    assert "exp-in-milliseconds" in read.payload.lenient


@pytest.mark.parametrize(
    "text",
    [
        "HC1:",
        "HC1:####",
        "HC1:6BFOXN",
        wrapped(17),
        wrapped({-260: {5: []}}),
        wrapped({-260: {5: 7}}),
        wrapped({-260: [1]}),
        "HC1:" + base45.b45encode(zlib.compress(b"\x81" * 60_000)).decode()[:8000],
        "HC1:" + base45.b45encode(zlib.compress(bytes(20_000_000), 9)).decode()[:8000],
        "HC1:" + "A" * 9000,
    ],
)
def test_what_is_no_certificate_is_refused(text: str) -> None:
    with pytest.raises(CorridorError):
        read_hcert(text, keys=nobody, now=NOW)


@pytest.mark.parametrize("text", ["shc:/", "shc:/56", "shc:/1/2/5676", "eyJ.eyJ.x", "", "shc:/" + "5" * 70_001])
def test_what_is_no_card_is_refused(text: str) -> None:
    with pytest.raises(CorridorError):
        read_card(text, keys=nobody, now=NOW)


def test_files_are_read_by_another_library_and_never_twice_the_same() -> None:
    content = b'{"resourceType":"Bundle"}' * 9
    tokens = {jwe.seal(content, KEY, content_type="application/fhir+json") for _ in range(20)}
    assert len({each.split(".")[2] for each in tokens}) == 20
    registry = other.JWERegistry(algorithms=["dir", "A256GCM", "DEF"])
    for token in tokens:
        assert other.decrypt_compact(token, OctKey.import_key(KEY.value), registry=registry).plaintext == content
    theirs = other.encrypt_compact(
        {"alg": "dir", "enc": "A256GCM", "zip": "DEF"}, content, OctKey.import_key(KEY.value), registry=registry
    )
    assert jwe.open_sealed(theirs, KEY)[0] == content


def test_a_changed_file_does_not_open() -> None:
    token = jwe.seal(b"{}" * 50, KEY, content_type="x")
    parts = token.split(".")
    for place in (0, 2, 3, 4):
        broken = [*parts]
        broken[place] = ("B" if broken[place][0] == "A" else "A") + broken[place][1:]
        with pytest.raises(MalformedError):
            jwe.open_sealed(".".join(broken), KEY)
    with pytest.raises(MalformedError):
        jwe.open_sealed(token, Secret(b"0" * 32))


def test_a_file_that_inflates_without_end_is_stopped() -> None:
    bomb = jwe._sealed({"alg": "dir", "enc": "A256GCM"}, b"", (bytes(jwe.FILE_BYTES_MAX), KEY.value), compress=True)
    assert len(jwe.open_sealed(bomb, KEY)[0]) == jwe.FILE_BYTES_MAX
    packed = zlib.compressobj(9, zlib.DEFLATED, -15)
    deflated = packed.compress(bytes(200_000_000)) + packed.flush()
    with pytest.raises(TooLargeError):
        jwe.inflated(deflated)
    with pytest.raises(TooLargeError):
        jwe.open_sealed("a" * 12_000_000, KEY)
    with pytest.raises(TooLargeError):
        jwe.seal(bytes(jwe.FILE_BYTES_MAX + 1), KEY, content_type="x")


@pytest.mark.parametrize(
    "header",
    [
        {"alg": "RSA1_5", "enc": "A256GCM"},
        {"alg": "dir", "enc": "A128CBC-HS256"},
        {"alg": "dir", "enc": "A256GCM", "crit": ["x"]},
        {"alg": "none"},
        ["dir"],
    ],
)
def test_other_ways_of_encrypting_are_not_read(header: object) -> None:
    parts = jwe.seal(b"{}", KEY, content_type="x").split(".")
    parts[0] = base64.urlsafe_b64encode(orjson.dumps(header)).decode().rstrip("=")
    with pytest.raises(MalformedError):
        jwe.open_sealed(".".join(parts), KEY)


def test_a_package_opens_with_its_passcode_alone_and_is_read_by_another_library() -> None:
    token = jwe.seal_under_passcode(b"{}", Secret(b"K7QFM2XR9D"), content_type="x", claims={"exp": 7})
    content, claims = jwe.open_under_passcode(token, Secret(b"K7QFM2XR9D"))
    assert (content, claims["exp"]) == (b"{}", 7)
    with pytest.raises(InvalidError):
        jwe.open_under_passcode(token, Secret(b"K7QFM2XR9E"))
    parts = token.split(".")
    claims["exp"] = 8
    parts[0] = base64.urlsafe_b64encode(orjson.dumps(claims)).decode().rstrip("=")
    with pytest.raises(MalformedError):
        jwe.open_under_passcode(".".join(parts), Secret(b"K7QFM2XR9D"))


def test_a_package_that_would_keep_a_node_busy_is_refused() -> None:
    parts = jwe.seal_under_passcode(b"{}", Secret(b"x"), content_type="x", claims={}).split(".")
    header = jwe.header_of(".".join(parts)) | {"p2c": 10**9}
    parts[0] = base64.urlsafe_b64encode(orjson.dumps(header)).decode().rstrip("=")
    with pytest.raises(MalformedError):
        jwe.open_under_passcode(".".join(parts), Secret(b"x"))


def test_a_package_goes_on_paper_in_parts_or_not_at_all() -> None:
    codes = package_codes("a" * 4000)
    assert [each.split(" ")[1] for each in codes] == ["1/3", "2/3", "3/3"]
    assert "".join(each.split(" ")[2] for each in codes) == "a" * 4000
    assert package_codes("a" * 500_000) == ()


async def test_a_passcode_is_kept_as_a_slow_hash_and_never_the_same_twice(issuer: Issuer) -> None:
    async def none() -> Sequence[TrustedKey]:
        return ()

    seals = LinkSeals(Country("PE"), issuer, none)
    first, second = [await seals.keep(Secret(b"maiz morado")) for _ in range(2)]
    assert first.startswith("$argon2id$")
    assert first != second
    assert await seals.right(first, Secret(b"maiz morado"))
    assert not await seals.right(first, Secret(b"maiz blanco"))


@pytest.mark.parametrize("raw", [b"", b"[]", b"{", b"null", b'"x"'])
def test_what_is_no_trust_list_is_refused(raw: bytes) -> None:
    with pytest.raises(InvalidError):
        read_trust_list(raw)


def test_rows_of_a_trust_list_that_cannot_be_read_are_passed_over() -> None:
    rows = [{"kty": "EC"}, {"kty": "EC", "crv": "P-256", "x": "??", "y": 1}, 7, {"x5c": ["!"]}, {"kty": "oct", "k": ""}]
    assert read_trust_list(orjson.dumps({"keys": rows})) == ()
    assert len(read_trust_file(VECTORS / "hcert-jwks.json")) == 4


def test_the_key_for_links_is_made_once_and_stays_with_its_certificate(tmp_path: Path) -> None:
    first, second = open_issuer(tmp_path, Country("PE")), open_issuer(tmp_path, Country("PE"))
    assert first.kid == second.kid
    assert (tmp_path / "link.key").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("content", [b"", b"GIF89a", b"\x89PNG\r\n\x1a\n" + b"0" * 99, b"%PDF-1.7"])
def test_what_is_no_picture_is_refused(content: bytes) -> None:
    with pytest.raises(InvalidError):
        scan_image(content)
