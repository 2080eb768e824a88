"""A party's own part of a ceremony: its deal, made once, and its answers to complaints."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from corridor.domain.country import Country
from corridor.domain.errors import InvalidError
from corridor.domain.identity import dealing
from corridor.domain.identity.group import multiply_generator
from corridor.domain.identity.sharing import PublicDeal
from corridor.domain.secret import Secret
from corridor.keys.ceremony_notes import (
    AnswerBody,
    ComplaintBody,
    DealBody,
    NoteKind,
    Party,
    cheating,
    note_hash,
    read_note,
    write_deal,
)
from corridor.keys.ceremony_table import CeremonyTable
from corridor.keys.files import KeyUse, ensure_key, write_private
from corridor.keys.shares import FolderShares


@dataclass(frozen=True, slots=True)
class Seated:
    """A party at the table with its own keys.

    Attributes:
        folder: of this node's key files; what is secret about the ceremony stays in it.
    """

    party: Party
    table: CeremonyTable
    folder: Path
    sealing_key: X25519PrivateKey


@dataclass(frozen=True, slots=True)
class Dealt:
    """One dealer's deal, its signature and proof checked.

    Attributes:
        file: the note as it lay on the table.
    """

    dealer: Country
    file: bytes
    body: DealBody
    public: PublicDeal


def private_files(seated: Seated) -> tuple[Path, Path]:
    """Where this party keeps its seed and its deal until the ceremony is over."""
    name = f"ceremony-{seated.party.plan.digest.hex()[:16]}"
    return seated.folder / f"{name}.key", seated.folder / f"{name}-deal.json"


def _coefficients(seated: Seated) -> tuple[Secret, ...]:
    plan = seated.party.plan
    share = None
    if plan.renews:
        held = FolderShares(seated.folder).of(plan.epoch, plan.generation - 1)
        if held is None or multiply_generator(held.secret.value) != plan.known[plan.dealers[seated.party.country]]:
            raise InvalidError("This node does not hold the share that the plan has it deal on.")
        share = held.secret
    seed = ensure_key(private_files(seated)[0], KeyUse.SEED)
    return dealing.polynomial(seed, plan.digest, threshold=plan.threshold, share=share)


def lay_down_deal(seated: Seated) -> None:
    """Deal once: a deal that was lost on the way is laid down again, and never made anew.

    Raises:
        InvalidError: this node does not hold the share that it is to deal on.
        UnavailableError: a file cannot be read or written.
    """
    country, (_, kept) = seated.party.country, private_files(seated)
    if country not in seated.party.plan.dealers or seated.table.note(NoteKind.DEAL, country):
        return
    if not kept.exists():
        write_private(kept, write_deal(seated.party, _coefficients(seated)))
    seated.table.put(NoteKind.DEAL, country, kept.read_bytes())


def read_deal(seated: Seated, dealer: Country, file: bytes) -> Dealt:
    """A dealer's deal.

    Raises:
        InvalidError: it is not signed, or its dealer does not know what it deals; the message names the dealer.
    """
    plan = seated.party.plan
    body = read_note(plan, file, NoteKind.DEAL, by=dealer, body=DealBody)
    public = PublicDeal(plan.dealers[dealer], body.commitments, body.proof)
    known = plan.known.get(public.dealer, b"")
    try:
        dealing.check_public(public, threshold=plan.threshold, occasion=plan.digest, known=known)
    except InvalidError:
        raise cheating(dealer, "deals what it does not know, or not its own share") from None
    return Dealt(dealer, file, body, public)


def answer_complaints(seated: Seated) -> None:
    """Show everybody the shares that somebody complained of; whoever complains knows its share anyway.

    Raises:
        InvalidError: somebody complains of what was never dealt; the message names the country.
    """
    plan, table, home = seated.party.plan, seated.table, seated.party.country
    for holder, index in plan.holders.items() if home in plan.dealers else ():
        file = table.note(NoteKind.COMPLAINT, holder, home)
        if file is None or table.note(NoteKind.ANSWER, home, holder):
            continue
        complaint = read_note(plan, file, NoteKind.COMPLAINT, by=holder, body=ComplaintBody)
        if (complaint.against, complaint.deal) != (home, note_hash(table.note(NoteKind.DEAL, home) or b"")):
            raise cheating(holder, f"complains of a deal that {home} never made")
        answer = AnswerBody(holder, dealing.share_for(_coefficients(seated), index).value)
        table.put(NoteKind.ANSWER, home, seated.party.signed(NoteKind.ANSWER, answer), to=holder)
