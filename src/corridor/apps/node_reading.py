"""Wires the operations that only read: `$everything`, `$lastn` and `$summary`."""

from __future__ import annotations

from functools import partial

from starlette.routing import BaseRoute

from corridor.apps.node_rooms import NodeRooms
from corridor.apps.spoken import spoken
from corridor.domain.record import Record
from corridor.fhir.summary import Author, summary
from corridor.flows.list_latest import LatestDesk, list_latest
from corridor.flows.read_everything import EverythingDesk, read_everything
from corridor.flows.summarise_patient import SummaryDesk, summarise_patient
from corridor.node import reading as doors
from corridor.node.national import National
from corridor.storage.node.compartment import SqlCompartments
from corridor.storage.node.latest import SqlLatest


def wire_reading(rooms: NodeRooms, national: National) -> doors.ReadingOperations:
    """The acts behind these operations."""
    storage, clock = rooms.storage, rooms.clock
    records, audit = storage.records, storage.audit
    compartments = SqlCompartments(records.lanes)
    author = Author(national.base_url, rooms.settings.name)

    def document(found: tuple[Record, ...], language: str) -> bytes:
        return summary(found, author, at=clock.now(), language=language)

    return doors.ReadingOperations(
        read_everything=partial(read_everything, desk=EverythingDesk(records, compartments, audit, clock)),
        list_latest=partial(list_latest, desk=LatestDesk(SqlLatest(records.lanes), audit, clock)),
        summarise_patient=partial(summarise_patient, desk=SummaryDesk(records, compartments, audit, clock)),
        summary=document,
    )


def reading_routes(operations: doors.ReadingOperations, national: National) -> list[BaseRoute]:
    """Their addresses."""
    everything = partial(doors.everything, national=national, reading=operations)
    lastn = partial(doors.lastn, national=national, reading=operations)
    summarised = partial(doors.summary, national=national, reading=operations)
    return [
        *spoken("/fhir/Patient/{id}/$everything", GET=everything, POST=everything),
        *spoken("/fhir/Observation/$lastn", GET=lastn, POST=lastn),
        *spoken("/fhir/Patient/$summary", GET=summarised, POST=summarised),
        *spoken("/fhir/Patient/{id}/$summary", GET=summarised, POST=summarised),
    ]
