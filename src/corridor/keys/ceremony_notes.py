"""What the parties of a ceremony sign for each other: deals, complaints, answers and confirmations.

Every note is bound to the plan; none counts in another ceremony, and whoever signed a wrong one is named.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from corridor.domain.country import Country
from corridor.domain.errors import InvalidError
from corridor.domain.identity import dealing
from corridor.domain.secret import Secret
from corridor.keys.envelopes import seal
from corridor.keys.plan import Plan

_SIGNED_FOR = b"corridor/ceremony/v2\0"


class NoteKind(StrEnum):
    """What a note says."""

    DEAL = "deal"
    COMPLAINT = "complaint"
    ANSWER = "answer"
    CONFIRMATION = "confirmation"


class DealBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A deal: commitments lowest power first, proof of knowing the first, and each holder's share, sealed to it."""

    commitments: tuple[bytes, ...]
    proof: bytes
    sealed: dict[str, bytes]


class ComplaintBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """That the share in a deal, named by its hash, does not open or does not fit."""

    against: str
    deal: bytes


class AnswerBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The share that was complained of, for all to check."""

    to: str
    share: bytes


class ConfirmationBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """That one's own share is right, and which deals one saw: country to hash."""

    transcript: str
    deals: dict[str, bytes]


class _Note(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    kind: NoteKind
    by: str
    body: bytes
    signature: bytes


Body = TypeVar("Body", DealBody, ComplaintBody, AnswerBody, ConfirmationBody)


@dataclass(frozen=True, slots=True)
class Party:
    """Who signs in a ceremony."""

    plan: Plan
    country: Country
    key: Ed25519PrivateKey

    def signed(self, kind: NoteKind, body: msgspec.Struct) -> bytes:
        """A note of this party, as a file."""
        raw = msgspec.json.encode(body)
        signature = self.key.sign(_signed(self.plan, kind, raw))
        return msgspec.json.encode(_Note(kind, self.country, raw, signature))


def _signed(plan: Plan, kind: NoteKind, body: bytes) -> bytes:
    return _SIGNED_FOR + plan.digest + kind.encode() + b"\0" + body


def cheating(country: str, why: str) -> InvalidError:
    """The error that names a party."""
    return InvalidError(f"The ceremony cannot go on: {country} {why}.", (f"ceremony[{country}]",))


def read_note(plan: Plan, file: bytes, kind: NoteKind, *, by: Country, body: type[Body]) -> Body:
    """What a party says in a note that it signed for this plan.

    Raises:
        InvalidError: it is another note, or its signature does not hold; the message names the party.
    """
    try:
        note = msgspec.json.decode(file, type=_Note)
        key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(plan.seats[by].card.signing_key))
        key.verify(note.signature, _signed(plan, kind, note.body))
        if (note.kind, note.by) != (kind, by):
            raise cheating(by, f"signed something else than its {kind}")
        return msgspec.json.decode(note.body, type=body)
    except (KeyError, ValueError, InvalidSignature, msgspec.DecodeError):
        raise cheating(by, f"has not signed its {kind} for this plan, or it was altered on the way") from None


def note_hash(file: bytes) -> bytes:
    """What is compared of a note: 32 bytes over all that was signed, and not over the signature."""
    try:
        body = msgspec.json.decode(file, type=_Note).body
    except (msgspec.DecodeError, UnicodeDecodeError):
        body = file
    return hashlib.sha256(body).digest()


def share_context(plan: Plan, dealer: Country, holder: Country) -> bytes:
    """What a sealed share is bound to."""
    return b"deal" + plan.digest + dealer.encode() + holder.encode()


def write_deal(party: Party, coefficients: tuple[Secret, ...]) -> bytes:
    """A party's deal: its polynomial committed to, and each holder's value of it sealed to that holder.

    Raises:
        InvalidError: a sealing key of the plan is malformed.
    """
    plan, dealer = party.plan, party.plan.dealers[party.country]
    public = dealing.commit(dealer, coefficients, occasion=plan.digest)
    sealed = {
        str(country): seal(
            bytes.fromhex(plan.seats[country].card.sealing_key),
            dealing.share_for(coefficients, index).value,
            share_context(plan, party.country, country),
        )
        for country, index in plan.holders.items()
    }
    return party.signed(NoteKind.DEAL, DealBody(public.commitments, public.proof, sealed))


def hashes(files: Mapping[Country, bytes]) -> dict[str, bytes]:
    """Which deals were seen: country to hash, in order."""
    return {str(country): note_hash(files[country]) for country in sorted(files)}
