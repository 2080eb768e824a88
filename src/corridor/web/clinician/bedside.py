"""What the pages around a history need: the acts, ready to be called, and what passes between."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from corridor.domain.asking import Asking
from corridor.domain.care.event import Event
from corridor.domain.country import Country
from corridor.domain.emergency import Emergency, Opening
from corridor.domain.history import Entry, History
from corridor.domain.lease import Copies
from corridor.domain.pull import PullRecord
from corridor.domain.purpose import Purpose
from corridor.domain.trace import Trace
from corridor.fhir.new_patient import NewPerson
from corridor.flows.ask_country import Pull
from corridor.flows.follow_pull import Heard
from corridor.flows.renew_copies import Renewed
from corridor.web.clinician.person import PersonRow
from corridor.web.clinician.presence_acts import PresenceActs


@dataclass(frozen=True, slots=True)
class Chosen:
    """One fact that a clinician keeps.

    Attributes:
        consent_id: of the consent on which it was told; empty in an emergency.
    """

    country: Country
    entry: Entry
    consent_id: str


@dataclass(frozen=True, slots=True)
class Saving:
    """What a clinician keeps of one history.

    Attributes:
        trace: of the exchange in which it was told.
    """

    patient_id: str
    trace: Trace
    chosen: tuple[Chosen, ...]


@dataclass(frozen=True, slots=True)
class Question:
    """For whom the other countries are asked, and why.

    Attributes:
        why: the purpose that the person consented to, or the emergency in which they could not.
        id: under which the pull is kept; the address of its pages.
    """

    patient_id: str
    why: Purpose | Emergency
    id: str


@dataclass(frozen=True, slots=True)
class Bedside:
    """A clinician's acts with the person before them; each checks access and writes its own audit.

    Attributes:
        home: this node's country.
        alike: people of the national register who may be the one described, surest first.
        register: keep a new person under an id; the same id twice is the same person.
        begin: a pull that may go ahead; ForbiddenError where no consent covers it, or where the person refused.
        follow: ask every country; tells of each as soon as it is heard.
        kept: what is kept of a pull of one's own, or None.
        notices: the times that the glass was broken for a person, newest first.
        tell: keep that the person was told of one of them.
        saved: `Type/id` here of those facts of a country that stand in the record already, by told `Type/id`.
        own_facts: what the national record says already.
        save: keep facts; how many are new.
        renew: a history as it may be shown now, after its holders were asked again where that is due.
        presence: how it is shown that the person is there.
    """

    home: Country
    alike: Callable[[Asking, NewPerson], Awaitable[Sequence[PersonRow]]]
    register: Callable[[Asking, NewPerson, str], Awaitable[object]]
    begin: Callable[[Asking, Question], Awaitable[Pull]]
    follow: Callable[[Pull, Heard], Awaitable[History]]
    kept: Callable[[Asking, str], Awaitable[PullRecord | None]]
    notices: Callable[[Asking, str], Awaitable[Sequence[Opening]]]
    tell: Callable[[Asking, str, str], Awaitable[object]]
    saved: Callable[[str, Sequence[tuple[Country, Entry]]], Awaitable[frozenset[str]]]
    own_facts: Callable[[Asking, str], Awaitable[Sequence[Event]]]
    save: Callable[[Asking, Saving], Awaitable[int]]
    renew: Callable[[Asking, History, Copies], Awaitable[Renewed]]
    presence: PresenceActs
