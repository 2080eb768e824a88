"""Breaking the glass: asking for a history when the person cannot consent, and what stops it all the same."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TypeVar

from corridor.domain.category import Category
from corridor.domain.consent import Ask, Consent, Decision, Deny, Provision, Reason, Withdrawal, decide
from corridor.domain.country import Country
from corridor.domain.errors import InvalidError
from corridor.domain.period import Period
from corridor.domain.purpose import Purpose

CARE = frozenset({Purpose.TREAT, Purpose.ETREAT, Purpose.BTG})
"""Who refused any of these refused to be asked about for care, in an emergency too."""

LASTS = timedelta(hours=1)
"""How long one opening of the glass is good for, at home and abroad."""

REVIEW_WITHIN = timedelta(hours=24)
"""A second person looks at every opening in that time. Source: TRUST threat table, row 8."""

WORDS_MIN = 20
WORDS_MAX = 500
NOTE_MAX = 500

Listed = TypeVar("Listed", bound=StrEnum)


class Cause(StrEnum):
    """Why the person cannot be asked; it travels, the clinician's own words stay at home."""

    UNCONSCIOUS = "unconscious"
    CONFUSED = "confused"
    CRITICAL = "critical"
    CHILD_ALONE = "child-alone"
    OTHER = "other"


class Verdict(StrEnum):
    """What the second look found."""

    JUSTIFIED = "justified"
    NOT_JUSTIFIED = "not-justified"


@dataclass(frozen=True, slots=True)
class Emergency:
    """What a clinician states when the glass is broken.

    Attributes:
        words: the clinician's own words, 20 to 500 characters; never logged, never sent.
    """

    cause: Cause
    words: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Opening:
    """One time that the glass was broken, and what became of it.

    Attributes:
        id: opaque.
        agent: pseudonym of the clinician.
        due_at: a second person has looked at it by then.
        reviewer: pseudonym of that person, empty until then.
        told_at: when the person themselves was told.
    """

    id: str
    patient_id: str
    agent: str
    emergency: Emergency
    trace: str
    at: datetime
    reviewed_at: datetime | None = None
    reviewer: str = ""
    verdict: Verdict | None = None
    note: str = field(default="", repr=False)
    told_at: datetime | None = None

    @property
    def due_at(self) -> datetime:
        """When the second look is due."""
        return self.at + REVIEW_WITHIN


def emergency(cause: str, words: str) -> Emergency:
    """What was stated, if it says enough.

    Raises:
        InvalidError: no known cause, or too few or too many words.
    """
    return Emergency(*stated(cause, words, of=Cause))


def stated(cause: str, words: str, *, of: type[Listed]) -> tuple[Listed, str]:
    """A cause from a list and a clinician's own words, if they say enough.

    Raises:
        InvalidError: no cause of the list, or too few or too many words.
    """
    said = " ".join(words.split())
    if cause not in {str(each) for each in of}:
        raise InvalidError("The reason is not one of the list.", ("cause",))
    if not WORDS_MIN <= len(said) <= WORDS_MAX:
        raise InvalidError(f"The reason is told in {WORDS_MIN} to {WORDS_MAX} characters.", ("words",))
    return of(cause), said


def override(id: str, asker: Country, *, at: datetime, denials: Iterable[Provision] = ()) -> Consent:
    """What stands in for a consent that nobody can give: everything for this one emergency, for an hour.

    Args:
        id: of the opening.
        asker: the country where the person lies.
        at: when the glass was broken.
        denials: what the person denied where they are now; they stay denied.
    """
    permit = Provision(
        permit=True,
        countries=frozenset({asker}),
        purposes=frozenset({Purpose.BTG.value}),
        categories=frozenset(Category),
    )
    return Consent(id=id, status_active=True, given_at=at, period=Period(at, at + LASTS), provisions=(permit, *denials))


def is_override(consent: Consent, asker: Country) -> bool:
    """Whether a consent is of the shape that `override` gives, for this asker, and lasts no longer."""
    permits = [each for each in consent.provisions if each.permit]
    start, end = consent.period.start, consent.period.end
    if len(permits) != 1 or start is None or end is None or end - start > LASTS:
        return False
    (permit,) = permits
    return permit.countries == {asker} and permit.purposes == {Purpose.BTG.value}


def decide_override(
    stated: Consent, stored: Sequence[Consent], ask: Ask, *, now: datetime, withdrawals: Iterable[Withdrawal] = ()
) -> Decision:
    """Permit or deny an ask in an emergency: the absence of consent does not stop it, a refusal always does.

    A denial of care counts whichever purpose of care it names. Who took consent back and gave none since has refused.

    Args:
        stated: as `override` gives it.
        stored: everything that is kept of the person's own consents.
        ask: for BTG.
        now: aware UTC.
        withdrawals: all that are known of the person.

    Source: TRUST section 7, break-glass; IHE PCF Policy-break-glass-only.
    """
    if _took_back(stored, withdrawals, now):
        return Deny(Reason.WITHDRAWN)
    return decide((stated, *refusals(stored)), ask, now)


def refusals(stored: Iterable[Consent]) -> Iterator[Consent]:
    """What of the person's consents speaks against an emergency: their denials, widened to every purpose of care."""
    for consent in stored:
        denied = tuple(
            replace(each, purposes=frozenset())
            for each in consent.provisions
            if not each.permit and (not each.purposes or each.purposes & CARE)
        )
        yield replace(consent, provisions=denied)


def _took_back(stored: Sequence[Consent], withdrawals: Iterable[Withdrawal], now: datetime) -> bool:
    """Whether the last word of the person was to take consent back."""
    words = [each.at for each in withdrawals]
    words += [each.withdrawn_at for each in stored if each.withdrawn_at and each.withdrawn_at <= now]
    last = max(words, default=None)
    return last is not None and not any(_permits_since(last, consent) for consent in stored)


def _permits_since(last: datetime, consent: Consent) -> bool:
    """Whether a consent takes back a refusal; one that was ended since, or entered in error, does not."""
    return consent.status_active and consent.given_at > last and any(each.permit for each in consent.provisions)
