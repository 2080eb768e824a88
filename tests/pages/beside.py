"""Honest in-memory acts around a history: registering, asking, breaking the glass, keeping."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from corridor.domain.asking import Asking
from corridor.domain.care.event import Event
from corridor.domain.consent import Consent
from corridor.domain.country import Country
from corridor.domain.emergency import Emergency, Opening
from corridor.domain.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError, UnavailableError
from corridor.domain.history import Answer, Entry, History, Silence, SilenceReason
from corridor.domain.lease import Copies
from corridor.domain.limits import Pause
from corridor.domain.presence import Proof
from corridor.domain.pull import PullRecord
from corridor.domain.purpose import Purpose
from corridor.fhir.new_patient import NewPerson
from corridor.flows.ask_country import Pull
from corridor.flows.follow_pull import Heard
from corridor.flows.renew_copies import Renewed
from corridor.flows.second_look import Look
from corridor.web.clinician.bedside import Bedside, Question, Saving
from corridor.web.clinician.person import PersonRow
from corridor.web.reviews.routes import Reviews
from tests.pages.present import PresentInTown

if TYPE_CHECKING:
    from tests.pages.town import Town

HOME = Country("PE")


class Beside:
    """The acts around a history in a town."""

    def __init__(self, town: Town) -> None:
        self._town = town

    async def alike(self, _asking: Asking, person: NewPerson) -> Sequence[PersonRow]:
        """Whoever has the same first surname."""
        return [who for who in self._town.people if person.first_surname and person.first_surname in who.label]

    async def register(self, _asking: Asking, person: NewPerson, patient_id: str) -> None:
        """Keep a new person."""
        if patient_id in self._town.registered:
            raise ConflictError("A resource with this id exists.")
        self._town.registered[patient_id] = person
        label = f"{person.given} {person.first_surname} {person.second_surname}".strip()
        self._town.people = (*self._town.people, PersonRow(patient_id, label, person.birth, "", person.sex))

    async def begin(self, asking: Asking, question: Question) -> Pull:
        """A pull that may go ahead where a row of consent says so, or in an emergency that nobody refused."""
        town, why = self._town, question.why
        countries = [Country(code) for code in ("CL", "CO", "EC", "VE")]
        if isinstance(why, Emergency):
            if town.refused:
                raise ForbiddenError("What the person decided stands against it.")
            opening = Opening(
                f"{len(town.openings):032x}", question.patient_id, "a" * 32, why, str(asking.trace), town.now
            )
            town.openings.append(opening)
            purpose, cause = Purpose.BTG, why.cause
        else:
            rows = [row for row in town.kept.get(question.patient_id, []) if row.active and why in row.purposes]
            if not rows:
                raise ForbiddenError("No consent covers this.")
            purpose, cause = why, None
        consents = {code: Consent("consent-1", status_active=True, given_at=town.now) for code in countries}
        until = town.now + timedelta(seconds=5)
        pull = Pull(asking, question.patient_id, purpose, until, consents, town.now, question.id, cause)
        town.asked.append(pull)
        return pull

    async def follow(self, pull: Pull, heard: Heard) -> History:
        """Each country tells its part of the story, those that are held when they are let go."""
        story = self._town.history
        if self._town.broken:
            raise UnavailableError("The log does not answer.")
        ended: list[Answer | Silence] = [*story.silences, *story.answers]
        for one in sorted(ended, key=lambda each: each.country in self._town.held):
            while one.country in self._town.held:  # noqa: ASYNC110  # let go from another thread
                await asyncio.sleep(0.01)
            heard(one)
        return pull.history(ended)

    async def kept(self, _asking: Asking, id: str) -> PullRecord | None:
        """What is kept of a pull that was stopped."""
        found = self._town.stopped
        return found if found and found.id == id else None

    async def notices(self, _asking: Asking, patient_id: str) -> Sequence[Opening]:
        """Openings of a person."""
        return [each for each in self._town.openings if each.patient_id == patient_id]

    async def tell(self, _asking: Asking, patient_id: str, id: str) -> None:
        """Keep that the person was told."""
        if not any((each.patient_id, each.id) == (patient_id, id) for each in self._town.openings):
            raise NotFoundError("There is no such opening.")
        self._town.openings = [
            replace(each, told_at=self._town.now) if each.id == id else each for each in self._town.openings
        ]

    async def own_facts(self, _asking: Asking, _patient_id: str) -> Sequence[Event]:
        """What the national record says."""
        return self._town.own

    async def saved(self, _patient_id: str, told: Sequence[tuple[Country, Entry]]) -> frozenset[str]:
        """Names of what was saved."""
        names = {f"{country} {entry.resource_type}/{entry.id}" for country, entry in told}
        return frozenset(names & self._town.saved)

    async def save(self, _asking: Asking, saving: Saving) -> int:
        """Keep facts that were told on consent."""
        if not all(each.consent_id for each in saving.chosen):
            raise ForbiddenError("The person's consent does not cover saving this.")
        names = {f"{each.country} {each.entry.resource_type}/{each.entry.id}" for each in saving.chosen}
        new = names - self._town.saved
        self._town.saved |= names
        return len(new)

    async def renew(self, _asking: Asking, history: History, copies: Copies) -> Renewed:
        """What may be shown now: nothing of the countries that the town says are over."""
        over = copies.ended | frozenset(self._town.over)
        shown = tuple(each for each in history.answers if each.country not in over)
        silences = tuple(Silence(each, SilenceReason.LEASE_OVER, self._town.now) for each in sorted(over))
        return Renewed(replace(history, answers=shown, silences=(*history.silences, *silences)), Copies(ended=over))

    async def open(self, _asking: Asking) -> Sequence[Opening]:
        """Openings that nobody looked at."""
        return [each for each in self._town.openings if each.verdict is None]

    async def review(self, _asking: Asking, id: str, look: Look) -> None:
        """Keep the second look."""
        if look.verdict == "not-justified" and not look.note:
            raise InvalidError("Why?")
        self._town.openings = [
            replace(each, verdict=look.verdict, note=look.note) if each.id == id else each
            for each in self._town.openings
        ]

    async def pauses(self, _asking: Asking) -> Sequence[Pause]:
        """Those who may ask nothing."""
        return self._town.pauses

    async def attested(self, _asking: Asking) -> Sequence[Proof]:
        """Clinicians' words that nobody looked at."""
        return [each for each in self._town.shown if each.attested and each.verdict is None]

    async def review_attested(self, _asking: Asking, id: str, look: Look) -> None:
        """Keep the second look."""
        self._town.shown = [
            replace(each, verdict=look.verdict, note=look.note) if each.id == id else each for each in self._town.shown
        ]

    async def lift(self, _asking: Asking, id: str, note: str) -> None:
        """Let one of them ask again."""
        if not note.strip():
            raise InvalidError("What was found?")
        self._town.pauses = [each for each in self._town.pauses if each.id != id]


def bedside(town: Town) -> Bedside:
    """The acts of a clinician."""
    acts = Beside(town)
    return Bedside(
        home=HOME,
        alike=acts.alike,
        register=acts.register,
        begin=acts.begin,
        follow=acts.follow,
        kept=acts.kept,
        notices=acts.notices,
        tell=acts.tell,
        saved=acts.saved,
        own_facts=acts.own_facts,
        save=acts.save,
        renew=acts.renew,
        presence=PresentInTown(town).acts(),
    )


def reviews(town: Town) -> Reviews:
    """The acts of the second look."""
    acts = Beside(town)
    return Reviews(
        open=acts.open,
        review=acts.review,
        pauses=acts.pauses,
        lift=acts.lift,
        attested=acts.attested,
        review_attested=acts.review_attested,
        now=lambda: town.now,
    )
