"""The ceremony in which all holders make a key that none of them will ever have; every message is a signed file.

Each holder writes one deal file for all to see; the shares in it are sealed, each to its holder. When every deal is
there, each holder combines them alone, and all compare the `transcript` of what they came to.

Source: joint Feldman key generation with a proof of knowledge (RFC 9591 appendix C.2 and what it cites).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from corridor.domain.errors import InvalidError
from corridor.domain.identity import sharing
from corridor.domain.identity.group import check_element
from corridor.domain.identity.sharing import PublicDeal
from corridor.domain.secret import Secret
from corridor.keys.envelopes import seal, unseal

_SIGNED_FOR = b"corridor/deal/v1\0"


@dataclass(frozen=True, slots=True)
class Terms:
    """What all holders agreed on before: which key this is, how many are needed, and who takes part.

    Attributes:
        epoch: number of the key; tokens of different epochs never meet.
        threshold: how many holders are needed.
        sealing_keys: holder index, from 1, to X25519 public key.
        signing_keys: holder index to Ed25519 public key.

    Raises:
        InvalidError: the holders are not numbered 1 to n, or the threshold makes no sense.
    """

    epoch: int
    threshold: int
    sealing_keys: Mapping[int, bytes]
    signing_keys: Mapping[int, bytes]

    def __post_init__(self) -> None:
        numbers = list(range(1, len(self.sealing_keys) + 1))
        if sorted(self.sealing_keys) != numbers or sorted(self.signing_keys) != numbers:
            raise InvalidError("Holders are numbered from 1, each with a sealing and a signing key.")
        sharing.check_terms(self.threshold, len(numbers))

    def digest(self) -> bytes:
        """What these terms are, in 32 bytes; a deal made for other terms does not open under them."""
        keys = [(n, self.sealing_keys[n].hex(), self.signing_keys[n].hex()) for n in sorted(self.sealing_keys)]
        return hashlib.sha256(msgspec.json.encode((self.epoch, self.threshold, keys))).digest()


@dataclass(frozen=True, slots=True)
class PublicKeys:
    """What the ceremony makes known to everyone.

    Attributes:
        group_key: element of the key that nobody has.
        shares: holder index to the element that its proofs are checked against.
        transcript: 64 hex digits that must be the same at every holder before the key is used.
    """

    epoch: int
    threshold: int
    group_key: bytes
    shares: Mapping[int, bytes]
    transcript: str

    def to_json(self) -> bytes:
        """JSON for the directory; `from_json` reads it."""
        shares = {str(index): share.hex() for index, share in self.shares.items()}
        return msgspec.json.encode(_KeysFile(self.epoch, self.threshold, self.group_key.hex(), shares, self.transcript))

    @staticmethod
    def from_json(content: bytes) -> PublicKeys:
        """The public part that `to_json` wrote.

        Raises:
            InvalidError: the bytes are anything else.
        """
        try:
            file = msgspec.json.decode(content, type=_KeysFile)
            shares = {int(index): check_element(bytes.fromhex(share)) for index, share in file.shares.items()}
            group_key = check_element(bytes.fromhex(file.group_key))
        except (ValueError, msgspec.DecodeError):
            raise InvalidError("The public part of the federation's key is malformed.") from None
        return PublicKeys(file.epoch, file.threshold, group_key, shares, file.transcript)


class _KeysFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    epoch: int
    threshold: int
    group_key: str
    shares: dict[str, str]
    transcript: str


class _Body(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A deal as it is signed; `sealed[0]` is for holder 1."""

    terms: bytes
    dealer: int
    commitments: tuple[bytes, ...]
    proof: bytes
    sealed: tuple[bytes, ...]


class _DealFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    dealer: int
    body: bytes
    signature: bytes


def _context(terms: Terms, dealer: int, holder: int) -> bytes:
    return b"deal" + terms.digest() + bytes((dealer, holder))


def deal(terms: Terms, dealer: int, signing_key: Ed25519PrivateKey) -> bytes:
    """One holder's deal, as the JSON file that it gives to every other.

    Args:
        terms: what all agreed on.
        dealer: this holder's own index.
        signing_key: the private half of its key in the terms.

    Raises:
        InvalidError: the index is not in the terms, or a sealing key is malformed.
    """
    holders = len(terms.sealing_keys)
    dealt = sharing.deal(dealer, threshold=terms.threshold, holders=holders)
    sealed = tuple(
        seal(terms.sealing_keys[holder], share.value, _context(terms, dealer, holder))
        for holder, share in enumerate(dealt.shares, 1)
    )
    body = msgspec.json.encode(_Body(terms.digest(), dealer, dealt.public.commitments, dealt.public.proof, sealed))
    return msgspec.json.encode(_DealFile(dealer, body, signing_key.sign(_SIGNED_FOR + body)))


def _named(dealer: int) -> InvalidError:
    return InvalidError(f"The deal of holder {dealer} is not valid.", (f"deal[{dealer}]",))


def _opened(terms: Terms, file: bytes) -> _Body:
    """A deal whose signature, terms and shape hold."""
    try:
        outer = msgspec.json.decode(file, type=_DealFile)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise InvalidError("A deal file is malformed.") from None
    try:
        key = Ed25519PublicKey.from_public_bytes(terms.signing_keys[outer.dealer])
        key.verify(outer.signature, _SIGNED_FOR + outer.body)
        body = msgspec.json.decode(outer.body, type=_Body)
    except (KeyError, ValueError, InvalidSignature, msgspec.DecodeError):
        raise _named(outer.dealer) from None
    fits = body.dealer == outer.dealer and body.terms == terms.digest()
    if not fits or len(body.sealed) != len(terms.sealing_keys):
        raise _named(outer.dealer)
    return body


def combine(
    terms: Terms, deals: Sequence[bytes], *, holder: int, sealing_key: X25519PrivateKey
) -> tuple[Secret, PublicKeys]:
    """This holder's share and the public part, from everybody's deals in any order.

    Returns:
        The share, for `write_share`, and what the directory publishes once all holders' transcripts are the same.

    Raises:
        InvalidError: a deal is missing or doubled, or one is wrong; then the message names its dealer.
    """
    if holder not in terms.sealing_keys:
        raise InvalidError("Only a holder of the terms can combine deals.")
    bodies = sorted((_opened(terms, file) for file in deals), key=lambda body: body.dealer)
    if [body.dealer for body in bodies] != sorted(terms.sealing_keys):
        raise InvalidError("The ceremony needs exactly one deal of every holder.")
    public = [PublicDeal(body.dealer, body.commitments, body.proof) for body in bodies]
    for one in public:
        sharing.verify_public_deal(one, terms.threshold)
    shares = [_share(body, holder, sealing_key, context=_context(terms, body.dealer, holder)) for body in bodies]
    return sharing.combine_deals(holder, public, shares), _published(terms, public)


def _share(body: _Body, holder: int, sealing_key: X25519PrivateKey, *, context: bytes) -> Secret:
    try:
        return Secret(unseal(sealing_key, body.sealed[holder - 1], context))
    except InvalidError:
        raise _named(body.dealer) from None


def _published(terms: Terms, deals: Sequence[PublicDeal]) -> PublicKeys:
    said = [(one.dealer, one.commitments, one.proof) for one in deals]
    return PublicKeys(
        epoch=terms.epoch,
        threshold=terms.threshold,
        group_key=sharing.group_key(deals),
        shares={index: sharing.public_share(deals, index) for index in terms.sealing_keys},
        transcript=hashlib.sha256(terms.digest() + msgspec.json.encode(said)).hexdigest(),
    )
