"""A tie: that a person here and a person of another country are one, how sure that is, and what became of it."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from corridor.domain.country import Country
from corridor.domain.grade import Grade

NODE = "node"
"""Who changed a tie where no person did."""

VOTES_NEEDED = 2
"""So many people confirm a tie that is not certain, each with the person before them."""

YES_NEEDED = 2
NO_ALLOWED = 1
"""A register may be wrong in one thing; in two it describes somebody else."""


class Side(StrEnum):
    """This country's part in a tie."""

    ASKER = "asker"
    HOLDER = "holder"


class TieState(StrEnum):
    """Where a tie stands in its life."""

    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    UNDONE = "undone"


LIVING = frozenset({TieState.PROPOSED, TieState.ACCEPTED})
BROKEN = frozenset({TieState.REJECTED, TieState.UNDONE})
"""States under which nothing flows any more."""


class Doubt(StrEnum):
    """Why people have to look at a tie; `none` where they need not."""

    NONE = ""
    PROBABLE = "probable"
    EVIDENCE = "evidence-changed"
    RIVAL = "other-description"
    DISAGREEMENT = "disagreement"
    MERGED = "merged"


class Said(StrEnum):
    """What comes back for one question: never what the register holds."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tie:
    """One tie.

    Attributes:
        id: opaque, the address of its page.
        country: the other one.
        name: the pseudonym under which the holder's person is known to the asker, and to nobody else.
        patient_id: of the person here.
        pattern: how each trait compared, such as `birth:swapped`; empty where the other country alone compared.
        described: digest of how the asker described the person, keyed with the name.
        made_at: when it was first seen.
        changed_at: when its state last changed.
        agent: pseudonym of who changed it, or `node`.
    """

    id: str
    side: Side
    country: Country
    name: str
    patient_id: str
    grade: Grade
    pattern: tuple[str, ...]
    described: str
    state: TieState
    doubt: Doubt
    made_at: datetime
    changed_at: datetime
    agent: str

    @property
    def is_living(self) -> bool:
        """Whether anything may flow under it."""
        return self.state in LIVING


@dataclass(frozen=True, slots=True)
class Vote:
    """What one person found with the patient before them."""

    agent: str
    accepts: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class Flow:
    """What flowed once under a tie.

    Attributes:
        kind: `told` by this country, `received` by it, or `saved` in its own record.
        trace: by which the logs of both countries know it.
        agent: pseudonym of the clinician.
        number: of resources.
        targets: `Type/id` of what was saved.
    """

    kind: str
    at: datetime
    trace: str
    purpose: str
    agent: str
    number: int
    targets: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LabelledPair:
    """A decision of people as an example to learn from: how traits compared, and whether it was one person."""

    pattern: tuple[str, ...]
    grade: Grade
    same: bool
    at: datetime


def tie_id(side: Side, country: Country, *, name: str, about: str) -> str:
    """The id of a tie: the same whenever the same two people meet again.

    Args:
        side: of this country.
        country: the other one.
        name: the pairwise pseudonym.
        about: at the asker the local person, at the holder the description that they were asked by.
    """
    return hashlib.sha256(f"{side}/{country}/{name}/{about}".encode()).hexdigest()[:32]


def description_of(content: bytes, name: str) -> str:
    """The digest by which both countries name one description of a person without repeating it.

    Args:
        content: the description as it is sealed.
        name: the pairwise pseudonym, which keys the digest.
    """
    return hmac.digest(name.encode(), content, "sha256").hex()


def meet(known: Tie | None, seen: Tie, *, rivals: Iterable[Tie] = ()) -> Tie:
    """The tie after its two people met once more: what is certain ties itself, what changed waits for people.

    Args:
        known: as it stood, or None where they never met.
        seen: as this meeting alone would make it, proposed and without doubt.
        rivals: other ties of the same two countries about the holder's person.
    """
    if known is None:
        return _first(seen, rivals)
    kept = replace(seen, state=known.state, doubt=known.doubt, made_at=known.made_at, agent=known.agent)
    kept = replace(kept, changed_at=known.changed_at, pattern=seen.pattern or known.pattern)
    if (seen.grade, kept.pattern, seen.described) == (known.grade, known.pattern, known.described):
        return kept
    if known.state is TieState.PROPOSED and seen.grade is Grade.CERTAIN and known.doubt is Doubt.PROBABLE:
        return replace(kept, state=TieState.ACCEPTED, doubt=Doubt.NONE, changed_at=seen.made_at, agent=NODE)
    if known.state in BROKEN:
        return replace(kept, state=TieState.PROPOSED, doubt=Doubt.EVIDENCE, changed_at=seen.made_at, agent=NODE)
    return replace(kept, doubt=Doubt.EVIDENCE)


def _first(seen: Tie, rivals: Iterable[Tie]) -> Tie:
    others = list(rivals)
    if any(each.state in BROKEN for each in others):
        return replace(seen, doubt=Doubt.EVIDENCE)
    if seen.grade is not Grade.CERTAIN:
        return replace(seen, doubt=Doubt.PROBABLE)
    doubt = Doubt.RIVAL if any(each.is_living for each in others) else Doubt.NONE
    return replace(seen, state=TieState.ACCEPTED, doubt=doubt)


def is_blocked(seen: tuple[Grade, tuple[str, ...]], known: Tie | None, rivals: Iterable[Tie]) -> bool:
    """Whether nothing may flow: people said that these two are not one, or something like it was said before.

    After a false tie, another description of the same person is believed only where it is certain and compares in
    another way: a name that is merely written otherwise brings nothing back.

    Args:
        seen: grade and pattern of this meeting.
        known: the tie of exactly this description.
        rivals: ties of other descriptions of the same person, by the same country.
    """
    if known is not None:
        return known.state in BROKEN
    grade, pattern = seen
    broken = [each for each in rivals if each.state in BROKEN]
    return bool(broken) and (grade is not Grade.CERTAIN or any(each.pattern == pattern for each in broken))


def may_accept(answers: Mapping[str, Said]) -> bool:
    """Whether the person confirmed enough: at least two answers agree and at most one does not."""
    said = list(answers.values())
    return said.count(Said.YES) >= YES_NEEDED and said.count(Said.NO) <= NO_ALLOWED


def decided(votes: Sequence[Vote]) -> TieState | None:
    """What people have decided: two who accept, or one who does not; None while more are needed."""
    if any(not each.accepts for each in votes):
        return TieState.REJECTED
    return TieState.ACCEPTED if len({each.agent for each in votes}) >= VOTES_NEEDED else None
