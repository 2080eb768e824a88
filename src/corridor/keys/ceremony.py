"""The ceremony, as one party holds it: every call does what can be done now, and can be repeated after any stop.

Everybody deals; every holder checks what it was dealt, and complains of what does not fit; a dealer answers a complaint
by showing that share to all; when every party has confirmed the same transcript, each takes its share. Whoever cheats
is named, and nobody takes anything.

Source: Pedersen (1991), Feldman (1987), with proofs of knowledge as in RFC 9591; Gennaro and others, Secure distributed
key generation for discrete-log based cryptosystems (2007), for complaints.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from corridor.domain.country import Country
from corridor.domain.identity import dealing
from corridor.domain.secret import Secret
from corridor.keys.ceremony_dealing import (
    Dealt,
    Seated,
    answer_complaints,
    lay_down_deal,
    private_files,
    read_deal,
)
from corridor.keys.ceremony_notes import ConfirmationBody, NoteKind, cheating, hashes, read_note
from corridor.keys.ceremony_shares import dealt_shares, unanswered
from corridor.keys.ceremony_table import PUBLIC_FILE
from corridor.keys.journal import KeyJournal
from corridor.keys.public_part import PublicPart, commitments, is_certified, keep_public, public_part
from corridor.keys.shares import share_file, write_share


@dataclass(frozen=True, slots=True)
class Standing:
    """How far the ceremony is.

    Attributes:
        dealt: who has dealt.
        confirmed: who has confirmed.
        awaited: who has to act now before this party can go on; nobody once it is over.
        part: what came out, once it is over.
    """

    dealt: tuple[Country, ...]
    confirmed: tuple[Country, ...] = ()
    awaited: tuple[Country, ...] = ()
    part: PublicPart | None = None


def advance(seated: Seated) -> Standing:
    """Do all that this party can do now.

    Raises:
        InvalidError: somebody cheats; the message names the country, and nobody takes a share.
        UnavailableError: the table or the key folder cannot be read or written.
    """
    plan, table = seated.party.plan, seated.table
    lay_down_deal(seated)
    files = {country: file for country in sorted(plan.dealers) if (file := table.note(NoteKind.DEAL, country))}
    if missing := tuple(sorted(set(plan.dealers) - set(files))):
        return Standing(tuple(files), awaited=missing)
    deals = [read_deal(seated, country, file) for country, file in files.items()]
    answer_complaints(seated)
    shares = dealt_shares(seated, deals)
    if awaited := unanswered(seated, deals):
        return Standing(tuple(files), awaited=awaited)
    seen = hashes(files)
    part = public_part(plan, {each.dealer: each.public for each in deals}, seen)
    confirmed = _confirmed(seated, part, seen)
    if awaited := tuple(sorted(set(plan.seats) - set(confirmed))):
        return Standing(tuple(files), confirmed, awaited)
    _take(seated, part, shares, deals=deals)
    return Standing(tuple(files), confirmed, part=part)


def _confirmed(seated: Seated, part: PublicPart, seen: Mapping[str, bytes]) -> tuple[Country, ...]:
    """Who has confirmed this transcript, this party among them."""
    plan, table, home = seated.party.plan, seated.table, seated.party.country
    if table.note(NoteKind.CONFIRMATION, home) is None:
        body = ConfirmationBody(part.transcript, dict(seen))
        table.put(NoteKind.CONFIRMATION, home, seated.party.signed(NoteKind.CONFIRMATION, body))
    files = {country: file for country in sorted(plan.seats) if (file := table.note(NoteKind.CONFIRMATION, country))}
    for country, file in files.items():
        said = read_note(plan, file, NoteKind.CONFIRMATION, by=country, body=ConfirmationBody)
        for dealer in (dealer for dealer, seen_hash in seen.items() if said.deals.get(dealer) != seen_hash):
            raise cheating(dealer, f"showed {home} and {country} different deals, or {country} says so")
        if said.transcript != part.transcript:
            raise cheating(country, "confirms another key than these deals make")
    return tuple(files)


def _take(seated: Seated, part: PublicPart, shares: Mapping[int, Secret], *, deals: Sequence[Dealt]) -> None:
    """Keep the share and the public part, put the transcript on record, and forget the seed; safe to repeat."""
    plan, home = seated.party.plan, seated.party.country
    path = share_file(seated.folder, plan.epoch, plan.generation)
    index = plan.holders.get(home, 0)
    if index and not path.exists():
        share = dealing.combine(shares, plan.weights())
        write_share(path, share, index=index, epoch=plan.epoch, generation=plan.generation)
    if not is_certified(seated.folder, part.key):
        KeyJournal(seated.folder).note("key-ceremony", _record(seated, part, deals))
    keep_public(seated.folder, part)
    seated.table.write(PUBLIC_FILE, part.to_json())
    for secret in private_files(seated):
        secret.unlink(missing_ok=True)


def _record(seated: Seated, part: PublicPart, deals: Sequence[Dealt]) -> dict[str, object]:
    return {
        "plan": seated.party.plan.digest.hex(),
        "epoch": part.key.epoch,
        "generation": part.key.generation,
        "threshold": part.key.threshold,
        "group_key": part.key.group_key.hex(),
        "holders": {str(each.country): each.share_key.hex() for each in part.key.holders},
        "commitments": commitments([each.public for each in deals]),
        "transcript": part.transcript,
    }
