"""What a party was dealt in a ceremony, and what it says of a share that does not open or does not fit."""

from __future__ import annotations

from collections.abc import Sequence

from corridor.domain.country import Country
from corridor.domain.errors import InvalidError
from corridor.domain.identity import dealing
from corridor.domain.secret import Secret
from corridor.keys.ceremony_dealing import Dealt, Seated
from corridor.keys.ceremony_notes import (
    AnswerBody,
    ComplaintBody,
    NoteKind,
    cheating,
    note_hash,
    read_note,
    share_context,
)
from corridor.keys.envelopes import unseal


def dealt_shares(seated: Seated, deals: Sequence[Dealt]) -> dict[int, Secret]:
    """What this party was dealt and could check, by dealer; it has complained of the rest. Nothing for no holder.

    Raises:
        InvalidError: a dealer answered a complaint with another wrong share; the message names it.
    """
    if seated.party.country not in seated.party.plan.holders:
        return {}
    found = {}
    for dealt in deals:
        share = _opened(seated, dealt) or _shown(seated, dealt, seated.party.country)
        if share is None:
            _complain(seated, dealt)
        else:
            found[dealt.public.dealer] = share
    return found


def unanswered(seated: Seated, deals: Sequence[Dealt]) -> tuple[Country, ...]:
    """Dealers who have yet to answer a complaint, of this party or of another.

    Raises:
        InvalidError: a dealer answered with another wrong share; the message names it, whoever complained.
    """
    return tuple(
        dealt.dealer
        for dealt in deals
        if any(
            seated.table.note(NoteKind.COMPLAINT, holder, dealt.dealer) and _shown(seated, dealt, holder) is None
            for holder in seated.party.plan.holders
        )
    )


def _opened(seated: Seated, dealt: Dealt) -> Secret | None:
    plan, home = seated.party.plan, seated.party.country
    try:
        sealed = dealt.body.sealed[home]
        share = Secret(unseal(seated.sealing_key, sealed, share_context(plan, dealt.dealer, home)))
        dealing.check_share(dealt.public, plan.holders[home], share)
    except (InvalidError, KeyError):
        return None
    return share


def _complain(seated: Seated, dealt: Dealt) -> None:
    home = seated.party.country
    if seated.table.note(NoteKind.COMPLAINT, home, dealt.dealer) is None:
        complaint = ComplaintBody(dealt.dealer, note_hash(dealt.file))
        seated.table.put(NoteKind.COMPLAINT, home, seated.party.signed(NoteKind.COMPLAINT, complaint), to=dealt.dealer)


def _shown(seated: Seated, dealt: Dealt, holder: Country) -> Secret | None:
    """The share that a dealer showed in answer to a holder's complaint, or None while there is no answer."""
    plan = seated.party.plan
    file = seated.table.note(NoteKind.ANSWER, dealt.dealer, holder)
    if file is None:
        return None
    share = Secret(read_note(plan, file, NoteKind.ANSWER, by=dealt.dealer, body=AnswerBody).share)
    try:
        dealing.check_share(dealt.public, plan.holders[holder], share)
    except InvalidError:
        raise cheating(
            dealt.dealer, f"dealt {holder} a share that does not fit, and showed another that does not"
        ) from None
    return share
