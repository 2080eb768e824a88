"""Five holders make a key that none of them has, and whoever cheats is named."""

import base64
import json
from collections.abc import Callable
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from corridor.domain.errors import InvalidError
from corridor.domain.identity.features import Feature
from corridor.domain.identity.tokens import begin, check_partial, finish
from corridor.keys.ceremony import PublicKeys, Terms, combine, deal
from corridor.keys.shares import FileShares, write_share

HOLDERS = range(1, 6)
SEALING = {holder: X25519PrivateKey.generate() for holder in HOLDERS}
SIGNING = {holder: Ed25519PrivateKey.generate() for holder in HOLDERS}


def terms(**other: Any) -> Terms:
    sealing = {holder: key.public_key().public_bytes_raw() for holder, key in SEALING.items()}
    signing = {holder: key.public_key().public_bytes_raw() for holder, key in SIGNING.items()}
    return Terms(**{"epoch": 1, "threshold": 3, "sealing_keys": sealing, "signing_keys": signing, **other})


TERMS = terms()
DEALS = [deal(TERMS, holder, SIGNING[holder]) for holder in HOLDERS]


def test_any_three_holders_make_the_same_tokens_and_all_published_the_same(tmp_path: Path) -> None:
    published = set()
    for holder in HOLDERS:
        share, keys = combine(TERMS, DEALS[::-1], holder=holder, sealing_key=SEALING[holder])
        write_share(tmp_path / f"{holder}.json", share, index=holder, epoch=keys.epoch)
        published.add(keys.to_json())
    (content,) = published
    keys = PublicKeys.from_json(content)
    found = set()
    for quorum in combinations(HOLDERS, 3):
        elements, state = begin((Feature(1, "someone"),))
        partials = {}
        for holder in quorum:
            partials[holder], proof = FileShares(tmp_path / f"{holder}.json").evaluate(elements)
            check_partial(keys.shares[holder], elements, partials[holder], proof=proof)
        found.add(finish(state, partials, threshold=keys.threshold))
    assert len(found) == 1


def rewritten(file: bytes, change: Callable[[dict[str, Any]], None], *, key: Ed25519PrivateKey | None) -> bytes:
    """A deal file with its body changed, and signed anew where a key is given."""
    outer = json.loads(file)
    body = json.loads(base64.b64decode(outer["body"]))
    change(body)
    raw = json.dumps(body).encode()
    outer["body"] = base64.b64encode(raw).decode()
    if key:
        outer["signature"] = base64.b64encode(key.sign(b"corridor/deal/v1\0" + raw)).decode()
    return json.dumps(outer).encode()


def swapped_shares(body: dict[str, Any]) -> None:
    body["sealed"][0], body["sealed"][1] = body["sealed"][1], body["sealed"][0]


def borrowed_commitment(body: dict[str, Any]) -> None:
    body["commitments"][0] = body["commitments"][1]


CHANGES: list[Callable[[dict[str, Any]], None]] = [
    swapped_shares,
    borrowed_commitment,
    lambda body: body["sealed"].pop(),
    lambda body: body["commitments"].pop(),
    lambda body: body.update(terms=base64.b64encode(bytes(32)).decode()),
    lambda body: body.update(dealer=2),
    lambda body: body.update(proof=""),
    lambda body: body.update(extra=1),
    lambda body: body.clear(),
]


@pytest.mark.parametrize("change", CHANGES)
def test_a_dealer_who_cheats_under_its_own_signature_is_named(change: Callable[[dict[str, Any]], None]) -> None:
    deals = [*DEALS[:3], rewritten(DEALS[3], change, key=SIGNING[4]), DEALS[4]]
    with pytest.raises(InvalidError, match=r"older 4"):
        combine(TERMS, deals, holder=1, sealing_key=SEALING[1])


@pytest.mark.parametrize("key", [None, SIGNING[5]])
def test_a_deal_that_somebody_else_altered_is_refused(key: Ed25519PrivateKey | None) -> None:
    deals = [*DEALS[:3], rewritten(DEALS[3], lambda _: None, key=key), DEALS[4]]
    if key is None:
        deals[3] = rewritten(DEALS[3], swapped_shares, key=None)
    with pytest.raises(InvalidError, match=r"older 4"):
        combine(TERMS, deals, holder=1, sealing_key=SEALING[1])


@pytest.mark.parametrize("deals", [DEALS[:4], [*DEALS, DEALS[0]], [*DEALS[:4], DEALS[0]], []])
def test_a_missing_or_doubled_deal_is_refused(deals: list[bytes]) -> None:
    with pytest.raises(InvalidError):
        combine(TERMS, deals, holder=1, sealing_key=SEALING[1])


@pytest.mark.parametrize("file", [b"", b"{}", b"[1]", b"\xff\xfe", b'{"dealer":9,"body":"","signature":""}'])
def test_a_malformed_deal_file_is_refused_in_our_own_words(file: bytes) -> None:
    with pytest.raises(InvalidError):
        combine(TERMS, [*DEALS[:4], file], holder=1, sealing_key=SEALING[1])


def test_deals_of_another_epoch_or_for_another_holder_do_not_open() -> None:
    with pytest.raises(InvalidError):
        combine(terms(epoch=2), DEALS, holder=1, sealing_key=SEALING[1])
    with pytest.raises(InvalidError):
        combine(TERMS, DEALS, holder=1, sealing_key=SEALING[2])
    with pytest.raises(InvalidError):
        combine(TERMS, DEALS, holder=6, sealing_key=SEALING[1])
    with pytest.raises(InvalidError):
        deal(TERMS, 6, SIGNING[5])


def test_terms_without_every_key_or_with_a_threshold_of_one_are_refused() -> None:
    others: list[dict[str, Any]] = [
        {"threshold": 1},
        {"threshold": 6},
        {"sealing_keys": {}},
        {"signing_keys": {2: b""}},
    ]
    for other in others:
        with pytest.raises(InvalidError):
            terms(**other)


@pytest.mark.parametrize(
    "content", [b"", b"{}", b'{"epoch":1,"threshold":3,"group_key":"zz","shares":{},"transcript":""}', b"\xff"]
)
def test_a_malformed_public_part_is_refused(content: bytes) -> None:
    with pytest.raises(InvalidError):
        PublicKeys.from_json(content)
