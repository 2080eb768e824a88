"""What is done around a history at a node: registering, asking, breaking the glass, keeping, and the second look."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

import orjson
from uuid6 import uuid7

from corridor.apps.log import emit
from corridor.apps.node_acts import NodeActs, source_of
from corridor.apps.node_presence import NodePresence
from corridor.apps.node_rooms import NodeRooms
from corridor.domain.access import Interaction
from corridor.domain.asking import Asking
from corridor.domain.care.event import Event
from corridor.domain.country import Country
from corridor.domain.emergency import Emergency
from corridor.domain.errors import CorridorError, UnavailableError
from corridor.domain.history import Entry, History
from corridor.domain.log import FAILED
from corridor.domain.pull import PullRecord
from corridor.domain.record import Draft, Record
from corridor.fhir.consent_form import text_version
from corridor.fhir.draft import draft
from corridor.fhir.events import events
from corridor.fhir.label import label
from corridor.fhir.new_patient import NewPerson, patient, patient_bytes
from corridor.fhir.patient import demographics
from corridor.fhir.projection import fill
from corridor.fhir.saved_facts import Origin, categories_of, provenance, saved, saved_id
from corridor.flows.ask_country import Pull
from corridor.flows.break_glass import break_glass
from corridor.flows.find_notices import find_notices
from corridor.flows.follow_pull import Heard, follow_pull
from corridor.flows.lift_pause import PauseDesk, lift_pause
from corridor.flows.list_attestations import list_attestations
from corridor.flows.list_openings import list_openings
from corridor.flows.list_pauses import list_pauses
from corridor.flows.open_pull import open_pull
from corridor.flows.renew_copies import RenewDesk, renew_copies
from corridor.flows.review_attestation import review_attestation
from corridor.flows.review_opening import review_opening
from corridor.flows.save_facts import SaveDesk, ToldFact, save_facts
from corridor.flows.second_look import ReviewDesk
from corridor.flows.store_records import Change
from corridor.flows.tell_person import tell_person
from corridor.web.clinician.bedside import Bedside, Question, Saving
from corridor.web.clinician.person import PersonRow
from corridor.web.reviews.routes import Reviews

_ALIKE = 5


@dataclass(frozen=True, slots=True)
class NodeBedside:
    """The acts around a history as the pages call them.

    Args:
        rooms: of the node.
        acts: of the node.
    """

    rooms: NodeRooms
    acts: NodeActs

    def bedside(self) -> Bedside:
        """What the clinician's pages call."""
        reviewing = self._reviewing()
        return Bedside(
            home=self.rooms.home,
            alike=self.alike,
            register=self.register,
            begin=self.begin,
            follow=self.follow,
            kept=self.kept,
            notices=lambda _asking, patient_id: find_notices(patient_id, desk=reviewing),
            tell=partial(tell_person, desk=reviewing),
            saved=self.saved,
            own_facts=self.own_facts,
            save=self.save,
            renew=partial(renew_copies, desk=self._renewing()),
            presence=NodePresence(self.rooms).acts(),
        )

    def _renewing(self) -> RenewDesk:
        rooms = self.rooms
        return RenewDesk(rooms.home, rooms.storage.units, rooms.lines.leases, rooms.keys.pseudonyms, rooms.clock)

    def reviews(self) -> Reviews:
        """What the auditor's pages call."""
        reviewing = self._reviewing()
        pausing = PauseDesk(self.rooms.storage.units, self.rooms.clock)
        return Reviews(
            open=partial(list_openings, desk=reviewing),
            review=partial(review_opening, desk=reviewing),
            pauses=partial(list_pauses, desk=pausing),
            lift=partial(lift_pause, desk=pausing),
            attested=partial(list_attestations, desk=reviewing),
            review_attested=partial(review_attestation, desk=reviewing),
            now=self.rooms.clock.now,
        )

    def _reviewing(self) -> ReviewDesk:
        return ReviewDesk(self.rooms.storage.units, self.rooms.clock)

    async def alike(self, asking: Asking, person: NewPerson) -> Sequence[PersonRow]:
        """People of the national register who may be the one described."""
        described = demographics(patient(person), home=self.rooms.home)
        if described is None:
            return []
        found = await self.acts.operations.match_patient(asking, described, only_certain=False, count=_ALIKE)
        return [row_of(match.record) for match in found]

    async def register(self, asking: Asking, person: NewPerson, patient_id: str) -> None:
        """Keep a new person; they are made known to the hub, blindly, by the outbox."""
        made = self._draft(patient_bytes(person), "Patient", patient_id)
        await self._store(asking, made)

    async def begin(self, asking: Asking, question: Question) -> Pull:
        """A pull that may go ahead, on consent or in an emergency."""
        who, seconds = question.patient_id, self.rooms.settings.deadline_seconds
        if isinstance(question.why, Emergency):
            stated, desk = question.why, self.acts.pull
            return await break_glass(asking, who, stated, deadline_seconds=seconds, desk=desk, id=question.id)
        code = question.why.value
        return await open_pull(
            asking, who, purpose_code=code, deadline_seconds=seconds, desk=self.acts.pull, id=question.id
        )

    async def follow(self, pull: Pull, heard: Heard) -> History:
        """Ask every country.

        Raises:
            UnavailableError: something that nobody foresaw; its kind is logged and nothing of its content.
        """
        try:
            return await follow_pull(pull, heard, desk=self.acts.pull)
        except CorridorError:
            raise
        except Exception as error:  # noqa: BLE001  # a pull that dies unseen would leave its page waiting
            emit(FAILED, request_id=pull.asking.request_id, route="pull", error=type(error).__name__)
            raise UnavailableError("The pull could not go on.") from None

    async def kept(self, asking: Asking, id: str) -> PullRecord | None:
        """What is kept of a pull of one's own."""
        async with self.rooms.storage.units.begin() as unit:
            found = await unit.pulls.find(id)
        return found if found and found.agent == asking.principal.pseudonym else None

    async def own_facts(self, _asking: Asking, patient_id: str) -> Sequence[Event]:
        """What the national record says; the reading of the person is on record already."""
        async with self.rooms.storage.units.begin() as unit:
            rows = await unit.projection(patient_id)
        entries = [Entry(row.resource_type, row.id, fill(row.template, _own_name)) for row in rows]
        # What an exchange would hold back is not missing here: it stands in the record that the clinician can open.
        return [replace(event, withheld=False) for event in events(entries, self.rooms.home)]

    async def saved(self, patient_id: str, told: Sequence[tuple[Country, Entry]]) -> frozenset[str]:
        """`CC Type/id` of those facts that stand in the record."""
        names = {
            f"{country} {entry.resource_type}/{entry.id}": (
                entry.resource_type,
                saved_id(entry, country=country, patient_id=patient_id),
            )
            for country, entry in told
        }
        async with self.rooms.storage.units.begin() as unit:
            standing = await unit.standing(list(names.values()))
        return frozenset(name for name, local in names.items() if standing.get(local, (0, False))[1])

    async def save(self, asking: Asking, saving: Saving) -> int:
        """Keep facts in the national record."""
        storage, home = self.rooms.storage, self.rooms.home
        together = _together(saving)
        facts = [
            ToldFact(
                each.country,
                categories_of(each.entry),
                each.consent_id,
                self._draft(
                    saved(each.entry, country=each.country, patient_id=saving.patient_id, together=together),
                    each.entry.resource_type,
                    saved_id(each.entry, country=each.country, patient_id=saving.patient_id),
                ),
            )
            for each in saving.chosen
        ]
        desk = SaveDesk(home, storage.units, self.rooms.clock, text_version)
        trail = partial(self._trail, asking=asking, saving=saving)
        return await save_facts(asking, saving.patient_id, facts, trail=trail, desk=desk)

    def _trail(self, country: Country, text: str, drafts: Sequence[Draft], *, asking: Asking, saving: Saving) -> Draft:
        origin = Origin(country, self.rooms.home, asking.principal.pseudonym, str(saving.trace), text)
        targets = [f"{each.resource_type}/{each.id}" for each in drafts]
        local = {
            f"{each.entry.resource_type}/{saved_id(each.entry, country=country, patient_id=saving.patient_id)}": each
            for each in saving.chosen
            if each.country == country
        }
        told = [f"{local[name].entry.resource_type}/{local[name].entry.id}" for name in targets]
        own_id = str(uuid7())
        body = provenance(origin, targets, told, id=own_id, at=self.rooms.clock.now())
        return self._draft(body, "Provenance", own_id)

    def _draft(self, body: bytes, resource_type: str, id: str) -> Draft:
        return draft(
            body, resource_type=resource_type, id=id, source=source_of(self.rooms.home), zone=self.acts.national.zone
        )

    async def _store(self, asking: Asking, made: Draft) -> None:
        change = Change(made.resource_type, made.id, made, create=True)
        await self.acts.national.store_records(asking, [change], interaction=Interaction.CREATE)


def row_of(record: Record) -> PersonRow:
    """A stored Patient as the pages show it."""
    shown = label(record.body or orjson.dumps({}))
    return PersonRow(record.id, shown.name, shown.birth, shown.document, shown.sex)


def _own_name(name: str) -> str:
    """The id of a slot: at home nothing needs a pseudonym."""
    return name.partition("/")[2]


def _together(saving: Saving) -> Mapping[str, str]:
    """Local `Type/id` by told `Type/id`, of what is saved along."""
    return {
        f"{each.entry.resource_type}/{each.entry.id}": "/".join(
            (each.entry.resource_type, saved_id(each.entry, country=each.country, patient_id=saving.patient_id))
        )
        for each in saving.chosen
    }
