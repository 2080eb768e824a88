"""What the clinician's pages need: the acts, ready to be called, and the few values that pass between."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from corridor.domain.asking import Asking
from corridor.domain.category import Category
from corridor.domain.consent_text import Signature, SpokenText
from corridor.domain.country import Country
from corridor.domain.purpose import Purpose
from corridor.flows.follow_withdrawal import TakenBack
from corridor.web.clinician.bedside import Bedside
from corridor.web.clinician.person import PersonRow

__all__ = ["ConsentRow", "ConsentTerms", "Desk", "PersonRow", "SignedTerms"]


@dataclass(frozen=True, slots=True)
class ConsentTerms:
    """What a person agrees to when asked here.

    Attributes:
        countries: that may be asked.
        categories: that they may tell; the search for the person is asked for by `match` like any other.
    """

    countries: frozenset[Country]
    categories: frozenset[Category]
    purpose: Purpose
    until: datetime


@dataclass(frozen=True, slots=True)
class SignedTerms:
    """What a person agreed to, which words they heard before, and how they showed it."""

    terms: ConsentTerms
    spoken: SpokenText
    signature: Signature


@dataclass(frozen=True, slots=True)
class ConsentRow:
    """One stored consent as shown.

    Attributes:
        active: whether it counts now: not withdrawn, not over.
        until: None where no end is known.
    """

    countries: tuple[Country, ...]
    categories: tuple[Category, ...]
    purposes: tuple[str, ...]
    given_at: datetime
    until: datetime | None
    active: bool
    withdrawn_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Desk:
    """A clinician's acts at one node; each checks access and writes its own audit.

    Attributes:
        countries: all other countries of the federation, in the order to be shown.
        find_people: people of the national register by name, birth date or document, best first.
        person: one of them, or None.
        consents: everything stored for the person, newest first.
        record_consent: keep what the person agreed to now, which words they heard, and how they showed it.
        taken_back: how far their latest withdrawal got, or None where there is none.
        withdraw: take back all of the person's consents, here and wherever they are known.
        bedside: what is done around a history.
        now: aware UTC.
    """

    countries: Callable[[], Sequence[Country]]
    find_people: Callable[[Asking, str], Awaitable[Sequence[PersonRow]]]
    person: Callable[[Asking, str], Awaitable[PersonRow | None]]
    consents: Callable[[Asking, str], Awaitable[Sequence[ConsentRow]]]
    record_consent: Callable[[Asking, str, SignedTerms], Awaitable[object]]
    withdraw: Callable[[Asking, str], Awaitable[object]]
    taken_back: Callable[[str], Awaitable[TakenBack | None]]
    bedside: Bedside
    now: Callable[[], datetime]
