"""What could not be read of a history: named, with where it stands, instead of being guessed or left out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from corridor.domain.care.event import Event, EventKind
from corridor.domain.care.interval import Interval
from corridor.domain.care.measures import cells_per_ul, is_percentage
from corridor.domain.care.timeline import Timeline
from corridor.domain.care.viral_load import ResultKind, ViralLoad

_MEDICATIONS = frozenset({"MedicationStatement", "MedicationRequest", "MedicationDispense"})
_NOT_CARE = frozenset(
    {"Composition", "Organization", "Practitioner", "PractitionerRole", "Location", "Device", "Consent"}
)
"""Resources that a Bundle has beside care: nothing of them is to be read here."""
_NO_NUMBER = frozenset({ResultKind.UNREAD, ResultKind.AMBIGUOUS})


class Why(StrEnum):
    """What is wrong with it."""

    DRUG = "drug"
    PART = "part-of-the-drugs"
    DISAGREES = "code-and-text-disagree"
    VALUE = "value"
    UNIT = "unit"
    DATE = "date"
    DATES = "contradictory-dates"
    RESOURCE = "resource"
    UNNAMED = "unnamed"
    WITHHELD = "withheld"


@dataclass(frozen=True, slots=True)
class Unread:
    """One thing that a record says and that was not read; a record may be in several."""

    event: Event
    why: Why


def unread(care: Timeline) -> tuple[Unread, ...]:
    """Everything that was not read, oldest first, undated last."""
    every = (*care.regimen_events, *care.viral_loads, *care.cd4s, *care.others)
    own = (event for event in every if event.source.partition("/")[0] not in _NOT_CARE)
    return tuple(Unread(event, why) for event in own for why in _reasons(event))


def _reasons(event: Event) -> Iterator[Why]:
    if event.withheld:
        yield Why.WITHHELD
    if event.start is None and event.counts and not event.end:
        yield Why.DATE
    if event.start and event.end and event.end < event.start:
        yield Why.DATES
    yield from _of_drugs(event)
    yield from _of_values(event)


def _of_drugs(event: Event) -> Iterator[Why]:
    if event.kind is EventKind.REGIMEN and not event.components:
        yield Why.DRUG
    if event.components and "unread_part" in event.flags:
        yield Why.PART
    if "code_and_text_disagree" in event.flags:
        yield Why.DISAGREES
    if event.kind is EventKind.OTHER and not event.components:
        yield from _of_others(event)


def _of_others(event: Event) -> Iterator[Why]:
    """A drug that only a code names that nobody here knows, and a resource that says nothing."""
    if event.source.partition("/")[0] in _MEDICATIONS and not event.raw:
        yield Why.UNNAMED
    elif not (event.label or event.raw):
        yield Why.RESOURCE


def _of_values(event: Event) -> Iterator[Why]:
    if event.kind is EventKind.VIRAL_LOAD:
        yield from _of_viral_load(event)
    if event.kind is EventKind.CD4 and event.about in {"", "cd4"}:
        if not isinstance(event.value, Interval):
            yield Why.VALUE
        elif cells_per_ul(event) is None and not is_percentage(event):
            yield Why.UNIT


def _of_viral_load(event: Event) -> Iterator[Why]:
    if not isinstance(event.value, ViralLoad) or event.value.kind in _NO_NUMBER:
        yield Why.VALUE
    elif event.value.kind in {ResultKind.QUANTITY_NO_UNIT, ResultKind.QUANTITY_IU}:
        yield Why.UNIT
